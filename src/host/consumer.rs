//! A consumer sends the test message itself, by exactly the files that were written, as the user who will run it.

mod mail_log;
mod queue;

use std::{
    ffi::OsString,
    fs::{File, Permissions},
    io::{self, Seek, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use self::queue::Watched;
use super::{
    command::{self, End, Ran},
    disk,
    user::{PATH, User},
};
use crate::{
    mail::{
        Secret,
        reply::{escape, printable},
        secret::{forms, without},
    },
    plan::{Places, Scope, SendEnd, SendFault, Sending, Sent},
    presets::target::SendInput,
};

/// The most that a program may print, in bytes.
const OUTPUT_LIMIT: usize = 256 * 1024;
/// How many of its last lines are told.
const LINES: usize = 6;
/// The most characters of one of them.
const LINE: usize = 400;

/// A message for a consumer.
pub struct Dispatch<'a> {
    /// How the consumer sends.
    pub sending: &'a Sending,
    /// What it reads on standard input.
    pub input: &'a [u8],
    /// The recipient.
    pub to: &'a str,
    /// Where things are.
    pub places: &'a Places,
    /// The user who will run it, when it is another than the owner of what was written.
    pub run_as: Option<&'a str>,
    /// What is masked in its words.
    pub secret: Option<&'a Secret>,
    /// How long all of it may take.
    pub limit: Duration,
    /// Whether to stop.
    pub is_stopped: &'a dyn Fn() -> bool,
}

impl Dispatch<'_> {
    /// Whether the consumer is installed where whoever runs it looks for programs.
    pub fn is_installed(&self) -> bool {
        let paths = if self.is_system() { OsString::from(PATH) } else { std::env::var_os("PATH").unwrap_or_default() };
        std::env::split_paths(&paths).any(|folder| folder.join(&self.sending.program).is_file())
    }

    /// The user as whom it sends, when that is another one.
    pub fn user(&self) -> Option<String> {
        self.other().map(|user| user.name().to_owned())
    }

    fn is_system(&self) -> bool {
        self.places.scope == Scope::System
    }

    /// Another user is taken on by root alone.
    fn other(&self) -> Option<User> {
        let named = self.run_as.filter(|_| self.is_system() && rustix::process::geteuid().is_root());
        named.and_then(User::named)
    }

    /// Has the consumer send, and says what came of it.
    ///
    /// One person's consumer has the person's own environment, but for what is mailsetup's and for variables that a password
    /// was read from; the system's has `PATH`, `HOME`, the user's name and a language.
    pub fn send(&self) -> Sent {
        let (begun, user) = (Instant::now(), self.other());
        let watched = self.sending.queue.as_ref().map(Watched::begin);
        let ran = match run(self, user.as_ref()) {
            Ok(ran) => ran,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Sent::Missing,
            Err(error) => {
                let said = vec![escape(&error.to_string())];
                return Sent::Failed(SendFault { end: SendEnd::NotStarted, said, unreadable: None });
            }
        };
        let end = match ran.end {
            End::Exited(status) if status.success() => {
                return watched.map_or(Sent::Taken, |watched| watched.follow(self, begun + self.limit));
            }
            End::Exited(status) => SendEnd::Status(status.code()),
            End::Slow => SendEnd::Slow(self.limit),
            End::Large => SendEnd::Large,
            End::Stopped => SendEnd::Stopped,
        };
        // Some say on standard output why they fail.
        let said = if ran.said.trim_ascii().is_empty() { &ran.out } else { &ran.said };
        let said = told(said, self.secret);
        let is_missing = |words: &String| said.iter().any(|line| line.contains(words));
        if self.sending.missing.as_ref().is_some_and(is_missing) {
            return Sent::Missing;
        }
        Sent::Failed(SendFault { end, said, unreadable: user.and_then(|user| unreadable(self.sending, &user)) })
    }
}

fn run(dispatch: &Dispatch<'_>, user: Option<&User>) -> io::Result<Ran> {
    let Dispatch { sending, places, .. } = dispatch;
    let mut words = sending.command.iter();
    let program = words.next().map_or("", String::as_str);
    let mut command = match (places.scope, user) {
        (Scope::User, _) => {
            let mut command = command::personal(program);
            // Where a login, and cron, begin.
            let home = if places.home.is_dir() { places.home.as_path() } else { Path::new("/") };
            command.env("HOME", &places.home).current_dir(home);
            command
        }
        (Scope::System, Some(user)) => {
            let mut command = Command::new(program);
            user.dress(&mut command);
            command
        }
        (Scope::System, None) => ours(program),
    };
    let is_file = sending.input == SendInput::File;
    let stdin = if is_file { unnamed(dispatch.input)? } else { Stdio::piped() };
    command.args(words).env("LC_ALL", "C.UTF-8").stdin(stdin);
    let mut child = match user {
        Some(user) => user.act(|| command::start(&mut command))?,
        None => command::start(&mut command)?,
    };
    if let Some(pipe) = child.stdin.take() {
        command::give(pipe, dispatch.input);
    }
    command::attend(child, dispatch.limit, OUTPUT_LIMIT, dispatch.is_stopped)
}

/// A program of the system's, run by us.
fn ours(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", PATH).current_dir("/");
    let account = disk::name_of(None, rustix::process::geteuid().as_raw()).and_then(|name| User::named(&name));
    if let Some(user) = account {
        user.dress(&mut command);
    }
    command
}

/// A text as a file without a name, which a program may open anew, also one of another user.
fn unnamed(text: &[u8]) -> io::Result<Stdio> {
    let mut file: File = tempfile::tempfile()?;
    file.set_permissions(Permissions::from_mode(0o644))?;
    file.write_all(text)?;
    file.rewind()?;
    Ok(file.into())
}

/// The first of a target's files that a user cannot read.
fn unreadable(sending: &Sending, user: &User) -> Option<PathBuf> {
    let refused = |path: &&PathBuf| {
        let opened = user.act(|| File::open(path).map(drop));
        opened.is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied)
    };
    sending.files.iter().find(refused).cloned()
}

/// The last lines of what a program said, safe to show, without the secret.
fn told(said: &[u8], secret: Option<&Secret>) -> Vec<String> {
    let hidden = secret.map(|secret| forms(secret.expose().as_bytes())).unwrap_or_default();
    let clean = without(said, &hidden);
    let lines = clean.split(|byte| matches!(byte, b'\n' | b'\r')).map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let lines: Vec<&[u8]> = lines.collect();
    let short = |line: &&[u8]| {
        let line = printable(line);
        match line.char_indices().nth(LINE) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line,
        }
    };
    lines[lines.len().saturating_sub(LINES)..].iter().map(short).collect()
}
