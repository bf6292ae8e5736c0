//! Files as they are, and the user and group databases, on this machine or below an image's root.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use zeroize::Zeroize;

use crate::plan::{Existing, Files, Node, Places};

/// The largest file that is read, in bytes: settings are small, and a backup is kept of each.
const LIMIT: u64 = 16 * 1024 * 1024;

/// How many links a path may lead over, as Linux has it.
const LINKS: usize = 40;

/// The disk, as plans see it.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    root: Option<PathBuf>,
}

impl Disk {
    /// The disk of these places.
    pub fn new(places: &Places) -> Self {
        Self { root: places.root.clone() }
    }
}

impl Files for Disk {
    fn read(&self, path: &Path) -> io::Result<Option<Existing>> {
        Ok(look(path)?.map(|found| Existing { mode: found.mode, bytes: found.into_bytes() }))
    }

    fn folders(&self, parent: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
        let folders = entries.filter(|entry| entry.path().is_dir());
        let mut names: Vec<String> = folders.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        names
    }

    fn has_group(&self, group: &str) -> bool {
        group_id(self.root.as_deref(), group).is_some()
    }

    fn groups_of(&self, user: &str) -> Option<Vec<String>> {
        let gid = account(self.root.as_deref(), user)?.gid;
        let database = text_below(self.root.as_deref(), "etc/group");
        let own = name_in(&database, gid)?;
        let others = memberships_in(&database, user).map(|(group, _)| group.to_owned()).filter(|group| *group != own);
        Some(std::iter::once(own.clone()).chain(others).collect())
    }

    fn find(&self, path: &Path) -> Option<Node> {
        let root = self.root.as_deref();
        let path = follow(root.unwrap_or(Path::new("/")), path)?;
        let meta = std::fs::symlink_metadata(below(root, &path)).ok()?;
        Some(Node {
            mode: meta.mode() & 0o7777,
            user: name_of(root, meta.uid()).unwrap_or_else(|| meta.uid().to_string()),
            group: name_in(&text_below(root, "etc/group"), meta.gid()).unwrap_or_else(|| meta.gid().to_string()),
            path,
        })
    }
}

/// A path of the machine, with its root in front.
fn below(root: Option<&Path>, path: &Path) -> PathBuf {
    root.map_or_else(|| path.to_owned(), |root| root.join(path.strip_prefix("/").unwrap_or(path)))
}

/// Where a path leads, as the machine whose root this is sees it: a link's `/` and `..` stay within it. `None` when links
/// go in a circle.
fn follow(root: &Path, path: &Path) -> Option<PathBuf> {
    let own = path.strip_prefix(root).unwrap_or(path);
    let mut ahead: Vec<std::ffi::OsString> = own.iter().rev().map(ToOwned::to_owned).collect();
    let mut way = PathBuf::from("/");
    let mut links = 0;
    while let Some(step) = ahead.pop() {
        if step == ".." {
            way.pop();
            continue;
        }
        way.push(&step);
        if let Ok(link) = std::fs::read_link(below(Some(root), &way)) {
            links += 1;
            (links <= LINKS).then_some(())?;
            way.pop();
            // What begins with `/` begins at the root, by the way that `push` takes it.
            ahead.extend(link.iter().rev().map(ToOwned::to_owned));
        }
    }
    Some(way)
}

/// A file with what a write must keep.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) bytes: Vec<u8>,
    /// Permission bits.
    pub(super) mode: u32,
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl Found {
    /// The content alone; it is wiped by whoever has it then.
    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}

impl Drop for Found {
    fn drop(&mut self) {
        // It may hold the secret.
        self.bytes.zeroize();
    }
}

/// The regular file at `path`, through links; `None` when there is none.
///
/// # Errors
/// `IsADirectory`, `Unsupported` for a device or pipe, `FileTooLarge`, or what the system says.
pub(super) fn look(path: &Path) -> io::Result<Option<Found>> {
    // Without NONBLOCK a pipe that nobody writes to would hang here.
    let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let file = match OpenOptions::new().read(true).custom_flags(flags).open(path) {
        Ok(file) => file,
        // Below a file there is nothing either: whoever wants to write there is told so.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(error),
    };
    let meta = file.metadata()?;
    if meta.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !meta.is_file() {
        return Err(io::ErrorKind::Unsupported.into());
    }
    // Its room is taken at once, so that growing leaves no copy of a secret behind.
    let room = usize::try_from(meta.len().min(LIMIT)).unwrap_or_default() + 32;
    let bytes = limited(file, room, LIMIT)?;
    Ok(Some(Found { bytes, mode: meta.mode() & 0o7777, uid: meta.uid(), gid: meta.gid() }))
}

fn limited(file: File, room: usize, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(room);
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

/// The file's text below `root`; nothing when it cannot be read or is not text.
pub(super) fn text_below(root: Option<&Path>, path: &str) -> String {
    let path = root.unwrap_or(Path::new("/")).join(path);
    look(&path).ok().flatten().and_then(|found| String::from_utf8(found.into_bytes()).ok()).unwrap_or_default()
}

/// The number of a group, from `etc/group` below `root`.
pub(super) fn group_id(root: Option<&Path>, group: &str) -> Option<u32> {
    group_in(&text_below(root, "etc/group"), group)
}

/// A user's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) home: PathBuf,
}

