//! Why a store does not give a secret, or does not take it.

use std::{
    borrow::Cow,
    fmt, io,
    path::{Path, PathBuf},
};

use super::{fault::StoreFault, vault::fault::VaultFault};
use crate::{
    error::{Error, Exit},
    host::{
        files::error::{FileError, shown},
        input::InputError,
    },
    mail::{SecretBinding, StoreKind, reply::escape},
    phrase,
    presets::Phrase,
};

/// Why a store does not give a secret, or does not take it.
#[derive(Debug)]
pub enum StoreError {
    /// The secret's file cannot be read or written.
    File(FileError),
    /// Everyone may read the secret's file; carries its mode.
    Open(PathBuf, u32),
    /// What the store gives is no secret.
    Input(InputError),
    /// The store has no such entry.
    NoEntry(String),
    /// It was given for somebody else than who asks.
    Foreign(Box<ForeignSecret>),
    /// What an image says of this store would be run or looked up on this machine.
    Image(StoreKind),
    /// The vault stays closed.
    Vault(VaultFault),
    /// The program or service behind the store fails.
    Service(Box<dyn StoreFault>),
}

/// A secret that was asked for by somebody whom it was not given for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignSecret {
    /// Whom it was given for.
    pub bound: SecretBinding,
    /// Who asks.
    pub asked: SecretBinding,
}

impl StoreError {
    /// Whether it only says that there is no such entry.
    pub const fn is_absence(&self) -> bool {
        matches!(self, Self::NoEntry(_) | Self::Vault(VaultFault::Missing(_)))
    }

    /// What happened.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::File(error) => error.phrase(),
            Self::Open(path, mode) => phrase!("host-secret-open", path = shown(path), mode = format!("{mode:04o}")),
            Self::Input(error) => error.phrase(),
            Self::NoEntry(entry) => phrase!("host-secret-no-entry", entry = escape(entry)),
            Self::Foreign(whom) if whom.bound.hosts.is_empty() => phrase!("host-secret-unclear"),
            Self::Foreign(whom) => {
                let phrase = phrase!("host-secret-foreign").with_phrase("bound", whom.bound.phrase());
                phrase.with("asked", whom.asked.said())
            }
            Self::Image(store) => phrase!("host-store-image", store = store),
            Self::Vault(fault) => fault.phrase(),
            Self::Service(fault) => fault.phrase(),
        }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<Phrase> {
        match self {
            Self::File(FileError::Read(_, error)) if error.kind() == io::ErrorKind::NotFound => {
                Some(phrase!("host-secret-missing-hint"))
            }
            Self::File(error) => error.hint(),
            Self::Open(path, mode) => {
                Some(phrase!("host-secret-open-hint", mode = format!("{:o}", mode & 0o770), path = quoted(path)))
            }
            Self::NoEntry(_) => Some(phrase!("host-secret-missing-hint")),
            Self::Image(_) => Some(phrase!("host-store-image-hint")),
            Self::Vault(fault) => fault.hint(),
            Self::Service(fault) => fault.hint(),
            Self::Foreign(whom) if whom.bound.hosts.is_empty() => Some(phrase!("host-secret-unclear-hint")),
            Self::Foreign(_) => Some(phrase!("host-secret-foreign-hint")),
            Self::Input(_) => None,
        }
    }

    /// The exit status.
    pub fn exit(&self) -> Exit {
        match self {
            Self::File(error) => error.exit(),
            Self::Open(..) | Self::Foreign(_) => Exit::NoPerm,
            Self::Input(error) => error.exit(),
            Self::NoEntry(_) => Exit::NoInput,
            Self::Image(_) => Exit::Config,
            Self::Vault(fault) => fault.exit(),
            Self::Service(fault) => fault.exit(),
        }
    }
}

impl From<FileError> for StoreError {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

impl From<InputError> for StoreError {
    fn from(error: InputError) -> Self {
        Self::Input(error)
    }
}

impl From<VaultFault> for StoreError {
    fn from(fault: VaultFault) -> Self {
        Self::Vault(fault)
    }
}

impl<Fault: StoreFault + 'static> From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        Self::Service(Box::new(fault))
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self { exit: error.exit(), phrase: error.phrase(), hint: error.hint() }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File(error) => Some(error),
            Self::Input(error) => Some(error),
            Self::Vault(fault) => Some(fault),
            Self::Service(fault) => Some(&**fault),
            Self::Open(..) | Self::NoEntry(_) | Self::Image(_) | Self::Foreign(_) => None,
        }
    }
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let path = shown(path);
    shlex::try_quote(&path).map_or_else(|_| path.clone(), Cow::into_owned)
}
