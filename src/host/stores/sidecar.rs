//! `NAME.for` beside the profile: whom a secret was given for, where its own file is the secret and nothing else, because
//! programs and units read it.

use super::{error::StoreError, port::StoreEntry};
use crate::{
    host::files::{error::FileError, found, own, tree::FileTree},
    mail::SecretBinding,
};

/// Whom the secret was given for; `None` where nobody said.
///
/// # Errors
/// The file cannot be read.
pub(super) fn read(entry: &StoreEntry<'_>) -> Result<Option<SecretBinding>, StoreError> {
    let path = entry.places.bound(&entry.key.name());
    let found = found::look_in(FileTree::of(entry.places), &path).map_err(FileError::read(&path))?;
    // What cannot be understood is for nobody.
    Ok(found.map(|found| str::from_utf8(&found.bytes).ok().and_then(SecretBinding::of_text).unwrap_or_default()))
}

/// Writes the secret by `write`, and whom it is for. Between a former secret and another's it belongs to nobody.
pub(super) fn around(
    entry: &StoreEntry<'_>,
    bound: Option<&SecretBinding>,
    write: impl FnOnce() -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let path = entry.places.bound(&entry.key.name());
    let put = |bound: &SecretBinding| {
        own::write_file(&path, format!("{}\n", bound.to_text()).as_bytes(), FileTree::of(entry.places))
    };
    let is_same = read(entry)?.as_ref() == bound;
    if !is_same {
        put(&SecretBinding::default())?;
    }
    write()?;
    match bound {
        _ if is_same => Ok(()),
        Some(bound) => Ok(put(bound)?),
        None => forget(entry),
    }
}

/// Removes it.
pub(super) fn forget(entry: &StoreEntry<'_>) -> Result<(), StoreError> {
    Ok(own::remove_file(&entry.places.bound(&entry.key.name()), FileTree::of(entry.places))?)
}
