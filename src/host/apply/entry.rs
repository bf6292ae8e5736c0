//! The entry of a store that a write makes or changes.

use crate::{
    host::{
        journal::record::EntryRecord,
        stores::{self, error::StoreError, port::SecretKey},
    },
    mail::{BoundSecret, SecretPlace},
    plan::Places,
};

/// An entry of a store that is made or changed.
pub(crate) struct EntryChange {
    place: SecretPlace,
    old: Option<BoundSecret>,
    new: BoundSecret,
}

impl EntryChange {
    /// What to do for an entry to hold the secret; `None` when it does.
    pub(super) fn of(
        key: SecretKey<'_>,
        place: &SecretPlace,
        secret: &BoundSecret,
        places: &Places,
    ) -> Result<Option<Self>, StoreError> {
        let old = match stores::read(key, place, places) {
            Ok(old) if old == *secret => return Ok(None),
            Ok(old) => Some(old),
            Err(error) if error.is_absence() => None,
            Err(error) => return Err(error),
        };
        Ok(Some(Self { place: place.clone(), old, new: secret.clone() }))
    }

    /// What the record says of it.
    pub(super) fn record(&self) -> EntryRecord {
        EntryRecord { place: self.place.clone(), existed: self.old.is_some() }
    }

    /// Puts the new secret into the store.
    pub(super) fn keep(&self, key: SecretKey<'_>, places: &Places) -> Result<(), StoreError> {
        stores::keep(key, &self.place, &self.new, places)
    }

    /// Puts back what an entry held before; a new one is left to the rollback of its record.
    ///
    /// # Errors
    /// The entry's name, when the store does not take it.
    pub(super) fn restore(&self, key: SecretKey<'_>, places: &Places) -> Result<(), String> {
        let Some(old) = &self.old else { return Ok(()) };
        stores::keep(key, &self.place, old, places).map_err(|_| stores::entry_name(key, &self.place))
    }
}
