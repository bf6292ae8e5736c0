//! Putting back a write that did not come to its end.

use std::path::{Path, PathBuf};

use super::{
    ApplyError,
    journal::{Journal, Stamp, State},
    land::settle,
    volume::Volume,
    write::{Folder, Form, folder_of, name_of, replace},
};
use crate::{
    host::{disk, secrets},
    plan::Places,
};

/// A file that someone else wrote to meanwhile: left as it is.
#[derive(Debug)]
pub(super) struct Left {
    pub(super) path: PathBuf,
    pub(super) backup: Option<PathBuf>,
}

/// What was not put back.
#[derive(Debug, Default)]
pub(super) struct Leavings {
    /// Files that hold neither the content before nor the one after.
    pub(super) files: Vec<Left>,
    /// A new entry of a store that does not let it go.
    pub(super) entry: Option<String>,
}

/// Puts every file back as it was before, and takes the record away. When that fails, the record stays for the next run.
/// Where a file is left as it is, the copies stay.
pub(super) fn roll_back(journal: &Journal, places: &Places, volume: &dyn Volume) -> Result<Leavings, ApplyError> {
    let mut leavings = Leavings::default();
    let restore = |target: &Path, before: Option<&Stamp>| restore(journal, places, volume, target, before);
    for entry in journal.files.iter().rev() {
        let now = look(&entry.target)?;
        let is_before = match (&now, &entry.before) {
            (Some(found), Some(before)) => before.is(found),
            (None, None) => true,
            _ => false,
        };
        let is_after = match (&now, &entry.after) {
            (Some(found), Some(after)) => after.has_content(found),
            (None, None) => true,
            _ => false,
        };
        let same_content = || now.as_ref().is_some_and(|found| entry.before.as_ref().is_some_and(|b| b.has_content(found)));
        if is_after && !is_before {
            restore(&entry.target, entry.before.as_ref())?;
        } else if !is_before && !same_content() {
            let backup = entry.before.as_ref().map(|stamp| journal.copy(places, stamp));
            leavings.files.push(Left { path: entry.path.clone(), backup });
        }
    }
    for run in journal.runs.iter().filter(|run| run.build) {
        let Some(path) = &run.creates else { continue };
        let is_before = match (look(path)?, &run.before) {
            (Some(found), Some(before)) => before.is(&found),
            (None, None) => true,
            _ => false,
        };
        if !is_before {
            restore(&settle(path, None)?, run.before.as_ref())?;
        }
    }
    if let Some(kept) = journal.kept.as_ref().filter(|kept| !kept.existed) {
        // A store that does not answer must not stand in the way of the files for ever.
        if secrets::forget(&journal.profile, &kept.place, places).is_err() {
            leavings.entry = Some(secrets::entry_name(&journal.profile, &kept.place));
        }
    }
    // As long as something is left beside the files, the record is needed: all is put back, but not all is cleaned.
    if sweep(journal, volume).is_err() {
        return Ok(leavings);
    }
    for folder in journal.folders.iter().rev().filter(|folder| folder.is_dir()) {
        if let Ok(above) = Folder::settled(volume, folder_of(folder)) {
            above.unmake(name_of(folder));
        }
    }
    // A record that stays is gone through once more by the next run, which finds everything as it was.
    let _ = if leavings.files.iter().any(|left| left.backup.is_some()) {
        Journal { state: State::PutBack, ..journal.clone() }.save(places, volume)
    } else {
        journal.discard(places, volume)
    };
    Ok(leavings)
}

/// Takes away the temporary files and the spares of a write.
pub(super) fn sweep(journal: &Journal, volume: &dyn Volume) -> Result<(), ApplyError> {
    let mut seen: Vec<&Path> = Vec::new();
    for folder in journal.files.iter().map(|entry| folder_of(&entry.target)).filter(|folder| folder.is_dir()) {
        if !seen.contains(&folder) {
            seen.push(folder);
            Folder::settled(volume, folder)?.sweep(&journal.id)?;
        }
    }
    Ok(())
}

fn restore(
    journal: &Journal,
    places: &Places,
    volume: &dyn Volume,
    target: &Path,
    before: Option<&Stamp>,
) -> Result<(), ApplyError> {
    let folder = Folder::settled(volume, folder_of(target))?;
    let Some(stamp) = before else { return folder.remove(name_of(target)) };
    if look(&folder.spare_of(name_of(target), &journal.id))?.is_some_and(|spare| stamp.is(&spare)) {
        return folder.put_back(name_of(target), &journal.id);
    }
    let bytes = journal.content(places, stamp)?;
    let form = Form { mode: stamp.mode, uid: Some(stamp.uid), gid: Some(stamp.gid), tag: &journal.id };
    replace(volume, target, &bytes, &form)
}

fn look(path: &Path) -> Result<Option<disk::Found>, ApplyError> {
    disk::look(path).map_err(|error| ApplyError::Read(path.to_owned(), error))
}
