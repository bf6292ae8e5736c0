//! The record of one write, `state/journal/ID.json`: enough to undo it, and never a secret.

use std::{
    collections::HashSet,
    io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    host::{
        files::{
            error::FileError,
            folder::{Attributes, Folder, StagedFile, folder_of, name_of},
            found,
            stamp::Stamp,
            volume::Volume,
            write::{make_folders, replace_ours},
        },
        journal::error::JournalError,
    },
    mail::SecretPlace,
    plan::Places,
};

/// The format of these files.
pub(crate) const SCHEMA: u32 = 1;

/// The tag of the journal's own temporary files.
pub(super) const TAG: &str = "state";

/// What kind of write it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum WriteKind {
    /// A plan was applied.
    Apply,
    /// An earlier write was undone; an undo is never undone itself.
    Undo,
    /// All that a profile wrote was undone.
    #[serde(rename = "remove")]
    UndoAll,
}

/// How far it got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum WriteState {
    /// Some of it may be written; the next run rolls it back.
    Begun,
    /// All of it is written.
    Done,
    /// It was rolled back except for files that someone wrote to meanwhile; its copies of them are kept.
    #[serde(rename = "put-back")]
    RolledBack,
}

/// One write.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WriteRecord {
    pub(crate) schema: u32,
    pub(crate) id: String,
    pub(crate) kind: WriteKind,
    pub(crate) state: WriteState,
    pub(crate) profile: String,
    /// RFC 3339, UTC.
    pub(crate) when: String,
    /// The writes that this one undoes.
    #[serde(default)]
    pub(crate) of: Vec<String>,
    /// Older writes that are undone with this one: their records go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) covers: Vec<String>,
    /// Folders that it makes, outermost first.
    #[serde(default)]
    pub(crate) folders: Vec<PathBuf>,
    #[serde(default)]
    pub(crate) files: Vec<FileRecord>,
    #[serde(default)]
    pub(crate) runs: Vec<RunRecord>,
    /// The entry of a store that was made or changed.
    #[serde(default)]
    pub(crate) kept: Option<EntryRecord>,
}

/// One file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FileRecord {
    /// What it belongs to, as in the plan: a target's key, `profile` or `secret`.
    pub(crate) owner: String,
    /// As it was planned.
    pub(crate) path: PathBuf,
    /// The path that was written, links resolved.
    pub(crate) target: PathBuf,
    pub(crate) before: Option<Stamp>,
    pub(crate) after: Option<Stamp>,
}

/// One command.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RunRecord {
    pub(crate) owner: String,
    pub(crate) command: Vec<String>,
    pub(crate) creates: Option<PathBuf>,
    pub(crate) build: bool,
    /// What `creates` was before.
    pub(crate) before: Option<Stamp>,
}

/// An entry of a store.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EntryRecord {
    pub(crate) place: SecretPlace,
    /// It was there before; what it held is not kept anywhere.
    pub(crate) existed: bool,
}

impl WriteRecord {
    /// Whether copies of a secret's file are gone: its secret went into another store since.
    pub(crate) fn is_forgotten(&self, places: &Places, file: &FileRecord) -> bool {
        let mut stamps = [&file.before, &file.after].into_iter().flatten();
        file.owner == "secret" && stamps.any(|stamp| !self.copy(places, stamp).exists())
    }

    fn path(&self, places: &Places) -> PathBuf {
        folder(places).join(format!("{}.json", self.id))
    }

    /// The folder of its copies.
    pub(crate) fn copies(&self, places: &Places) -> PathBuf {
        backups(places).join(&self.id)
    }

    /// The path of a copy.
    pub(crate) fn copy(&self, places: &Places, stamp: &Stamp) -> PathBuf {
        self.copies(places).join(&stamp.copy)
    }

    /// The content of a copy, if its hash is still the one of the record.
    pub(crate) fn content(&self, places: &Places, stamp: &Stamp) -> Result<Vec<u8>, JournalError> {
        let path = self.copy(places, stamp);
        match found::look(&path).map_err(FileError::read(&path))? {
            Some(found) if stamp.has_content(&found) => Ok(found.into_bytes()),
            Some(_) => Err(JournalError::Record(path, "SHA-256".into())),
            None => Err(FileError::Read(path, io::ErrorKind::NotFound.into()).into()),
        }
    }

