//! Saves the answers as they are given, so that a dropped connection loses little.

use crate::setup::Setup;

/// Called after each step.
pub trait Autosave {
    /// Saves the answers as they are now.
    fn save(&mut self, setup: &Setup);
}

/// Saves nothing: the demo, and tests.
impl Autosave for () {
    fn save(&mut self, _: &Setup) {}
}
