//! Signals outside the full-screen wizard: Ctrl-C ends the program at once, except while files are written.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::error::Exit;

/// Whether a signal ends the program now; shared with the handler.
static MAY_LEAVE: Mutex<Option<Arc<AtomicBool>>> = Mutex::new(None);

/// From now on SIGINT, SIGTERM and SIGHUP end the program with this status, until [`hold`].
pub fn leave_with(exit: Exit) {
    let may_leave = Arc::new(AtomicBool::new(true));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        let _ = signal_hook::flag::register_conditional_shutdown(signal, i32::from(exit.code()), Arc::clone(&may_leave));
    }
    if let Ok(mut shared) = MAY_LEAVE.lock() {
        *shared = Some(may_leave);
    }
}

/// Signals wait while this lives: what is being written is finished or put back.
#[derive(Debug)]
pub struct Hold(());

/// Lets signals wait.
pub fn hold() -> Hold {
    set(false);
    Hold(())
}

impl Drop for Hold {
    fn drop(&mut self) {
        set(true);
    }
}

fn set(value: bool) {
    if let Ok(shared) = MAY_LEAVE.lock()
        && let Some(may_leave) = shared.as_ref()
    {
        may_leave.store(value, Ordering::SeqCst);
    }
}
