//! The desktop's keyring (Secret Service over D-Bus), asked on its own thread: a silent bus hangs for ever.
//!
//! An entry's service is `mailsetup`, its user name `SCOPE/PROFILE`, so that one keyring can hold the same profile name for
//! both scopes: `secret-tool lookup service mailsetup username user/default` finds it.

#[cfg(not(feature = "keyring"))]
#[path = "keyring/absent.rs"]
mod service;
#[cfg(feature = "keyring")]
mod service;

use std::fmt;

use super::{
    error::{StoreError, StoreFault},
    port::{AtRest, SecretContent, Store, StoreEntry, owner_alone},
};
use crate::{phrase, plan::Places, presets::Phrase};

pub use service::available as keyring_available;

/// Why there is no keyring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyringFault {
    /// This program was built without it.
    Absent,
    /// No session bus runs, as usual without a desktop.
    NoBus,
    /// The bus runs, and no keyring service on it.
    NoService,
    /// It did not answer in time.
    Silent,
    /// It is locked, and was not unlocked.
    Locked,
    /// The entry exists more than once.
    Ambiguous,
    /// What it says, safe to show.
    Other(String),
}

impl StoreFault for KeyringFault {
    fn phrase(&self) -> Phrase {
        match self {
            Self::Absent => phrase!("host-keyring-absent"),
            Self::NoBus => phrase!("host-keyring-no-bus"),
            Self::NoService => phrase!("host-keyring-no-service"),
            Self::Silent => phrase!("host-keyring-silent"),
            Self::Locked => phrase!("host-keyring-locked"),
            Self::Ambiguous => phrase!("host-keyring-ambiguous"),
            Self::Other(error) => phrase!("host-keyring-other", error = error),
        }
    }

    fn hint(&self) -> Option<Phrase> {
        Some(phrase!("host-keyring-hint"))
    }
}

impl fmt::Display for KeyringFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}

impl std::error::Error for KeyringFault {}

/// The store `keyring`.
pub(super) struct KeyringStore;

impl Store for KeyringStore {
    fn at_rest(&self, _: &Places) -> AtRest {
        AtRest::Machine
    }

    fn barred(&self, run_as: Option<&str>, places: &Places) -> Option<Phrase> {
        owner_alone(run_as, places).and_then(|()| keyring_available().map_err(|fault| fault.phrase())).err()
    }

    fn keep(&self, entry: &StoreEntry<'_>, content: &SecretContent) -> Result<(), StoreError> {
        Ok(service::set(entry.name(), content.stored().clone())?)
    }

    fn read(&self, entry: &StoreEntry<'_>) -> Result<SecretContent, StoreError> {
        let read = service::get(entry.name())?;
        read.map(SecretContent::of_stored).ok_or_else(|| StoreError::NoEntry(entry.name()))
    }

    fn forget(&self, entry: &StoreEntry<'_>) -> Result<(), StoreError> {
        Ok(service::delete(entry.name())?)
    }
}
