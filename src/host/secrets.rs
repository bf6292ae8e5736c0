//! The stores that a secret is kept in: file, env, command and keyring.
//!
//! A keyring entry's service is `mailsetup`, its user name `SCOPE/PROFILE`, so that one keyring can hold the same profile
//! name for both scopes: `secret-tool lookup service mailsetup username user/default` finds it.

use std::{
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use super::{
    apply::{ApplyError, write_secret},
    error::{read_exit, shown, unreadable},
    input::{self, InputError},
};
use crate::{
    error::{Error, Exit},
    mail::{Secret, profile::SecretPlace},
    phrase,
    plan::Places,
    presets::Phrase,
};

mod keyring;

pub use keyring::{KeyringFault, keyring_available};

/// A kind of store that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Store {
    /// A file beside the profile, 0600.
    File,
    /// An environment variable, set where mail is sent.
    Env,
    /// A command that prints it.
    Command,
    /// The desktop's keyring.
    Keyring,
}

impl Store {
    /// Every store, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::File, Self::Env, Self::Command, Self::Keyring];

    /// The word that flags, files and JSON use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Env => "env",
            Self::Command => "command",
            Self::Keyring => "keyring",
        }
    }
}

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
    /// The keyring has no such entry.
    NoEntry(String),
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
            Self::Write(error) => error.hint(),
            Self::File(..) | Self::Input(_) => None,
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
            keyring::get(entry).map_err(SecretError::Keyring)?.ok_or_else(|| SecretError::NoEntry(entry.clone()))
        }
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
        SecretPlace::Env { .. } | SecretPlace::Command { .. } => Ok(()),
    }
}

/// Takes the secret out of its store; one that is not there is no error.
///
/// # Errors
/// The store does not let it go.
pub fn forget(profile: &str, place: &SecretPlace, places: &Places) -> Result<(), SecretError> {
    match place {
        SecretPlace::File => match std::fs::remove_file(places.secret(profile)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(SecretError::Write(Box::new(ApplyError::Write(places.secret(profile), error))))
            }
            _ => Ok(()),
        },
        SecretPlace::Keyring { entry } => keyring::delete(entry).map_err(SecretError::Keyring),
        SecretPlace::Env { .. } | SecretPlace::Command { .. } => Ok(()),
    }
}

/// Its exact bytes: mailsetup wrote them, and a line break may be part of the secret.
fn read_file(path: &Path) -> Result<Secret, SecretError> {
    let fault = |error| SecretError::File(path.to_owned(), error);
    let meta = path.metadata().map_err(fault)?;
    if meta.mode() & 0o007 != 0 {
        return Err(SecretError::Open(path.to_owned(), meta.mode() & 0o777));
    }
    let found = super::disk::look(path).map_err(fault)?.ok_or_else(|| fault(io::ErrorKind::NotFound.into()))?;
    let bytes = zeroize::Zeroizing::new(found.bytes);
    if bytes.is_empty() {
        return Err(SecretError::Input(InputError::Empty));
    }
    if bytes.len() > input::LIMIT {
        return Err(SecretError::Input(InputError::Long));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| SecretError::Input(InputError::NotText))?;
    Ok(Secret::new(text.to_owned()))
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let path = shown(path);
    shlex::try_quote(&path).map(std::borrow::Cow::into_owned).unwrap_or(path.clone())
}
