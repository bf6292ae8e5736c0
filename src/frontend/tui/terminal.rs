//! Raw mode, alternate screen and bracketed paste: set up once, restored on every way out.

use std::{
    fs::File,
    io::{self, Write},
    os::fd::AsFd,
    sync::atomic::{AtomicBool, Ordering},
};

use ratatui::{Terminal, layout::Size};

use super::{super::restore::stop, screen::Screen, theme::Look};
use crate::runner::crash;

/// Alternate screen and bracketed paste; the erase is for terminals without an alternate screen.
const ENTER: &str = "\x1b[?1049h\x1b[?2004h";
/// Resets the pen and bracketed paste, shows the cursor at the bottom (for terminals without an alternate screen), and leaves
/// the alternate screen.
const LEAVE: &str = "\x1b[m\x1b[?2004l\x1b[?25h\x1b[999;1H\r\n\x1b[?1049l";

/// Whether the terminal is currently set up.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal while it is set up; restored on drop.
pub(super) struct Tty {
    pub(super) terminal: Terminal<Screen<File>>,
}

impl Tty {
    /// Sets the terminal up. Nothing is written before the first frame, which switches to the alternate screen.
    pub(super) fn take(look: Look) -> io::Result<Self> {
        let out = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        let mut screen = Screen::new(out, size, !look.utf8);
        grab()?;
        screen.prepend(ENTER);
        ratatui::backend::Backend::clear(&mut screen)?;
        let guard = Guard;
        hook();
        let terminal = Terminal::new(screen)?;
        std::mem::forget(guard);
        Ok(Self { terminal })
    }

    /// Stops the program as Ctrl-Z does, with the terminal restored, and sets it up again when the program continues.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        give_back();
        stop();
        self.resume()
    }

    /// Sets the terminal up again, whatever a shell has done to it meanwhile.
    pub(super) fn resume(&mut self) -> io::Result<()> {
        crossterm::terminal::disable_raw_mode()?;
        grab()?;
        self.terminal.backend_mut().prepend(ENTER);
        self.terminal.clear()
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        give_back();
    }
}

/// Restores the terminal if something fails before there is a [`Tty`].
struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        give_back();
    }
}

fn size() -> io::Result<Size> {
    let (width, height) = crossterm::terminal::size()?;
    Ok(Size::new(width, height))
}

fn grab() -> io::Result<()> {
    crossterm::terminal::enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    Ok(())
}

/// Restores the terminal, once. The terminal may be gone; errors are ignored.
fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let mut out = io::stdout();
        let _ = out.write_all(LEAVE.as_bytes());
        let _ = out.flush();
        let _ = crossterm::terminal::disable_raw_mode();
    }
}

/// Restores the terminal before a panic's message is printed. A worker thread's panic is not printed over the screen: it ends
/// the work, and the conversation reports that.
fn hook() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    let drawing = std::thread::current().id();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if std::thread::current().id() == drawing {
                give_back();
            } else if TAKEN.load(Ordering::SeqCst) {
                crash::note(info);
                return;
            }
            before(info);
        }));
    });
}
