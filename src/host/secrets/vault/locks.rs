//! What the data key is locked with: a machine's key, the system's credentials, a key file, or a passphrase.

use std::{
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::{
    VaultFault,
    crypt::{Costs, Key, salt},
    format::{Bolt, Sealed},
};
use crate::{
    host::{
        apply::write_file,
        disk::{Found, look},
        secrets::{SecretError, systemd},
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
pub(super) fn unlock(sealed: &Sealed, places: &Places, path: &Path) -> Result<Key, VaultFault> {
    let damaged = || VaultFault::Damaged(path.to_owned());
    let (outer, wrong) = match &sealed.lock {
        Bolt::Systemd => {
            if places.root.is_some() {
                return Err(VaultFault::Image);
            }
            systemd::systemd_available()?;
            let plain = systemd::decrypt(CREDENTIAL, &sealed.key).map_err(|_| VaultFault::WrongMachine)?;
            return Key::of(&plain).ok_or_else(damaged);
        }
        Bolt::Machine { salt } => (machine(places, salt)?, VaultFault::WrongMachine),
        Bolt::KeyFile { path, salt } => {
            let path = places.keys.key_file.as_ref().unwrap_or(path);
            (from_file(path, salt)?, VaultFault::WrongKey(path.clone()))
        }
        Bolt::Passphrase { memory_kib, rounds, lanes, salt } => {
            let costs = Costs { memory_kib: *memory_kib, rounds: *rounds, lanes: *lanes };
            let passphrase = places.keys.passphrase.as_ref().ok_or(VaultFault::NeedsPassphrase)?;
            let key = Some(costs).filter(|costs| costs.are_bearable());
            let key = key.and_then(|costs| Key::of_passphrase(passphrase.expose(), salt, costs));
            (key.ok_or_else(damaged)?, VaultFault::WrongPassphrase)
        }
    };
    let plain = outer.open(&sealed.key, ABOUT).ok_or(wrong)?;
    Key::of(&plain).ok_or_else(damaged)
}

/// Locks a data key anew. A machine's key, and a key file that is not there, are made.
pub(super) fn lock(lock: KeySlot, data: &Key, new: &Keys, places: &Places) -> Result<(Bolt, Vec<u8>), SecretError> {
    let fault = |fault: VaultFault| SecretError::Vault(fault);
    if places.root.is_some() && matches!(lock, KeySlot::Machine | KeySlot::Systemd) {
        return Err(fault(VaultFault::Image));
    }
    let salt = salt().map_err(fault)?;
    let (bolt, outer) = match lock {
        KeySlot::Systemd => {
            systemd::systemd_available().map_err(SecretError::Systemd)?;
            let sealed = systemd::encrypt(CREDENTIAL, data.bytes()).map_err(SecretError::Systemd)?;
            return Ok((Bolt::Systemd, sealed));
        }
        KeySlot::Machine => {
            make_key(&machine_key(places))?;
            (Bolt::Machine { salt: salt.to_vec() }, machine(places, &salt).map_err(fault)?)
        }
        KeySlot::KeyFile => {
            let path = places.cwd.join(new.key_file.as_ref().ok_or_else(|| fault(VaultFault::NoKeyFile))?);
            make_key(&path)?;
            let key = from_file(&path, &salt).map_err(fault)?;
            (Bolt::KeyFile { path, salt: salt.to_vec() }, key)
        }
        KeySlot::Passphrase => {
            let passphrase = new.passphrase.as_ref().ok_or_else(|| fault(VaultFault::NeedsPassphrase))?;
            let key = Key::of_passphrase(passphrase.expose(), &salt, Costs::USUAL);
            (Bolt::passphrase(Costs::USUAL, &salt), key.ok_or_else(|| fault(VaultFault::Full))?)
        }
    };
    let sealed = outer.seal(Zeroizing::new(data.bytes().to_vec()), ABOUT).map_err(fault)?;
    Ok((bolt, sealed))
}

/// The file of this machine's key, outside the configuration folder: a copy of that folder alone does not open the vault.
pub(super) fn machine_key(places: &Places) -> PathBuf {
    places.state.join("machine.key")
}

fn machine(places: &Places, salt: &[u8]) -> Result<Key, VaultFault> {
    if places.root.is_some() {
        return Err(VaultFault::Image);
    }
    let path = machine_key(places);
    let material = read(&path).map_err(|fault| match fault {
        VaultFault::Read(_, error) if error.kind() == io::ErrorKind::NotFound => VaultFault::WrongMachine,
        fault => fault,
    })?;
    // machine-id(5) is no secret: it ties the key to this installation.
    let id = look(Path::new("/etc/machine-id")).ok().flatten().map(Found::into_bytes).unwrap_or_default();
    Key::derived(&material, &[b"mailsetup vault machine", id.trim_ascii(), salt])
}

fn from_file(path: &Path, salt: &[u8]) -> Result<Key, VaultFault> {
    Key::derived(&read(path)?, &[b"mailsetup vault key file", salt])
}

/// A key file's bytes; one that everyone may read, or that is too short, is refused.
fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, VaultFault> {
    let fault = |error| VaultFault::Read(path.to_owned(), error);
    let mode = path.metadata().map_err(fault)?.mode() & 0o777;
    if mode & 0o007 != 0 {
        return Err(VaultFault::Open(path.to_owned(), mode));
    }
    let found = look(path).map_err(fault)?.ok_or_else(|| fault(io::ErrorKind::NotFound.into()))?;
    let bytes = Zeroizing::new(found.into_bytes());
    if bytes.len() < LEAST { Err(VaultFault::ShortKey(path.to_owned(), LEAST)) } else { Ok(bytes) }
}

/// Makes a key file with 256 random bits in hex; one that is there stays.
fn make_key(path: &Path) -> Result<(), SecretError> {
    if path.symlink_metadata().is_ok() {
        return Ok(());
    }
    let key = Key::random().map_err(SecretError::Vault)?;
    let mut text = Zeroizing::new(Vec::with_capacity(2 * Key::LEN + 1));
    for byte in key.bytes() {
        let digit = |nibble: u8| b"0123456789abcdef"[usize::from(nibble)];
        text.extend([digit(byte >> 4), digit(byte & 15)]);
    }
    text.push(b'\n');
    write_file(path, &text).map_err(|error| SecretError::Write(Box::new(error)))
}
