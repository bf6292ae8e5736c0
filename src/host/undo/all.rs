//! `remove PROFILE`: all that is still written for it is undone, and the profile disabled.

use std::path::{Path, PathBuf};

use super::steps::UndoSteps;
use crate::{
    host::{
        apply::{self, entry::EntryChange, error::ApplyError, job::Job, outcome::Applied, recover},
        files::stamp::Stamp,
        journal::{
            archive,
            file_undo::{FileState, FileUndo},
            prune,
            record::{WriteKind, WriteRecord},
            session::WriteOptions,
        },
        profiles,
    },
    plan::Places,
};

/// Undoes every write for a profile that is not undone yet, sets `enabled = false` in it and removes its secret from its store.
/// The profile's file stays. `undo` undoes this too.
///
/// # Errors
/// There is no such profile, a newer mailsetup wrote it, or a file was edited since in the lines that were written: then nothing is touched.
pub fn undo_all(name: &str, places: &Places, options: &WriteOptions<'_>) -> Result<Applied, ApplyError> {
    // The profile as it is once nothing is half done; for one that there is not, nothing is made.
    let recovered = recover::recover(places, options)?;
    profiles::find(name, places)?;
    let mut session = recover::open(places, options)?;
    session.notes.splice(0..0, recovered);
    let profile = profiles::find(name, places)?;
    let disabled = profile.disabled()?;
    let records = archive::all(places)?;
    let is_ours = |record: &&WriteRecord| record.profile == name && record.kind == WriteKind::Apply;
    let writes: Vec<&WriteRecord> = archive::standing(&records).into_iter().filter(is_ours).collect();

    let mut steps = UndoSteps::default();
    for path in paths(&writes) {
        let (file, backup) = undo_writes(path, &writes, places)?;
        // A file that we made goes when nothing is left in it, also when another profile made it.
        let is_made = || records.iter().flat_map(|record| &record.files).any(|it| it.path == path && it.before.is_none());
        let file = if file.is_emptied() && is_made() { file.into_nothing() } else { file };
        steps.add(file, backup.as_deref());
    }
    for own in [places.secret(name), places.bound(name)] {
        steps.add(FileUndo::new("secret", &own, places)?.into_nothing(), None);
    }
    if let Some(disabled) = disabled {
        steps.add(FileUndo::new("profile", &profile.path, places)?.into_content(disabled), None);
    }
    steps.add_runs(&writes, places)?;
    let damage = profile.damage();
    let place = profile.secret().ok().and_then(|profile| profile.secret);
    let place = place.filter(|place| places.root.is_none() && place.has_entries());
    let mut notes = Vec::new();
    let entries: Vec<EntryChange> =
        place.iter().filter_map(|place| apply::taken_out(name, place, places, &mut notes)).collect();
    if steps.files.is_empty() && steps.runs.is_empty() && entries.is_empty() {
        let notes = session.notes.into_iter().chain(damage).collect();
        return Ok(Applied { notes, ..Applied::default() });
    }
    let job = Job {
        kind: WriteKind::UndoAll,
        of: writes.iter().map(|record| record.id.clone()).collect(),
        profile: name.to_owned(),
        steps: steps.files,
        runs: steps.runs,
        entries,
    };
    let mut applied = job.execute(&session)?;
    prune::prune(name, places, options.volume);
    applied.notes.extend(steps.notes);
    // A damaged profile is disabled as well; what is wrong with it is said.
    applied.notes.extend(damage);
    applied.notes.extend(notes);
    Ok(applied)
}

/// Every file of the targets, once, those written last first.
fn paths<'a>(writes: &[&'a WriteRecord]) -> Vec<&'a Path> {
    let mut paths: Vec<&Path> = Vec::new();
    for file in writes.iter().flat_map(|record| record.files.iter().rev()) {
        let is_own = matches!(file.owner.as_str(), "profile" | "secret");
        if !is_own && !paths.contains(&file.path.as_path()) {
            paths.push(&file.path);
        }
    }
    paths
}

/// Undoes every write to one file, newest first. Writes that follow each other directly are undone as one.
fn undo_writes(path: &Path, writes: &[&WriteRecord], places: &Places) -> Result<(FileUndo, Option<PathBuf>), ApplyError> {
    let files: Vec<_> = writes
        .iter()
        .flat_map(|record| record.files.iter().rev().filter(|file| file.path == path).map(move |file| (*record, file)))
        .collect();
    let owner = files.first().map_or("", |(_, file)| file.owner.as_str());
    let mut undone = FileUndo::new(owner, path, places)?;
    let mut backup = None;
    let hash = |stamp: &Option<Stamp>| stamp.as_ref().map(|stamp| stamp.sha256.clone());
    for chain in files.chunk_by(|(_, newer), (_, older)| hash(&newer.before) == hash(&older.after)) {
        let (Some((newest, last)), Some((oldest, first))) = (chain.first(), chain.last()) else { continue };
        let wrote = FileState::of(newest, last.after.as_ref(), places)?;
        let before = FileState::of(oldest, first.before.as_ref(), places)?;
        backup = first.before.as_ref().map(|stamp| oldest.copy(places, stamp));
        let conflict = || ApplyError::Conflict(path.to_owned(), backup.clone());
        undone = undone.undo(wrote.as_ref(), before.as_ref()).ok_or_else(conflict)?;
    }
    Ok((undone, backup))
}
