//! Which stores can be used here, by who reads them without a person.

use std::collections::BTreeMap;

use super::{SecretError, VaultFault, keyring_available, pass_available, systemd_available, vault};
use crate::{
    mail::{KeySlot, SecretPlace},
    phrase,
    plan::Places,
    presets::Phrase,
};

/// What is offered, and why not what is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offer {
    /// Why a store cannot be used, by its word.
    pub barred: BTreeMap<&'static str, Phrase>,
    /// Why a new vault cannot be locked so, by the lock's word.
    pub locks: BTreeMap<&'static str, Phrase>,
    /// There is a vault, and it has a lock.
    pub has_vault: bool,
}

/// Asks every store. `run_as` is the user who sends, when it is another than the owner of what is written.
///
/// A store that would need another user's rights, or a person at the keyboard, is barred: mail goes out when nobody is there.
pub fn offer(run_as: Option<&str>, places: &Places) -> Offer {
    let mut offer = Offer::default();
    let image = places.root.is_some();
    let mut bar = |store: &'static str, why: Option<Phrase>| offer.barred.extend(why.map(|why| (store, why)));
    let vault = vault::look_at(places);
    if let Some(user) = run_as {
        bar("systemd", Some(phrase!("store-needs-unit", user = user)));
        for store in ["vault", "pass", "keyring"] {
            bar(store, Some(phrase!("store-other-user", user = user)));
        }
    } else {
        let on_this_machine = |why: Option<Phrase>| if image { Some(phrase!("store-image")) } else { why };
        bar("systemd", on_this_machine(systemd_available().err().map(|fault| fault.phrase())));
        bar("pass", on_this_machine(pass_available().err().map(|fault| fault.phrase())));
        bar("keyring", on_this_machine(keyring_available().err().map(|fault| fault.phrase())));
        bar(
            "vault",
            match &vault {
                Err(error) => Some(error.phrase()),
                Ok(Some(closed)) if closed.lock == KeySlot::Passphrase && places.keys.passphrase.is_none() => {
                    Some(phrase!("store-vault-passphrase"))
                }
                Ok(_) => None,
            },
        );
    }
    offer.has_vault = matches!(vault, Ok(Some(_)));
    for lock in KeySlot::ALL {
        offer.locks.extend(lock_is_barred(lock, places).map(|why| (lock.as_str(), why)));
    }
    offer
}

fn lock_is_barred(lock: KeySlot, places: &Places) -> Option<Phrase> {
    match lock {
        KeySlot::Machine | KeySlot::Systemd if places.root.is_some() => Some(phrase!("vault-image")),
        KeySlot::Systemd => systemd_available().err().map(|fault| fault.phrase()),
        KeySlot::KeyFile if places.keys.key_file.is_none() => Some(phrase!("lock-key-file-flag")),
        KeySlot::Passphrase if places.keys.passphrase.is_none() => Some(phrase!("lock-passphrase-flag")),
        KeySlot::Machine | KeySlot::KeyFile | KeySlot::Passphrase => None,
    }
}

/// Whether a store will take a secret, as far as that can be seen before: for scripts, which are not offered anything.
///
/// # Errors
/// Why not.
pub fn ready(place: &SecretPlace, places: &Places) -> Result<(), SecretError> {
    match place {
        SecretPlace::Systemd => systemd_available().map_err(SecretError::Systemd),
        SecretPlace::Pass { .. } => pass_available().map_err(SecretError::Pass),
        SecretPlace::Vault => match (vault::look_at(places)?, places.keys.lock) {
            (Some(_), _) => vault::names(places).map(drop),
            (None, KeySlot::KeyFile) if places.keys.key_file.is_none() => Err(SecretError::Vault(VaultFault::NoKeyFile)),
            (None, KeySlot::Passphrase) if places.keys.passphrase.is_none() => {
                Err(SecretError::Vault(VaultFault::NeedsPassphrase))
            }
            (None, KeySlot::Machine | KeySlot::Systemd) if places.root.is_some() => {
                Err(SecretError::Vault(VaultFault::Image))
            }
            (None, KeySlot::Systemd) => systemd_available().map_err(SecretError::Systemd),
            (None, _) => Ok(()),
        },
        SecretPlace::File | SecretPlace::Env { .. } | SecretPlace::Command { .. } | SecretPlace::Keyring { .. } => Ok(()),
    }
}
