//! All records together: which writes stand, the next name, and what is left to clean up.

use std::{
    collections::HashSet,
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
};

use crate::{
    host::{
        files::{error::FileError, folder::Folder, found, volume::Volume},
        journal::{
            error::JournalError,
            record::{SCHEMA, TAG, WriteKind, WriteRecord, WriteState, backups, folder},
        },
    },
    plan::Places,
};

/// All records, oldest first.
pub(crate) fn all(places: &Places) -> Result<Vec<WriteRecord>, JournalError> {
    let mut records = Vec::new();
    for path in names(&folder(places))?.into_iter().filter(|path| path.extension().is_some_and(|end| end == "json")) {
        let Some(found) = found::look(&path).map_err(FileError::read(&path))? else { continue };
        let record: WriteRecord =
            serde_json::from_slice(&found.bytes).map_err(|error| JournalError::Record(path.clone(), error.to_string()))?;
        if record.schema > SCHEMA {
            return Err(JournalError::Record(path, format!("schema {}", record.schema)));
        }
        records.push(record);
    }
    records.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(records)
}

/// The writes that still stand, newest first: those that no later one undid.
pub(crate) fn standing(records: &[WriteRecord]) -> Vec<&WriteRecord> {
    let mut gone: HashSet<&str> = HashSet::new();
    let mut standing = Vec::new();
    for record in records.iter().rev().filter(|record| record.state == WriteState::Done) {
        if !gone.contains(record.id.as_str()) {
            gone.extend(record.of.iter().map(String::as_str));
            if record.kind != WriteKind::Undo {
                standing.push(record);
            }
        }
    }
    standing
}

/// Removes all copies of a profile's secret file: its secret is kept elsewhere now.
pub(crate) fn forget_secrets(profile: &str, places: &Places, volume: &dyn Volume) -> Result<(), JournalError> {
    for record in all(places)?.iter().filter(|record| record.profile == profile) {
        let copies = record.copies(places);
        if !copies.is_dir() {
            continue;
        }
        let folder = Folder::ours(volume, &copies)?;
        let files = record.files.iter().filter(|file| file.owner == "secret");
        files
            .flat_map(|file| [&file.before, &file.after])
            .flatten()
            .try_for_each(|stamp| folder.remove(OsStr::new(&stamp.copy)))?;
    }
    Ok(())
}

/// The next name: counted, so that the order does not depend on the clock.
pub(crate) fn next_id(places: &Places, stamp: &str) -> Result<String, FileError> {
    let number = |path: &PathBuf| path.file_stem()?.to_str()?.split('-').next()?.parse::<u64>().ok();
    let last = names(&folder(places))?.iter().filter_map(number).max().unwrap_or(0);
    Ok(format!("{:06}-{stamp}", last + 1))
}

/// Removes what a kill left in the state folder: temporary files, and copies without a record.
pub(crate) fn tidy(places: &Places, volume: &dyn Volume) -> Result<(), FileError> {
    if folder(places).is_dir() {
        // What cannot be removed holds nothing that is not elsewhere too.
        let _ = Folder::ours(volume, &folder(places))?.sweep(TAG);
    }
    for path in names(&backups(places))? {
        let record = path.file_name().map(|id| folder(places).join(id).with_extension("json"));
        if record.is_some_and(|record| !record.exists()) {
            let _ = volume.remove_tree(&path);
        }
    }
    Ok(())
}

fn names(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let fault = FileError::read(folder);
    match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(fault(error)),
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path()).map_err(&fault)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: &str, kind: WriteKind, of: &[&str]) -> WriteRecord {
        WriteRecord {
            schema: SCHEMA,
            id: id.into(),
            kind,
            state: WriteState::Done,
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
    fn what_was_undone_no_longer_stands_and_stands_again_when_that_is_undone() {
        let ids = |records: &[WriteRecord]| standing(records).iter().map(|record| record.id.clone()).collect::<Vec<_>>();
        let mut records = vec![record("1", WriteKind::Apply, &[]), record("2", WriteKind::Apply, &[])];
        assert_eq!(ids(&records), ["2", "1"]);
        records.push(record("3", WriteKind::UndoAll, &["2", "1"]));
        assert_eq!(ids(&records), ["3"]);
        records.push(record("4", WriteKind::Undo, &["3"]));
        assert_eq!(ids(&records), ["2", "1"]);
        records.push(record("5", WriteKind::Undo, &["2"]));
        assert_eq!(ids(&records), ["1"]);
        records[4].state = WriteState::Begun;
        assert_eq!(ids(&records), ["2", "1"]);
    }

    #[test]
    fn records_keep_the_words_that_older_versions_wrote() {
        let words = |record: &WriteRecord| {
            let json = serde_json::to_value(record).unwrap();
            (json["kind"].clone(), json["state"].clone())
        };
        let mut written = record("1", WriteKind::UndoAll, &[]);
        written.state = WriteState::RolledBack;
        assert_eq!(words(&written), ("remove".into(), "put-back".into()));
        let old = r#"{"schema": 1, "id": "000001-x", "kind": "remove", "state": "put-back", "profile": "a", "when": "",
            "files": [{"owner": "secret", "path": "/a", "target": "/a", "before": null, "after": null}],
            "kept": {"place": {"store": "keyring", "entry": "user/a"}, "existed": false}}"#;
        let read: WriteRecord = serde_json::from_str(old).unwrap();
        assert_eq!((read.kind, read.state), (WriteKind::UndoAll, WriteState::RolledBack));
    }
}
