//! Signals outside the full-screen wizard: they end the program at once, except while files are written.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    iterator::Signals,
    low_level,
};

use crate::error::Exit;

/// How many hold signals back.
static HOLDS: Mutex<usize> = Mutex::new(0);
/// One hold less.
static FREED: Condvar = Condvar::new();

/// Waits until nothing is being written; nothing begins to be written while the result lives.
pub fn settled() -> MutexGuard<'static, usize> {
    FREED.wait_while(holds(), |holds| *holds > 0).unwrap_or_else(PoisonError::into_inner)
}

/// From now on SIGINT, SIGTERM and SIGHUP end the program with this status, after `tidy` and as soon as nothing holds them.
pub fn leave_with(exit: Exit, tidy: impl FnOnce() + Send + 'static) {
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM, SIGHUP]) else { return };
    thread::spawn(move || {
        if signals.forever().next().is_some() {
            let _settled = settled();
            tidy();
            low_level::exit(i32::from(exit.code()));
        }
    });
}

/// Signals wait while this lives: what is being written is finished or put back.
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
