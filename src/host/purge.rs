//! `purge`: no copy of what a removed profile had is left.

use zeroize::Zeroizing;

use super::{
    apply::{error::ApplyError, recover},
    checks,
    files::{error::shown, found, own, tree::FileTree},
    journal::{archive, record::WriteRecord, session::WriteOptions},
    profiles,
};
use crate::{
    mail::{Secret, reply::escape},
    phrase,
    plan::Places,
    presets::Phrase,
};

/// What was purged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Purged {
    /// The profiles.
    pub profiles: Vec<String>,
    /// What is left, and where.
    pub notes: Vec<Phrase>,
}

/// Removes all that was kept to bring removed profiles back: records, copies, what stores have set aside, and the profiles' own files.
/// They cannot be undone afterwards. `only` names one of them; `known` is a password that is searched for in what other profiles keep.
///
/// # Errors
/// Another run is at work, or something cannot be removed.
pub fn purge(
    only: Option<&str>,
    known: Option<&Secret>,
    places: &Places,
    options: &WriteOptions<'_>,
) -> Result<Purged, ApplyError> {
    let session = recover::open(places, options)?;
    let records = archive::all(places)?;
    let mut names: Vec<String> = records.iter().map(|record| record.profile.clone()).collect();
    names.extend(profiles::names(places)?);
    names.sort();
    names.dedup();
    names.retain(|name| only.is_none_or(|only| only == name) && profiles::is_removed(name, places));
    let mut purged = Purged { notes: session.notes.clone(), ..Purged::default() };
    for name in names {
        for record in records.iter().filter(|record| record.profile == name) {
            if let Some(entry) = record.drop_asides(places) {
                // Without its record nobody would know of it.
                purged.notes.push(phrase!("host-aside-left", entry = escape(&entry)));
                continue;
            }
            record.discard(places, options.volume)?;
        }
        let own = [
            places.authority(&name),
            places.secret(&name),
            places.bound(&name),
            places.credential(&name),
            places.credential_bound(&name),
        ];
        for path in own.into_iter().chain([places.profile(&name)]) {
            own::remove_file(&path, FileTree::of(places))?;
        }
        checks::forget(&name, places)?;
        purged.profiles.push(name);
    }
    if let Some(known) = known {
        purged.notes.extend(copies_of(known, places)?);
    }
    Ok(purged)
}

/// The copies that other profiles keep of files in which the password stood.
fn copies_of(known: &Secret, places: &Places) -> Result<Vec<Phrase>, ApplyError> {
    let records = archive::all(places)?;
    let copies = |record: &WriteRecord| {
        let folder = record.copies(places);
        let names = FileTree::of(places).names(&folder).ok().flatten().unwrap_or_default();
        names.into_iter().map(move |name| folder.join(name)).collect::<Vec<_>>()
    };
    let holds = |path: &std::path::PathBuf| {
        let found = found::look_in(FileTree::of(places), path).ok().flatten();
        let bytes = Zeroizing::new(found.map(found::FoundFile::into_bytes).unwrap_or_default());
        let word = known.expose().as_bytes();
        !word.is_empty() && bytes.windows(word.len()).any(|bytes| bytes == word)
    };
    let held = records.iter().flat_map(|record| copies(record).into_iter().map(move |path| (record, path)));
    let named = held.filter(|(_, path)| holds(path));
    Ok(named
        .map(|(record, path)| phrase!("host-copy-left", path = shown(&path), profile = escape(&record.profile)))
        .collect())
}
