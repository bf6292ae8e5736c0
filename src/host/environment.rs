//! The environment that programs get, and where they are found.

use std::{
    ffi::{OsStr, OsString},
    process::Command,
    sync::{Mutex, PoisonError},
};

/// Where programs are, for a user whose environment we do not have.
pub(super) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Names of variables that a password was read from: no child gets them unless a store asks for it.
static PASSWORDS: Mutex<Vec<OsString>> = Mutex::new(Vec::new());

/// From now on programs do not get this variable: a password was read from it.
pub(super) fn hide(name: &str) {
    PASSWORDS.lock().unwrap_or_else(PoisonError::into_inner).push(name.into());
}

fn is_hidden(name: &OsStr) -> bool {
    PASSWORDS.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|hidden| hidden == name)
}

/// A program of the person's: with our environment, except for mailsetup's own variables and those that a password was read
/// from.
pub(super) fn personal(program: &str) -> Command {
    let mut command = Command::new(program);
    let kept = |name: &[u8]| !name.starts_with(b"MAILSETUP_") || name.starts_with(b"MAILSETUP_VAULT_");
    for (name, _) in std::env::vars_os() {
        if !kept(name.as_encoded_bytes()) || is_hidden(&name) {
            command.env_remove(name);
        }
    }
    command
}

/// Whether a program is found by `PATH`.
pub(super) fn on_path(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}
