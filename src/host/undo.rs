//! Taking back the last write, also when files were edited since.

use std::path::{Path, PathBuf};

use super::{
    apply::{
        Action, AppliedFile, ApplyError, Job, Options, Session, Step,
        journal::{self, Entry, Journal, Kind},
    },
    error::shown,
    prune, secrets,
};
use crate::{
    mail::reply::escape,
    phrase,
    plan::{Places, Run},
    presets::{Phrase, target::RunPurpose},
};

mod merge;
pub(super) mod reverse;

use reverse::{Reversal, Side};

/// What was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// The profile that it was written for.
    pub profile: String,
    /// When it was written, RFC 3339, UTC.
    pub when: String,
    /// The files.
    pub files: Vec<AppliedFile>,
    /// What a person should know.
    pub notes: Vec<Phrase>,
    /// Commands for the image's own system, as a shell takes them.
    pub left_to_do: Vec<String>,
}

/// Takes back the last write that still stands; again, and it takes back the one before.
///
/// # Errors
/// There is none, or a file was edited since in the lines that were written: then nothing is touched.
pub fn undo(places: &Places, options: &Options<'_>) -> Result<Undone, ApplyError> {
    let state = places.state.join("journal");
    if !state.is_dir() {
        return Err(ApplyError::NothingToUndo);
    }
    let session = Session::open(places, options)?;
    let journals = journal::all(places)?;
    let last = *journal::standing(&journals).first().ok_or(ApplyError::NothingToUndo)?;

    let mut back = Back::default();
    for entry in last.files.iter().rev() {
        back.reverse(last, entry, places)?;
    }
    back.runs(&[last], places)?;
    let kept = [back.merged, back.damaged.clone()].concat();
    let job = Job {
        kind: Kind::Undo,
        of: vec![last.id.clone()],
        profile: last.profile.clone(),
        steps: back.steps,
        runs: back.runs,
        entry: None,
    };
    let applied = session.execute(job)?;

    let mut undone = Undone {
        profile: last.profile.clone(),
        when: last.when.clone(),
        files: applied.files,
        notes: applied.notes,
        left_to_do: applied.left_to_do,
    };
    undone.notes.extend(back.notes);
    undone.notes.extend(forget(last, places));
    tidy(last, &kept, &mut undone.files, places, options)?;
    for file in undone.files.iter().filter(|file| back.damaged.contains(&file.path)) {
        let backup = file.backup.as_ref().map(|backup| shown(backup)).unwrap_or_default();
        undone.notes.push(phrase!("host-undo-damaged", path = shown(&file.path), backup = backup));
    }
    prune::prune(&undone.profile, places, options);
    Ok(undone)
}

/// What is done to take writes back.
#[derive(Default)]
pub(super) struct Back {
    pub(super) steps: Vec<Step>,
    pub(super) runs: Vec<Run>,
    pub(super) notes: Vec<Phrase>,
    /// Files that hold a person's edits too.
    merged: Vec<PathBuf>,
    /// Damaged profiles that were replaced: their text stays as a backup.
    damaged: Vec<PathBuf>,
}

impl Back {
    fn reverse(&mut self, journal: &Journal, entry: &Entry, places: &Places) -> Result<(), ApplyError> {
        if journal.is_forgotten(places, entry) {
            self.notes.push(phrase!("host-undo-secret", path = shown(&entry.path)));
            return Ok(());
        }
        let wrote = Side::of(journal, entry.after.as_ref(), places)?;
        let before = Side::of(journal, entry.before.as_ref(), places)?;
        let backup = entry.before.as_ref().map(|stamp| journal.copy(places, stamp));
        let reversal = Reversal::new(&entry.owner, &entry.path, places)?;
        let conflict = || ApplyError::Conflict(entry.path.clone(), backup.clone());
        let damage = reversal.damage();
        let reversal = match reversal.take_back(wrote.as_ref(), before.as_ref()) {
            // Nothing uses a damaged profile: it is no reason to leave everything else as it is.
            None if damage.is_some() => {
                self.damaged.push(entry.path.clone());
                Reversal::new(&entry.owner, &entry.path, places)?.into_side(before)
            }
            reversal => reversal.ok_or_else(conflict)?,
        };
        self.notes.extend(damage);
        self.add(reversal, backup.as_deref());
        Ok(())
    }

