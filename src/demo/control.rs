//! The switchboard between a [`super::Demo`] and its threads: the current fault, and the order to stop.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::DemoFault;

/// Locks; a panicked thread's state is still usable here.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits on `changed` until `done` holds; false when the deadline came first.
pub(super) fn wait_until<'a, T>(
    mut guard: MutexGuard<'a, T>,
    changed: &Condvar,
    deadline: Instant,
    mut done: impl FnMut(&T) -> bool,
) -> (MutexGuard<'a, T>, bool) {
    loop {
        if done(&guard) {
            return (guard, true);
        }
        let Some(left) = deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) else {
            return (guard, false);
        };
        guard = changed.wait_timeout(guard, left).unwrap_or_else(PoisonError::into_inner).0;
    }
}

/// The switchboard.
#[derive(Default)]
pub(super) struct Control {
    state: Mutex<ControlState>,
    changed: Condvar,
}

#[derive(Default)]
struct ControlState {
    fault: DemoFault,
    stopping: bool,
    /// Listeners that swallow connections right now.
    plugged: usize,
}

impl Control {
    /// The fault that new connections see.
    pub(super) fn fault(&self) -> DemoFault {
        lock(&self.state).fault
    }

    /// Sets the fault that new connections see.
    pub(super) fn set_fault(&self, fault: DemoFault) {
        lock(&self.state).fault = fault;
        self.changed.notify_all();
    }

    /// Tells every thread to end.
    pub(super) fn stop(&self) {
        lock(&self.state).stopping = true;
        self.changed.notify_all();
    }

    /// Whether the demo is stopping.
    pub(super) fn is_stopping(&self) -> bool {
        lock(&self.state).stopping
    }

    /// Waits for `time`, or until the demo stops.
    pub(super) fn pause(&self, time: Duration) {
        let _ = wait_until(lock(&self.state), &self.changed, Instant::now() + time, |state| state.stopping);
    }

    /// Reports that a listener swallows connections now, and waits until it should stop doing so.
    pub(super) fn stay_plugged(&self) {
        let mut state = lock(&self.state);
        state.plugged += 1;
        self.changed.notify_all();
        while state.fault == DemoFault::BlockedPort && !state.stopping {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Reports that a listener accepts connections again.
    pub(super) fn unplugged(&self) {
        lock(&self.state).plugged -= 1;
        self.changed.notify_all();
    }

    /// Waits until that many listeners swallow connections, another fault is set, or `limit` has passed.
    pub(super) fn wait_plugged(&self, fault: DemoFault, count: usize, limit: Duration) {
        let _ = wait_until(lock(&self.state), &self.changed, Instant::now() + limit, |state| {
            state.plugged == count || state.fault != fault
        });
    }
}
