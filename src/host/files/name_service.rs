//! Users whom no file of this machine names, but a directory does (Active Directory by SSSD or winbind, LDAP): what the machine's name
//! service says of them (nsswitch.conf(5)).
//!
//! The machine's own programs ask it, by the modules of its C library. A static binary could not load those.

use std::{path::Path, process::Command, time::Duration};

use crate::host::process;

/// getent(1) of glibc, in the place that distributions have it in.
const GETENT: &str = "/usr/bin/getent";
/// id(1) of coreutils.
const ID: &str = "/usr/bin/id";
/// How long a directory may take to answer.
const LIMIT: Duration = Duration::from_secs(10);
/// The most that is read of an answer, in bytes.
const MOST: usize = 64 * 1024;

/// The line of a user as passwd(5) has it; `None` where the name service knows none of this name, or cannot be asked.
pub(super) fn passwd_line(user: &str) -> Option<String> {
    asked(GETENT, &["passwd", user])
}

/// The numbers of all groups of a user; none where the name service cannot be asked.
pub(super) fn groups(user: &str) -> Vec<u32> {
    let said = asked(ID, &["-G", user]).unwrap_or_default();
    said.split_whitespace().filter_map(|number| number.parse().ok()).collect()
}

fn asked(program: &str, words: &[&str]) -> Option<String> {
    let mut command = Command::new(Path::new(program));
    command.args(words).env_clear().current_dir("/");
    let said = process::run(command, None, LIMIT, MOST).ok()?;
    Some(String::from_utf8_lossy(&said).into_owned())
}
