//! Applying a plan: all of its files or none, recorded so that `undo` and the next run after a crash can take it back.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::{disk, error::shown, prune, secrets};
use crate::{
    mail::{Secret, SecretPlace, reply::escape},
    phrase,
    plan::{Change, Places, Plan, Run},
    presets::{Phrase, target::RunPurpose},
};

mod error;
mod job;
pub(super) mod journal;
mod land;
mod rollback;
mod run;
mod session;
mod volume;
mod write;

use journal::Kind;

pub use error::{ApplyError, LinkFault};
pub use volume::{System, Volume};
pub(super) use {
    job::{Access, After, Job, Step},
    land::settle,
    session::Session,
};

/// What applying and taking back may be told.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// How long each command after writing may take.
    pub run_limit: Duration,
    /// Where files are written.
    pub volume: &'a dyn Volume,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { run_limit: Duration::from_secs(60), volume: &System }
    }
}

/// What was done to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// There was none before.
    Created,
    /// Its content or mode is another one now.
    Changed,
    /// It was as it should be.
    Unchanged,
    /// It is gone.
    Removed,
}

impl Action {
    /// The word that JSON uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Removed => "removed",
        }
    }
}

/// A file of a plan, once applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedFile {
    /// The file.
    pub path: PathBuf,
    /// What was done to it.
    pub action: Action,
    /// Its content before, where there was one.
    pub backup: Option<PathBuf>,
}

/// What applying did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// The files, in the plan's order.
    pub files: Vec<AppliedFile>,
    /// Whether anything was changed.
    pub changed: bool,
    /// What a person should know: a reload that failed, an earlier write that was put back first.
    pub notes: Vec<Phrase>,
    /// Commands for the image's own system, as a shell takes them: below a root nothing is run.
    pub left_to_do: Vec<String>,
}

/// Applies a plan. Nothing needed: nothing is written, not even a record.
///
/// # Errors
/// Nothing was written, or all was put back: [`ApplyError::PutBack`]; else [`ApplyError::NotPutBack`] names what was not.
pub fn apply(plan: &Plan, places: &Places, options: &Options<'_>) -> Result<Applied, ApplyError> {
    let is_here = places.root.is_none();
    let (entry, notes) = match &plan.keep {
        // A vault may be made for an image, where its lock is none of this machine's.
        Some((place, secret)) if is_here || *place == SecretPlace::Vault => {
            (job::StoreEntry::of(&plan.name, place, secret, places)?, Vec::new())
        }
        Some(_) => (None, vec![phrase!("host-keyring-image")]),
        None => (None, Vec::new()),
    };
    let runs: Vec<Run> = plan.runs.iter().filter(|run| is_due(run, &plan.changes)).cloned().collect();
    let steps = steps(&plan.changes);
    if steps.is_empty() && runs.is_empty() && entry.is_none() {
        return Ok(Applied { files: report(plan, &[]), notes, ..Applied::default() });
    }
    let session = Session::open(places, options)?;
    let job = Job { kind: Kind::Apply, of: Vec::new(), profile: plan.name.clone(), steps, runs, entry };
    let mut applied = session.execute(job)?;
    applied.files = report(plan, &applied.files);
    applied.notes.extend(notes);
    if plan.keep.is_some() {
        // The store that was chosen is the only place from now on.
        if let Err(error) = journal::forget_secrets(&plan.name, places, options.volume) {
            // All is written by now.
            let path = match &error {
                ApplyError::Write(path, _) | ApplyError::Read(path, _) => path,
                _ => &places.state,
            };
            applied.notes.push(phrase!("host-copies-left", path = shown(path)));
        }
    }
    prune::prune(&plan.name, places, options);
    if let Some(place) = plan.former.as_ref().filter(|_| is_here) {
        let (store, name) = (place.store(), escape(&secrets::entry_name(&plan.name, place)));
        applied.notes.push(match secrets::forget(&plan.name, place, places) {
            Ok(()) => phrase!("host-entry-forgotten", store = store, entry = name),
            Err(_) => phrase!("host-entry-left", store = store, entry = name),
        });
    }
    Ok(applied)
}

/// Puts back what a run that was killed has left half done; says what it put back. Nothing to do is the usual case.
///
/// # Errors
/// Another run is at work, or something could not be put back.
pub fn recover(places: &Places, options: &Options<'_>) -> Result<Vec<Phrase>, ApplyError> {
    if !["journal", "backups"].iter().any(|folder| places.state.join(folder).is_dir()) {
        return Ok(Vec::new());
    }
    Session::open(places, options).map(|session| session.notes)
}

/// Writes a secret's file outside a plan, 0600 from its first byte.
pub(super) fn write_secret(path: &Path, secret: &Secret) -> Result<(), ApplyError> {
    write_file(path, secret.expose().as_bytes())
}

/// Writes a file of our own outside a plan, 0600 from its first byte, in a folder that is made 0700. One that exists keeps
/// its owner and what its group may read.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), ApplyError> {
    let target = settle(path, None)?;
    let found = disk::look(&target).map_err(|error| ApplyError::Read(path.to_owned(), error))?;
    write::make_folders(&System, write::folder_of(&target), 0o700)?;
    session::sweep_own(&System, write::folder_of(&target));
    let tag = session::own_tag();
    let form = found.map_or(write::Form { mode: 0o600, uid: None, gid: None, tag: &tag }, |found| write::Form {
        mode: found.mode & 0o640 | 0o600,
        uid: Some(found.uid),
        gid: Some(found.gid),
        tag: &tag,
    });
    write::replace(&System, &target, bytes, &form)
}

/// Writes a file of our own state, 0600 from its first byte.
pub(super) fn write_ours(path: &Path, bytes: &[u8]) -> Result<(), ApplyError> {
    session::sweep_own(&System, write::folder_of(path));
    let form = write::Form { mode: 0o600, uid: None, gid: None, tag: &session::own_tag() };
    write::replace_ours(&System, path, bytes, &form)
}

/// Makes a folder of our own state, 0700.
pub(super) fn make_own_folder(folder: &Path) -> Result<(), ApplyError> {
    write::make_folders(&System, folder, 0o700)
}

/// A command is due when its target changes, or when the file that it builds is missing.
fn is_due(run: &Run, changes: &[Change]) -> bool {
    let missing = run.purpose == RunPurpose::Build && run.creates.as_ref().is_some_and(|path| !path.exists());
    missing || changes.iter().any(|change| change.owner == run.owner && change.is_needed())
}

/// The steps of the changes that are needed. Changes of one file that follow on each other are one step.
fn steps(changes: &[Change]) -> Vec<Step> {
    let mut joined: Vec<Change> = Vec::new();
    for change in changes {
        match joined.iter_mut().find(|earlier| earlier.path == change.path && earlier.after == change.before) {
            Some(earlier) => {
                earlier.after.clone_from(&change.after);
                earlier.mode = change.mode;
                earlier.group = change.group.clone().or_else(|| earlier.group.take());
            }
            None => joined.push(change.clone()),
        }
    }
    joined.iter().filter(|change| change.is_needed()).map(Step::of).collect()
}

/// Every file of the plan, with what was done to those that needed it.
fn report(plan: &Plan, done: &[AppliedFile]) -> Vec<AppliedFile> {
    let unchanged = |change: &Change| AppliedFile { path: change.path.clone(), action: Action::Unchanged, backup: None };
    let of = |change: &Change| done.iter().find(|file| file.path == change.path).cloned();
    plan.changes.iter().map(|change| of(change).unwrap_or_else(|| unchanged(change))).collect()
}
