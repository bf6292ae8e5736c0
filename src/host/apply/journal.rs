//! The record of one write, `state/journal/ID.json`: enough to take it back, and never a secret.

use std::{
    collections::HashSet,
    ffi::OsStr,
    fmt::Write,
    io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    ApplyError,
    volume::Volume,
    write::{Folder, Form, Staged, make_folders, name_of, replace_ours},
};
use crate::{
    host::disk::{self, Found},
    mail::SecretPlace,
    plan::Places,
};

/// What kind of write it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::host) enum Kind {
    /// A plan was applied.
    Apply,
    /// An earlier write was taken back; this one is never taken back itself.
    Undo,
    /// All that a profile wrote was taken back.
    Remove,
}

/// How far it got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::host) enum State {
    /// Some of it may be written; put back by the next run.
    Begun,
    /// All of it is written.
    Done,
    /// It was put back but for files that someone wrote to meanwhile; its copies of them are kept.
    #[serde(rename = "put-back")]
    PutBack,
}

/// One write.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::host) struct Journal {
    pub(in crate::host) schema: u32,
    pub(in crate::host) id: String,
    pub(in crate::host) kind: Kind,
    pub(in crate::host) state: State,
    pub(in crate::host) profile: String,
    /// RFC 3339, UTC.
    pub(in crate::host) when: String,
    /// The writes that this one takes back.
    #[serde(default)]
    pub(in crate::host) of: Vec<String>,
    /// Older writes that are taken back with this one: their records go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::host) covers: Vec<String>,
    /// Folders that it makes, outermost first.
    #[serde(default)]
    pub(in crate::host) folders: Vec<PathBuf>,
    #[serde(default)]
    pub(in crate::host) files: Vec<Entry>,
    #[serde(default)]
    pub(in crate::host) runs: Vec<RunEntry>,
    #[serde(default)]
    pub(in crate::host) kept: Option<Kept>,
}

/// One file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::host) struct Entry {
    pub(in crate::host) owner: String,
    /// As it was planned.
    pub(in crate::host) path: PathBuf,
    /// Where it lands, links followed.
    pub(in crate::host) target: PathBuf,
    pub(in crate::host) before: Option<Stamp>,
    pub(in crate::host) after: Option<Stamp>,
}

/// A content, by hash, and where it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::host) struct Stamp {
    pub(in crate::host) sha256: String,
    pub(in crate::host) mode: u32,
    pub(in crate::host) uid: u32,
    pub(in crate::host) gid: u32,
    /// File name within the write's backup folder.
    pub(in crate::host) copy: String,
}

/// One command.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::host) struct RunEntry {
    pub(in crate::host) owner: String,
    pub(in crate::host) command: Vec<String>,
    pub(in crate::host) creates: Option<PathBuf>,
    pub(in crate::host) build: bool,
    /// What `creates` was before.
    pub(in crate::host) before: Option<Stamp>,
}

/// An entry of a store that was made or changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::host) struct Kept {
    pub(in crate::host) place: SecretPlace,
    /// It was there before; what it held is not kept anywhere.
    pub(in crate::host) existed: bool,
}

/// The format of these files.
pub(in crate::host) const SCHEMA: u32 = 1;

impl Stamp {
    pub(in crate::host) fn of(bytes: &[u8], mode: u32, uid: u32, gid: u32, copy: String) -> Self {
        Self { sha256: hash(bytes), mode, uid, gid, copy }
    }

    pub(in crate::host) fn has_content(&self, found: &Found) -> bool {
        hash(&found.bytes) == self.sha256
    }

    pub(in crate::host) fn is(&self, found: &Found) -> bool {
        (self.mode, self.uid, self.gid) == (found.mode, found.uid, found.gid) && self.has_content(found)
    }
}

impl Journal {
    /// Whether copies of a secret's file are gone: its secret went into another store since.
    pub(in crate::host) fn is_forgotten(&self, places: &Places, entry: &Entry) -> bool {
        let mut stamps = [&entry.before, &entry.after].into_iter().flatten();
        entry.owner == "secret" && stamps.any(|stamp| !self.copy(places, stamp).exists())
    }

    fn path(&self, places: &Places) -> PathBuf {
        folder(places).join(format!("{}.json", self.id))
    }

    /// The folder of its copies.
    pub(in crate::host) fn copies(&self, places: &Places) -> PathBuf {
        backups(places).join(&self.id)
    }

    /// The path of a copy.
    pub(in crate::host) fn copy(&self, places: &Places, stamp: &Stamp) -> PathBuf {
        self.copies(places).join(&stamp.copy)
    }

