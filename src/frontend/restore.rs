//! Restores the terminal of prompts and lines, whatever ends or stops the program.
//!
//! A signal can come in the middle of a question. Ending or stopping the program restores the terminal; when the program is
//! continued, the question is shown again.

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

/// The current question.
static ASKED: Mutex<Option<Asked>> = Mutex::new(None);

struct Asked {
    /// The terminal's settings for the question.
    settings: Option<Termios>,
    /// The question's last line.
    words: String,
}

/// A question is being asked while this lives.
#[derive(Debug)]
pub(super) struct Asking(());

/// Notes the question, with the current settings of the terminal.
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

/// The terminal's settings before the first question.
#[derive(Debug, Clone)]
pub struct Restorer {
    former: Option<Termios>,
    /// Questions move and hide the cursor.
    moves: bool,
}

impl Restorer {
    /// Remembers the terminal's current settings.
    pub fn new(moves: bool) -> Self {
        Self { former: tcgetattr(io::stdin().as_fd()).ok(), moves }
    }

    /// Restores the terminal for good: nothing is written to standard error any more. Call it last.
    pub fn end(&self) {
        let err = self.last_words();
        // A thread that is drawing a question blocks on this lock for good.
        std::mem::forget(err);
        self.settings();
    }

    /// Restores the terminal while the program is stopped. Nothing is written to standard error while the result lives: a
    /// question being drawn would hide the cursor again.
    pub fn pause(&self) -> io::StderrLock<'static> {
        let err = self.last_words();
        self.settings();
        err
    }

    /// Sets the terminal up again, however it was left, and shows the question.
    pub fn resume(&self) {
        let asked = asked();
        let Some(Asked { settings: Some(settings), words }) = &*asked else { return };
        // In the background this blocks until the program is brought to the foreground (SIGTTOU, tcsetattr(3)).
        let _ = tcsetattr(io::stdin().as_fd(), OptionalActions::Now, settings);
        let _ = write!(io::stderr().lock(), "\r{words}");
    }

    /// Restores the terminal before a panic's message is printed.
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
        // The terminal may be gone; ignore the error.
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

/// Stops the program as Ctrl-Z does, if a shell with job control can continue it: it has put us into a process group of our own.
pub fn stop() {
    let has_shell = getsid(None).is_ok_and(|session| session != getpgrp());
    if has_shell {
        // SIGTSTP has a handler: this function.
        let _ = kill_process(getpid(), Signal::STOP);
    }
}

/// Requests a stop, as Ctrl-Z does where it is a signal.
pub(super) fn ask_to_stop() {
    let _ = kill_process(getpid(), Signal::TSTP);
}
