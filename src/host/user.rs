//! Another user of this machine: what root does as that user, with nothing of ours.

use std::{io, process::Command, thread};

use rustix::thread::{Gid, Uid, set_thread_groups, set_thread_res_gid, set_thread_res_uid};

use super::{
    environment::PATH,
    files::accounts::{self, Account},
};

/// A user.
#[derive(Debug, Clone)]
pub(super) struct User {
    name: String,
    account: Account,
}

impl User {
    /// The user of this name; `None` when there is none.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(Self { name: name.to_owned(), account: accounts::account(None, name)? })
    }

    /// The user's own name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// User and group, by number.
    pub(super) const fn ids(&self) -> (u32, u32) {
        (self.account.uid, self.account.gid)
    }

    /// Gives a command the user's environment, and no more.
    pub(super) fn dress(&self, command: &mut Command) {
        command.env_clear().env("PATH", PATH).env("HOME", &self.account.home).current_dir("/");
        command.env("USER", &self.name).env("LOGNAME", &self.name);
    }

    /// Does something as the user, with all groups that the user is in, as after a login.
    ///
    /// # Errors
    /// The system does not let us, or what the work says.
    pub(super) fn act<T: Send>(&self, work: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
        let mut groups: Vec<Gid> = accounts::groups_with(&self.name).into_iter().map(Gid::from_raw).collect();
        let (uid, gid) = (Uid::from_raw(self.account.uid), Gid::from_raw(self.account.gid));
        groups.push(gid);
        let change = || {
            set_thread_groups(&groups)?;
            set_thread_res_gid(gid, gid, gid)?;
            set_thread_res_uid(uid, uid, uid)?;
            work()
        };
        // The kernel keeps credentials per thread: this thread has no way back, and ends.
        let done = thread::scope(|scope| scope.spawn(change).join());
        done.unwrap_or_else(|_| Err(io::Error::other("the work broke off")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_as_another_user_is_done_with_that_users_rights_and_ours_stay() {
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "x").unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let nobody = User::named("nobody").unwrap();
        let opened = nobody.act(|| std::fs::File::open(&path)).map_err(|error| error.kind());
        assert_eq!(opened.err(), Some(io::ErrorKind::PermissionDenied));
        let said = nobody.act(|| Command::new("id").arg("-u").output()).unwrap();
        assert_eq!(String::from_utf8_lossy(&said.stdout).trim(), nobody.ids().0.to_string());
        assert!(std::fs::File::open(&path).is_ok() && User::named("no such user").is_none());
    }
}
