//! Undo: a person undoes the last write, or all that a profile wrote, also when files were edited since.

use std::path::PathBuf;

use super::{
    apply::{
        entry::EntryChange,
        error::ApplyError,
        job::Job,
        outcome::{AppliedFile, FileAction},
        recover,
    },
    files::{
        error::{FileError, shown},
        folder::{Folder, folder_of, name_of},
        tree::FileTree,
    },
    journal::{
        archive,
        error::JournalError,
        file_undo::{FileState, FileUndo},
        prune,
        record::{FileRecord, WriteKind, WriteRecord},
        session::{WriteOptions, WriteSession},
    },
    stores,
};
use crate::{mail::reply::escape, phrase, plan::Places, presets::Phrase};

pub(super) mod all;
pub(super) mod alongside;
mod forgotten;
pub(super) mod preview;
mod steps;
pub(super) mod take_back;

use preview::UndoPreview;
use steps::UndoSteps;

/// What was undone.
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
    /// It was no write that stood, but one that was cut off: those that stand are as they were.
    pub was_cut_off: bool,
}

/// What [`undo`] would do; nothing is written.
///
/// # Errors
/// As of [`undo`].
pub fn undo_preview(places: &Places) -> Result<UndoPreview, ApplyError> {
    let records = archive::all(places)?;
    let last = *archive::standing(&records).first().ok_or(ApplyError::NothingToUndo)?;
    Ok(UndoPreview::of(&last.profile, steps_of(last, places)?))
}

/// What undoes a write, but for the entries of stores.
fn steps_of(last: &WriteRecord, places: &Places) -> Result<UndoSteps, ApplyError> {
    let mut steps = UndoSteps::default();
    for file in last.files.iter().rev() {
        undo_file(last, file, places, &mut steps)?;
    }
    steps.add_runs(&[last], places)?;
    Ok(steps)
}

/// Undoes the last write that still stands; called again, the one before. One that was cut off comes first, and alone.
///
/// # Errors
/// There is none, or a file was edited since in the lines that were written: then nothing is touched.
pub fn undo(places: &Places, options: &WriteOptions<'_>) -> Result<Undone, ApplyError> {
    if !FileTree::of(places).is_folder(&places.state.join("journal")) {
        return Err(ApplyError::NothingToUndo);
    }
    let (session, put_back) = recover::open_after(places, options)?;
    match put_back.first() {
        None => undo_within(&session),
        Some(last) => Ok(Undone {
            profile: last.profile.clone(),
            when: last.when.clone(),
            files: put_back.iter().flat_map(|write| write.files.clone()).collect(),
            notes: session.notes,
            left_to_do: Vec::new(),
            was_cut_off: true,
        }),
    }
}

/// The same with the right to write, which others wait for.
///
/// # Errors
/// As of [`undo`].
pub fn undo_within(session: &WriteSession<'_>) -> Result<Undone, ApplyError> {
    let (places, options) = (session.places, session.options);
    let records = archive::all(places)?;
    let last = *archive::standing(&records).first().ok_or(ApplyError::NothingToUndo)?;

    let mut steps = steps_of(last, places)?;
    let entries = undo_entries(last, places, &mut steps)?;
    let job = Job {
        kind: WriteKind::Undo,
        of: [last].into_iter().chain(archive::parts(&last.id, &records)).map(|record| record.id.clone()).collect(),
        profile: last.profile.clone(),
        steps: steps.files,
        runs: steps.runs,
        entries,
        parts: Vec::new(),
    };
    let applied = job.execute(session)?;

    let mut undone = Undone {
        profile: last.profile.clone(),
        when: last.when.clone(),
        files: applied.files,
        notes: applied.notes,
        left_to_do: applied.left_to_do,
        was_cut_off: false,
    };
    undone.notes.extend(steps.notes);
    undone.notes.extend(drop_asides(last, places)?);
    let kept = [steps.merged, steps.damaged.clone()].concat();
    drop_copies(last, &kept, &mut undone.files, places, options)?;
    for file in undone.files.iter().filter(|file| steps.damaged.contains(&file.path)) {
        let backup = file.backup.as_ref().map(|backup| shown(backup)).unwrap_or_default();
        undone.notes.push(phrase!("host-undo-damaged", path = shown(&file.path), backup = backup));
    }
    prune::prune(&undone.profile, places, options.volume);
    Ok(undone)
}

