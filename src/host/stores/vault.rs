//! The vault: one encrypted file a scope, `vault` in the configuration folder.
//!
//! A random data key encrypts the secrets of all profiles; a key slot encrypts the data key. Every change of the slot makes a
//! new data key: what an older copy of the file gives away opens nothing that was written later. The file is replaced whole.

use std::{collections::BTreeMap, path::PathBuf};

use super::{
    error::StoreError,
    port::{AtRest, Store, StoreEntry, is_aside},
    systemd::creds::systemd_available,
};
use crate::{
    host::{
        files::{found::look_in, own, tree::FileTree},
        stores::fault::StoreFault,
    },
    mail::{BoundSecret, KeySlot, Keys, Secret, SecretBinding},
    phrase,
    plan::Places,
    presets::Phrase,
};

mod crypt;
pub(crate) mod fault;
mod format;
mod records;
mod slots;

use crypt::DataKey;
use fault::VaultFault;
use format::{SealedSlot, SealedVault};
use records::Secrets;

/// What the encrypted secrets are bound to.
const ABOUT: &[u8] = b"mailsetup vault 1 data";

/// The store `vault`.
pub(super) struct VaultStore;

impl Store for VaultStore {
    fn at_rest(&self, places: &Places) -> AtRest {
        if places.keys.slot == KeySlot::Systemd { AtRest::Machine } else { AtRest::Encrypted }
    }

    fn barred(&self, run_as: Option<&str>, places: &Places) -> Option<Phrase> {
        if let Some(user) = run_as {
            return Some(phrase!("store-other-user", user = user));
        }
        match look_at(places) {
            Err(error) => Some(error.phrase()),
            Ok(Some(closed)) if closed.key_slot == KeySlot::Passphrase && places.keys.passphrase.is_none() => {
                Some(phrase!("store-vault-passphrase"))
            }
            Ok(_) => None,
        }
    }

    fn ready(&self, places: &Places) -> Result<(), StoreError> {
        if look_at(places)?.is_some() {
            return names(places).map(drop);
        }
        match places.keys.slot {
            KeySlot::KeyFile if places.keys.key_file.is_none() => Err(VaultFault::NoKeyFile.into()),
            KeySlot::Passphrase if places.keys.passphrase.is_none() => Err(VaultFault::NeedsPassphrase.into()),
            KeySlot::Machine | KeySlot::Systemd if places.root.is_some() => Err(VaultFault::Image.into()),
            KeySlot::Systemd | KeySlot::Machine if slots::is_unbooted() => Err(VaultFault::Unbooted.into()),
            KeySlot::Systemd => Ok(systemd_available()?),
            KeySlot::Machine | KeySlot::KeyFile | KeySlot::Passphrase => Ok(()),
        }
    }

    /// Where there is no vault, it is made.
    fn keep(&self, entry: &StoreEntry<'_>, secret: &BoundSecret) -> Result<(), StoreError> {
        let places = entry.places;
        let mut vault = match look_at(places)? {
            Some(_) => Vault::open(places)?,
            None => Vault::new(places.keys.slot, &places.keys, Secrets::new(), places)?,
        };
        vault.secrets.insert(entry.key.name().into_owned(), secret.clone());
        vault.save()
    }

    fn read(&self, entry: &StoreEntry<'_>) -> Result<BoundSecret, StoreError> {
        let secret = Vault::open(entry.places)?.secrets.remove(&*entry.key.name());
        secret.ok_or_else(|| StoreError::NoEntry(entry.name()))
    }

    /// An empty vault keeps its key slot for the next secret.
    fn forget(&self, entry: &StoreEntry<'_>) -> Result<(), StoreError> {
        if look_at(entry.places)?.is_none() {
            return Ok(());
        }
        let mut vault = Vault::open(entry.places)?;
        if vault.secrets.remove(&*entry.key.name()).is_some() { vault.save() } else { Ok(()) }
    }
}

/// A vault as far as it can be seen without opening it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedVault {
    /// Its file.
    pub path: PathBuf,
    /// The kind of its key slot.
    pub key_slot: KeySlot,
    /// The key file that it names.
    pub key_file: Option<PathBuf>,
}

/// An open vault.
struct Vault<'a> {
    places: &'a Places,
    slot: SealedSlot,
    /// The data key, encrypted by the slot's key.
    sealed_key: Vec<u8>,
    data: DataKey,
    secrets: Secrets,
}

impl<'a> Vault<'a> {
    /// A new one; nothing is written yet.
    fn new(slot: KeySlot, keys: &Keys, secrets: Secrets, places: &'a Places) -> Result<Self, StoreError> {
        let data = DataKey::random()?;
        let (slot, sealed_key) = slots::fill(slot, &data, keys, places)?;
        Ok(Self { places, slot, sealed_key, data, secrets })
    }

    fn open(places: &'a Places) -> Result<Self, StoreError> {
        let path = places.vault();
        let sealed = sealed(places)?.ok_or_else(|| VaultFault::Missing(path.clone()))?;
        let data = slots::open(&sealed, places, &path)?;
        let damaged = || VaultFault::Damaged(path.clone());
        let plain = data.open(&sealed.data, ABOUT).ok_or_else(damaged)?;
        let secrets = records::read(&plain).ok_or_else(damaged)?;
        Ok(Self { places, slot: sealed.slot, sealed_key: sealed.key, data, secrets })
    }

