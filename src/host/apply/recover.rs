//! What every run does first: it takes the lock and rolls back what an earlier run left half done.

use std::io::ErrorKind;

use super::{entry, error::ApplyError, outcome::AppliedFile, rollback::roll_back};
use crate::{
    host::{
        files::{
            error::{FileError, shown},
            own,
            tree::FileTree,
        },
        journal::{
            archive,
            error::JournalError,
            record::{EntryRecord, WriteRecord, WriteState},
            session::{self, WriteOptions, WriteSession},
        },
        stores,
    },
    mail::reply::escape,
    phrase,
    plan::Places,
    presets::Phrase,
};

/// Rolls back what a killed run has left half done, and says what. Usually there is nothing to do.
///
/// # Errors
/// Another run is at work, or something could not be rolled back.
pub fn recover(places: &Places, options: &WriteOptions<'_>) -> Result<Vec<Phrase>, ApplyError> {
    if !["journal", "backups"].iter().any(|folder| FileTree::of(places).is_folder(&places.state.join(folder))) {
        return Ok(Vec::new());
    }
    open(places, options).map(|session| session.notes)
}

/// A run that was cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutOff {
    /// When it began, RFC 3339, UTC.
    pub when: String,
    /// The files that it may have written, as they are shown.
    pub files: String,
}

/// Runs that were cut off, newest first: what they wrote is half done until a write rolls it back. Nothing is written, and
/// no lock is waited for; what a run has begun that is still at work is not cut off.
///
/// # Errors
/// A record of an earlier write is damaged, or was planted.
pub fn cut_off(places: &Places) -> Result<Vec<CutOff>, ApplyError> {
    let begun = begun(places)?;
    if begun.is_empty() || session::is_at_work(places) {
        return Ok(Vec::new());
    }
    let of = |record: WriteRecord| {
        let files: Vec<String> = record.files.iter().map(|file| shown(&file.target)).collect();
        CutOff { when: escape(&record.when), files: files.join(", ") }
    };
    Ok(begun.into_iter().map(of).collect())
}

/// Whether a write has begun and not ended: it was cut off, or is at work.
///
/// # Errors
/// As of [`cut_off`].
pub fn is_half_done(places: &Places) -> Result<bool, ApplyError> {
    Ok(!begun(places)?.is_empty())
}

/// Records of writes that have begun and not ended, newest first. Who may not read the journal could not roll back either.
fn begun(places: &Places) -> Result<Vec<WriteRecord>, ApplyError> {
    let records = match archive::all(places) {
        Err(JournalError::File(FileError::Read(_, error))) if error.kind() == ErrorKind::PermissionDenied => Vec::new(),
        other => other?,
    };
    Ok(records.into_iter().rev().filter(|record| record.state == WriteState::Begun).collect())
}

/// A write that was rolled back.
#[derive(Debug)]
pub(crate) struct PutBack {
    pub(crate) profile: String,
    pub(crate) when: String,
    pub(crate) files: Vec<AppliedFile>,
}

/// Takes the right to write, for as long as what is returned is held, and rolls back what an earlier run left half done.
///
/// # Errors
/// Another run is at work for longer than the options allow, or something could not be rolled back.
pub fn begin<'a>(places: &'a Places, options: &'a WriteOptions<'a>) -> Result<WriteSession<'a>, ApplyError> {
    open(places, options)
}

/// Takes the lock, and rolls back what an earlier run left half done.
pub(crate) fn open<'a>(places: &'a Places, options: &'a WriteOptions<'a>) -> Result<WriteSession<'a>, ApplyError> {
    open_after(places, options).map(|(session, _)| session)
}

/// The same, with what was rolled back.
pub(crate) fn open_after<'a>(
    places: &'a Places,
    options: &'a WriteOptions<'a>,
) -> Result<(WriteSession<'a>, Vec<PutBack>), ApplyError> {
    let mut put_back = Vec::new();
    let mut session = WriteSession::lock(places, options)?;
    let volume = options.volume;
    let mut records = archive::all(places)?;
    while let Some(index) = records.iter().rposition(|record| record.state == WriteState::Begun) {
        let record = records.remove(index);
        let left = roll_back(&record, places, volume)?;
        session.notes.push(phrase!("host-recovered", when = escape(&record.when)));
        session.notes.extend(left.files.into_iter().map(|file| match file.backup {
            Some(backup) => phrase!("host-recovered-not", path = shown(&file.path), backup = shown(&backup)),
            None => phrase!("host-recovered-left", path = shown(&file.path)),
        }));
        session.notes.extend(left.entry.map(|entry| phrase!("host-recovered-entry", entry = escape(&entry))));
        put_back.push(PutBack { profile: record.profile, when: record.when, files: left.restored });
    }
    for record in records.iter_mut().filter(|record| record.state == WriteState::RolledBack && !record.entries.is_empty()) {
        record.entries = entry::put_back(record, record.entries.iter(), places);
        match record.entries.first() {
            Some(left) => session.notes.push(left_entry(&record.profile, left)),
            None => record.save(places, volume)?,
        }
    }
    if let Some(last) = records.last() {
        // A kill after its end may have left its spares.
        let _ = last.sweep(places, volume);
    }
    for covered in records.iter().filter(|older| records.iter().any(|newer| newer.covers.contains(&older.id))) {
        covered.discard(places, volume)?;
    }
    for joined in records.iter().filter(|record| !record.covers.is_empty()) {
        joined.drop_unused(places, volume)?;
    }
    for folder in [&places.state, &places.config.join("profiles")] {
        own::sweep(volume, folder, FileTree::of(places));
    }
    archive::tidy(places, volume)?;
    Ok((session, put_back))
}

/// An entry that its store did not give back yet.
fn left_entry(profile: &str, entry: &EntryRecord) -> Phrase {
    phrase!("host-recovered-entry", entry = escape(&stores::entry_name(profile, &entry.place)))
}
