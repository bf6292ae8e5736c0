//! Applying a plan: all of its files or none, recorded so that `undo` can undo it and the next run can roll it back after a
//! crash.

use std::path::PathBuf;

use super::{
    checks,
    files::{error::shown, tree::FileTree},
    journal::{
        archive,
        error::JournalError,
        prune,
        record::WriteKind,
        session::{WriteOptions, WriteSession},
    },
    stores,
};
use crate::{
    mail::{Profile, SecretPlace, reply::escape},
    phrase,
    plan::{Change, Places, Plan, Run},
    presets::{Phrase, target::RunPurpose},
};

pub(crate) mod entry;
pub(crate) mod error;
mod folders;
mod group;
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
    let work = Prepared::of(plan, places)?;
    if work.is_idle() && plan.group.is_none() {
        return Ok(Applied { files: report(plan, &[]), notes: work.notes, ..Applied::default() });
    }
    // What the stores hold is looked at once more, now that nobody else writes.
    apply_within(plan, &recover::open(places, options)?)
}

/// The same with the right to write, which others wait for.
///
/// # Errors
/// As of [`apply`].
pub fn apply_within(plan: &Plan, session: &WriteSession<'_>) -> Result<Applied, ApplyError> {
    let (places, volume) = (session.places, session.options.volume);
    plan.group.as_ref().map_or(Ok(()), |change| group::make(change, places))?;
    let work = Prepared::of(plan, places)?;
    if work.is_idle() {
        let notes = session.notes.iter().cloned().chain(work.notes).collect();
        return Ok(Applied { files: report(plan, &[]), notes, ..Applied::default() });
    }
    keep_older_check(plan, places)?;
    let Prepared { steps, runs, entries, notes, is_kept } = work;
    let job =
        Job { kind: WriteKind::Apply, of: Vec::new(), profile: plan.name.clone(), steps, runs, entries, parts: Vec::new() };
    let mut applied = job.execute(session)?;
    applied.files = report(plan, &applied.files);
    applied.notes.extend(notes);
    if is_kept {
        // If that fails, the next run says so.
        let _ = archive::settle(&plan.name, places, volume);
    }
    if plan.keep.is_some() {
        // The store that was chosen is the only place from now on.
        if let Err(error) = archive::forget_secrets(&plan.name, places, volume) {
            // All is written by now.
            let path = match &error {
                JournalError::File(error) => error.path(),
                _ => &places.state,
            };
            applied.notes.push(phrase!("host-copies-left", path = shown(path)));
        }
    }
    prune::prune(&plan.name, places, volume);
    Ok(applied)
}

/// What a profile of an older version says of its tests is kept before it is written without that.
fn keep_older_check(plan: &Plan, places: &Places) -> Result<(), ApplyError> {
    let written = plan.changes.iter().find(|change| change.owner == "profile" && change.is_needed());
    let former = written.and_then(|change| Profile::parse(change.before.as_deref()?).ok());
    former.map_or(Ok(()), |former| Ok(checks::keep_older(&plan.name, &former, places)?))
}

/// What a plan needs to be done, as things are.
struct Prepared {
    steps: Vec<FileStep>,
    runs: Vec<Run>,
    entries: Vec<EntryChange>,
    notes: Vec<Phrase>,
    /// The entry of the secret changes.
    is_kept: bool,
}

impl Prepared {
    fn of(plan: &Plan, places: &Places) -> Result<Self, ApplyError> {
        let mut notes = Vec::new();
        let mut entries = Vec::new();
        if let Some((place, secret)) = &plan.keep {
            entries.extend(EntryChange::filled(&plan.name, place, secret, places)?);
        }
        let is_kept = !entries.is_empty();
        if let Some(place) = plan.former.as_ref().filter(|_| places.root.is_none()) {
            entries.extend(taken_out(&plan.name, place, places, &mut notes));
        }
        let runs = plan.runs.iter().filter(|run| is_due(run, &plan.changes, places)).cloned().collect();
        Ok(Self { steps: steps(&plan.changes), runs, entries, notes, is_kept })
    }

    const fn is_idle(&self) -> bool {
        self.steps.is_empty() && self.runs.is_empty() && self.entries.is_empty()
    }
}

/// The change that takes a profile's entry out of a store, and says so. A store that does not answer keeps nobody from leaving it.
pub(super) fn taken_out(
    profile: &str,
    place: &SecretPlace,
    places: &Places,
    notes: &mut Vec<Phrase>,
) -> Option<EntryChange> {
    let (store, entry) = (place.store(), escape(&stores::entry_name(profile, place)));
    match EntryChange::emptied(profile, place, places) {
        Ok(None) => None,
        Ok(change) => {
            notes.push(phrase!("host-entry-forgotten", store = store, entry = entry));
            change
        }
        Err(_) => {
            notes.push(phrase!("host-entry-left", store = store, entry = entry));
            None
        }
    }
}

/// A command is due when its target changes, or when the file that it builds is missing.
pub(super) fn is_due(run: &Run, changes: &[Change], places: &Places) -> bool {
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
