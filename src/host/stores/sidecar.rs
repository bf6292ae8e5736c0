//! `NAME.for` beside the profile, for the system's credentials `NAME.cred-for`: whom a secret was given for, where its own file is the secret and nothing else, because
//! programs and units read it.

use std::path::Path;

use super::{error::StoreError, port::StoreEntry};
use crate::{
    host::files::{error::FileError, found::FoundFile, own, owned, tree::FileTree},
    mail::{SecretBinding, kept_binding},
    plan::Places,
};

/// How often both files are read when another run changes them meanwhile.
const MOST: u32 = 100;

/// What `find` finds in the secret's file, and whom it was given for; `None` where nobody said.
///
/// # Errors
/// A file cannot be read.
pub(super) fn read(
    path: &Path,
    entry: &StoreEntry<'_>,
    find: impl Fn() -> Result<FoundFile, StoreError>,
) -> Result<(FoundFile, Option<SecretBinding>), StoreError> {
    let mut text = look(path, entry.places)?;
    let mut found = find()?;
    for _ in 0..MOST {
        let then = look(path, entry.places)?;
        if then == text {
            break;
        }
        (text, found) = (then, find()?);
    }
    let bound = bound(text.as_deref().map(Vec::as_slice), &found.bytes);
    Ok((found, bound))
}

fn bound(text: Option<&[u8]>, kept: &[u8]) -> Option<SecretBinding> {
    text.and_then(|text| kept_binding::of(&String::from_utf8_lossy(text), kept))
}

/// Gives the secret's file its bytes, and whom they are for. Until it has them, the older secret is its own receiver's.
pub(super) fn replace(
    (path, file): (&Path, &Path),
    entry: &StoreEntry<'_>,
    bytes: &[u8],
    bound: Option<&SecretBinding>,
) -> Result<(), StoreError> {
    let places = entry.places;
    let put = |text: String| -> Result<(), StoreError> {
        if look(path, places)?.is_some_and(|there| there.as_slice() == text.as_bytes()) {
            return Ok(());
        }
        Ok(own::write_file(path, text.as_bytes(), FileTree::of(places))?)
    };
    let alone = || bound.map(|bound| format!("{}\n", bound.to_text()));
    match look(file, places)? {
        Some(former) => {
            let was = self::bound(look(path, places)?.as_deref().map(Vec::as_slice), &former);
            if was.as_ref() != bound {
                put(kept_binding::between((bound, bytes), (was.as_ref(), &former)))?;
            }
        }
        None => alone().map(put).transpose().map(drop)?,
    }
    own::write_file(file, bytes, FileTree::of(places))?;
    match alone() {
        Some(text) => put(text),
        None => forget(path, entry),
    }
}

/// Removes it.
pub(super) fn forget(path: &Path, entry: &StoreEntry<'_>) -> Result<(), StoreError> {
    Ok(own::remove_file(path, FileTree::of(entry.places))?)
}

fn look(path: &Path, places: &Places) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, FileError> {
    let found = owned::look_at_ours(path, FileTree::of(places))?;
    Ok(found.map(|found| zeroize::Zeroizing::new(found.into_bytes())))
}
