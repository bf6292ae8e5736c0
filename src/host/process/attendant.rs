//! The attendant: a process of ours between mailsetup and a program that is another user's, or a consumer.
//!
//! It is this executable again, since it has to outlive us for a moment. It has a session of its own without a terminal and
//! closes every open file but the first three; the program runs below it, as the user. All that the program leaves becomes the
//! attendant's (`PR_SET_CHILD_SUBREAPER`) and is ended with it: when the program ends, when we ask, and when we are gone.

use std::{
    ffi::{OsStr, OsString},
    io::{self, Write},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, ExitCode},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use rustix::{
    io::Errno,
    process::{Pid, Signal, WaitOptions, WaitStatus},
};
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    iterator::Signals,
    low_level,
};

use crate::{error::Exit, host::user::User};

/// How the attendant is called, which is how it knows what it is.
const NAME: &str = "mailsetup-attendant";
/// The executable that is running, also when its file was replaced.
const THIS: &str = "/proc/self/exe";
/// The first open file that is not one of the three that every program has.
const FIRST: i32 = 3;
/// The most open files that are looked for where the system does not list them.
const MOST_FILES: u64 = 65_536;
/// How long it waits between two looks for what is left, and how many looks without any effect it takes.
const LOOK: (Duration, u32) = (Duration::from_millis(5), 400);

/// Whether this process can be started again as the attendant: the program can, a test's executable cannot.
static IS_PROGRAM: AtomicBool = AtomicBool::new(false);

/// Whom a program belongs to, and what becomes of the processes that it leaves.
#[derive(Debug, Clone, Copy)]
pub(in crate::host) struct Care<'a> {
    /// The user who runs it, if that is another one than ours.
    pub(in crate::host) user: Option<&'a User>,
    /// Whether it gets the further groups of that user.
    pub(in crate::host) has_groups: bool,
    /// Whether what it leaves is its own affair: a mail server delivers in the background.
    pub(in crate::host) may_leave: bool,
}

/// The command for a program, below an attendant.
///
/// # Errors
/// This process cannot be an attendant's.
pub(in crate::host) fn attended(program: &Path, care: Care<'_>) -> io::Result<Command> {
    if !IS_PROGRAM.load(Ordering::Relaxed) {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "not the program mailsetup"));
    }
    let this = if Path::new(THIS).exists() { THIS.into() } else { std::env::current_exe()? };
    let mut command = Command::new(this);
    command.arg0(NAME).arg(std::process::id().to_string()).arg(care.user.map_or("", User::name));
    command.arg(if care.has_groups { "groups" } else { "" }).arg(if care.may_leave { "leave" } else { "" }).arg(program);
    Ok(command)
}

/// What `main` asks first of all: whether this process is an attendant. Then it does its work, and the result is its status.
pub fn attend_if_asked() -> Option<ExitCode> {
    let mut words = std::env::args_os();
    if words.next().as_deref() != Some(OsStr::new(NAME)) {
        IS_PROGRAM.store(true, Ordering::Relaxed);
        return None;
    }
    let words: Vec<OsString> = words.collect();
    let attendant = Attendant::of_words(&words)?;
    Some(attendant.run().unwrap_or_else(|error| {
        // Our own standard error is what the program's would be.
        let _ = writeln!(io::stderr(), "{}: {error}", attendant.program.display());
        ExitCode::from(Exit::Unavailable.code())
    }))
}

struct Attendant<'a> {
    parent: i32,
    /// By name.
    user: Option<&'a str>,
    has_groups: bool,
    may_leave: bool,
    program: &'a Path,
    words: &'a [OsString],
}

impl<'a> Attendant<'a> {
    fn of_words(words: &'a [OsString]) -> Option<Self> {
        let [parent, user, groups, leave, program, words @ ..] = words else { return None };
        Some(Self {
            parent: parent.to_str()?.parse().ok()?,
            user: Some(user.to_str()?).filter(|name| !name.is_empty()),
            has_groups: groups == "groups",
            may_leave: leave == "leave",
            program: Path::new(program),
            words,
        })
    }

