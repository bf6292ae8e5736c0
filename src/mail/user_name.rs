//! Names of the machine's users.

use std::str::FromStr;

use super::value::{ValueFault, shown, text_value};
use crate::{phrase, phrase::Phrase};

/// A user's name as useradd(8) takes it: a letter or `_`, then letters, digits, `_`, `-` and `.`, at most 32. Whether there is
/// such a user shows on the machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserName(String);

text_value!(UserName, "user");

/// A text that is no user's name, as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserNameFault(pub String);

impl ValueFault for UserNameFault {
    fn phrase(&self) -> Phrase {
        phrase!("invalid-user", typed = shown(&self.0))
    }
}

impl FromStr for UserName {
    type Err = UserNameFault;

    fn from_str(typed: &str) -> Result<Self, UserNameFault> {
        let word = typed.trim();
        let first = |c: char| c.is_ascii_alphabetic() || c == '_';
        let other = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let fits = word.starts_with(first) && word.len() <= 32 && word.chars().all(other);
        if fits { Ok(Self(word.to_owned())) } else { Err(UserNameFault(word.to_owned())) }
    }
}
