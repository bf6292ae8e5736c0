//! Names of environment variables.

use std::str::FromStr;

use super::value::{ValueFault, text_value};
use crate::{phrase, phrase::Phrase};

/// A variable's name as the shell takes it: a letter or `_`, then letters, digits and `_` (POSIX, “Name”).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VariableName(String);

text_value!(VariableName, "variable");

/// A text that is no variable's name, as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableNameFault(pub String);

impl ValueFault for VariableNameFault {
    fn phrase(&self) -> Phrase {
        // It may be a password that was taken for a name.
        phrase!("invalid-variable")
    }
}

impl FromStr for VariableName {
    type Err = VariableNameFault;

    fn from_str(typed: &str) -> Result<Self, VariableNameFault> {
        let word = typed.trim();
        let fits = word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if fits { Ok(Self(word.to_owned())) } else { Err(VariableNameFault(word.to_owned())) }
    }
}
