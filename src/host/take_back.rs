//! `remove PROFILE`: all that is still written for it is taken back, and the profile disabled.

use std::path::{Path, PathBuf};

use super::{
    Applied, ApplyError, Options,
    apply::{
        Job, Session,
        journal::{self, Journal, Kind, Stamp},
    },
    profiles, prune, secrets,
    undo::{
        Back,
        reverse::{Reversal, Side},
    },
};
use crate::{
    mail::{ProfileSecret, reply::escape},
    phrase,
    plan::Places,
};

/// Takes back every write that still stands for a profile, sets `enabled = false` in it and takes its secret out of its
/// store. The profile's file stays. `undo` takes this back too, but for a secret in
/// a store of entries.
///
/// # Errors
/// There is no such profile, a newer mailsetup wrote it, or a file was edited since in the lines that were written: then nothing is touched.
pub fn take_back(name: &str, places: &Places, options: &Options<'_>) -> Result<Applied, ApplyError> {
    let (path, source) = profiles::read(name, places)?;
    let disabled = profiles::disabled(&path, &source)?;
    let session = Session::open(places, options)?;
    let journals = journal::all(places)?;
    let is_ours = |journal: &&Journal| journal.profile == name && journal.kind == Kind::Apply;
    let writes: Vec<&Journal> = journal::standing(&journals).into_iter().filter(is_ours).collect();

    let mut back = Back::default();
    for path in paths(&writes) {
        let (reversal, backup) = fold(path, &writes, places)?;
        // A file that we made goes when nothing is left in it, also when another profile made it.
        let is_made = || journals.iter().flat_map(|journal| &journal.files).any(|it| it.path == path && it.before.is_none());
        let reversal = if reversal.is_emptied() && is_made() { reversal.into_nothing() } else { reversal };
        back.add(reversal, backup.as_deref());
    }
    let secret = places.secret(name);
    back.add(Reversal::new("secret", &secret, places)?.into_nothing(), None);
    back.add(Reversal::new("profile", &path, places)?.into_content(disabled.into_bytes()), None);
    back.runs(&writes, places)?;
    if back.steps.is_empty() && back.runs.is_empty() {
        return Ok(Applied { notes: session.notes, ..Applied::default() });
    }
    let job = Job {
        kind: Kind::Remove,
        of: writes.iter().map(|journal| journal.id.clone()).collect(),
        profile: name.to_owned(),
        steps: back.steps,
        runs: back.runs,
        entry: None,
    };
    let mut applied = session.execute(job)?;
    prune::prune(name, places, options);
    applied.notes.extend(back.notes);
    // A damaged profile is disabled as well; what is wrong with it is said.
    applied.notes.extend(profiles::parse(&path, &source).err().map(|error| error.phrase()));
    let place = ProfileSecret::parse(&source).ok().and_then(|profile| profile.secret);
    if let Some(place) = place.filter(|place| places.root.is_none() && place.has_entries()) {
        let (store, entry) = (place.store(), escape(&secrets::entry_name(name, &place)));
        applied.notes.push(match secrets::forget(name, &place, places) {
            Ok(()) => phrase!("host-entry-forgotten", store = store, entry = entry),
            Err(_) => phrase!("host-entry-left", store = store, entry = entry),
        });
    }
    Ok(applied)
}

/// Every file of the targets, once, those written last first.
fn paths<'a>(writes: &[&'a Journal]) -> Vec<&'a Path> {
    let mut paths: Vec<&Path> = Vec::new();
    for entry in writes.iter().flat_map(|journal| journal.files.iter().rev()) {
        let is_own = matches!(entry.owner.as_str(), "profile" | "secret");
        if !is_own && !paths.contains(&entry.path.as_path()) {
            paths.push(&entry.path);
        }
    }
    paths
}

/// Takes back every write to one file, newest first. Writes that follow on each other are taken back as one.
fn fold(path: &Path, writes: &[&Journal], places: &Places) -> Result<(Reversal, Option<PathBuf>), ApplyError> {
    let entries: Vec<_> = writes
        .iter()
        .flat_map(|journal| {
            journal.files.iter().rev().filter(|entry| entry.path == path).map(move |entry| (*journal, entry))
        })
        .collect();
    let owner = entries.first().map_or("", |(_, entry)| entry.owner.as_str());
    let mut reversal = Reversal::new(owner, path, places)?;
    let mut backup = None;
    let hash = |stamp: &Option<Stamp>| stamp.as_ref().map(|stamp| stamp.sha256.clone());
    for chain in entries.chunk_by(|(_, newer), (_, older)| hash(&newer.before) == hash(&older.after)) {
        let (Some((newest, last)), Some((oldest, first))) = (chain.first(), chain.last()) else { continue };
        let wrote = Side::of(newest, last.after.as_ref(), places)?;
        let before = Side::of(oldest, first.before.as_ref(), places)?;
        backup = first.before.as_ref().map(|stamp| oldest.copy(places, stamp));
        let conflict = || ApplyError::Conflict(path.to_owned(), backup.clone());
        reversal = reversal.take_back(wrote.as_ref(), before.as_ref()).ok_or_else(conflict)?;
    }
    Ok((reversal, backup))
}
