//! Why there is no keyring.

use std::fmt;

use crate::{host::stores::fault::StoreFault, phrase, presets::Phrase};

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
