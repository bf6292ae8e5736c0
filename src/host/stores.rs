//! The stores that a secret is kept in, by their words: one file a store, behind one port.

use std::collections::BTreeMap;

use super::files::{owned, tree::FileTree};
use crate::{
    mail::{BoundSecret, SecretPlace, StoreKind},
    plan::Places,
    presets::Phrase,
};

mod command;
mod env;
pub mod error;
mod fault;
mod file;
mod keyring;
mod pass;
pub mod port;
mod readable;
mod sidecar;
mod systemd;
pub mod vault;
mod whom;

use port::{AtRest, SecretKey, Store, StoreEntry, aside};

pub use error::StoreError;
pub use fault::StoreFault;
pub use keyring::{fault::KeyringFault, keyring_available};
pub use pass::{PassFault, pass_available};
pub use readable::prove;
pub use systemd::creds::{SystemdFault, systemd_available};
pub use vault::fault::VaultFault;
pub use whom::{SecretRequest, given_for, read_asked, read_own};

/// The table: the store of each word.
fn store(kind: StoreKind) -> &'static dyn Store {
    match kind {
        StoreKind::File => &file::FileStore,
        StoreKind::Vault => &vault::VaultStore,
        StoreKind::Systemd => &systemd::SystemdStore,
        StoreKind::Pass => &pass::PassStore,
        StoreKind::Keyring => &keyring::KeyringStore,
        StoreKind::Command => &command::CommandStore,
        StoreKind::Env => &env::EnvStore,
    }
}

/// The secret of a profile, from where it is kept, and whom it was given for.
///
/// # Errors
/// The store does not give it; a file that everyone may read is refused.
pub fn read<'a>(key: impl Into<SecretKey<'a>>, place: &SecretPlace, places: &Places) -> Result<BoundSecret, StoreError> {
    admitted(place, places)?;
    let key = key.into();
    trusted(&key, place, places)?;
    store(place.store()).read(&StoreEntry { key, place, places })
}

/// Puts the secret where it is kept. A variable and a command are the person's: nothing is done for them.
///
/// # Errors
/// The store does not take it.
pub fn keep<'a>(
    key: impl Into<SecretKey<'a>>,
    place: &SecretPlace,
    secret: &BoundSecret,
    places: &Places,
) -> Result<(), StoreError> {
    admitted(place, places)?;
    let key = key.into();
    trusted(&key, place, places)?;
    store(place.store()).keep(&StoreEntry { key, place, places }, secret)
}

/// Removes the secret from its store; one that is not there is no error.
///
/// # Errors
/// The store does not remove it.
pub fn forget<'a>(key: impl Into<SecretKey<'a>>, place: &SecretPlace, places: &Places) -> Result<(), StoreError> {
    admitted(place, places)?;
    store(place.store()).forget(&StoreEntry { key: key.into(), place, places })
}

/// Whether there is such an entry.
pub(crate) fn exists(profile: &str, place: &SecretPlace, places: &Places) -> Result<bool, StoreError> {
    match read(profile, place, places) {
        Ok(_) => Ok(true),
        Err(error) if error.is_absence() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Sets aside what an entry holds, for the write `id`.
pub(crate) fn set_aside(profile: &str, place: &SecretPlace, id: &str, places: &Places) -> Result<(), StoreError> {
    let secret = read(profile, place, places)?;
    keep(aside(profile, id).as_str(), &place.aside(id), &secret, places)
}

/// Whether the write `id` has set something aside.
pub(crate) fn exists_aside(profile: &str, place: &SecretPlace, id: &str, places: &Places) -> Result<bool, StoreError> {
    exists(&aside(profile, id), &place.aside(id), places)
}

/// Makes an entry hold again what the write `id` has set aside.
pub(crate) fn bring_back(profile: &str, place: &SecretPlace, id: &str, places: &Places) -> Result<(), StoreError> {
    let secret = read(aside(profile, id).as_str(), &place.aside(id), places)?;
    keep(profile, place, &secret, places)
}

/// Removes what the write `id` has set aside.
pub(crate) fn forget_aside(profile: &str, place: &SecretPlace, id: &str, places: &Places) -> Result<(), StoreError> {
    forget(aside(profile, id).as_str(), &place.aside(id), places)
}

/// Refuses files of a secret that another user made or can change, and in an image those with a second name.
fn trusted(key: &SecretKey<'_>, place: &SecretPlace, places: &Places) -> Result<(), StoreError> {
    let name = key.name();
    let files = match place.store() {
        StoreKind::File => vec![places.secret(&name), places.bound(&name)],
        StoreKind::Systemd => vec![places.credential(&name), places.credential_bound(&name)],
        StoreKind::Vault => vec![places.vault()],
        _ => Vec::new(),
    };
    let tree = FileTree::of(places);
    Ok(files.iter().try_for_each(|file| owned::our_file(file, tree).and_then(|()| owned::only_name(file, tree)))?)
}

/// Refuses what would be run or looked up on this machine because an image says so: its files and its vault are all that is read.
pub(crate) fn admitted(place: &SecretPlace, places: &Places) -> Result<(), StoreError> {
    match place.store() {
        StoreKind::File | StoreKind::Vault => Ok(()),
        _ if places.root.is_none() => Ok(()),
        store => Err(StoreError::Image(store)),
    }
}

/// An entry as a person finds it.
pub(crate) fn entry_name<'a>(key: impl Into<SecretKey<'a>>, place: &SecretPlace) -> String {
    port::entry_name(&key.into(), place)
}

/// Whether the secret would be kept by this machine or its user rather than in files of the places.
pub fn is_machines(kind: StoreKind, places: &Places) -> bool {
    store(kind).at_rest(places) == AtRest::Machine
}

/// Whether the secret can be read here as the sender will read it, rather than only where mail is sent.
pub fn is_read_here(kind: StoreKind, run_as: Option<&str>) -> bool {
    store(kind).is_read_here(run_as)
}

/// What is offered, and why not what is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreOffer {
    /// Why a store cannot be used, by its word.
    pub barred: BTreeMap<&'static str, Phrase>,
    /// Why a new vault cannot have a key slot, by the slot's word.
    pub slots: BTreeMap<&'static str, Phrase>,
    /// There is a vault, and it has a key slot.
    pub has_vault: bool,
}

/// Asks every store. `run_as` is the user who sends, if that is not the owner of what is written.
///
/// A store that would need another user's rights, or a person at the keyboard, is barred: mail goes out unattended.
pub fn offer(run_as: Option<&str>, places: &Places) -> StoreOffer {
    let barred = |kind: &StoreKind| Some((kind.as_str(), store(*kind).barred(run_as, places)?));
    StoreOffer {
        barred: StoreKind::ALL.iter().filter_map(barred).collect(),
        slots: vault::barred_slots(places),
        has_vault: matches!(vault::look_at(places), Ok(Some(_))),
    }
}

/// Whether a store will take a secret, as far as that can be seen before: for scripts, which are not offered anything.
///
/// # Errors
/// Why not.
pub fn ready(place: &SecretPlace, places: &Places) -> Result<(), StoreError> {
    admitted(place, places)?;
    store(place.store()).ready(places)
}
