//! Waiting for a condition, with a deadline.

use std::time::{Duration, Instant};

/// How long anything on one machine may take; long enough for a busy one.
pub(crate) const DEADLINE: Duration = Duration::from_secs(120);

/// Asks `condition` until it gives a value; `None` when [`DEADLINE`] has passed.
pub(crate) fn until<T>(mut condition: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + DEADLINE;
    loop {
        if let Some(value) = condition() {
            return Some(value);
        }
        if Instant::now() >= end {
            return None;
        }
        std::thread::park_timeout(Duration::from_millis(10));
    }
}
