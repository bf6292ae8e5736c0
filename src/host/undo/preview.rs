//! What an undo would do, without doing it.

use super::steps::UndoSteps;
use crate::{
    host::apply::step::FileStep,
    plan::{Change, Disclosure},
    presets::Phrase,
};

/// What an undo would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoPreview {
    /// The profile that it was written for.
    pub profile: String,
    /// The files.
    pub changes: Vec<Change>,
    /// What a person should know.
    pub notes: Vec<Phrase>,
}

impl UndoPreview {
    pub(super) fn of(profile: &str, steps: UndoSteps) -> Self {
        let changes = steps.files.iter().map(change).collect();
        Self { profile: profile.to_owned(), changes, notes: steps.notes }
    }
}

/// A step as a change of a plan; the owner of the file stays.
pub(super) fn change(step: &FileStep) -> Change {
    let (before, mode_before) = match &step.before {
        Some((bytes, mode)) => (Some(bytes.to_vec()), *mode),
        None => (None, None),
    };
    let disclosure = match &step.after {
        Some(after) if step.owner == "profile" => Disclosure::all(before.as_deref(), &after.bytes),
        _ => Disclosure::Nothing,
    };
    Change {
        owner: step.owner.clone(),
        path: step.path.clone(),
        before,
        mode_before,
        mode: step.after.as_ref().map_or(0o600, |after| after.mode),
        after: step.after.as_ref().map(|after| after.bytes.clone()),
        user: None,
        group: None,
        disclosure,
    }
}
