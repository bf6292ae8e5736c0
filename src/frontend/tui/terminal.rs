//! Raw mode, alternate screen and bracketed paste: taken once, given back on every way out.

use std::{
    fs::File,
    io::{self, Write},
    os::fd::AsFd,
    sync::atomic::{AtomicBool, Ordering},
};

use ratatui::{Terminal, layout::Size};

use super::{super::restore::stop, screen::Screen, theme::Look};

/// Alternate screen and bracketed paste; the erase that follows serves terminals that have no alternate screen.
const ENTER: &str = "\x1b[?1049h\x1b[?2004h";
/// The pen plain, paste as it was, cursor seen and below everything (where there is no other screen), the former screen.
const LEAVE: &str = "\x1b[m\x1b[?2004l\x1b[?25h\x1b[999;1H\r\n\x1b[?1049l";

/// Whether the terminal is ours now.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal while it is ours; dropping it gives it back.
pub(super) struct Tty {
    pub(super) terminal: Terminal<Screen<File>>,
}

impl Tty {
    /// Takes the terminal. Nothing is written before the first frame, which brings the alternate screen with it.
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

    /// Stops the program as Ctrl-Z does, with the terminal as it was before, and takes it again when it goes on.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        give_back();
        stop();
        self.resume()
    }

    /// Takes the terminal again, whatever a shell has made of it meanwhile.
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

/// Gives the terminal back when something fails between taking it and having a [`Tty`].
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

/// Gives the terminal back, once. Errors are of no use to anybody here: the terminal may be gone.
fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let mut out = io::stdout();
        let _ = out.write_all(LEAVE.as_bytes());
        let _ = out.flush();
        let _ = crossterm::terminal::disable_raw_mode();
    }
}

/// A panic's message must be read on a whole terminal. One of a worker's thread is not written over the screen: it ends the
/// work, and the conversation says so.
fn hook() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    let drawing = std::thread::current().id();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if std::thread::current().id() == drawing {
                give_back();
            } else if TAKEN.load(Ordering::SeqCst) {
                return;
            }
            before(info);
        }));
    });
}
