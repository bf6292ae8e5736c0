//! Running a program within bounds: time, output, its standard input, and all of its processes ended with it.

use std::{
    fmt,
    io::{self, Write},
    os::unix::process::CommandExt,
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::{Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal};
use zeroize::Zeroizing;

pub(super) mod attendant;
mod output;

use output::{OutputTail, append, in_brief, pump};

/// How long output may still come in after the program itself has ended.
const GRACE: Duration = Duration::from_millis(500);

/// How often `is_stopped` is asked.
const LOOK: Duration = Duration::from_millis(100);

/// What is running.
static RUNNING: Mutex<Vec<RunningProgram>> = Mutex::new(Vec::new());

/// A program that is running: the leader of its process group, or its attendant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RunningProgram {
    Group(Pid),
    Attended(Pid),
}

impl RunningProgram {
    fn end(self) {
        let _ = match self {
            Self::Group(group) => rustix::process::kill_process_group(group, Signal::KILL),
            Self::Attended(attendant) => rustix::process::kill_process(attendant, Signal::TERM),
        };
    }
}

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

impl fmt::Display for CommandFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(error) => write!(f, "not started: {error}"),
            Self::Slow(limit) => write!(f, "took longer than {limit:?}"),
            Self::Large(most) => write!(f, "printed more than {most} bytes"),
            Self::Failed(status, said) => write!(f, "{status}: {said}"),
        }
    }
}

impl std::error::Error for CommandFault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Start(error) => Some(error),
            Self::Slow(_) | Self::Large(_) | Self::Failed(..) => None,
        }
    }
}

/// How a program ended.
#[derive(Debug)]
pub(super) enum ProcessEnd {
    /// By itself.
    Exited(ExitStatus),
    /// It took too long.
    Slow,
    /// It printed too much.
    Large,
    /// It was stopped.
    Stopped,
}

/// What a program left behind. All of it may hold a secret.
pub(super) struct ProcessOutput {
    pub(super) end: ProcessEnd,
    pub(super) out: Zeroizing<Vec<u8>>,
    /// The end of what it printed on standard error: whole lines.
    pub(super) said: Zeroizing<Vec<u8>>,
}

enum ProcessEvent {
    Out(Zeroizing<Vec<u8>>),
    Said(Zeroizing<Vec<u8>>),
    Closed,
    Ended(io::Result<ExitStatus>),
}

/// Ends every program that is running: ours is about to end, and nothing else would end them.
pub fn end_all() {
    running().drain(..).for_each(RunningProgram::end);
}

fn running() -> MutexGuard<'static, Vec<RunningProgram>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `command` with `given` on its standard input and returns its standard output, at most `most` bytes of it, when it ends
/// with success within `limit`.
pub(super) fn run(
    mut command: Command,
    given: Option<&[u8]>,
    limit: Duration,
    most: usize,
) -> Result<Zeroizing<Vec<u8>>, CommandFault> {
    command.stdin(if given.is_some() { Stdio::piped() } else { Stdio::null() });
    finish(start(&mut command).map_err(CommandFault::Start)?, given, limit, most)
}

/// The same for a command that has an attendant and reads nothing.
pub(super) fn run_attended(mut command: Command, limit: Duration, most: usize) -> Result<Zeroizing<Vec<u8>>, CommandFault> {
    command.stdin(Stdio::null());
    finish(start_attended(&mut command).map_err(CommandFault::Start)?, None, limit, most)
}

fn finish(
    mut started: StartedProgram,
    given: Option<&[u8]>,
    limit: Duration,
    most: usize,
) -> Result<Zeroizing<Vec<u8>>, CommandFault> {
    if let (Some(pipe), Some(given)) = (started.child.stdin.take(), given) {
        give(pipe, given);
    }
    let ran = attend(started, limit, most, &|| false).map_err(CommandFault::Start)?;
    match ran.end {
        ProcessEnd::Exited(status) if status.success() => Ok(ran.out),
        ProcessEnd::Exited(status) => Err(CommandFault::Failed(status, in_brief(&ran.said))),
        ProcessEnd::Large => Err(CommandFault::Large(most)),
        ProcessEnd::Slow | ProcessEnd::Stopped => Err(CommandFault::Slow(limit)),
    }
}

/// A program for [`attend`].
pub(super) struct StartedProgram {
    pub(super) child: Child,
    is_attended: bool,
}

/// Starts a program in its own process group.
pub(super) fn start(command: &mut Command) -> io::Result<StartedProgram> {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).spawn()?;
    Ok(StartedProgram { child, is_attended: false })
}

