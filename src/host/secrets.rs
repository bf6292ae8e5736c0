//! The stores that a secret is kept in: file, vault, systemd, pass, keyring, command and env.
//!
//! A keyring entry's service is `mailsetup`, its user name `SCOPE/PROFILE`, so that one keyring can hold the same profile
//! name for both scopes: `secret-tool lookup service mailsetup username user/default` finds it.

use std::{
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use super::{
    apply::{ApplyError, write_file, write_secret},
    error::{read_exit, shown, unreadable},
    input::{self, InputError},
};
use crate::{
    error::{Error, Exit},
    mail::{Secret, SecretPlace},
    phrase,
    plan::{Places, credential_name},
    presets::Phrase,
};

mod keyring;
mod offer;
mod pass;
mod proof;
mod systemd;
pub mod vault;

pub use keyring::{KeyringFault, keyring_available};
pub use offer::{Offer, offer, ready};
pub use pass::{PassFault, pass_available};
pub use proof::prove;
pub use systemd::{SystemdFault, systemd_available};
pub use vault::VaultFault;

/// A store that does not give the secret, or does not take it.
#[derive(Debug)]
pub enum SecretError {
    /// The secret's file cannot be read.
    File(PathBuf, io::Error),
    /// Everyone may read the secret's file; carries its mode.
    Open(PathBuf, u32),
    /// What the store gives is no secret.
    Input(InputError),
    /// The keyring does not do it.
    Keyring(KeyringFault),
    /// The store has no such entry.
    NoEntry(String),
    /// The vault stays closed.
    Vault(VaultFault),
    /// The system's credentials do not do it.
    Systemd(SystemdFault),
    /// `pass` does not do it.
    Pass(PassFault),
    /// The file cannot be written.
    Write(Box<ApplyError>),
}

impl SecretError {
    /// What happened.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::File(path, error) => unreadable(path, error),
            Self::Open(path, mode) => phrase!("host-secret-open", path = shown(path), mode = format!("{mode:04o}")),
            Self::Input(error) => error.phrase(),
            Self::Keyring(fault) => fault.phrase(),
            Self::NoEntry(entry) => phrase!("host-secret-no-entry", entry = crate::mail::reply::escape(entry)),
            Self::Vault(fault) => fault.phrase(),
            Self::Systemd(fault) => fault.phrase(),
            Self::Pass(fault) => fault.phrase(),
            Self::Write(error) => error.phrase(),
        }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<Phrase> {
        match self {
            Self::File(_, error) if error.kind() == io::ErrorKind::NotFound => Some(phrase!("host-secret-missing-hint")),
            Self::Open(path, mode) => {
                Some(phrase!("host-secret-open-hint", mode = format!("{:o}", mode & 0o770), path = quoted(path)))
            }
            Self::NoEntry(_) => Some(phrase!("host-secret-missing-hint")),
            Self::Keyring(_) => Some(phrase!("host-keyring-hint")),
            Self::Vault(fault) => fault.hint(),
            Self::Write(error) => error.hint(),
            Self::File(..) | Self::Input(_) | Self::Systemd(_) | Self::Pass(_) => None,
        }
    }

    /// The exit status.
    pub fn exit(&self) -> Exit {
        match self {
            Self::File(_, error) => read_exit(error),
            Self::Open(..) => Exit::NoPerm,
            Self::Input(error) => error.exit(),
            Self::Keyring(_) => Exit::Unavailable,
            Self::NoEntry(_) => Exit::NoInput,
            Self::Vault(fault) => fault.exit(),
            Self::Systemd(fault) => fault.exit(),
            Self::Pass(fault) => fault.exit(),
            Self::Write(error) => error.exit(),
        }
    }
}

impl From<SecretError> for Error {
    fn from(error: SecretError) -> Self {
        Self { exit: error.exit(), phrase: error.phrase(), hint: error.hint() }
    }
}

/// The secret of a profile, from where it is kept.
///
/// # Errors
/// The store does not give it; a file that everyone may read is refused.
pub fn read(profile: &str, place: &SecretPlace, places: &Places) -> Result<Secret, SecretError> {
    match place {
        SecretPlace::File => read_file(&places.secret(profile)),
        SecretPlace::Env { variable } => input::from_env(variable).map_err(SecretError::Input),
        SecretPlace::Command { command } => input::from_command(command).map_err(SecretError::Input),
        SecretPlace::Keyring { entry } => {
            keyring::get(entry).map_err(SecretError::Keyring)?.ok_or_else(|| SecretError::NoEntry(entry.to_string()))
        }
        SecretPlace::Vault => vault::get(profile, places)?.ok_or_else(|| SecretError::NoEntry(profile.to_owned())),
        SecretPlace::Systemd => read_credential(profile, places),
        SecretPlace::Pass { entry } => {
            pass::get(entry).map_err(SecretError::Pass)?.ok_or_else(|| SecretError::NoEntry(entry.to_string()))
        }
    }
}