    /// The content of a copy, when it is still the one that was kept.
    pub(in crate::host) fn content(&self, places: &Places, stamp: &Stamp) -> Result<Vec<u8>, ApplyError> {
        let path = self.copy(places, stamp);
        match disk::look(&path) {
            Ok(Some(found)) if stamp.has_content(&found) => Ok(found.into_bytes()),
            Ok(Some(_)) => Err(ApplyError::Journal(path, "SHA-256".into())),
            Ok(None) => Err(ApplyError::Read(path, io::ErrorKind::NotFound.into())),
            Err(error) => Err(ApplyError::Read(path, error)),
        }
    }

    /// Keeps a copy, 0600 in 0700.
    pub(in crate::host) fn keep_copy(
        &self,
        places: &Places,
        volume: &dyn Volume,
        name: &str,
        bytes: &[u8],
    ) -> Result<(), ApplyError> {
        make_folders(volume, &self.copies(places), 0o700)?;
        replace_ours(volume, &self.copies(places).join(name), bytes, &ours())
    }

    /// Writes the record.
    pub(in crate::host) fn save(&self, places: &Places, volume: &dyn Volume) -> Result<(), ApplyError> {
        self.stage(places, volume)?.save()
    }

    /// Writes the record under a name of its own: to be saved when nothing else can fail any more.
    pub(super) fn stage<'a>(&self, places: &Places, volume: &'a dyn Volume) -> Result<Next<'a>, ApplyError> {
        let path = self.path(places);
        let json = serde_json::to_vec_pretty(self).map_err(|error| ApplyError::Write(path.clone(), error.into()))?;
        make_folders(volume, &folder(places), 0o700)?;
        let folder = Folder::ours(volume, &folder(places))?;
        Ok(Next { staged: folder.stage(&path, &json, &ours())?, folder, path })
    }

    /// Takes the record away, and then the copies.
    pub(in crate::host) fn discard(&self, places: &Places, volume: &dyn Volume) -> Result<(), ApplyError> {
        let path = self.path(places);
        Folder::ours(volume, &folder(places))?.remove(name_of(&path))?;
        self.drop_copies(places, volume);
        Ok(())
    }

    /// Takes away the copies that the record does not name any more.
    pub(in crate::host) fn drop_unused(&self, places: &Places, volume: &dyn Volume) -> Result<(), ApplyError> {
        let stamps = self.files.iter().flat_map(|entry| [&entry.before, &entry.after]);
        let stamps = stamps.chain(self.runs.iter().map(|run| &run.before)).flatten();
        let used: HashSet<&[u8]> = stamps.map(|stamp| stamp.copy.as_bytes()).collect();
        let copies = self.copies(places);
        if !copies.is_dir() {
            return Ok(());
        }
        Folder::ours(volume, &copies)?.sweep_where(|name| name != b"." && name != b".." && !used.contains(name))
    }

    /// Takes the copies away, which nothing needs any more; those of a folder that stays are taken by the next run.
    pub(in crate::host) fn drop_copies(&self, places: &Places, volume: &dyn Volume) {
        let _ = volume.remove_tree(&self.copies(places));
    }
}

/// A record that only has to get its name.
pub(super) struct Next<'a> {
    folder: Folder<'a>,
    staged: Staged,
    path: PathBuf,
}

impl Next<'_> {
    /// Makes it the write's record.
    pub(super) fn save(&self) -> Result<(), ApplyError> {
        self.folder.put(&self.staged, name_of(&self.path))
    }

    /// Whether it is the write's record by now, also when saving it failed: then only its folder could not be synced.
    pub(super) fn is_saved(&self) -> bool {
        !self.folder.has(&self.staged)
    }
}

impl Drop for Next<'_> {
    fn drop(&mut self) {
        if !self.is_saved() {
            // One that stays is taken away by the next run.
            let _ = self.folder.drop_staged(&self.staged);
        }
    }
}

/// All records, oldest first.
pub(in crate::host) fn all(places: &Places) -> Result<Vec<Journal>, ApplyError> {
    let mut journals = Vec::new();
    for path in names(&folder(places))?.into_iter().filter(|path| path.extension().is_some_and(|end| end == "json")) {
        let found = disk::look(&path).map_err(|error| ApplyError::Read(path.clone(), error))?;
        let Some(found) = found else { continue };
        let journal: Journal =
            serde_json::from_slice(&found.bytes).map_err(|error| ApplyError::Journal(path.clone(), error.to_string()))?;
        if journal.schema > SCHEMA {
            return Err(ApplyError::Journal(path, format!("schema {}", journal.schema)));
        }
        journals.push(journal);
    }
    journals.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(journals)
}

