//! A vault's key: what it is locked with, which is its slot (LUKS's word), and what a person gives to open it.

use std::path::PathBuf;

use super::{Secret, word::words};

words! {
    /// What a vault's key is locked with.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
    pub enum KeySlot {
        /// A key that stays on this machine, outside the configuration folder.
        #[default]
        Machine = "machine",
        /// The system's own credentials (`systemd-creds`): the machine's TPM, or a key that only root reads.
        Systemd = "systemd",
        /// A file with a key, best on another disk.
        KeyFile = "key-file",
        /// A passphrase.
        Passphrase = "passphrase",
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
    pub slot: KeySlot,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_to_key_slots_and_keys_show_nothing() {
        for slot in KeySlot::ALL {
            assert_eq!(slot.as_str().parse(), Ok(slot));
        }
        assert!("pin".parse::<KeySlot>().is_err());
        let keys = Keys { passphrase: Some(Secret::new("hunter2".into())), ..Keys::default() };
        assert!(!format!("{keys:?}").contains("hunter2"));
    }
}
