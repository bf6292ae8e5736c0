//! `remove PROFILE`: all that is still written for it is undone, and the profile disabled.

use std::path::{Path, PathBuf};

use super::{
    alongside::{self, PlanAlongside},
    preview::{UndoPreview, change},
    steps::UndoSteps,
};
use crate::{
    host::{
        apply::{self, entry::EntryChange, error::ApplyError, job::Job, outcome::Applied, recover},
        files::{error::shown, stamp::Stamp},
        journal::{
            archive,
            file_undo::{FileState, FileUndo},
            prune,
            record::{WriteKind, WriteRecord, WriteState},
            session::WriteOptions,
        },
        profile_file::ProfileFile,
        profiles,
    },
    mail::reply::escape,
    phrase,
    plan::{Change, Places},
};

/// Undoes every write for a profile that is not undone yet, sets `enabled = false` in it and removes its secret from its store.
/// The profile's file stays. What other profiles need of those files is written with it. `undo` undoes all this too.
///
/// # Errors
/// There is no such profile, a newer mailsetup wrote it, or a file was edited since in the lines that were written: then nothing is touched.
pub fn undo_all(
    name: &str,
    places: &Places,
    options: &WriteOptions<'_>,
    plan_alongside: &PlanAlongside<'_>,
) -> Result<Applied, ApplyError> {
    // The profile as it is once nothing is half done; for one that there is not, nothing is made.
    let recovered = recover::recover(places, options)?;
    profiles::find(name, places)?;
    let mut session = recover::open(places, options)?;
    session.notes.splice(0..0, recovered);
    let profile = profiles::find(name, places)?;
    let disabled = profile.disabled()?;
    let records = archive::all(places)?;
    let writes = writes_of(name, &records);
    let mut steps = steps_of((name, &profile, disabled), (&records, &writes), places)?;
    let changes: Vec<Change> = steps.files.iter().map(change).collect();
    let parts = alongside::add(&mut steps, plan_alongside(&changes), places)?;
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
        parts,
    };
    let others: Vec<String> = job.parts.iter().map(|part| part.profile.clone()).collect();
    let mut applied = job.execute(&session)?;
    others.iter().map(String::as_str).chain([name]).for_each(|name| prune::prune(name, places, options.volume));
    applied.notes.extend(steps.notes);
    // A damaged profile is disabled as well; what is wrong with it is said.
    applied.notes.extend(damage);
    applied.notes.extend(notes);
    Ok(applied)
}

/// What [`undo_all`] would do; nothing is written.
///
/// # Errors
/// As of [`undo_all`].
pub fn undo_all_preview(name: &str, places: &Places, plan_alongside: &PlanAlongside<'_>) -> Result<UndoPreview, ApplyError> {
    let profile = profiles::find(name, places)?;
    let disabled = profile.disabled()?;
    let records = archive::all(places)?;
    let writes = writes_of(name, &records);
    let mut steps = steps_of((name, &profile, disabled), (&records, &writes), places)?;
    let changes: Vec<Change> = steps.files.iter().map(change).collect();
    alongside::add(&mut steps, plan_alongside(&changes), places)?;
    Ok(UndoPreview::of(name, steps))
}

/// The writes for a profile that are not undone yet, newest first.
fn writes_of<'a>(name: &str, records: &'a [WriteRecord]) -> Vec<&'a WriteRecord> {
    let is_ours = |record: &&WriteRecord| record.profile == name && record.kind == WriteKind::Apply;
    archive::standing(records).into_iter().filter(is_ours).collect()
}

/// What undoes them, disables the profile and removes its secret's files.
fn steps_of(
    (name, profile, disabled): (&str, &ProfileFile, Option<Vec<u8>>),
    (records, writes): (&[WriteRecord], &[&WriteRecord]),
    places: &Places,
) -> Result<UndoSteps, ApplyError> {
    let mut steps = UndoSteps::default();
    let left = left_of_removed(name, records, places);
    for path in paths(writes) {
        let (file, backup) = match undo_writes(path, &with_left(path, writes, &left), places) {
            Err(ApplyError::Conflict(path, backup)) => match taken_over(&path, writes, records) {
                Some(by) => {
                    steps.notes.push(phrase!("host-taken-over", path = shown(&path), profile = escape(by)));
                    continue;
                }
                None => return Err(ApplyError::Conflict(path, backup)),
            },
            undone => undone?,
        };
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
    steps.add_runs(writes, places)?;
    Ok(steps)
}

/// The writes of other profiles that were removed when a file was this one's already: nobody took those to it back. With each
/// the removal, newest first.
fn left_of_removed<'a>(name: &str, records: &'a [WriteRecord], places: &Places) -> Vec<(&'a WriteRecord, &'a WriteRecord)> {
    let removals = records.iter().filter(|record| record.kind == WriteKind::UndoAll && record.state == WriteState::Done);
    let removals = removals.filter(|record| record.profile != name && profiles::is_removed(&record.profile, places));
    let of = removals.flat_map(|removal| {
        let is_of = |record: &&WriteRecord| removal.of.contains(&record.id);
        records.iter().rev().filter(is_of).map(move |record| (record, removal))
    });
    of.collect()
}

/// The writes of a profile, and below them those that a removal left in this file.
fn with_left<'a>(
    path: &Path,
    writes: &[&'a WriteRecord],
    left: &[(&'a WriteRecord, &'a WriteRecord)],
) -> Vec<&'a WriteRecord> {
    let oldest = writes.iter().filter(|record| record.files.iter().any(|file| file.path == path)).map(|it| &it.id).min();
    let is_left = |(record, removal): &&(&WriteRecord, &WriteRecord)| {
        removal.files.iter().all(|file| file.path != path) && oldest.is_some_and(|oldest| record.id < *oldest)
    };
    writes.iter().copied().chain(left.iter().filter(is_left).map(|(record, _)| *record)).collect()
}

/// The profile that wrote a file after the last of these writes: the file is that one's by now.
fn taken_over<'a>(path: &Path, writes: &[&WriteRecord], records: &'a [WriteRecord]) -> Option<&'a str> {
    let writes_it = |record: &WriteRecord| record.files.iter().any(|file| file.path == path && file.after.is_some());
    let own = writes.iter().find(|record| writes_it(record))?;
    let later =
        archive::standing(records).into_iter().find(|record| record.kind == WriteKind::Apply && writes_it(record))?;
    (later.id > own.id && later.profile != own.profile).then_some(later.profile.as_str())
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
pub(super) fn undo_writes(
    path: &Path,
    writes: &[&WriteRecord],
    places: &Places,
) -> Result<(FileUndo, Option<PathBuf>), ApplyError> {
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
