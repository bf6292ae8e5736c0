//! Entries of `pass`, the standard Unix password manager.

use std::str::FromStr;

use super::value::{ValueFault, shown, text_value};
use crate::{phrase, phrase::Phrase};

/// An entry's name: a path below the password store, as pass(1) takes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PassEntry(String);

text_value!(PassEntry, "pass entry");

/// A text that is no entry's name, as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassEntryFault(pub String);

impl ValueFault for PassEntryFault {
    fn phrase(&self) -> Phrase {
        phrase!("invalid-pass-entry", typed = shown(&self.0))
    }
}

impl FromStr for PassEntry {
    type Err = PassEntryFault;

    fn from_str(typed: &str) -> Result<Self, PassEntryFault> {
        let word = typed.trim();
        // A part that begins with a dot could lead out of the store, one with a hyphen would be taken for a flag.
        let fits = word.len() <= 200
            && !word.chars().any(char::is_control)
            && word.split('/').all(|part| !part.is_empty() && !part.starts_with(['.', '-']));
        if fits { Ok(Self(word.to_owned())) } else { Err(PassEntryFault(word.to_owned())) }
    }
}
