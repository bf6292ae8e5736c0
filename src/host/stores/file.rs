//! A file beside the profile, `NAME.secret`, 0600. A plan writes it like any other file; this is for what reads it.

use std::{io, path::Path};

use super::{
    error::StoreError,
    port::{AtRest, Store, StoreEntry},
    sidecar,
};
use crate::{
    host::{
        files::{error::FileError, found::FoundFile, own, owned, tree::FileTree},
        input::{self, InputError},
    },
    mail::{BoundSecret, Secret},
    plan::Places,
    presets::Phrase,
};

/// The store `file`.
pub(super) struct FileStore;

impl Store for FileStore {
    fn at_rest(&self, _: &Places) -> AtRest {
        AtRest::Plain
    }

    fn barred(&self, _: Option<&str>, _: &Places) -> Option<Phrase> {
        None
    }

    fn keep(&self, entry: &StoreEntry<'_>, secret: &BoundSecret) -> Result<(), StoreError> {
        let path = entry.places.secret(&entry.key.name());
        sidecar::replace(
            (&entry.places.bound(&entry.key.name()), &path),
            entry,
            secret.expose().as_bytes(),
            secret.bound.as_ref(),
        )
    }

    fn read(&self, entry: &StoreEntry<'_>) -> Result<BoundSecret, StoreError> {
        let path = entry.places.secret(&entry.key.name());
        let (found, bound) =
            sidecar::read(&entry.places.bound(&entry.key.name()), entry, || Ok(find(&path, FileTree::of(entry.places))?))?;
        if found.mode & 0o007 != 0 {
            return Err(StoreError::Open(path, found.mode & 0o777));
        }
        Ok(BoundSecret { secret: exactly(&found.bytes)?, bound })
    }

    fn forget(&self, entry: &StoreEntry<'_>) -> Result<(), StoreError> {
        own::remove_file(&entry.places.secret(&entry.key.name()), FileTree::of(entry.places))?;
        sidecar::forget(&entry.places.bound(&entry.key.name()), entry)
    }
}

/// A file that has to be there.
pub(super) fn find(path: &Path, tree: FileTree<'_>) -> Result<FoundFile, FileError> {
    owned::look_at_ours(path, tree)?.ok_or_else(|| FileError::Read(path.to_owned(), io::ErrorKind::NotFound.into()))
}

/// The secret in these bytes, every one of them: mailsetup wrote them, and a line break may be part of the secret.
pub(super) fn exactly(bytes: &[u8]) -> Result<Secret, InputError> {
    if bytes.is_empty() {
        return Err(InputError::Empty);
    }
    if bytes.len() > input::LIMIT {
        return Err(InputError::Long);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| InputError::NotText)?;
    Ok(Secret::new(text.to_owned()))
}
