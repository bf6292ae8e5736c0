//! Running a command within bounds: time, output, nothing on standard input, and all of its processes ended with it.

use std::{
    io::{self, Read, Write},
    os::unix::process::CommandExt,
    process::{Command, ExitStatus, Stdio},
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal};
use zeroize::Zeroizing;

use super::input;
use crate::mail::reply::printable;

/// How long output may still come in after the command itself has ended.
const GRACE: Duration = Duration::from_millis(500);

/// The most that is kept of what a command says on standard error, in bytes.
const SAID_LIMIT: usize = 4 * 1024;

/// Why a command gave nothing.
#[derive(Debug)]
pub enum CommandFault {
    /// It could not be started.
    Start(io::Error),
    /// It took longer than this.
    Slow(Duration),
    /// It printed more than this, in bytes.
    Large(usize),
    /// It ended with this status or signal, and said this on standard error (safe to show).
    Failed(ExitStatus, String),
}

enum Event {
    Out(Zeroizing<Vec<u8>>),
    Said(Vec<u8>),
    Closed,
    Ended(io::Result<ExitStatus>),
}

/// A program of the person's: with our environment, but for what is mailsetup's own and what a password was read from.
pub(super) fn personal(program: &str) -> Command {
    let mut command = Command::new(program);
    let kept = |name: &[u8]| !name.starts_with(b"MAILSETUP_") || name.starts_with(b"MAILSETUP_VAULT_");
    for (name, _) in std::env::vars_os() {
        if !kept(name.as_encoded_bytes()) || input::held_password(&name) {
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

/// Runs `command` with `given` on its standard input and returns its standard output, at most `most` bytes of it, when it ends
/// with success within `limit`.
pub(super) fn run(
    mut command: Command,
    given: Option<&[u8]>,
    limit: Duration,
    most: usize,
) -> Result<Zeroizing<Vec<u8>>, CommandFault> {
    let deadline = Instant::now() + limit;
    let mut child = command
        .stdin(if given.is_some() { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(CommandFault::Start)?;
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let kill = || {
        if let Some(group) = group {
            let _ = rustix::process::kill_process_group(group, Signal::KILL);
        }
    };
    if let (Some(mut pipe), Some(given)) = (child.stdin.take(), given) {
        let given = Zeroizing::new(given.to_vec());
        // Whoever does not read it to the end has a reason, which its status tells.
        thread::spawn(move || drop(pipe.write_all(&given)));
    }
    let (events, inbox) = mpsc::channel();
    if let Some(pipe) = child.stdout.take() {
        pump(pipe, events.clone(), |bytes| Event::Out(Zeroizing::new(bytes)));
    }
    if let Some(pipe) = child.stderr.take() {
        pump(pipe, events.clone(), Event::Said);
    }
    thread::spawn(move || events.send(Event::Ended(child.wait())));

    // Its room is taken at once, so that growing leaves no copy of a secret behind.
    let mut out = Zeroizing::new(Vec::with_capacity(most));
    let mut said = Vec::new();
    let (mut open, mut ended, mut until) = (2, None, deadline);
    while open > 0 || ended.is_none() {
        match inbox.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(Event::Out(bytes)) if out.len() + bytes.len() > most => {
                kill();
                return Err(CommandFault::Large(most));
            }
            Ok(Event::Out(bytes)) => out.extend_from_slice(&bytes),
            Ok(Event::Said(bytes)) => {
                let room = SAID_LIMIT - said.len();
                said.extend_from_slice(&bytes[..bytes.len().min(room)]);
            }
            Ok(Event::Closed) => open -= 1,
            Ok(Event::Ended(status)) => {
                ended = Some(status.map_err(CommandFault::Start)?);
                // What it left running in the background may hold the pipes open.
                until = deadline.min(Instant::now() + GRACE);
            }
            Err(RecvTimeoutError::Timeout) if ended.is_some() => break,
            Err(_) => {
                kill();
                return Err(CommandFault::Slow(limit));
            }
        }
    }
    match ended {
        Some(status) if status.success() => Ok(out),
        Some(status) => Err(CommandFault::Failed(status, said_in_brief(&said))),
        None => Err(CommandFault::Slow(limit)),
    }
}

fn pump(mut pipe: impl Read + Send + 'static, events: Sender<Event>, event: fn(Vec<u8>) -> Event) {
    thread::spawn(move || {
        let mut buffer = Zeroizing::new([0; 4096]);
        loop {
            match pipe.read(&mut *buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(0) | Err(_) => return events.send(Event::Closed),
                Ok(read) => events.send(event(buffer[..read].to_vec()))?,
            }
        }
    });
}

/// The last lines of what a command said, safe to show on one line.
fn said_in_brief(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let last = lines.len().saturating_sub(3);
    printable(lines[last..].join("; ").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Result<Zeroizing<Vec<u8>>, CommandFault> {
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(script);
        run(command, None, limit, 1024)
    }

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn output_comes_back_and_nothing_is_read() {
        assert_eq!(shell("cat; printf 'a\\n\\n'", LONG).unwrap().as_slice(), b"a\n\n");
    }

    #[test]
    fn what_is_given_is_read_and_who_does_not_read_it_ends_all_the_same() {
        let given = vec![b'x'; 300_000];
        let out = run(Command::new("cat"), Some(&given), LONG, 400_000).unwrap();
        assert_eq!(*out, given);
        assert!(run(Command::new("true"), Some(&given), LONG, 10).unwrap().is_empty());
    }

    #[test]
    fn a_failure_says_its_words_escaped() {
        let Err(CommandFault::Failed(status, said)) = shell("printf 'no \\033[31mkey\\n' >&2; exit 3", LONG) else {
            panic!("no failure");
        };
        assert_eq!((status.code(), said.as_str()), (Some(3), "no \\u{1b}[31mkey"));
    }

    #[test]
    fn endless_output_and_endless_time_end() {
        assert!(matches!(shell("yes", LONG), Err(CommandFault::Large(1024))));
        let started = Instant::now();
        assert!(matches!(shell("sleep 60 & wait", Duration::from_millis(100)), Err(CommandFault::Slow(_))));
        assert!(started.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn what_stays_in_the_background_does_not_hold_us() {
        let started = Instant::now();
        assert_eq!(shell("sleep 5 & echo x", LONG).unwrap().as_slice(), b"x\n");
        assert!(started.elapsed() < Duration::from_secs(4));
    }

    #[test]
    fn a_program_that_is_not_there() {
        let fault = run(Command::new("/nonexistent/program"), None, LONG, 10);
        assert!(matches!(fault, Err(CommandFault::Start(error)) if error.kind() == io::ErrorKind::NotFound));
    }
}
