//! Applying a plan: all of its files or none, recorded so that `undo` can undo it and the next run can roll it back after a
//! crash.

use std::path::PathBuf;

use super::{
    files::{error::shown, tree::FileTree},
    journal::{archive, error::JournalError, prune, record::WriteKind, session::WriteOptions},
    stores::{self, port::SecretKey},
};
use crate::{
    mail::{SecretPlace, reply::escape},
    phrase,
    plan::{Change, Places, Plan, Run},
    presets::{Phrase, target::RunPurpose},
};

mod entry;
pub(crate) mod error;
mod folders;
pub(crate) mod job;
pub(crate) mod outcome;
pub(crate) mod recover;
mod rollback;
mod run;
pub(crate) mod step;

use entry::EntryChange;
use error::ApplyError;
use job::Job;
use outcome::{Applied, AppliedFile, FileAction};
use step::FileStep;

/// Applies a plan. If nothing is needed, nothing is written, not even a record.
///
/// # Errors
/// Nothing was written, or all was rolled back: [`ApplyError::RolledBack`]; else [`ApplyError::NotRolledBack`] names what was
/// not.
pub fn apply(plan: &Plan, places: &Places, options: &WriteOptions<'_>) -> Result<Applied, ApplyError> {
    let is_here = places.root.is_none();
    let entry = match &plan.keep {
        Some((place, secret)) => EntryChange::of(SecretKey::from(plan.name.as_str()), place, secret, places)?,
        None => None,
    };
    let runs: Vec<Run> = plan.runs.iter().filter(|run| is_due(run, &plan.changes, places)).cloned().collect();
    let steps = steps(&plan.changes);
    if steps.is_empty() && runs.is_empty() && entry.is_none() {
        return Ok(Applied { files: report(plan, &[]), ..Applied::default() });
    }
    let session = recover::open(places, options)?;
    let job = Job { kind: WriteKind::Apply, of: Vec::new(), profile: plan.name.clone(), steps, runs, entry };
    let mut applied = job.execute(&session)?;
    applied.files = report(plan, &applied.files);
    if plan.keep.is_some() {
        // The store that was chosen is the only place from now on.
        if let Err(error) = archive::forget_secrets(&plan.name, places, options.volume) {
            // All is written by now.
            let path = match &error {
                JournalError::File(error) => error.path(),
                _ => &places.state,
            };
            applied.notes.push(phrase!("host-copies-left", path = shown(path)));
        }
    }
    prune::prune(&plan.name, places, options.volume);
    if let Some(place) = plan.former.as_ref().filter(|_| is_here) {
        applied.notes.push(forget(&plan.name, place, places));
    }
    Ok(applied)
}

/// Removes a profile's entry from a store, and says so.
pub(super) fn forget(profile: &str, place: &SecretPlace, places: &Places) -> Phrase {
    let (store, entry) = (place.store(), escape(&stores::entry_name(profile, place)));
    match stores::forget(profile, place, places) {
        Ok(()) => phrase!("host-entry-forgotten", store = store, entry = entry),
        Err(_) => phrase!("host-entry-left", store = store, entry = entry),
    }
}

/// A command is due when its target changes, or when the file that it builds is missing.
fn is_due(run: &Run, changes: &[Change], places: &Places) -> bool {
    let is_missing = |path: &PathBuf| !FileTree::of(places).is_there(path);
    let missing = run.purpose == RunPurpose::Build && run.creates.as_ref().is_some_and(is_missing);
    missing || changes.iter().any(|change| change.owner == run.owner && change.is_needed())
}

/// The steps of the changes that are needed. Consecutive changes of one file are one step.
fn steps(changes: &[Change]) -> Vec<FileStep> {
    let mut joined: Vec<Change> = Vec::new();
    for change in changes {
        match joined.iter_mut().find(|earlier| earlier.path == change.path && earlier.after == change.before) {
            Some(earlier) => {
                earlier.after.clone_from(&change.after);
                earlier.mode = change.mode;
                earlier.user = change.user.clone().or_else(|| earlier.user.take());
                earlier.group = change.group.clone().or_else(|| earlier.group.take());
            }
            None => joined.push(change.clone()),
        }
    }
    joined.iter().filter(|change| change.is_needed()).map(FileStep::of).collect()
}

/// Every file of the plan, with what was done to those that needed it.
fn report(plan: &Plan, done: &[AppliedFile]) -> Vec<AppliedFile> {
    let of = |change: &Change| {
        done.iter().find(|file| file.path == change.path).cloned().unwrap_or_else(|| AppliedFile {
            path: change.path.clone(),
            action: FileAction::Unchanged,
            backup: None,
        })
    };
    plan.changes.iter().map(of).collect()
}