/// The writes that still stand, newest first: those that no later one took back.
pub(in crate::host) fn standing(journals: &[Journal]) -> Vec<&Journal> {
    let mut gone: HashSet<&str> = HashSet::new();
    let mut standing = Vec::new();
    for journal in journals.iter().rev().filter(|journal| journal.state == State::Done) {
        if !gone.contains(journal.id.as_str()) {
            gone.extend(journal.of.iter().map(String::as_str));
            if journal.kind != Kind::Undo {
                standing.push(journal);
            }
        }
    }
    standing
}

/// Takes away all copies of a profile's secret file: its secret is kept elsewhere now.
pub(super) fn forget_secrets(profile: &str, places: &Places, volume: &dyn Volume) -> Result<(), ApplyError> {
    for journal in all(places)?.iter().filter(|journal| journal.profile == profile) {
        let copies = journal.copies(places);
        if !copies.is_dir() {
            continue;
        }
        let folder = Folder::ours(volume, &copies)?;
        let stamps = journal.files.iter().filter(|entry| entry.owner == "secret");
        stamps
            .flat_map(|entry| [&entry.before, &entry.after])
            .flatten()
            .try_for_each(|stamp| folder.remove(OsStr::new(&stamp.copy)))?;
    }
    Ok(())
}

/// The next name: counted, so that a clock that is set back changes no order.
pub(super) fn next_id(places: &Places, stamp: &str) -> Result<String, ApplyError> {
    let number = |path: &PathBuf| path.file_stem()?.to_str()?.split('-').next()?.parse::<u64>().ok();
    let last = names(&folder(places))?.iter().filter_map(number).max().unwrap_or(0);
    Ok(format!("{:06}-{stamp}", last + 1))
}

/// Takes away what a kill left in the state folder: temporary files, and copies without a record.
pub(super) fn tidy(places: &Places, volume: &dyn Volume) -> Result<(), ApplyError> {
    if folder(places).is_dir() {
        // What cannot be removed holds nothing that is not elsewhere too.
        let _ = Folder::ours(volume, &folder(places))?.sweep(OWN);
    }
    for path in names(&backups(places))? {
        let record = path.file_name().map(|id| folder(places).join(id).with_extension("json"));
        if record.is_some_and(|record| !record.exists()) {
            let _ = volume.remove_tree(&path);
        }
    }
    Ok(())
}

const OWN: &str = "state";

fn ours() -> Form<'static> {
    Form { mode: 0o600, uid: None, gid: None, tag: OWN }
}

fn folder(places: &Places) -> PathBuf {
    places.state.join("journal")
}

fn backups(places: &Places) -> PathBuf {
    places.state.join("backups")
}

fn names(folder: &Path) -> Result<Vec<PathBuf>, ApplyError> {
    let fault = |error| ApplyError::Read(folder.to_owned(), error);
    match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(fault(error)),
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path()).map_err(fault)).collect(),
    }
}

/// SHA-256, 64 lower-case hex digits.
pub(in crate::host) fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal(id: &str, kind: Kind, of: &[&str]) -> Journal {
        Journal {
            schema: SCHEMA,
            id: id.into(),
            kind,
            state: State::Done,
            profile: "default".into(),
            when: String::new(),
            of: of.iter().map(|id| (*id).to_owned()).collect(),
            covers: Vec::new(),
            folders: Vec::new(),
            files: Vec::new(),
            runs: Vec::new(),
            kept: None,
        }
    }

    #[test]
    fn what_was_taken_back_no_longer_stands_and_stands_again_when_that_is_taken_back() {
        let ids = |journals: &[Journal]| standing(journals).iter().map(|journal| journal.id.clone()).collect::<Vec<_>>();
        let mut journals = vec![journal("1", Kind::Apply, &[]), journal("2", Kind::Apply, &[])];
        assert_eq!(ids(&journals), ["2", "1"]);
        journals.push(journal("3", Kind::Remove, &["2", "1"]));
        assert_eq!(ids(&journals), ["3"]);
        journals.push(journal("4", Kind::Undo, &["3"]));
        assert_eq!(ids(&journals), ["2", "1"]);
        journals.push(journal("5", Kind::Undo, &["2"]));
        assert_eq!(ids(&journals), ["1"]);
        journals[4].state = State::Begun;
        assert_eq!(ids(&journals), ["2", "1"]);
    }
}
