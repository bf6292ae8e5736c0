//! Old records go: they hold copies of files, and with them passwords that are no longer used.
//!
//! The last few writes of a profile can be undone one by one. An older one is joined with the one after it, so that undoing
//! everything still restores what was there before the first one.

use crate::{
    host::{
        files::{error::FileError, stamp::Stamp, volume::Volume},
        journal::{
            archive,
            error::JournalError,
            file_undo::{FileState, FileUndo},
            record::{FileRecord, RunRecord, WriteKind, WriteRecord, WriteState},
        },
    },
    plan::Places,
};

/// How many writes of a profile can be undone one by one.
const KEPT: usize = 5;

/// Joins or drops the records of a profile beyond the last few. What fails is done after the next write.
pub(crate) fn prune(profile: &str, places: &Places, volume: &dyn Volume) {
    while step(profile, places, volume).unwrap_or(false) {}
}

/// One step; returns whether there may be another one.
fn step(profile: &str, places: &Places, volume: &dyn Volume) -> Result<bool, JournalError> {
    // Too few to have one beyond the last few: none has to be read.
    if archive::count(places)? <= KEPT {
        return Ok(false);
    }
    let records = archive::all(places)?;
    let is_ours = |record: &&WriteRecord| record.profile == profile;
    let standing: Vec<&WriteRecord> = archive::standing(&records).into_iter().filter(is_ours).collect();
    if let [.., newer, older] = standing.as_slice()
        && standing.len() > KEPT
    {
        match (newer.kind, older.kind) {
            (_, WriteKind::UndoAll) => forget(older, &records, places, volume)?,
            (WriteKind::Apply, WriteKind::Apply) => join(newer, older, places, volume)?,
            _ => return Ok(false),
        }
        return Ok(true);
    }
    // What was undone, or rolled back around a person's edits: a person may want its copies for a while.
    let has_ended = |record: &&WriteRecord| record.kind == WriteKind::Undo || record.state == WriteState::RolledBack;
    match records.iter().rev().filter(is_ours).filter(has_ended).nth(KEPT) {
        Some(oldest) => forget(oldest, &records, places, volume).map(|()| true).map_err(JournalError::from),
        None => Ok(false),
    }
}

/// Drops a record, and first those that it undid: without it they would stand again.
pub(crate) fn forget(
    record: &WriteRecord,
    records: &[WriteRecord],
    places: &Places,
    volume: &dyn Volume,
) -> Result<(), FileError> {
    for undone in records.iter().filter(|undone| record.of.contains(&undone.id)) {
        forget(undone, records, places, volume)?;
    }
    if record.drop_asides(places).is_some() {
        // Its store does not answer: without the record nobody would know of it.
        return Err(FileError::Write(places.state.clone(), std::io::ErrorKind::Other.into()));
    }
    record.discard(places, volume)
}

/// Makes one write of two: undoing it restores what was there before the older one.
fn join(newer: &WriteRecord, older: &WriteRecord, places: &Places, volume: &dyn Volume) -> Result<(), JournalError> {
    let joining = Joining { newer, older, places, volume };
    let mut joined = newer.clone();
    joined.covers.push(older.id.clone());
    for (index, entry) in older.files.iter().enumerate() {
        let name = |end: &str| format!("{}-{index}.{end}", older.id);
        match joined.files.iter_mut().find(|other| other.path == entry.path) {
            // Its copies are gone and stay gone: undoing both says so.
            Some(other) if older.is_forgotten(places, entry) => {
                other.before = renamed(entry.before.as_ref(), name("before"));
            }
            None if older.is_forgotten(places, entry) => joined.files.push(FileRecord {
                before: renamed(entry.before.as_ref(), name("before")),
                after: renamed(entry.after.as_ref(), name("after")),
                ..entry.clone()
            }),
            Some(other) => other.before = joining.under(other, entry, name("before"))?,
            None => joined.files.push(FileRecord {
                before: joining.copied(entry.before.as_ref(), name("before"))?,
                after: joining.copied(entry.after.as_ref(), name("after"))?,
                ..entry.clone()
            }),
        }
    }
    for (index, run) in older.runs.iter().enumerate() {
        let before = joining.copied(run.before.as_ref(), format!("{}-run-{index}.before", older.id))?;
        match joined.runs.iter_mut().find(|other| other.command == run.command) {
            Some(other) => other.before = before,
            None => joined.runs.push(RunRecord { before, ..run.clone() }),
        }
    }
    joined.folders = older.folders.iter().chain(&newer.folders).cloned().collect();
    joined.folders.dedup();
    let mut dropped = WriteRecord { entries: Vec::new(), kept: None, ..newer.clone() };
    joined.entries = newer.entries().cloned().collect();
    joined.kept = None;
    for entry in older.entries() {
        match joined.entries.iter_mut().find(|other| other.place == entry.place) {
            Some(other) => dropped.entries.push(std::mem::replace(other, entry.clone())),
            None => joined.entries.push(entry.clone()),
        }
    }
    // From here on a kill leaves an older record, which the next run drops.
    joined.save(places, volume)?;
    older.discard(places, volume)?;
    dropped.drop_asides(places);
    Ok(joined.drop_unused(places, volume)?)
}

/// What a copy is called in another record's folder.
fn renamed(stamp: Option<&Stamp>, name: String) -> Option<Stamp> {
    stamp.map(|stamp| Stamp { copy: name, ..stamp.clone() })
}

/// Two writes that become one.
struct Joining<'a> {
    newer: &'a WriteRecord,
    older: &'a WriteRecord,
    places: &'a Places,
    volume: &'a dyn Volume,
}

impl Joining<'_> {
    /// What a file was before both: the older write is undone below the newer one. Where a person edited the same lines in
    /// between, undoing goes back to what the newer one found.
    fn under(&self, newer: &FileRecord, older: &FileRecord, name: String) -> Result<Option<Stamp>, JournalError> {
        let now = FileState::of(self.newer, newer.before.as_ref(), self.places)?;
        let wrote = FileState::of(self.older, older.after.as_ref(), self.places)?;
        let before = FileState::of(self.older, older.before.as_ref(), self.places)?;
        let file = FileUndo::from_state(&newer.owner, &newer.path, now);
        match file.undo(wrote.as_ref(), before.as_ref()) {
            Some(file) => file.becomes().map(|state| self.keep(state.bytes(), state.stamp(name))).transpose(),
            None => Ok(newer.before.clone()),
        }
    }

    /// Copies a copy of the older write.
    fn copied(&self, stamp: Option<&Stamp>, name: String) -> Result<Option<Stamp>, JournalError> {
        let Some(stamp) = stamp else { return Ok(None) };
        let bytes = self.older.content(self.places, stamp)?;
        self.keep(&bytes, Stamp { copy: name, ..stamp.clone() }).map(Some)
    }

    fn keep(&self, bytes: &[u8], stamp: Stamp) -> Result<Stamp, JournalError> {
        self.newer.keep_copy(self.places, self.volume, &stamp.copy, bytes)?;
        Ok(stamp)
    }
}
