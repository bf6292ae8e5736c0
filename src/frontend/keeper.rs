//! Somebody who keeps what was answered, so that a dropped line loses little.

use crate::setup::Setup;

/// Is told after each step.
pub trait Keeper {
    /// Keeps the answers as they are now.
    fn keep(&mut self, setup: &Setup);
}

/// Nobody keeps anything: the demo, and tests.
impl Keeper for () {
    fn keep(&mut self, _: &Setup) {}
}
