//! What locks a vault, and what a person gives to open it.

use std::{path::PathBuf, str::FromStr};

use super::Secret;

/// What a vault is locked with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Lock {
    /// A key that stays on this machine, outside the configuration folder.
    #[default]
    Machine,
    /// The system's own credentials (`systemd-creds`): the machine's TPM, or a key that only root reads.
    Systemd,
    /// A file with a key, best on another disk.
    KeyFile,
    /// Words that a person knows.
    Passphrase,
}

impl Lock {
    /// Every lock, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Machine, Self::Systemd, Self::KeyFile, Self::Passphrase];

    /// The word that flags and files use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Machine => "machine",
            Self::Systemd => "systemd",
            Self::KeyFile => "key-file",
            Self::Passphrase => "passphrase",
        }
    }
}

impl FromStr for Lock {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|lock| lock.as_str() == word).ok_or(())
    }
}

/// What opens a vault, as far as it was given beforehand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    /// The passphrase.
    pub passphrase: Option<Secret>,
    /// The key file, in place of the one that the vault names.
    pub key_file: Option<PathBuf>,
    /// What a new vault is locked with.
    pub lock: Lock,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_to_locks_and_keys_show_nothing() {
        for lock in Lock::ALL {
            assert_eq!(lock.as_str().parse(), Ok(lock));
        }
        assert_eq!("pin".parse::<Lock>(), Err(()));
        let keys = Keys { passphrase: Some(Secret::new("hunter2".into())), ..Keys::default() };
        assert!(!format!("{keys:?}").contains("hunter2"));
    }
}
