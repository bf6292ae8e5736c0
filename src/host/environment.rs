//! The environment that programs get, and where they are found.

use std::{
    env,
    ffi::{OsStr, OsString},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
};

/// Where programs are, for root and for a user whose environment we do not have.
pub(super) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// How the names of variables begin that make a program run or load something else than it would.
const LEADING: [&str; 7] = ["LD_", "DYLD_", "BASH_FUNC_", "GLIBC_", "GIT_TRACE", "MALLOC_", "_RLD"];

/// The same by their ends.
const TRAILING: [&str; 2] = ["_PRELOAD", "JAVA_OPTIONS"];

/// The same by whole names, as in sudoers(5): code, modules and files that interpreters and libraries read.
const WHOLE: [&str; 33] = [
    "BASHOPTS",
    "BASH_ENV",
    "CDPATH",
    "ENV",
    "FPATH",
    "GCONV_PATH",
    "GIT_EXEC_PATH",
    "GIT_SSH_COMMAND",
    "GLOBIGNORE",
    "HOSTALIASES",
    "IFS",
    "JAVA_TOOL_OPTIONS",
    "LOCALDOMAIN",
    "LOCPATH",
    "NLSPATH",
    "NODE_OPTIONS",
    "NODE_PATH",
    "OPENSSL_CONF",
    "OPENSSL_MODULES",
    "PERL5DB",
    "PERL5LIB",
    "PERL5OPT",
    "PERLIO_DEBUG",
    "PERLLIB",
    "PHPRC",
    "PHP_INI_SCAN_DIR",
    "PS4",
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "RUBYLIB",
    "RUBYOPT",
    "SHELLOPTS",
];

/// Names of variables that a password was read from: no child gets them unless a store asks for it.
static PASSWORDS: Mutex<Vec<OsString>> = Mutex::new(Vec::new());

/// From now on programs do not get this variable: a password was read from it.
pub(super) fn hide(name: &str) {
    PASSWORDS.lock().unwrap_or_else(PoisonError::into_inner).push(name.into());
}

fn is_hidden(name: &OsStr) -> bool {
    PASSWORDS.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|hidden| hidden == name)
}

/// A program of the person's: with our environment, as [`dress`] gives it.
pub(super) fn personal(program: &str) -> Command {
    let mut command = Command::new(program);
    dress(&mut command);
    command
}

/// Gives a command our environment, except for mailsetup's own variables, those that a password was read from, and those that
/// lead programs elsewhere. Root's programs are found where root's are.
pub(super) fn dress(command: &mut Command) {
    let ours = |name: &[u8]| name.starts_with(b"MAILSETUP_") && !name.starts_with(b"MAILSETUP_VAULT_");
    for (name, _) in env::vars_os() {
        if ours(name.as_encoded_bytes()) || is_hidden(&name) || leads_elsewhere(&name) {
            command.env_remove(name);
        }
    }
    command.env("PATH", path());
}

fn leads_elsewhere(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return true };
    WHOLE.contains(&name)
        || LEADING.iter().any(|begin| name.starts_with(begin))
        || TRAILING.iter().any(|end| name.ends_with(end))
}

/// The folders in which we look for programs: root never in those of whoever became root, and only in what root alone can
/// change.
pub(super) fn path() -> OsString {
    if rustix::process::geteuid().is_root() {
        let folders = env::split_paths(PATH).filter(|folder| is_roots_alone(folder));
        return env::join_paths(folders).unwrap_or_default();
    }
    env::var_os("PATH").unwrap_or_else(|| PATH.into())
}

/// Whether root owns a folder and all above it, and nobody else can write there.
fn is_roots_alone(folder: &Path) -> bool {
    let Ok(folder) = folder.canonicalize() else { return false };
    folder.ancestors().all(|folder| folder.metadata().is_ok_and(|meta| meta.uid() == 0 && meta.mode() & 0o022 == 0))
}

/// Where a program is found by such a path; a name with a slash is a path already.
pub(super) fn find(program: &str, path: &OsStr) -> Option<PathBuf> {
    if program.contains('/') {
        return Some(program.into());
    }
    env::split_paths(path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Whether we find a program.
pub(super) fn on_path(program: &str) -> bool {
    find(program, &path()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_programs_elsewhere_is_known_by_its_name() {
        for name in ["LD_PRELOAD", "LD_AUDIT", "FOO_PRELOAD", "PERL5LIB", "BASH_FUNC_msmtp%%", "_JAVA_OPTIONS", "ENV"] {
            assert!(leads_elsewhere(OsStr::new(name)), "{name}");
        }
        for name in ["HOME", "LANG", "GNUPGHOME", "DBUS_SESSION_BUS_ADDRESS", "ENVIRONMENT", "OLD_PATH"] {
            assert!(!leads_elsewhere(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn a_folder_that_others_can_write_in_or_above_is_not_roots_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        assert!(!is_roots_alone(folder.path()), "the folder of temporary files is for all");
        assert!(is_roots_alone(Path::new("/usr/bin")) && !is_roots_alone(Path::new("/nonexistent")));
        assert_eq!(find("sh", OsStr::new("/nonexistent:/bin")), Some("/bin/sh".into()));
        assert_eq!((find("sh", OsStr::new("")), find("./sh", OsStr::new(""))), (None, Some("./sh".into())));
    }
}
