//! How the wizard looks, and what it is given to work with.

use std::{path::PathBuf, time::Duration};

use super::theme::Look;
use crate::{
    mail::Secret,
    plan::Change,
    presets::Phrase,
    probe::Cancel,
    setup::{Effect, Setup},
};

/// How a change is shown: lines that begin with `+`, `-` or a blank, without secrets.
pub type Differ = fn(&Change, Option<&Secret>) -> Vec<String>;

/// Writes the redacted report and returns where it is, or why it cannot be written.
pub type Reporter = fn(&Setup) -> Result<PathBuf, Phrase>;

/// Starts an effect; its results come as messages.
pub type Starter = Box<dyn FnMut(Effect) -> Cancel>;

/// How the wizard looks, and how it shows and reports things.
#[derive(Debug, Clone, Copy)]
pub struct TuiOptions {
    /// Colours and characters.
    pub look: Look,
    /// How a change is shown.
    pub diff: Differ,
    /// Writes the report.
    pub report: Reporter,
}

/// How often a spinner turns.
pub(super) const TURN: Duration = Duration::from_millis(100);
/// How often a sidecar is asked what has arrived.
pub(super) const LOOK: Duration = Duration::from_millis(250);
