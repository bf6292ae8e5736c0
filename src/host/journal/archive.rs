//! All records together: which writes stand, the next name, and what is left to clean up.

use std::{
    collections::HashSet,
    ffi::{OsStr, OsString},
    path::Path,
};

use crate::{
    host::{
        files::{
            error::FileError,
            folder::Folder,
            owned,
            tree::FileTree,
            volume::{System, Volume},
        },
        journal::{
            error::JournalError,
            record::{TAG, WriteKind, WriteRecord, WriteState, backups, drop_folder, folder},
        },
    },
    plan::Places,
};

/// How many records there are, without reading them.
pub(super) fn count(places: &Places) -> Result<usize, JournalError> {
    Ok(names(&folder(places), places)?.iter().filter(|name| is_record(Path::new(name))).count())
}

fn is_record(name: &Path) -> bool {
    name.extension().is_some_and(|end| end == "json")
}

/// All records, oldest first.
pub(crate) fn all(places: &Places) -> Result<Vec<WriteRecord>, JournalError> {
    let names = names(&folder(places), places)?;
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let held = Folder::ours(&System, &folder(places), FileTree::of(places))?;
    let mut records = Vec::new();
    for name in names.iter().map(Path::new).filter(|name| is_record(name)) {
        let path = folder(places).join(name);
        let Some(found) = held.look(name.as_os_str()).map_err(FileError::read(&path))? else { continue };
        owned::ours(&path, &found)?;
        let record = WriteRecord::read(name.file_stem().unwrap_or_default(), &found.bytes, places);
        records.push(record.map_err(|error| JournalError::Record(path, error))?);
    }
    records.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(records)
}

/// The writes that still stand, newest first: those that no later one undid.
pub(crate) fn standing(records: &[WriteRecord]) -> Vec<&WriteRecord> {
    let mut gone: HashSet<&str> = HashSet::new();
    let mut standing = Vec::new();
    let is_open = |id: &String| records.iter().any(|whole| whole.id == *id && whole.state != WriteState::Done);
    let is_done = |record: &&WriteRecord| record.state == WriteState::Done && !record.part_of.iter().any(is_open);
    for record in records.iter().rev().filter(is_done) {
        if !gone.contains(record.id.as_str()) {
            gone.extend(record.of.iter().map(String::as_str));
            if record.kind != WriteKind::Undo {
                standing.push(record);
            }
        }
    }
    standing
}

/// The parts that other profiles have in a write.
pub(crate) fn parts<'a>(id: &'a str, records: &'a [WriteRecord]) -> impl Iterator<Item = &'a WriteRecord> {
    records.iter().filter(move |record| record.part_of.as_deref() == Some(id))
}

/// Removes all copies of a profile's secret file: its secret is kept elsewhere now.
pub(crate) fn forget_secrets(profile: &str, places: &Places, volume: &dyn Volume) -> Result<(), JournalError> {
    for record in all(places)?.iter().filter(|record| record.profile == profile) {
        let copies = record.copies(places);
        if !FileTree::of(places).is_folder(&copies) {
            continue;
        }
        let folder = Folder::ours(volume, &copies, FileTree::of(places))?;
        let files = record.files.iter().filter(|file| file.owner == "secret");
        files
            .flat_map(|file| [&file.before, &file.after])
            .flatten()
            .try_for_each(|stamp| folder.remove(OsStr::new(&stamp.copy)))?;
    }
    Ok(())
}

/// What earlier writes could not give back to an entry is not wanted any more: it holds a newer secret.
pub(crate) fn settle(profile: &str, places: &Places, volume: &dyn Volume) -> Result<(), JournalError> {
    let has_left = |record: &WriteRecord| record.state == WriteState::RolledBack && !record.entries.is_empty();
    for mut record in all(places)?.into_iter().filter(|record| record.profile == profile && has_left(record)) {
        if record.drop_asides(places).is_none() {
            record.entries.clear();
            record.save(places, volume)?;
        }
    }
    Ok(())
}

/// The next names: counted, so that the order does not depend on the clock.
pub(crate) fn next_ids(places: &Places, stamp: &str) -> Result<impl Iterator<Item = String> + use<>, FileError> {
    let number = |name: &OsString| name.to_str()?.split('-').next()?.parse::<u64>().ok();
    let last = names(&folder(places), places)?.iter().filter_map(number).max().unwrap_or(0);
    let stamp = stamp.to_owned();
    Ok((last + 1..).map(move |number| format!("{number:06}-{stamp}")))
}

/// Removes what a kill left in the state folder: temporary files, and copies without a record.
pub(crate) fn tidy(places: &Places, volume: &dyn Volume) -> Result<(), FileError> {
    if FileTree::of(places).is_folder(&folder(places)) {
        // What cannot be removed holds nothing that is not elsewhere too.
        let _ = Folder::ours(volume, &folder(places), FileTree::of(places))?.sweep(TAG);
    }
    let records = names(&folder(places), places)?;
    for id in names(&backups(places), places)? {
        if !records.iter().any(|record| Path::new(record) == Path::new(&id).with_extension("json")) {
            let _ = drop_folder(&backups(places).join(&id), places, volume);
        }
    }
    Ok(())
}

fn names(folder: &Path, places: &Places) -> Result<Vec<OsString>, FileError> {
    Ok(FileTree::of(places).names(folder).map_err(FileError::read(folder))?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{super::record::SCHEMA, *};

    fn record(id: &str, kind: WriteKind, of: &[&str]) -> WriteRecord {
        WriteRecord {
            schema: SCHEMA,
            id: id.into(),
            kind,
            state: WriteState::Done,
            profile: "default".into(),
            when: String::new(),
            of: of.iter().map(|id| (*id).to_owned()).collect(),
            part_of: None,
            covers: Vec::new(),
            folders: Vec::new(),
            files: Vec::new(),
            runs: Vec::new(),
            entries: Vec::new(),
            kept: None,
            sum: None,
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
        records.push(WriteRecord { part_of: Some("7".into()), ..record("6", WriteKind::Apply, &[]) });
        records.push(WriteRecord { state: WriteState::Begun, ..record("7", WriteKind::UndoAll, &[]) });
        assert_eq!(ids(&records), ["2", "1"], "a part of what is not done does not count");
        records[6].state = WriteState::Done;
        assert_eq!(ids(&records), ["7", "6", "2", "1"]);
        assert_eq!(parts("7", &records).map(|part| part.id.as_str()).collect::<Vec<_>>(), ["6"]);
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
