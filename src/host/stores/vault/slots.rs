//! Key slots: the data key is encrypted by a machine's key, the system's credentials, a key file, or a passphrase.

use std::{
    io,
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::{
    crypt::{Costs, DataKey, salt},
    fault::VaultFault,
    format::{SealedSlot, SealedVault},
};
use crate::{
    host::{
        files::{
            found::{FoundFile, look},
            own,
            tree::FileTree,
        },
        stores::{error::StoreError, systemd::creds},
    },
    mail::{KeySlot, Keys},
    plan::Places,
};

/// The name that a data key is bound to in the system's credentials.
const CREDENTIAL: &str = "mailsetup-vault";

/// The least that a key file holds, in bytes.
const LEAST: usize = 32;

/// What encrypted data keys are bound to.
const ABOUT: &[u8] = b"mailsetup vault 1 key";

/// The data key of a vault, opened with what was given.
pub(super) fn open(sealed: &SealedVault, places: &Places, path: &Path) -> Result<DataKey, VaultFault> {
    let damaged = || VaultFault::Damaged(path.to_owned());
    let (outer, wrong) = match &sealed.slot {
        SealedSlot::Systemd => {
            if places.root.is_some() {
                return Err(VaultFault::Image);
            }
            creds::systemd_available()?;
            let plain = creds::decrypt(CREDENTIAL, &sealed.key).map_err(|_| VaultFault::WrongMachine)?;
            return DataKey::of(&plain).ok_or_else(damaged);
        }
        SealedSlot::Machine { salt } => (machine(places, salt)?, VaultFault::WrongMachine),
        // The file that a vault of an image names would be one of this machine's.
        SealedSlot::KeyFile { .. } if places.root.is_some() && places.keys.key_file.is_none() => {
            return Err(VaultFault::NoKeyFile);
        }
        SealedSlot::KeyFile { path, salt } => {
            let path = places.keys.key_file.as_ref().unwrap_or(path);
            (from_file(path, salt)?, VaultFault::WrongKey(path.clone()))
        }
        SealedSlot::Passphrase { memory_kib, rounds, lanes, salt } => {
            let costs = Costs { memory_kib: *memory_kib, rounds: *rounds, lanes: *lanes };
            let passphrase = places.keys.passphrase.as_ref().ok_or(VaultFault::NeedsPassphrase)?;
            let key = Some(costs).filter(|costs| costs.are_bearable());
            let key = key.and_then(|costs| DataKey::of_passphrase(passphrase.expose(), salt, costs));
            (key.ok_or_else(damaged)?, VaultFault::WrongPassphrase)
        }
    };
    let plain = outer.open(&sealed.key, ABOUT).ok_or(wrong)?;
    DataKey::of(&plain).ok_or_else(damaged)
}

/// A new slot for a data key, and the data key as it encrypts it. A machine's key, and a key file that is not there, are made.
pub(super) fn fill(slot: KeySlot, data: &DataKey, new: &Keys, places: &Places) -> Result<(SealedSlot, Vec<u8>), StoreError> {
    if places.root.is_some() && matches!(slot, KeySlot::Machine | KeySlot::Systemd) {
        return Err(VaultFault::Image.into());
    }
    if matches!(slot, KeySlot::Machine | KeySlot::Systemd) && is_unbooted() {
        return Err(VaultFault::Unbooted.into());
    }
    let salt = salt()?;
    let (sealed_slot, outer) = match slot {
        KeySlot::Systemd => {
            creds::systemd_available()?;
            let sealed = creds::encrypt(CREDENTIAL, data.bytes())?;
            return Ok((SealedSlot::Systemd, sealed));
        }
        KeySlot::Machine => {
            make_key(&machine_key(places))?;
            (SealedSlot::Machine { salt: salt.to_vec() }, machine(places, &salt)?)
        }
        KeySlot::KeyFile => {
            let path = places.cwd.join(new.key_file.as_ref().ok_or(VaultFault::NoKeyFile)?);
            make_key(&path)?;
            let key = from_file(&path, &salt)?;
            (SealedSlot::KeyFile { path, salt: salt.to_vec() }, key)
        }
        KeySlot::Passphrase => {
            let passphrase = new.passphrase.as_ref().ok_or(VaultFault::NeedsPassphrase)?;
            let key = DataKey::of_passphrase(passphrase.expose(), &salt, Costs::USUAL);
            (SealedSlot::passphrase(Costs::USUAL, &salt), key.ok_or(VaultFault::Full)?)
        }
    };
    let sealed = outer.seal(Zeroizing::new(data.bytes().to_vec()), ABOUT)?;
    Ok((sealed_slot, sealed))
}

/// The file of this machine's key, outside the configuration folder: a copy of that folder alone does not open the vault.
fn machine_key(places: &Places) -> PathBuf {
    places.state.join("machine.key")
}

fn machine(places: &Places, salt: &[u8]) -> Result<DataKey, VaultFault> {
    if places.root.is_some() {
        return Err(VaultFault::Image);
    }
    let path = machine_key(places);
    let material = read(&path).map_err(|fault| match fault {
        VaultFault::Read(_, error) if error.kind() == io::ErrorKind::NotFound => VaultFault::WrongMachine,
        fault => fault,
    })?;
    // Not secret, but it ties the key to this installation (machine-id(5)).
    let id = machine_id().unwrap_or_default();
    DataKey::derived(&material, &[b"mailsetup vault machine", id.trim_ascii(), salt])
}

fn machine_id() -> Option<Vec<u8>> {
    look(Path::new("/etc/machine-id")).ok().flatten().map(FoundFile::into_bytes)
}

/// Whether this is a system that was never started, as in a chroot or while a container image is built: what is locked by its machine
/// ID does not open once it is.
pub(super) fn is_unbooted() -> bool {
    is_id_to_come(machine_id().as_deref(), Path::new("/usr/lib/systemd/systemd").exists())
}

/// Whether the first start makes the machine ID: it is empty or the word `uninitialized`, or, where systemd starts the system, not there
/// (machine-id(5), "First boot semantics").
fn is_id_to_come(id: Option<&[u8]>, by_systemd: bool) -> bool {
    match id.map(<[u8]>::trim_ascii) {
        Some(id) => id.is_empty() || id == b"uninitialized",
        None => by_systemd,
    }
}

fn from_file(path: &Path, salt: &[u8]) -> Result<DataKey, VaultFault> {
    DataKey::derived(&read(path)?, &[b"mailsetup vault key file", salt])
}

/// A key file's bytes; one that everyone may read, or that is too short, is refused.
fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, VaultFault> {
    let fault = |error| VaultFault::Read(path.to_owned(), error);
    let found = look(path).map_err(fault)?.ok_or_else(|| fault(io::ErrorKind::NotFound.into()))?;
    if found.mode & 0o007 != 0 {
        return Err(VaultFault::Open(path.to_owned(), found.mode & 0o777));
    }
    let bytes = Zeroizing::new(found.into_bytes());
    if bytes.len() < LEAST { Err(VaultFault::ShortKey(path.to_owned(), LEAST)) } else { Ok(bytes) }
}

/// Makes a key file with 256 random bits in hex; an existing one stays.
fn make_key(path: &Path) -> Result<(), StoreError> {
    if path.symlink_metadata().is_ok() {
        return Ok(());
    }
    let key = DataKey::random()?;
    let mut text = Zeroizing::new(Vec::with_capacity(2 * DataKey::LEN + 1));
    for byte in key.bytes() {
        let digit = |nibble: u8| b"0123456789abcdef"[usize::from(nibble)];
        text.extend([digit(byte >> 4), digit(byte & 15)]);
    }
    text.push(b'\n');
    Ok(own::write_file(path, &text, FileTree::HERE)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_that_was_never_started_has_no_id_yet() {
        for id in [&b""[..], b"\n", b"uninitialized\n"] {
            assert!(is_id_to_come(Some(id), false), "{id:?}");
        }
        assert!(!is_id_to_come(Some(b"0123456789abcdef0123456789abcdef\n"), true));
        assert!(is_id_to_come(None, true) && !is_id_to_come(None, false), "Alpine has none, and makes none");
    }
}
