//! A consumer sends the test message itself, by exactly the files that were written, as the user who will run it.

mod mail_log;
mod program;
mod queue;

use std::{
    ffi::OsString,
    fs::File,
    io,
    path::{Path, PathBuf},
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use zeroize::Zeroizing;

use self::{
    program::{OUTPUT_LIMIT, dress_as_us, last_lines, unnamed_file},
    queue::{WatchedMessage, WatchedQueue},
};
use super::{
    environment::{self, PATH},
    process::{
        self, ProcessEnd, ProcessOutput,
        attendant::{Care, attended},
    },
    user::User,
};
use crate::{
    error::Exit,
    mail::{Secret, reply::escape},
    plan::{Places, Scope, SendEnd, SendFault, Sending, Sent},
    presets::target::SendInput,
};

/// How long a mail server may take to listen after its start.
const STARTING: Duration = Duration::from_secs(5);
/// How often it is asked meanwhile.
const LOOK: Duration = Duration::from_millis(200);

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
    /// The user who will run it, if that is not the owner of what was written.
    pub run_as: Option<&'a str>,
    /// What is masked in its words.
    pub secret: Option<&'a Secret>,
    /// How long all of it may take.
    pub limit: Duration,
    /// Whether to stop.
    pub is_stopped: &'a dyn Fn() -> bool,
}

impl Dispatch<'_> {
    /// Whether the consumer is installed where its user looks for programs.
    pub fn is_installed(&self) -> bool {
        environment::find(&self.sending.program, &path(self.other().as_ref())).is_some()
    }

    /// The user as whom it sends, if that is another one.
    pub fn user(&self) -> Option<String> {
        self.other().map(|user| user.name().to_owned())
    }

    fn is_system(&self) -> bool {
        self.places.scope == Scope::System
    }

    /// Another user: only root can become one.
    fn other(&self) -> Option<User> {
        let named = self.run_as.filter(|_| self.is_system() && rustix::process::geteuid().is_root());
        named.and_then(User::named)
    }

    /// What the program prints, run as the consumer is; `None` where it fails.
    pub fn ask(&self) -> Option<Zeroizing<String>> {
        let output = run(self, self.other().as_ref()).ok()?;
        let is_done = matches!(&output.end, ProcessEnd::Exited(status) if status.success());
        is_done.then(|| Zeroizing::new(String::from_utf8_lossy(&output.out).into_owned()))
    }

    /// Has the consumer send, and returns the result.
    ///
    /// One person's consumer has the person's own environment, except for mailsetup's variables and those that a password was
    /// read from; the system's has `PATH`, `HOME`, the user's name and a language.
    pub fn send(&self) -> Sent {
        let (begun, user) = (Instant::now(), self.other());
        let watched = self.sending.queue.as_ref().map(WatchedQueue::begin);
        let output = match self.hand_over(user.as_ref(), begun) {
            Ok(output) => output,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Sent::Missing,
            Err(error) => {
                let said = vec![escape(&error.to_string())];
                return Sent::Failed(SendFault { end: SendEnd::NotStarted, said, unreadable: None });
            }
        };
        let end = match output.end {
            ProcessEnd::Exited(status) if status.success() => {
                let message = WatchedMessage { to: self.to, secret: self.secret, is_stopped: self.is_stopped };
                return watched.map_or(Sent::Taken, |watched| watched.follow(&message, begun + self.limit));
            }
            ProcessEnd::Exited(status) => SendEnd::Status(status.code()),
            ProcessEnd::Slow => SendEnd::Slow(self.limit),
            ProcessEnd::Large => SendEnd::Large,
            ProcessEnd::Stopped => SendEnd::Stopped,
        };
        // Some say on standard output why they fail.
        let said = if output.said.trim_ascii().is_empty() { &output.out } else { &output.said };
        let said = last_lines(said, self.secret);
        let is_missing = |words: &String| said.iter().any(|line| line.contains(words));
        if self.sending.missing.as_ref().is_some_and(is_missing) {
            return Sent::Missing;
        }
        Sent::Failed(SendFault { end, said, unreadable: user.and_then(|user| unreadable(self.sending, &user)) })
    }

    /// Runs the program; again while a mail server that was started only now does not listen yet. `OpenSMTPD`'s sendmail says so by
    /// nothing but its exit status, `EX_TEMPFAIL` of sysexits(3).
    fn hand_over(&self, user: Option<&User>, begun: Instant) -> io::Result<ProcessOutput> {
        loop {
            let output = run(self, user)?;
            let is_temporary =
                matches!(&output.end, ProcessEnd::Exited(status) if status.code() == Some(i32::from(Exit::TempFail.code())));
            let may_start = self.sending.queue.is_some() && begun.elapsed() < STARTING.min(self.limit);
            if !is_temporary || !may_start || (self.is_stopped)() {
                return Ok(output);
            }
            thread::sleep(LOOK);
        }
    }
}

/// Where programs are looked for, ours or another user's.
fn path(user: Option<&User>) -> OsString {
    if user.is_some() { PATH.into() } else { environment::path() }
}

fn run(dispatch: &Dispatch<'_>, user: Option<&User>) -> io::Result<ProcessOutput> {
    let Dispatch { sending, places, .. } = dispatch;
    let mut words = sending.command.iter();
    let program = words.next().map_or("", String::as_str);
    // What a mail server leaves in the background delivers its queue.
    let care = Care { user, has_groups: true, may_leave: sending.queue.is_some() };
    let program = environment::find(program, &path(user)).ok_or(io::ErrorKind::NotFound)?;
    let mut command = attended(&program, care)?;
    match (places.scope, user) {
        (Scope::User, _) => {
            environment::dress(&mut command);
            // Where a login, and cron, begin.
            let home = if places.home.is_dir() { places.home.as_path() } else { Path::new("/") };
            command.env("HOME", &places.home).current_dir(home);
        }
        (Scope::System, Some(user)) => user.dress(&mut command),
        (Scope::System, None) => dress_as_us(&mut command),
    }
    let is_file = sending.input == SendInput::File;
    let stdin = if is_file { unnamed_file(dispatch.input)? } else { Stdio::piped() };
    command.args(words).env("LC_ALL", "C.UTF-8").stdin(stdin);
    let mut started = process::start_attended(&mut command)?;
    if let Some(pipe) = started.child.stdin.take() {
        process::give(pipe, dispatch.input);
    }
    process::attend(started, dispatch.limit, OUTPUT_LIMIT, dispatch.is_stopped)
}

/// The first of a target's files that a user cannot read.
fn unreadable(sending: &Sending, user: &User) -> Option<PathBuf> {
    let refused = |path: &&PathBuf| {
        let opened = user.act(|| File::open(path).map(drop));
        opened.is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied)
    };
    sending.files.iter().find(refused).cloned()
}
