//! What every run does first: it takes the lock and rolls back what an earlier run left half done.

use super::{entry, error::ApplyError, rollback::roll_back};
use crate::{
    host::{
        files::{error::shown, own, tree::FileTree},
        journal::{
            archive,
            record::{EntryRecord, WriteState},
            session::{WriteOptions, WriteSession},
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

/// What the next write rolls back, in words: said before it is done. Nothing is written, and no lock is waited for.
///
/// # Errors
/// A record of an earlier write is damaged, or was planted.
pub fn cut_off(places: &Places) -> Result<Vec<Phrase>, ApplyError> {
    let records = archive::all(places)?;
    let cut_off = records.iter().rev().filter(|record| record.state == WriteState::Begun);
    Ok(cut_off
        .map(|record| {
            let files: Vec<String> = record.files.iter().map(|file| shown(&file.target)).collect();
            phrase!("host-cut-off", when = escape(&record.when), files = files.join(", "))
        })
        .collect())
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
    Ok(session)
}

/// An entry that its store did not give back yet.
fn left_entry(profile: &str, entry: &EntryRecord) -> Phrase {
    phrase!("host-recovered-entry", entry = escape(&stores::entry_name(profile, &entry.place)))
}