/// An entry as a person finds it.
pub(super) fn entry_name(profile: &str, place: &SecretPlace) -> String {
    match place {
        SecretPlace::Keyring { entry } => entry.clone(),
        SecretPlace::Pass { entry } => entry.to_string(),
        _ => profile.to_owned(),
    }
}

/// Puts the secret where it is kept. A variable and a command keep it themselves: nothing is done for them.
///
/// # Errors
/// The store does not take it.
pub fn keep(profile: &str, place: &SecretPlace, secret: &Secret, places: &Places) -> Result<(), SecretError> {
    match place {
        SecretPlace::File => {
            write_secret(&places.secret(profile), secret).map_err(|error| SecretError::Write(Box::new(error)))
        }
        SecretPlace::Keyring { entry } => keyring::set(entry, secret).map_err(SecretError::Keyring),
        SecretPlace::Vault => vault::set(profile, secret, places),
        SecretPlace::Systemd => {
            let sealed = systemd::seal(&credential_name(profile), secret).map_err(SecretError::Systemd)?;
            write_file(&places.credential(profile), &sealed).map_err(|error| SecretError::Write(Box::new(error)))
        }
        SecretPlace::Pass { entry } => pass::set(entry, secret).map_err(SecretError::Pass),
        SecretPlace::Env { .. } | SecretPlace::Command { .. } => Ok(()),
    }
}

/// Takes the secret out of its store; one that is not there is no error.
///
/// # Errors
/// The store does not let it go.
pub fn forget(profile: &str, place: &SecretPlace, places: &Places) -> Result<(), SecretError> {
    match place {
        SecretPlace::File => remove_file(places.secret(profile)),
        SecretPlace::Keyring { entry } => keyring::delete(entry).map_err(SecretError::Keyring),
        SecretPlace::Vault => vault::delete(profile, places),
        SecretPlace::Systemd => remove_file(places.credential(profile)),
        SecretPlace::Pass { entry } => pass::delete(entry).map_err(SecretError::Pass),
        SecretPlace::Env { .. } | SecretPlace::Command { .. } => Ok(()),
    }
}

fn remove_file(path: PathBuf) -> Result<(), SecretError> {
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(SecretError::Write(Box::new(ApplyError::Write(path, error))))
        }
        _ => Ok(()),
    }
}

/// The credential that the system has loaded for this process, else the one beside the profile, decrypted.
fn read_credential(profile: &str, places: &Places) -> Result<Secret, SecretError> {
    let name = credential_name(profile);
    if let Some(path) = systemd::loaded(&name) {
        return exactly(&find(&path)?.bytes);
    }
    let path = places.credential(profile);
    if !path.exists() {
        return Err(SecretError::NoEntry(name));
    }
    let plain = systemd::decrypt(&name, &find(&path)?.bytes).map_err(SecretError::Systemd)?;
    exactly(&plain)
}

/// Its exact bytes: mailsetup wrote them, and a line break may be part of the secret.
fn read_file(path: &Path) -> Result<Secret, SecretError> {
    let fault = |error| SecretError::File(path.to_owned(), error);
    let meta = path.metadata().map_err(fault)?;
    if meta.mode() & 0o007 != 0 {
        return Err(SecretError::Open(path.to_owned(), meta.mode() & 0o777));
    }
    exactly(&find(path)?.bytes)
}

fn find(path: &Path) -> Result<super::disk::Found, SecretError> {
    let fault = |error| SecretError::File(path.to_owned(), error);
    super::disk::look(path).map_err(fault)?.ok_or_else(|| fault(io::ErrorKind::NotFound.into()))
}

/// The secret in these bytes, every one of them.
fn exactly(bytes: &[u8]) -> Result<Secret, SecretError> {
    if bytes.is_empty() {
        return Err(SecretError::Input(InputError::Empty));
    }
    if bytes.len() > input::LIMIT {
        return Err(SecretError::Input(InputError::Long));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| SecretError::Input(InputError::NotText))?;
    Ok(Secret::new(text.to_owned()))
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let path = shown(path);
    shlex::try_quote(&path).map(std::borrow::Cow::into_owned).unwrap_or(path.clone())
}
