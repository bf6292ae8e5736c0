//! The port to the stores: what a store promises, and what finds a secret in it.

use std::borrow::Cow;

use super::error::StoreError;
use crate::{
    mail::{BoundSecret, SecretPlace},
    phrase,
    plan::Places,
    presets::Phrase,
};

/// What a secret of a profile is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretPurpose {
    /// The login at the relay.
    Relay,
}

/// Whose secret it is, and what for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretKey<'a> {
    /// The profile's name.
    pub profile: &'a str,
    /// What it is for.
    pub purpose: SecretPurpose,
    /// The user who sends, if that is not the owner of what is written: a command of the person's runs as that user.
    pub sender: Option<&'a str>,
}

impl SecretKey<'_> {
    /// The name of the secret's file, credential or record: for the relay's login the profile's own.
    pub fn name(&self) -> Cow<'_, str> {
        match self.purpose {
            SecretPurpose::Relay => Cow::Borrowed(self.profile),
        }
    }
}

impl<'a> From<&'a str> for SecretKey<'a> {
    /// The login at the relay of a profile.
    fn from(profile: &'a str) -> Self {
        Self { profile, purpose: SecretPurpose::Relay, sender: None }
    }
}

/// The name of a profile's secret that the write `id` has set aside: no profile can have it.
pub(super) fn aside(profile: &str, id: &str) -> String {
    format!("{profile}~{id}")
}

/// Whether a name is that of a secret that was set aside.
pub(super) fn is_aside(name: &str) -> bool {
    name.contains('~')
}

/// An entry of a store: its key, and where it is.
#[derive(Debug, Clone, Copy)]
pub struct StoreEntry<'a> {
    /// Whose secret it is, and what for.
    pub key: SecretKey<'a>,
    /// The store, and what finds the entry in it.
    pub place: &'a SecretPlace,
    /// Where our own files are.
    pub places: &'a Places,
}

impl StoreEntry<'_> {
    /// What finds the entry in its store, as a person would: its own name there, else the key's.
    pub fn name(&self) -> String {
        entry_name(&self.key, self.place)
    }
}

/// What finds an entry in its store, as a person would.
pub(crate) fn entry_name(key: &SecretKey<'_>, place: &SecretPlace) -> String {
    place.locator().map_or_else(|| key.name().into_owned(), str::to_owned)
}

/// Why a store of this machine, or of one user, is barred for another user who sends and for an image; `Ok` for neither.
pub(super) fn owner_alone(run_as: Option<&str>, places: &Places) -> Result<(), Phrase> {
    match run_as {
        Some(user) => Err(phrase!("store-other-user", user = user)),
        None if places.root.is_some() => Err(phrase!("store-image")),
        None => Ok(()),
    }
}

/// Where a secret is at rest, and what protects it there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtRest {
    /// In plain text in a file of ours that only its owner, and the group of the user who sends, can read.
    Plain,
    /// Encrypted in a file of ours, by a key that moves with the files or with a person.
    Encrypted,
    /// In, or encrypted by, a service of this machine or of its user.
    Machine,
    /// With the person: mailsetup stores nothing.
    Person,
}

/// A store of secrets. Each kind of store is one file below `host/stores`, in the table of `host/stores.rs`.
///
/// What every store promises:
///
/// - `keep` replaces the whole secret or nothing: after an error or a kill the entry holds the old secret or the new one, as
///   far as the program behind the store does so. It returns once the content is durable. The secret is in no argument or
///   environment of another program, and in no file that a user other than owner and sender can read.
/// - Whom a secret was given for is kept with it. After a kill the older secret has its own receiver or the newer one has its
///   own: never one the other's, and never nobody.
/// - `read` returns exactly what was kept, every byte. It ends within bounded time, in which a person may have to unlock the
///   store. An entry that does not exist is an error for which [`StoreError::is_absence`] holds.
/// - `forget` removes the entry. One that does not exist is no error.
/// - Where the person holds the secret ([`AtRest::Person`]), `keep` and `forget` do nothing.
/// - No error shows a secret.
pub trait Store: Sync {
    /// Where a secret that is kept now would be at rest.
    fn at_rest(&self, places: &Places) -> AtRest;

    /// Why the sender cannot read the secret without a person, else `None`. `run_as` is the user who sends, if that is not the
    /// owner of what is written. The store may be asked for this, within two seconds; nothing is kept.
    fn barred(&self, run_as: Option<&str>, places: &Places) -> Option<Phrase>;

    /// Whether the secret can be read here as the sender will read it, rather than only where mail is sent: a variable that is
    /// set there, or a credential that a unit loads.
    fn is_read_here(&self, run_as: Option<&str>) -> bool {
        let _ = run_as;
        true
    }

    /// Whether the store would take a secret, as far as that can be seen without asking a person.
    ///
    /// # Errors
    /// Why not.
    fn ready(&self, places: &Places) -> Result<(), StoreError> {
        let _ = places;
        Ok(())
    }

    /// Puts the secret into the store, with whom it was given for.
    ///
    /// # Errors
    /// The store does not take it.
    fn keep(&self, entry: &StoreEntry<'_>, secret: &BoundSecret) -> Result<(), StoreError>;

    /// Reads the secret, and whom it was given for.
    ///
    /// # Errors
    /// The store does not give it, or has no such entry.
    fn read(&self, entry: &StoreEntry<'_>) -> Result<BoundSecret, StoreError>;

    /// Removes the entry.
    ///
    /// # Errors
    /// The store does not remove it.
    fn forget(&self, entry: &StoreEntry<'_>) -> Result<(), StoreError>;
}
