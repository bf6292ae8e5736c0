//! A terminal that prompts or lines are asked in: as it was before, whatever ends or stops the program.
//!
//! A signal comes in the middle of a question. What ends the program leaves the terminal whole; what stops it does too, and
//! when it goes on, the question stands there again.

use std::{
    io::{self, Write},
    os::fd::AsFd,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
};

use rustix::{
    process::{Signal, getpgrp, getpid, getsid, kill_process},
    termios::{OptionalActions, Termios, tcgetattr, tcsetattr},
};

/// What is being asked.
static ASKED: Mutex<Option<Asked>> = Mutex::new(None);

struct Asked {
    /// The terminal as the question needs it.
    settings: Option<Termios>,
    /// The question's last line.
    words: String,
}

/// A question is asked while this lives.
#[derive(Debug)]
pub(super) struct Asking(());

/// Notes what is asked, with the terminal as it is now.
pub(super) fn asking(words: String) -> Asking {
    *asked() = Some(Asked { settings: tcgetattr(io::stdin().as_fd()).ok(), words });
    Asking(())
}

impl Drop for Asking {
    fn drop(&mut self) {
        *asked() = None;
    }
}

fn asked() -> MutexGuard<'static, Option<Asked>> {
    ASKED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How the terminal was before the first question.
#[derive(Debug, Clone)]
pub struct Restorer {
    former: Option<Termios>,
    /// Questions move and hide the cursor.
    moves: bool,
}

impl Restorer {
    /// Remembers how the terminal is now.
    pub fn new(moves: bool) -> Self {
        Self { former: tcgetattr(io::stdin().as_fd()).ok(), moves }
    }

    /// Brings the terminal back for good: nothing is written to standard error any more. It is the program's last act.
    pub fn end(&self) {
        let err = self.last_words();
        // Whoever is just drawing a question waits at the lock, and is cut off in the middle.
        std::mem::forget(err);
        self.settings();
    }

    /// Brings the terminal back as long as the program is stopped. Nothing is written to standard error while the result
    /// lives: whoever is just drawing a question would hide the cursor again.
    pub fn pause(&self) -> io::StderrLock<'static> {
        let err = self.last_words();
        self.settings();
        err
    }

    /// Takes the terminal again, however it was left, and shows what is asked.
    pub fn resume(&self) {
        let asked = asked();
        let Some(Asked { settings: Some(settings), words }) = &*asked else { return };
        // In the background this waits until somebody brings the program back.
        let _ = tcsetattr(io::stdin().as_fd(), OptionalActions::Now, settings);
        let _ = write!(io::stderr().lock(), "\r{words}");
    }

    /// A panic's message must be read on a whole terminal.
    pub fn on_panic(self) {
        let asking = thread::current().id();
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if thread::current().id() == asking {
                drop(self.pause());
            }
            before(info);
        }));
    }

    fn last_words(&self) -> io::StderrLock<'static> {
        // The terminal may be gone: nobody is left to be told.
        let mut err = io::stderr().lock();
        let (pen, paste, cursor) = if self.moves { ("\x1b[m", "\x1b[?2004l", "\x1b[?25h") } else { ("", "", "") };
        let _ = write!(err, "{pen}{paste}{cursor}\r\n");
        err
    }

    fn settings(&self) {
        if let Some(former) = &self.former {
            let _ = tcsetattr(io::stdin().as_fd(), OptionalActions::Now, former);
        }
    }
}

/// Stops the program as Ctrl-Z does, where a shell waits for that: it has given us a group of our own in its session.
/// Elsewhere nobody could have us go on.
pub fn stop() {
    let has_shell = getsid(None).is_ok_and(|session| session != getpgrp());
    if has_shell {
        // SIGTSTP has a handler, which has led here.
        let _ = kill_process(getpid(), Signal::STOP);
    }
}

/// Asks for a stop as Ctrl-Z does where it is a signal.
pub(super) fn ask_to_stop() {
    let _ = kill_process(getpid(), Signal::TSTP);
}