/// A user's account, from `etc/passwd` below `root`.
pub(super) fn account(root: Option<&Path>, user: &str) -> Option<Account> {
    account_in(&text_below(root, "etc/passwd"), user)
}

/// The numbers of all groups that have a user as a member, from `etc/group` of this machine.
pub(super) fn groups_with(user: &str) -> Vec<u32> {
    memberships_in(&text_below(None, "etc/group"), user).filter_map(|(_, number)| number).collect()
}

/// The name of a user, from `etc/passwd` below `root`.
pub(super) fn name_of(root: Option<&Path>, uid: u32) -> Option<String> {
    name_in(&text_below(root, "etc/passwd"), uid)
}

fn group_in(database: &str, group: &str) -> Option<u32> {
    database.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next() == Some(group) { fields.nth(1)?.parse().ok() } else { None }
    })
}

/// The groups that name a user as a member, by name and number.
fn memberships_in<'a>(database: &'a str, user: &'a str) -> impl Iterator<Item = (&'a str, Option<u32>)> {
    database.lines().filter_map(move |line| {
        let fields: Vec<&str> = line.split(':').collect();
        let [name, _, number, members, ..] = fields.as_slice() else { return None };
        members.split(',').any(|member| member == user).then(|| (*name, number.parse().ok()))
    })
}

/// The first name with this number in its third field: users and groups alike.
fn name_in(database: &str, id: u32) -> Option<String> {
    database.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let [name, _, number, ..] = fields.as_slice() else { return None };
        (number.parse() == Ok(id)).then(|| (*name).to_owned())
    })
}

fn account_in(database: &str, user: &str) -> Option<Account> {
    database.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let [name, _, uid, gid, _, home, ..] = fields.as_slice() else { return None };
        let account = Account { uid: uid.parse().ok()?, gid: gid.parse().ok()?, home: home.into() };
        (*name == user).then_some(account)
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn databases() {
        let group = "root:x:0:\npostfix:x:112:ann\npost:x:7:\nbroken\n";
        assert_eq!(group_in(group, "postfix"), Some(112));
        assert_eq!(group_in(group, "broken"), None);
        assert_eq!(group_in(group, ""), None);
        assert_eq!(memberships_in(group, "ann").collect::<Vec<_>>(), [("postfix", Some(112))]);
        assert_eq!(memberships_in(group, "an").count(), 0);
        let passwd = "root:x:0:0:root:/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n";
        assert_eq!(name_in(passwd, 1000).as_deref(), Some("ann"));
        assert_eq!((name_in(passwd, 5), name_in(group, 112).as_deref()), (None, Some("postfix")));
        let ann = Account { uid: 1000, gid: 1000, home: "/home/ann".into() };
        assert_eq!((account_in(passwd, "ann"), account_in(passwd, "an")), (Some(ann), None));
    }

    #[test]
    fn links_stay_within_an_image() {
        let image = tempfile::tempdir().unwrap();
        let path = |path: &str| image.path().join(path);
        for folder in ["usr/sbin", "usr/bin", "etc/alternatives"] {
            std::fs::create_dir_all(path(folder)).unwrap();
        }
        std::fs::write(path("usr/bin/msmtp"), b"").unwrap();
        let link = |to: &str, at: &str| std::os::unix::fs::symlink(to, path(at)).unwrap();
        link("/etc/alternatives/mta", "usr/sbin/sendmail");
        link("../../../../usr/bin/msmtp", "etc/alternatives/mta");
        link("usr/sbin", "sbin");
        link("loop", "loop");
        let disk = Disk { root: Some(image.path().to_owned()) };
        let found = |at: &str| disk.find(&path(at)).map(|node| node.path);
        for way in ["usr/sbin/sendmail", "sbin/sendmail", "usr/bin/msmtp"] {
            assert_eq!(found(way).as_deref(), Some(Path::new("/usr/bin/msmtp")), "{way}");
        }
        assert_eq!((found("loop"), found("usr/bin/none"), found("usr/bin/msmtp/x")), (None, None, None));
    }

    #[test]
    fn files_with_their_mode_and_what_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        assert!(Disk::default().read(&path).unwrap().is_none());
        std::fs::write(&path, b"\xff\0").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let found = Disk::default().read(&path).unwrap().unwrap();
        assert_eq!((found.bytes.as_slice(), found.mode), (&b"\xff\0"[..], 0o640));
        let error = |path: &Path| Disk::default().read(path).err().map(|error| error.kind());
        assert_eq!(error(folder.path()), Some(io::ErrorKind::IsADirectory));
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert_eq!(error(&pipe), Some(io::ErrorKind::Unsupported));
        assert_eq!(limited(File::open(&path).unwrap(), 0, 1).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }
}
