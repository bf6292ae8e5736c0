//! The full-screen wizard: one loop over the conversation, drawn with ratatui.
//!
//! Everything that can happen is one enum ([`Happened`]); [`app::App`] handles it and keeps the state of the screen (drafts,
//! overlay, scroll position); the views in [`view`] make documents of plain data; `screen` sends each frame in one write. Every
//! way out restores the terminal.

mod app;
mod current;
mod draft;
mod keymap;
mod model;
mod options;
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
pub use options::{Differ, Reporter, Starter, TuiOptions};
pub use theme::Look;
pub(crate) use widget::wrap::{is_link, width, wrap};

use super::{Autosave, Sidecar};
use crate::setup::{Msg, Setup};

/// How the wizard ended.
#[derive(Debug)]
pub struct Ended {
    /// The conversation: done, or cancelled.
    pub setup: Setup,
    /// The signal that ended it.
    pub signal: Option<i32>,
}

/// How often the thread that reads keys checks whether it is still needed.
const NEEDED: Duration = Duration::from_millis(200);

/// What can happen.
enum Happened {
    /// A terminal event.
    Terminal(Event),
    /// The result of an effect.
    Told(Msg),
    /// A signal.
    Signal(i32),
}

/// Runs the wizard until everything is done or the person leaves.
///
/// # Errors
/// When the terminal cannot be set up, read or written.
pub fn run(
    setup: Setup,
    starter: Starter,
    results: Receiver<Msg>,
    options: TuiOptions,
    sidecar: Option<Box<dyn Sidecar>>,
    autosave: &mut dyn Autosave,
) -> io::Result<Ended> {
    let mut app = App::new(setup, starter, options, sidecar);
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
    let keys = thread::spawn(move || read_keys(&sender, &still));
    let ended = drive(&mut app, &mut tty, &happened, autosave);
    needed.store(false, Ordering::SeqCst);
    handle.close();
    drop(tty);
    let signal = ended?;
    if app.setup().errand().is_some() {
        // What comes next reads keys as well: none of them may get lost here.
        let _ = keys.join();
    }
    Ok(Ended { setup: app.into_setup(), signal })
}

/// Draws, waits and handles events until the app ends.
fn drive(
    app: &mut App,
    tty: &mut terminal::Tty,
    happened: &Receiver<Happened>,
    autosave: &mut dyn Autosave,
) -> io::Result<Option<i32>> {
    app.resize(tty.terminal.size()?);
    loop {
        autosave.save(app.setup());
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
        // Handle everything that has arrived before drawing the next frame.
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

/// Passes on terminal events while they are needed.
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
                // The terminal is gone: treat it as a hang-up.
                let _ = sender.send(Happened::Signal(SIGHUP));
                return;
            }
        }
    }
}
