//! A command of the person's that prints the secret, run by `/bin/sh -c` each time, as the user who sends.

use super::{
    error::StoreError,
    port::{AtRest, Store, StoreEntry},
};
use crate::{host::input, mail::BoundSecret, plan::Places, presets::Phrase};

/// The store `command`.
pub(super) struct CommandStore;

impl Store for CommandStore {
    fn at_rest(&self, _: &Places) -> AtRest {
        AtRest::Person
    }

    fn barred(&self, _: Option<&str>, _: &Places) -> Option<Phrase> {
        None
    }

    fn keep(&self, _: &StoreEntry<'_>, _: &BoundSecret) -> Result<(), StoreError> {
        Ok(())
    }

    fn read(&self, entry: &StoreEntry<'_>) -> Result<BoundSecret, StoreError> {
        Ok(BoundSecret::from(input::from_own_command(&entry.name(), entry.key.sender)?))
    }

    fn forget(&self, _: &StoreEntry<'_>) -> Result<(), StoreError> {
        Ok(())
    }
}
