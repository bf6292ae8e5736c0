//! An environment variable of the person's, set where mail is sent.

use super::{
    error::StoreError,
    port::{AtRest, Store, StoreEntry},
};
use crate::{host::input, mail::BoundSecret, plan::Places, presets::Phrase};

/// The store `env`.
pub(super) struct EnvStore;

impl Store for EnvStore {
    fn at_rest(&self, _: &Places) -> AtRest {
        AtRest::Person
    }

    fn barred(&self, _: Option<&str>, _: &Places) -> Option<Phrase> {
        None
    }

    fn is_read_here(&self, _: Option<&str>) -> bool {
        false
    }

    fn keep(&self, _: &StoreEntry<'_>, _: &BoundSecret) -> Result<(), StoreError> {
        Ok(())
    }

    fn read(&self, entry: &StoreEntry<'_>) -> Result<BoundSecret, StoreError> {
        Ok(BoundSecret::from(input::from_env(&entry.name())?))
    }

    fn forget(&self, _: &StoreEntry<'_>) -> Result<(), StoreError> {
        Ok(())
    }
}