    /// Keeps a copy, 0600 in 0700.
    pub(crate) fn keep_copy(&self, places: &Places, volume: &dyn Volume, name: &str, bytes: &[u8]) -> Result<(), FileError> {
        make_folders(volume, &self.copies(places), 0o700)?;
        replace_ours(volume, &self.copies(places).join(name), bytes, &Attributes::ours(TAG))
    }

    /// Writes the record.
    pub(crate) fn save(&self, places: &Places, volume: &dyn Volume) -> Result<(), FileError> {
        self.stage(places, volume)?.save()
    }

    /// Writes the record under a temporary name: to be saved when nothing else can fail any more.
    pub(crate) fn stage<'a>(&self, places: &Places, volume: &'a dyn Volume) -> Result<StagedRecord<'a>, FileError> {
        let path = self.path(places);
        let json = serde_json::to_vec_pretty(self).map_err(|error| FileError::Write(path.clone(), error.into()))?;
        make_folders(volume, &folder(places), 0o700)?;
        let folder = Folder::ours(volume, &folder(places))?;
        Ok(StagedRecord { staged: folder.stage(&path, &json, &Attributes::ours(TAG))?, folder, path })
    }

    /// Removes the record, and then the copies.
    pub(crate) fn discard(&self, places: &Places, volume: &dyn Volume) -> Result<(), FileError> {
        let path = self.path(places);
        Folder::ours(volume, &folder(places))?.remove(name_of(&path))?;
        self.drop_copies(places, volume);
        Ok(())
    }

    /// Removes the copies that the record no longer names.
    pub(crate) fn drop_unused(&self, places: &Places, volume: &dyn Volume) -> Result<(), FileError> {
        let stamps = self.files.iter().flat_map(|file| [&file.before, &file.after]);
        let stamps = stamps.chain(self.runs.iter().map(|run| &run.before)).flatten();
        let used: HashSet<&[u8]> = stamps.map(|stamp| stamp.copy.as_bytes()).collect();
        let copies = self.copies(places);
        if !copies.is_dir() {
            return Ok(());
        }
        Folder::ours(volume, &copies)?.sweep_where(|name| name != b"." && name != b".." && !used.contains(name))
    }

    /// Removes the copies, which nothing needs any more; if that fails, the next run does it.
    pub(crate) fn drop_copies(&self, places: &Places, volume: &dyn Volume) {
        let _ = volume.remove_tree(&self.copies(places));
    }

    /// Removes the temporary files and the spares of a write.
    pub(crate) fn sweep(&self, volume: &dyn Volume) -> Result<(), FileError> {
        let mut seen: Vec<&Path> = Vec::new();
        for folder in self.files.iter().map(|file| folder_of(&file.target)).filter(|folder| folder.is_dir()) {
            if !seen.contains(&folder) {
                seen.push(folder);
                Folder::resolved(volume, folder)?.sweep(&self.id)?;
            }
        }
        Ok(())
    }
}

/// A record that only needs its final name.
pub(crate) struct StagedRecord<'a> {
    folder: Folder<'a>,
    staged: StagedFile,
    path: PathBuf,
}

impl StagedRecord<'_> {
    /// Makes it the write's record.
    pub(crate) fn save(&self) -> Result<(), FileError> {
        self.folder.put(&self.staged, name_of(&self.path))
    }

    /// Whether it is the write's record by now. That can be so although `save` failed: its folder could not be synced.
    pub(crate) fn is_saved(&self) -> bool {
        !self.folder.has(&self.staged)
    }
}

impl Drop for StagedRecord<'_> {
    fn drop(&mut self) {
        if !self.is_saved() {
            // If this fails, the next run removes it.
            let _ = self.folder.drop_staged(&self.staged);
        }
    }
}

/// The folder of all records.
pub(super) fn folder(places: &Places) -> PathBuf {
    places.state.join("journal")
}

/// The folder of the copies of all writes.
pub(super) fn backups(places: &Places) -> PathBuf {
    places.state.join("backups")
}
