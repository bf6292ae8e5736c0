//! The programs of a consumer: how one is started, and what it said.

use std::{
    fs::{File, Permissions},
    io::{self, Seek, Write},
    os::unix::fs::PermissionsExt,
    process::{Command, Stdio},
};

use crate::{
    host::{environment, files::accounts, user::User},
    mail::{
        Secret,
        reply::printable,
        secret::{forms, without},
    },
};

/// The most that a program may print, in bytes.
pub(super) const OUTPUT_LIMIT: usize = 256 * 1024;
/// How many of its last lines are shown.
const LINES: usize = 6;
/// The most characters of one of them.
const LINE: usize = 400;

/// A program of the system's, run as us.
pub(super) fn as_us(program: &str) -> Command {
    let mut command = Command::new(program);
    dress_as_us(&mut command);
    command
}

/// Gives a command the environment of a login of ours, and no more.
pub(super) fn dress_as_us(command: &mut Command) {
    command.env_clear().current_dir("/");
    let account = accounts::user_name(None, rustix::process::geteuid().as_raw()).and_then(|name| User::named(&name));
    if let Some(user) = account {
        user.dress(command);
    }
    command.env("PATH", environment::path());
}

/// A text as a file without a name, which a program may open anew, also as another user.
pub(super) fn unnamed_file(text: &[u8]) -> io::Result<Stdio> {
    let mut file: File = tempfile::tempfile()?;
    file.set_permissions(Permissions::from_mode(0o644))?;
    file.write_all(text)?;
    file.rewind()?;
    Ok(file.into())
}

/// The last lines of what a program said, safe to show, without the secret.
pub(super) fn last_lines(said: &[u8], secret: Option<&Secret>) -> Vec<String> {
    let hidden = secret.map(crate::oauth::parts).unwrap_or_default();
    let hidden: Vec<_> = hidden.iter().flat_map(|part| forms(part.expose().as_bytes())).collect();
    let clean = without(said, &hidden);
    let lines = clean.split(|byte| matches!(byte, b'\n' | b'\r')).map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let lines: Vec<&[u8]> = lines.collect();
    lines[lines.len().saturating_sub(LINES)..].iter().map(|line| shortened(line)).collect()
}

fn shortened(line: &[u8]) -> String {
    let line = printable(line);
    match line.char_indices().nth(LINE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