/// Starts a program by its attendant. The thread that does so must live as long: the attendant ends with it.
pub(super) fn start_attended(command: &mut Command) -> io::Result<StartedProgram> {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    Ok(StartedProgram { child, is_attended: true })
}

/// Gives a program what it reads on standard input.
pub(super) fn give(mut pipe: ChildStdin, given: &[u8]) {
    let given = Zeroizing::new(given.to_vec());
    // A program that does not read it to the end says why by its status; ignore the error.
    thread::spawn(move || drop(pipe.write_all(&given)));
}

/// Waits for a program to end, at most `limit`, as long as it prints at most `most` bytes and nothing `is_stopped`; else its
/// whole group is ended.
pub(super) fn attend(
    started: StartedProgram,
    limit: Duration,
    most: usize,
    is_stopped: &dyn Fn() -> bool,
) -> io::Result<ProcessOutput> {
    let deadline = Instant::now() + limit;
    let StartedProgram { mut child, is_attended } = started;
    let program = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let program = program.map(if is_attended { RunningProgram::Attended } else { RunningProgram::Group });
    running().extend(program);
    let (events, inbox) = mpsc::channel();
    if let Some(pipe) = child.stdout.take() {
        pump(pipe, events.clone(), ProcessEvent::Out, ProcessEvent::Closed);
    }
    if let Some(pipe) = child.stderr.take() {
        pump(pipe, events.clone(), ProcessEvent::Said, ProcessEvent::Closed);
    }
    thread::spawn(move || events.send(ProcessEvent::Ended(child.wait())));

    let mut out = Zeroizing::new(Vec::new());
    let mut said = OutputTail::new();
    let (mut open, mut ended, mut until) = (2, None, deadline);
    let cut_off = loop {
        let left = until.saturating_duration_since(Instant::now());
        if open == 0 && ended.is_some() {
            break None;
        }
        if is_stopped() {
            break Some(ProcessEnd::Stopped);
        }
        if left.is_zero() {
            break ended.is_none().then_some(ProcessEnd::Slow);
        }
        match inbox.recv_timeout(left.min(LOOK)) {
            Ok(ProcessEvent::Out(bytes)) if out.len() + bytes.len() > most => break Some(ProcessEnd::Large),
            Ok(ProcessEvent::Out(bytes)) => append(&mut out, &bytes),
            Ok(ProcessEvent::Said(bytes)) => said.add(&bytes),
            Ok(ProcessEvent::Closed) => open -= 1,
            Ok(ProcessEvent::Ended(status)) => {
                ended = Some(status);
                // Programs that it left in the background may hold the pipes open.
                until = deadline.min(Instant::now() + GRACE);
            }
            Err(_) => {}
        }
    };
    running().retain(|other| Some(*other) != program);
    if let (Some(program), Some(_)) = (program, &cut_off) {
        program.end();
    }
    let end = match (cut_off, ended) {
        (Some(end), _) => end,
        (None, Some(status)) => ProcessEnd::Exited(status?),
        (None, None) => ProcessEnd::Slow,
    };
    Ok(ProcessOutput { end, out, said: said.whole_lines() })
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
    fn of_many_words_the_last_lines_are_kept_whole() {
        let script = "i=0; while [ $i -lt 4000 ]; do echo line-$i-of-many >&2; i=$((i+1)); done; exit 1";
        let Err(CommandFault::Failed(_, said)) = shell(script, LONG) else { panic!("no failure") };
        assert_eq!(said, "line-3997-of-many; line-3998-of-many; line-3999-of-many");
        let child = start(Command::new("/bin/sh").arg("-c").arg(script).stdin(Stdio::null())).unwrap();
        let said = attend(child, LONG, 10, &|| false).unwrap().said;
        assert!(said.len() <= output::TAIL_LIMIT && said.starts_with(b"line-"), "{}", said.len());
    }

    #[test]
    fn what_is_stopped_ends_with_all_that_it_started() {
        let started = Instant::now();
        let child = start(Command::new("/bin/sh").args(["-c", "sleep 60 & sleep 60"]).stdin(Stdio::null())).unwrap();
        let ran = attend(child, LONG, 10, &|| started.elapsed() > Duration::from_millis(150)).unwrap();
        assert!(matches!(ran.end, ProcessEnd::Stopped) && started.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn endless_output_and_endless_time_end() {
        assert!(matches!(shell("yes", LONG), Err(CommandFault::Large(1024))));
        assert!(matches!(shell("yes >&2", Duration::from_millis(200)), Err(CommandFault::Slow(_))));
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
