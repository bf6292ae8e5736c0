//! A terminal that prompts or lines were asked in, as it was before: for a signal, which comes in the middle of a question.

use std::{
    io::{self, Write},
    os::fd::AsFd,
};

use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// Remembers how the terminal is now; what is returned brings that back. `moves` says that the cursor was moved and hidden.
/// Nothing is written to standard error any more after that: it is the program's last act.
pub fn restorer(moves: bool) -> impl FnOnce() + Send + 'static {
    let former = tcgetattr(io::stdin().as_fd());
    move || {
        // The terminal may be gone: nobody is left to be told.
        let mut err = io::stderr().lock();
        let (pen, paste, cursor) = if moves { ("\x1b[m", "\x1b[?2004l", "\x1b[?25h") } else { ("", "", "") };
        let _ = write!(err, "{pen}{paste}{cursor}\r\n");
        // Whoever is just drawing a question waits at the lock, and is cut off in the middle.
        std::mem::forget(err);
        if let Ok(former) = former {
            let _ = tcsetattr(io::stdin().as_fd(), OptionalActions::Now, &former);
        }
    }
}