    /// Adds what a file becomes.
    pub(super) fn add(&mut self, reversal: Reversal, backup: Option<&Path>) {
        if reversal.is_gone {
            self.notes.push(match backup {
                Some(backup) => phrase!("host-undo-gone", path = shown(&reversal.path), backup = shown(backup)),
                None => phrase!("host-undo-gone-new", path = shown(&reversal.path)),
            });
        }
        if reversal.is_merged {
            self.merged.push(reversal.path.clone());
        }
        self.steps.extend(reversal.into_step());
    }

    /// Commands: a file that was built is built again when its source remains, else taken away; programs are told again.
    pub(super) fn runs(&mut self, journals: &[&Journal], places: &Places) -> Result<(), ApplyError> {
        let mut seen: Vec<&[String]> = Vec::new();
        for run in journals.iter().flat_map(|journal| &journal.runs) {
            if seen.contains(&run.command.as_slice()) {
                continue;
            }
            seen.push(&run.command);
            let purpose = if run.build { RunPurpose::Build } else { RunPurpose::Reload };
            let mut files = journals.iter().flat_map(|journal| &journal.files);
            let source = files.find(|entry| entry.owner == run.owner && is_source(&entry.path, run));
            let remains = source.is_none_or(|entry| self.remains(&entry.path));
            match &run.creates {
                Some(built) if !remains || (source.is_none() && run.before.is_none()) => {
                    let reversal = Reversal::new(&run.owner, built, places)?;
                    self.add(reversal.into_nothing(), None);
                }
                _ if remains => self.runs.push(Run {
                    owner: run.owner.clone(),
                    command: run.command.clone(),
                    creates: run.creates.clone(),
                    purpose,
                }),
                _ => {}
            }
        }
        Ok(())
    }

    fn remains(&self, path: &Path) -> bool {
        match self.steps.iter().find(|step| step.path == path) {
            Some(step) => step.after.is_some(),
            None => path.exists(),
        }
    }
}

/// Whether the command builds its file from this one: named in an argument (`hash:/etc/postfix/sasl_passwd`), or the
/// built file's name without its ending.
fn is_source(path: &Path, run: &journal::RunEntry) -> bool {
    let path = path.to_string_lossy();
    let named = |word: &String| word == &*path || word.strip_suffix(&*path).is_some_and(|kind| kind.ends_with(':'));
    let built = run.creates.as_ref().map(|built| built.to_string_lossy());
    run.command.iter().any(named) || built.is_some_and(|built| built.starts_with(&format!("{path}.")))
}

/// A new entry of a store goes with the write; one that was changed keeps what it has.
fn forget(journal: &Journal, places: &Places) -> Option<Phrase> {
    let kept = journal.kept.as_ref()?;
    let entry = escape(&secrets::entry_name(&journal.profile, &kept.place));
    if kept.existed {
        return Some(phrase!("host-entry-changed", store = kept.place.store(), entry = entry));
    }
    let left = |_| phrase!("host-entry-left", store = kept.place.store(), entry = entry);
    secrets::forget(&journal.profile, &kept.place, places).err().map(left)
}

/// Copies of what was taken back go: they may hold the secret that was taken back with it. What a person had edited stays.
fn tidy(
    last: &Journal,
    kept: &[PathBuf],
    files: &mut [AppliedFile],
    places: &Places,
    options: &Options<'_>,
) -> Result<(), ApplyError> {
    last.drop_copies(places, options.volume);
    let journals = journal::all(places)?;
    let Some(own) = journals.last().filter(|journal| journal.of.contains(&last.id)) else { return Ok(()) };
    for file in files.iter_mut().filter(|file| file.action != Action::Unchanged && !kept.contains(&file.path)) {
        if let Some(copy) = file.backup.take() {
            let _ = std::fs::remove_file(copy);
        }
    }
    // Stays when it still holds something.
    let _ = std::fs::remove_dir(own.copies(places));
    Ok(())
}