    fn run(&self) -> io::Result<ExitCode> {
        // Before a user is looked for: a directory is asked by a program, with files of ours.
        close_files();
        let unknown = || io::Error::new(io::ErrorKind::NotFound, "no such user");
        let user = self.user.map(|name| User::named(name).ok_or_else(unknown)).transpose()?;
        rustix::process::setsid()?;
        // From here on a signal waits until the thread below takes it.
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM])?;
        end_with_parent(self.parent)?;
        let program = i32::try_from(self.start(user.as_ref())?.id()).ok().and_then(Pid::from_raw);
        let may_leave = self.may_leave;
        thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                end(program, may_leave);
                low_level::exit(128 + signal);
            }
        });
        let status = wait_for(program)?;
        if !may_leave {
            end(program, false);
        }
        pass_on(status)
    }

    fn start(&self, user: Option<&User>) -> io::Result<Child> {
        let mut command = Command::new(self.program);
        command.args(self.words).process_group(0);
        match user {
            None => command.spawn(),
            Some(user) if self.has_groups => user.act(|| command.spawn()),
            Some(user) => {
                let (uid, gid) = user.ids();
                command.uid(uid).gid(gid).spawn()
            }
        }
    }
}

/// Closes every open file but the first three. Nothing of this process is open yet.
fn close_files() {
    let listed = std::fs::read_dir("/proc/self/fd").or_else(|_| std::fs::read_dir("/dev/fd"));
    let listed = listed.map(|files| {
        let names = files.flatten().map(|file| file.file_name());
        names.filter_map(|name| name.to_str()?.parse().ok()).collect::<Vec<i32>>()
    });
    let files = listed.unwrap_or_else(|_| {
        let most = rustix::process::getrlimit(rustix::process::Resource::Nofile).current.unwrap_or(MOST_FILES);
        (FIRST..i32::try_from(most.min(MOST_FILES)).unwrap_or(i32::MAX)).collect()
    });
    for file in files.into_iter().filter(|file| *file >= FIRST) {
        // That of the list itself is closed by now.
        let _ = nix::unistd::close(file);
    }
}

/// From now on a signal comes when the parent is gone, whatever ended it, and what is left below comes to us.
fn end_with_parent(parent: i32) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        rustix::process::set_parent_process_death_signal(Some(Signal::TERM))?;
        rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    }
    // It may have been gone before.
    let is_there = rustix::process::getppid().is_some_and(|pid| pid.as_raw_nonzero().get() == parent);
    if is_there { Ok(()) } else { Err(io::ErrorKind::BrokenPipe.into()) }
}

/// Waits for the program, and takes what ends meanwhile.
fn wait_for(program: Option<Pid>) -> io::Result<WaitStatus> {
    loop {
        match rustix::process::wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) if Some(pid) == program => return Ok(status),
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Ends the program's process group, and unless it may leave them, all processes below us.
fn end(program: Option<Pid>, may_leave: bool) {
    let _ = program.map(|program| rustix::process::kill_process_group(program, Signal::KILL));
    // Whose parent ends comes to us, and is killed in the next round. What does not end has taken rights that we do not have.
    let mut fruitless = 0;
    while !may_leave && fruitless < LOOK.1 {
        for child in children() {
            let _ = rustix::process::kill_process(child, Signal::KILL);
        }
        match rustix::process::wait(WaitOptions::NOHANG) {
            Ok(Some(_)) => fruitless = 0,
            Ok(None) => {
                fruitless += 1;
                thread::sleep(LOOK.0);
            }
            Err(_) => return,
        }
    }
}

/// Our children, by proc(5).
fn children() -> Vec<Pid> {
    let us = rustix::process::getpid();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = processes.filter_map(|process| Pid::from_raw(process.file_name().to_str()?.parse().ok()?));
    pids.filter(|pid| parent_of(*pid) == Some(us)).collect()
}

fn parent_of(pid: Pid) -> Option<Pid> {
    let stat = std::fs::read(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
    let stat = String::from_utf8_lossy(&stat).into_owned();
    // The name before may hold anything.
    Pid::from_raw(stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?)
}

/// Ends as the program has ended.
fn pass_on(status: WaitStatus) -> io::Result<ExitCode> {
    if let Some(signal) = status.terminating_signal() {
        if let Some(kill) = Signal::from_named_raw(signal).filter(|signal| *signal == Signal::KILL) {
            rustix::process::kill_process(rustix::process::getpid(), kill)?;
        }
        low_level::emulate_default_handler(signal)?;
    }
    Ok(ExitCode::from(u8::try_from(status.exit_status().unwrap_or(i32::from(u8::MAX))).unwrap_or(u8::MAX)))
}