    fn save(&self) -> Result<(), StoreError> {
        let plain = records::write(&self.secrets).ok_or(VaultFault::Full)?;
        let data = self.data.seal(plain, ABOUT)?;
        let text = format::write(&SealedVault { slot: self.slot.clone(), key: self.sealed_key.clone(), data })?;
        Ok(own::write_file(&self.places.vault(), text.as_bytes(), FileTree::of(self.places))?)
    }
}

/// The vault of these places, closed; `None` when there is none.
///
/// # Errors
/// It cannot be read, or is damaged.
pub fn look_at(places: &Places) -> Result<Option<ClosedVault>, StoreError> {
    Ok(sealed(places)?.map(|sealed| ClosedVault {
        path: places.vault(),
        key_slot: kind_of(&sealed.slot),
        key_file: key_file_of(&sealed.slot).cloned(),
    }))
}

/// The names of the profiles whose secrets it holds, and whom each was given for.
///
/// # Errors
/// It does not open.
pub fn names(places: &Places) -> Result<Vec<(String, Option<SecretBinding>)>, StoreError> {
    let secrets = Vault::open(places)?.secrets.into_iter().filter(|(name, _)| !is_aside(name));
    Ok(secrets.map(|(name, secret)| (name, secret.bound)).collect())
}

/// All that it holds, by profile.
///
/// # Errors
/// It does not open.
pub fn export(places: &Places) -> Result<Vec<(String, Secret)>, StoreError> {
    let secrets = Vault::open(places)?.secrets.into_iter().filter(|(name, _)| !is_aside(name));
    Ok(secrets.map(|(name, secret)| (name, secret.secret)).collect())
}

/// Encrypts all of it with a new data key, in the kind of key slot that it has. The caller has the right to write.
///
/// # Errors
/// It does not open, or cannot be written: then it is as it was.
pub(in crate::host) fn rotate(places: &Places) -> Result<KeySlot, StoreError> {
    let vault = Vault::open(places)?;
    let key_file = places.keys.key_file.clone().or_else(|| key_file_of(&vault.slot).cloned());
    let (slot, keys) = (kind_of(&vault.slot), Keys { key_file, ..places.keys.clone() });
    Vault::new(slot, &keys, vault.secrets, places)?.save()?;
    Ok(slot)
}

/// Gives it another key slot, `new`, and encrypts all of it with a new data key. Without a vault an empty one is made. The
/// caller has the right to write.
///
/// # Errors
/// It does not open, or cannot be written: then it is as it was.
pub(in crate::host) fn change_slot(slot: KeySlot, new: &Keys, places: &Places) -> Result<(), StoreError> {
    let secrets = if look_at(places)?.is_some() { Vault::open(places)?.secrets } else { Secrets::new() };
    Vault::new(slot, new, secrets, places)?.save()
}

/// Why a new vault cannot have a key slot, by the slot's word.
pub(super) fn barred_slots(places: &Places) -> BTreeMap<&'static str, Phrase> {
    let barred = |slot: KeySlot| match slot {
        KeySlot::Machine | KeySlot::Systemd if places.root.is_some() => Some(phrase!("vault-image")),
        KeySlot::Machine | KeySlot::Systemd if slots::is_unbooted() => Some(phrase!("vault-unbooted")),
        KeySlot::Systemd => systemd_available().err().map(|fault| fault.phrase()),
        KeySlot::KeyFile if places.keys.key_file.is_none() => Some(phrase!("lock-key-file-flag")),
        KeySlot::Passphrase if places.keys.passphrase.is_none() => Some(phrase!("lock-passphrase-flag")),
        KeySlot::Machine | KeySlot::KeyFile | KeySlot::Passphrase => None,
    };
    KeySlot::ALL.into_iter().filter_map(|slot| Some((slot.as_str(), barred(slot)?))).collect()
}

/// The file as it is, read but not opened.
fn sealed(places: &Places) -> Result<Option<SealedVault>, VaultFault> {
    let path = places.vault();
    let fault = |error| VaultFault::Read(path.clone(), error);
    let Some(found) = look_in(FileTree::of(places), &path).map_err(fault)? else { return Ok(None) };
    if found.mode & 0o007 != 0 {
        return Err(VaultFault::Open(path, found.mode & 0o777));
    }
    if found.bytes.len() > format::LIMIT {
        return Err(VaultFault::Damaged(path));
    }
    format::read(&found.bytes, &path).map(Some)
}

const fn kind_of(slot: &SealedSlot) -> KeySlot {
    match slot {
        SealedSlot::Machine { .. } => KeySlot::Machine,
        SealedSlot::Systemd => KeySlot::Systemd,
        SealedSlot::KeyFile { .. } => KeySlot::KeyFile,
        SealedSlot::Passphrase { .. } => KeySlot::Passphrase,
    }
}

const fn key_file_of(slot: &SealedSlot) -> Option<&PathBuf> {
    match slot {
        SealedSlot::KeyFile { path, .. } => Some(path),
        _ => None,
    }
}
