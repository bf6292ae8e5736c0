//! The vault: one encrypted file a scope, `vault` in the configuration folder.
//!
//! A random data key encrypts the secrets of all profiles; a lock encrypts the data key. Every change of the lock makes a new
//! data key: what an older copy of the file gives away opens nothing that was written later. The file is replaced whole.

use std::{io, os::unix::fs::MetadataExt, path::PathBuf};

use super::SecretError;
use crate::{
    host::{
        apply::{ApplyError, Options, Session, write_file},
        disk::look,
    },
    mail::{KeySlot, Keys, Secret},
    plan::Places,
};

mod crypt;
mod fault;
mod format;
mod locks;
mod records;

use crypt::Key;
pub use fault::VaultFault;
use format::{Bolt, Sealed};
use records::Secrets;

/// What the encrypted secrets are bound to.
const ABOUT: &[u8] = b"mailsetup vault 1 data";

/// A vault as far as it can be seen without opening it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// Its file.
    pub path: PathBuf,
    /// What it is locked with.
    pub lock: KeySlot,
    /// The key file that it names.
    pub key_file: Option<PathBuf>,
}

/// An open vault.
struct Vault<'a> {
    places: &'a Places,
    lock: KeySlot,
    key_file: Option<PathBuf>,
    /// The lock and the data key as it encrypts it.
    outer: (Bolt, Vec<u8>),
    data: Key,
    secrets: Secrets,
}

impl<'a> Vault<'a> {
    /// A new one; nothing is written yet.
    fn new(lock: KeySlot, keys: &Keys, secrets: Secrets, places: &'a Places) -> Result<Self, SecretError> {
        let data = Key::random().map_err(SecretError::Vault)?;
        let outer = locks::lock(lock, &data, keys, places)?;
        Ok(Self { places, lock, key_file: key_file_of(&outer.0), outer, data, secrets })
    }

    fn open(places: &'a Places) -> Result<Self, SecretError> {
        let path = places.vault();
        let sealed = sealed(places)?.ok_or_else(|| SecretError::Vault(VaultFault::Missing(path.clone())))?;
        let data = locks::unlock(&sealed, places, &path).map_err(SecretError::Vault)?;
        let damaged = || SecretError::Vault(VaultFault::Damaged(path.clone()));
        let plain = data.open(&sealed.data, ABOUT).ok_or_else(damaged)?;
        let secrets = records::read(&plain).ok_or_else(damaged)?;
        let (lock, key_file) = (lock_of(&sealed.lock), key_file_of(&sealed.lock));
        Ok(Self { places, lock, key_file, outer: (sealed.lock, sealed.key), data, secrets })
    }

    fn save(&self) -> Result<(), SecretError> {
        let plain = records::write(&self.secrets).ok_or(SecretError::Vault(VaultFault::Full))?;
        let data = self.data.seal(plain, ABOUT).map_err(SecretError::Vault)?;
        let (lock, key) = self.outer.clone();
        let text = format::write(&Sealed { lock, key, data }).map_err(SecretError::Vault)?;
        write_file(&self.places.vault(), text.as_bytes()).map_err(written)
    }
}

fn written(error: ApplyError) -> SecretError {
    SecretError::Write(Box::new(error))
}

/// The vault of these places, closed; `None` when there is none.
///
/// # Errors
/// It cannot be read, or is damaged.
pub fn look_at(places: &Places) -> Result<Option<Closed>, SecretError> {
    let closed =
        |sealed: Sealed| Closed { path: places.vault(), lock: lock_of(&sealed.lock), key_file: key_file_of(&sealed.lock) };
    Ok(sealed(places)?.map(closed))
}

/// The names of the profiles whose secrets it holds.
///
/// # Errors
/// It does not open.
pub fn names(places: &Places) -> Result<Vec<String>, SecretError> {
    Ok(Vault::open(places)?.secrets.into_keys().collect())
}

/// All that it holds, by profile.
///
/// # Errors
/// It does not open.
pub fn export(places: &Places) -> Result<Vec<(String, Secret)>, SecretError> {
    Ok(Vault::open(places)?.secrets.into_iter().collect())
}

/// Encrypts all of it with a new data key, under the lock that it has.
///
/// # Errors
/// It does not open, or cannot be written: then it is as it was.
pub fn rotate(places: &Places) -> Result<KeySlot, ApplyError> {
    let options = Options::default();
    let session = Session::open(places, &options)?;
    let vault = Vault::open(session.places)?;
    let keys = Keys { key_file: places.keys.key_file.clone().or(vault.key_file), ..places.keys.clone() };
    let fresh = Vault::new(vault.lock, &keys, vault.secrets, places)?;
    fresh.save()?;
    Ok(fresh.lock)
}

/// Locks it with something else, `new`, and encrypts all of it with a new data key. Without a vault an empty one is made.
///
/// # Errors
/// It does not open, or cannot be written: then it is as it was.
pub fn lock_with(lock: KeySlot, new: &Keys, places: &Places) -> Result<(), ApplyError> {
    let options = Options::default();
    let session = Session::open(places, &options)?;
    let secrets = if look_at(session.places)?.is_some() { Vault::open(places)?.secrets } else { Secrets::new() };
    Ok(Vault::new(lock, new, secrets, places)?.save()?)
}

/// The secret of a profile; `None` when the vault does not have it.
pub(super) fn get(profile: &str, places: &Places) -> Result<Option<Secret>, SecretError> {
    Ok(Vault::open(places)?.secrets.remove(profile))
}

/// Puts the secret of a profile into the vault; where there is none, it is made.
pub(super) fn set(profile: &str, secret: &Secret, places: &Places) -> Result<(), SecretError> {
    let mut vault = match look_at(places)? {
        Some(_) => Vault::open(places)?,
        None => Vault::new(places.keys.lock, &places.keys, Secrets::new(), places)?,
    };
    vault.secrets.insert(profile.to_owned(), secret.clone());
    vault.save()
}

/// Takes the secret of a profile out. An empty vault keeps its lock: the next secret goes behind it too.
pub(super) fn delete(profile: &str, places: &Places) -> Result<(), SecretError> {
    if look_at(places)?.is_none() {
        return Ok(());
    }
    let mut vault = Vault::open(places)?;
    if vault.secrets.remove(profile).is_some() { vault.save() } else { Ok(()) }
}

/// The file as it is, read but not opened.
fn sealed(places: &Places) -> Result<Option<Sealed>, SecretError> {
    let path = places.vault();
    let fault = |error| SecretError::Vault(VaultFault::Read(path.clone(), error));
    let mode = match path.metadata() {
        Ok(meta) => meta.mode() & 0o777,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fault(error)),
    };
    if mode & 0o007 != 0 {
        return Err(SecretError::Vault(VaultFault::Open(path, mode)));
    }
    let Some(found) = look(&path).map_err(fault)? else { return Ok(None) };
    if found.bytes.len() > format::LIMIT {
        return Err(SecretError::Vault(VaultFault::Damaged(path)));
    }
    format::read(&found.bytes, &path).map(Some).map_err(SecretError::Vault)
}

const fn lock_of(bolt: &Bolt) -> KeySlot {
    match bolt {
        Bolt::Machine { .. } => KeySlot::Machine,
        Bolt::Systemd => KeySlot::Systemd,
        Bolt::KeyFile { .. } => KeySlot::KeyFile,
        Bolt::Passphrase { .. } => KeySlot::Passphrase,
    }
}

fn key_file_of(bolt: &Bolt) -> Option<PathBuf> {
    match bolt {
        Bolt::KeyFile { path, .. } => Some(path.clone()),
        _ => None,
    }
}
