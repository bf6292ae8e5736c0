//! The full-screen wizard: one loop over the conversation, drawn with ratatui.
//!
//! What happens is one enum ([`Happened`]); [`app::App`] takes it and keeps what is the screen's own (drafts, what lies over
//! the page, how far it is scrolled); the views in [`view`] make documents of plain data; `screen` sends each frame in one
//! write. The terminal is given back on every way out.

mod app;
mod draft;
mod keymap;
mod model;
mod page;
mod screen;
mod terminal;
mod theme;
mod view;
mod widget;
mod work;

#[cfg(test)]
mod tests;

use std::{
    io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::Duration,
};

use crossterm::event::{self, Event};
use signal_hook::{
    consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP},
    iterator::Signals,
};

pub use app::App;
pub use theme::Look;
pub(crate) use widget::wrap::{is_link, width, wrap};

use super::{Companion, Keeper};
use crate::{
    mail::Secret,
    plan::Change,
    presets::Phrase,
    probe::Cancel,
    setup::{Effect, Msg, Setup},
};

/// How a change is shown: lines that begin with `+`, `-` or a blank, without secrets.
pub type Differ = fn(&Change, Option<&Secret>) -> Vec<String>;

/// Writes the redacted report and says where it is, or why it cannot be written.
pub type Reporter = fn(&Setup) -> Result<PathBuf, Phrase>;

/// Starts an effect; its results come as messages.
pub type Starter = Box<dyn FnMut(Effect) -> Cancel>;

/// How the wizard is to look.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Colours and characters.
    pub look: Look,
    /// How a change is shown.
    pub diff: Differ,
    /// Writes the report.
    pub report: Reporter,
}

/// How the wizard ended.
#[derive(Debug)]
pub struct Ended {
    /// The conversation: done, or cancelled.
    pub setup: Setup,
    /// The signal that ended it.
    pub signal: Option<i32>,
}

/// How often a spinner turns.
const TURN: Duration = Duration::from_millis(100);
/// How often a companion is asked what arrived.
const LOOK: Duration = Duration::from_millis(250);
/// How long the thread that reads keys sleeps before it looks whether it is still needed.
const NEEDED: Duration = Duration::from_millis(200);

/// What can happen.
enum Happened {
    /// At the terminal.
    Terminal(Event),
    /// To an effect.
    Told(Msg),
    /// A signal.
    Signal(i32),
}

/// Runs the wizard until everything is done or the person leaves.
///
/// # Errors
/// When the terminal cannot be taken, read or written.
pub fn run(
    setup: Setup,
    starter: Starter,
    results: Receiver<Msg>,
    options: Options,
    companion: Option<Box<dyn Companion>>,
    keeper: &mut dyn Keeper,
) -> io::Result<Ended> {
    let mut app = App::new(setup, starter, options, companion);
    let mut tty = terminal::Tty::take(options.look)?;
    let (sender, happened) = channel();
    let mut signals = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT])?;
    let handle = signals.handle();
    let from_signals = sender.clone();
    thread::spawn(move || {
        for signal in signals.forever() {
            if from_signals.send(Happened::Signal(signal)).is_err() {
                break;
            }
        }
    });
    let from_results = sender.clone();
    thread::spawn(move || {
        while let Ok(msg) = results.recv() {
            if from_results.send(Happened::Told(msg)).is_err() {
                break;
            }
        }
    });
    let needed = Arc::new(AtomicBool::new(true));
    let still = Arc::clone(&needed);
    thread::spawn(move || read_keys(&sender, &still));
    let ended = drive(&mut app, &mut tty, &happened, keeper);
    needed.store(false, Ordering::SeqCst);
    handle.close();
    drop(tty);
    let signal = ended?;
    Ok(Ended { setup: app.into_setup(), signal })
}

/// Draws, waits, takes what happened: until the app has an end.
fn drive(
    app: &mut App,
    tty: &mut terminal::Tty,
    happened: &Receiver<Happened>,
    keeper: &mut dyn Keeper,
) -> io::Result<Option<i32>> {
    app.resize(tty.terminal.size()?);
    loop {
        keeper.keep(app.setup());
        tty.terminal.draw(|frame| app.draw(frame))?;
        let first = match app.pace() {
            Some(pace) => match happened.recv_timeout(pace) {
                Err(RecvTimeoutError::Timeout) => {
                    app.turn();
                    continue;
                }
                other => other.ok(),
            },
            None => happened.recv().ok(),
        };
        let Some(first) = first else { return Ok(None) };
        // Everything that has come by now is one frame.
        for event in std::iter::once(first).chain(happened.try_iter()) {
            match event {
                Happened::Terminal(event) => app.handle(&event),
                Happened::Told(msg) => app.told(msg),
                Happened::Signal(SIGTSTP) => app.stop(),
                Happened::Signal(SIGCONT) => {
                    tty.resume()?;
                    app.resize(tty.terminal.size()?);
                }
                Happened::Signal(signal) => {
                    app.interrupt(signal == SIGINT);
                    return Ok(Some(signal));
                }
            }
            if app.wants_suspend() {
                tty.suspend()?;
                app.resize(tty.terminal.size()?);
            }
            if app.wants_redraw() {
                tty.terminal.clear()?;
            }
            if app.has_ended() {
                return Ok(None);
            }
        }
    }
}

/// Passes on what the terminal says, until nobody wants it any more.
fn read_keys(sender: &Sender<Happened>, needed: &AtomicBool) {
    while needed.load(Ordering::SeqCst) {
        match event::poll(NEEDED) {
            Ok(false) => {}
            Ok(true) => {
                if !event::read().is_ok_and(|event| sender.send(Happened::Terminal(event)).is_ok()) {
                    return;
                }
            }
            Err(_) => {
                // The terminal is gone: as if it had hung up.
                let _ = sender.send(Happened::Signal(SIGHUP));
                return;
            }
        }
    }
}