fn undo_file(record: &WriteRecord, file: &FileRecord, places: &Places, steps: &mut UndoSteps) -> Result<(), ApplyError> {
    if record.is_forgotten(places, file) {
        steps.add(forgotten::undo(record, file, places)?, None);
        return Ok(());
    }
    let wrote = FileState::of(record, file.after.as_ref(), places)?;
    let before = FileState::of(record, file.before.as_ref(), places)?;
    let backup = file.before.as_ref().map(|stamp| record.copy(places, stamp));
    let now = match FileUndo::new(&file.owner, &file.path, places) {
        // What cannot be read is no profile: it stays, and does not keep the rest from being undone.
        Err(error @ FileError::Read(..)) if file.owner == "profile" => {
            steps.notes.push(error.phrase());
            return Ok(());
        }
        now => now?,
    };
    let damage = now.damage();
    let undone = match now.undo(wrote.as_ref(), before.as_ref()) {
        Some(undone) => undone,
        None if damage.is_none() => return Err(ApplyError::Conflict(file.path.clone(), backup)),
        // Nothing uses a damaged profile: it does not keep all the rest from being undone.
        None => {
            steps.damaged.push(file.path.clone());
            FileUndo::new(&file.owner, &file.path, places)?.into_state(before)
        }
    };
    steps.notes.extend(damage.map(|fault| fault.phrase(&shown(&file.path))));
    steps.add(undone, backup.as_deref());
    Ok(())
}

/// What becomes of the entries of stores; one of which nobody knows what it held before keeps what it has.
fn undo_entries(record: &WriteRecord, places: &Places, steps: &mut UndoSteps) -> Result<Vec<EntryChange>, ApplyError> {
    let mut changes = Vec::new();
    for kept in record.entries() {
        let change = EntryChange::undone(record, kept, places)?;
        if change.is_none() && kept.existed {
            let (store, entry) = (kept.place.store(), escape(&stores::entry_name(record.profile.as_str(), &kept.place)));
            steps.notes.push(phrase!("host-entry-changed", store = store, entry = entry));
        }
        changes.extend(change);
    }
    Ok(changes)
}

/// What was set aside goes: by the write that was undone, and by the undo, which is never undone itself.
fn drop_asides(last: &WriteRecord, places: &Places) -> Result<Option<Phrase>, JournalError> {
    let records = archive::all(places)?;
    let own = records.last().filter(|record| record.of.contains(&last.id));
    let stays = [Some(last), own].into_iter().flatten().find_map(|record| record.drop_asides(places));
    Ok(stays.map(|entry| phrase!("host-aside-left", entry = escape(&entry))))
}

/// Copies of what was undone go: they may hold the secret. What a person had edited stays.
fn drop_copies(
    last: &WriteRecord,
    kept: &[PathBuf],
    files: &mut [AppliedFile],
    places: &Places,
    options: &WriteOptions<'_>,
) -> Result<(), JournalError> {
    last.drop_copies(places, options.volume);
    let records = archive::all(places)?;
    let Some(own) = records.last().filter(|record| record.of.contains(&last.id)) else { return Ok(()) };
    for file in files.iter_mut().filter(|file| file.action != FileAction::Unchanged && !kept.contains(&file.path)) {
        if let Some(copy) = file.backup.take() {
            let folder = Folder::ours(options.volume, folder_of(&copy), FileTree::of(places));
            let _ = folder.and_then(|folder| folder.remove(name_of(&copy)));
        }
    }
    // The folder stays if it still holds something.
    let copies = own.copies(places);
    if let Ok(above) = Folder::ours(options.volume, folder_of(&copies), FileTree::of(places)) {
        above.unmake(name_of(&copies));
    }
    Ok(())
}
