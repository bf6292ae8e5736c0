//! Signals outside the full-screen wizard: they end or suspend the program at once, except while files are written.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use signal_hook::{
    consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP},
    iterator::Signals,
    low_level,
};

use super::{files::found, process};
use crate::error::Exit;

/// How many holds there are.
static HOLDS: Mutex<usize> = Mutex::new(0);
/// A hold was dropped.
static FREED: Condvar = Condvar::new();

/// Waits until nothing is being written; no write begins while the result lives.
pub fn block_writes() -> MutexGuard<'static, usize> {
    FREED.wait_while(holds(), |holds| *holds > 0).unwrap_or_else(PoisonError::into_inner)
}

/// What signals are reported to.
pub trait Watcher: Send + 'static {
    /// The program is about to end; `by_person` when the person wants it (SIGINT), not when the line or the system went down
    /// (SIGTERM, SIGHUP).
    fn leave(&mut self, by_person: bool);

    /// The program is to stop (SIGTSTP): restores the terminal, and stops.
    fn stop(&mut self);

    /// The program continues (SIGCONT).
    fn go_on(&mut self);
}

/// From now on SIGINT, SIGTERM and SIGHUP end the program with this status, as soon as nothing holds them.
pub fn leave_with(exit: Exit, mut watcher: impl Watcher) {
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT]) else { return };
    thread::spawn(move || {
        for signal in signals.forever() {
            match signal {
                SIGTSTP => watcher.stop(),
                SIGCONT => watcher.go_on(),
                _ => {
                    let _blocked = block_writes();
                    watcher.leave(signal == SIGINT);
                    process::end_all();
                    low_level::exit(i32::from(exit.code()));
                }
            }
        }
    });
}

/// From now on signals that end the program by default also end the programs that it runs, as soon as nothing is being
/// written. Signals that were ignored at the start stay ignored.
pub fn end_children_too() {
    let ignored = ignored();
    let ends = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| ignored & 1 << (signal - 1) == 0);
    let Ok(mut signals) = Signals::new(ends) else { return };
    thread::spawn(move || {
        for signal in signals.forever() {
            let _blocked = block_writes();
            process::end_all();
            let _ = low_level::emulate_default_handler(signal);
        }
    });
}

/// The signals that are ignored, a bit each (proc(5)).
fn ignored() -> u64 {
    let status = found::text_below(None, "proc/self/status");
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}

/// Signals wait while this lives: what is being written is finished or rolled back.
#[derive(Debug)]
pub struct Hold(());

/// Lets signals wait.
pub fn hold() -> Hold {
    *holds() += 1;
    Hold(())
}

impl Drop for Hold {
    fn drop(&mut self) {
        *holds() -= 1;
        FREED.notify_all();
    }
}

fn holds() -> MutexGuard<'static, usize> {
    HOLDS.lock().unwrap_or_else(PoisonError::into_inner)
}
