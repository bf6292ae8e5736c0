//! The desktop's keyring (Secret Service over D-Bus), asked on its own thread: a silent bus hangs for ever.
//!
//! An entry's service is `mailsetup`, its user name `SCOPE/PROFILE`, so that one keyring can hold the same profile name for
//! both scopes: `secret-tool lookup service mailsetup username user/default` finds it. Its attribute `for` says whom the
//! secret was given for.

pub(crate) mod fault;
#[cfg(not(feature = "keyring"))]
#[path = "keyring/absent.rs"]
mod service;
#[cfg(feature = "keyring")]
mod service;

use super::{
    error::StoreError,
    fault::StoreFault,
    port::{AtRest, Store, StoreEntry, owner_alone},
};
use crate::{mail::BoundSecret, plan::Places, presets::Phrase};

pub use service::available as keyring_available;

/// The store `keyring`.
pub(super) struct KeyringStore;

impl Store for KeyringStore {
    fn at_rest(&self, _: &Places) -> AtRest {
        AtRest::Machine
    }

    fn barred(&self, run_as: Option<&str>, places: &Places) -> Option<Phrase> {
        owner_alone(run_as, places).and_then(|()| keyring_available().map_err(|fault| fault.phrase())).err()
    }

    fn keep(&self, entry: &StoreEntry<'_>, secret: &BoundSecret) -> Result<(), StoreError> {
        Ok(service::set(entry.name(), secret.clone())?)
    }

    fn read(&self, entry: &StoreEntry<'_>) -> Result<BoundSecret, StoreError> {
        service::get(entry.name())?.ok_or_else(|| StoreError::NoEntry(entry.name()))
    }

    fn forget(&self, entry: &StoreEntry<'_>) -> Result<(), StoreError> {
        Ok(service::delete(entry.name())?)
    }
}
