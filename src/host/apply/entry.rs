//! The entries of stores that a write makes, changes or takes out: part of it like its files.
//!
//! What an entry held before is set aside first, under a name of the write's own in the same store: it is encrypted there as the
//! entry itself, and no record holds it. Rolling back and undoing bring it back; it goes when the write can no longer be undone.

use crate::{
    host::{
        journal::record::{EntryRecord, WriteRecord},
        stores::{self, error::StoreError},
    },
    mail::{BoundSecret, SecretPlace},
    plan::Places,
};

/// An entry of a store that is made, changed or taken out.
pub(crate) struct EntryChange {
    place: SecretPlace,
    existed: bool,
    becomes: Becomes,
}

/// What an entry becomes.
enum Becomes {
    /// It holds this.
    Filled(BoundSecret),
    /// It holds what another write set aside.
    AsBefore(String),
    /// It is taken out.
    Gone,
}

impl EntryChange {
    /// What to do for an entry to hold the secret; `None` when it does.
    pub(super) fn filled(
        profile: &str,
        place: &SecretPlace,
        secret: &BoundSecret,
        places: &Places,
    ) -> Result<Option<Self>, StoreError> {
        let existed = match stores::read(profile, place, places) {
            Ok(old) if old == *secret => return Ok(None),
            Ok(_) => true,
            Err(error) if error.is_absence() => false,
            Err(error) => return Err(error),
        };
        Ok(Some(Self { place: place.clone(), existed, becomes: Becomes::Filled(secret.clone()) }))
    }

    /// What to do for an entry to be gone; `None` when it is.
    pub(crate) fn emptied(profile: &str, place: &SecretPlace, places: &Places) -> Result<Option<Self>, StoreError> {
        let exists = stores::exists(profile, place, places)?;
        Ok(exists.then(|| Self { place: place.clone(), existed: true, becomes: Becomes::Gone }))
    }

    /// What to do for an entry to be as it was before a write; `None` when it was there before, and nobody knows what it held.
    pub(crate) fn undone(record: &WriteRecord, entry: &EntryRecord, places: &Places) -> Result<Option<Self>, StoreError> {
        let existed = stores::exists(&record.profile, &entry.place, places)?;
        let becomes = match &entry.aside {
            Some(aside) if stores::exists_aside(&record.profile, &entry.place, aside, places)? => {
                Becomes::AsBefore(aside.clone())
            }
            None if !entry.existed => Becomes::Gone,
            _ => return Ok(None),
        };
        let is_gone_already = !existed && matches!(becomes, Becomes::Gone);
        Ok((!is_gone_already).then(|| Self { place: entry.place.clone(), existed, becomes }))
    }

    /// What the record of a write says of it.
    pub(super) fn record(&self, id: &str) -> EntryRecord {
        EntryRecord { place: self.place.clone(), existed: self.existed, aside: self.existed.then(|| id.to_owned()) }
    }

    /// Sets aside what the entry holds, and gives it what it becomes.
    pub(super) fn carry_out(&self, profile: &str, id: &str, places: &Places) -> Result<(), StoreError> {
        if self.existed {
            stores::set_aside(profile, &self.place, id, places)?;
        }
        match &self.becomes {
            Becomes::Filled(secret) => stores::keep(profile, &self.place, secret, places),
            Becomes::AsBefore(aside) => stores::bring_back(profile, &self.place, aside, places),
            Becomes::Gone => stores::forget(profile, &self.place, places),
        }
    }
}

/// Makes the entries of a write that was cut off what they were before it; says which their stores do not give back.
pub(super) fn put_back<'a>(
    record: &WriteRecord,
    entries: impl Iterator<Item = &'a EntryRecord>,
    places: &Places,
) -> Vec<EntryRecord> {
    let put_back = |entry: &EntryRecord| match &entry.aside {
        // Until it was set aside, the entry was not touched.
        Some(aside) if stores::exists_aside(&record.profile, &entry.place, aside, places)? => {
            stores::bring_back(&record.profile, &entry.place, aside, places)?;
            stores::forget_aside(&record.profile, &entry.place, aside, places)
        }
        None if !entry.existed => stores::forget(record.profile.as_str(), &entry.place, places),
        _ => Ok(()),
    };
    entries.filter(|entry| put_back(entry).is_err()).cloned().collect()
}
