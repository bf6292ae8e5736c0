//! Rolling back a write that was cut off.

use std::path::{Path, PathBuf};

use super::{
    entry,
    error::ApplyError,
    outcome::{AppliedFile, FileAction},
};
use crate::{
    host::{
        files::{
            error::FileError,
            folder::{Attributes, Folder, folder_of, name_of},
            found::{self, FoundFile},
            location::resolve,
            stamp::Stamp,
            tree::FileTree,
            volume::Volume,
            write::replace,
        },
        journal::{
            archive,
            record::{WriteRecord, WriteState},
        },
        stores,
    },
    plan::Places,
};

/// A file that someone else wrote to meanwhile: left as it is.
#[derive(Debug)]
pub(super) struct LeftFile {
    pub(super) path: PathBuf,
    pub(super) backup: Option<PathBuf>,
}

/// What was rolled back, and what was not.
#[derive(Debug, Default)]
pub(super) struct LeftOver {
    /// Files that hold neither the content before nor the one after.
    pub(super) files: Vec<LeftFile>,
    /// Files that are as they were before.
    pub(super) restored: Vec<AppliedFile>,
    /// A new entry that its store does not remove.
    pub(super) entry: Option<String>,
}

/// Restores every file as it was before, and removes the record. If that fails, the record stays for the next run. Where a
/// file is left as it is, the copies stay.
pub(super) fn roll_back(record: &WriteRecord, places: &Places, volume: &dyn Volume) -> Result<LeftOver, ApplyError> {
    let mut left = LeftOver::default();
    let tree = FileTree::of(places);
    // What it was to do for other profiles does not count any more.
    archive::parts(&record.id, &archive::all(places)?).try_for_each(|part| part.discard(places, volume))?;
    for file in record.files.iter().rev() {
        let now = look(&file.target, tree)?;
        let is_after = match (&now, &file.after) {
            (Some(found), Some(after)) => after.has_content(found),
            (None, None) => true,
            _ => false,
        };
        let is_before = is(now.as_ref(), file.before.as_ref());
        let same_content = || now.as_ref().is_some_and(|found| file.before.as_ref().is_some_and(|b| b.has_content(found)));
        if is_after && !is_before {
            restore(record, places, volume, &file.target, file.before.as_ref())?;
            let action = match (&file.before, &now) {
                (None, _) => FileAction::Removed,
                (Some(_), None) => FileAction::Created,
                (Some(_), Some(_)) => FileAction::Changed,
            };
            left.restored.push(AppliedFile { path: file.path.clone(), action, backup: None });
        } else if !is_before && !same_content() {
            let backup = file.before.as_ref().map(|stamp| record.copy(places, stamp));
            left.files.push(LeftFile { path: file.path.clone(), backup });
        }
    }
    for run in record.runs.iter().filter(|run| run.build) {
        let Some(path) = &run.creates else { continue };
        if !is(look(path, tree)?.as_ref(), run.before.as_ref()) {
            restore(record, places, volume, &resolve(path, tree)?, run.before.as_ref())?;
        }
    }
    // A store that does not answer must not block the files for ever: the next run asks it again.
    let entries = entry::put_back(record, record.entries(), places);
    left.entry = entries.first().map(|entry| stores::entry_name(record.profile.as_str(), &entry.place));
    // As long as something is left beside the files, the record is needed: all is restored, but not all is cleaned up.
    if record.sweep(places, volume).is_err() {
        return Ok(left);
    }
    for folder in record.folders.iter().rev().filter(|folder| tree.is_folder(folder)) {
        if let Ok(above) = Folder::resolved(volume, folder_of(folder), tree) {
            above.unmake(name_of(folder));
        }
    }
    // If the record stays, the next run goes through it once more and finds everything as it was.
    let _ = if left.files.iter().any(|file| file.backup.is_some()) || !entries.is_empty() {
        WriteRecord { state: WriteState::RolledBack, entries, kept: None, ..record.clone() }.save(places, volume)
    } else {
        record.discard(places, volume)
    };
    Ok(left)
}

/// Whether a file has the content, mode and owner of a stamp, or is missing as that is.
fn is(found: Option<&FoundFile>, stamp: Option<&Stamp>) -> bool {
    match (found, stamp) {
        (Some(found), Some(stamp)) => stamp.is(found),
        (None, None) => true,
        _ => false,
    }
}

fn restore(
    record: &WriteRecord,
    places: &Places,
    volume: &dyn Volume,
    target: &Path,
    before: Option<&Stamp>,
) -> Result<(), ApplyError> {
    let folder = Folder::resolved(volume, folder_of(target), FileTree::of(places))?;
    let Some(stamp) = before else { return Ok(folder.remove(name_of(target))?) };
    let spare = folder.spare_of(name_of(target), &record.id).map_err(FileError::read(target))?;
    if spare.is_some_and(|spare| stamp.is(&spare)) {
        return Ok(folder.restore(name_of(target), &record.id)?);
    }
    let bytes = record.content(places, stamp)?;
    let (uid, gid, extended) = (Some(stamp.uid), Some(stamp.gid), Some(&stamp.extended));
    let attributes = Attributes { mode: stamp.mode, uid, gid, extended, tag: &record.id };
    Ok(replace(&folder, target, &bytes, &attributes)?)
}

fn look(path: &Path, tree: FileTree<'_>) -> Result<Option<FoundFile>, FileError> {
    found::look_in(tree, path).map_err(FileError::read(path))
}
