//! Names of profiles: the one rule for flags, variables, files, lists and every command.

use std::str::FromStr;

use super::value::{ValueFault, shown, text_value};
use crate::{phrase, phrase::Phrase};

/// A profile's name: letters, digits, `.`, `_` and `-`, at most 64; it begins with neither `.` (files of that name are hidden)
/// nor `-` (commands would take it for a flag).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileName(String);

text_value!(ProfileName, "profile name");

/// The longest name, in bytes.
const LONGEST: usize = 64;

/// Why a text is no profile's name; each carries what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileNameFault {
    /// It begins with a dot or a hyphen.
    Start(String),
    /// It is empty, too long, or has another character.
    Character(String),
}

impl ValueFault for ProfileNameFault {
    fn phrase(&self) -> Phrase {
        match self {
            Self::Start(typed) => phrase!("invalid-profile-start", typed = shown(typed)),
            Self::Character(typed) => phrase!("invalid-profile", typed = shown(typed)),
        }
    }
}

impl FromStr for ProfileName {
    type Err = ProfileNameFault;

    fn from_str(typed: &str) -> Result<Self, ProfileNameFault> {
        let is_known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if !(1..=LONGEST).contains(&typed.len()) || !typed.bytes().all(is_known) {
            return Err(ProfileNameFault::Character(typed.to_owned()));
        }
        if typed.starts_with(['.', '-']) {
            return Err(ProfileNameFault::Start(typed.to_owned()));
        }
        Ok(Self(typed.to_owned()))
    }
}

impl Default for ProfileName {
    fn default() -> Self {
        Self("default".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_none() {
        for name in ["default", "a", "_a", "web-1.example_x"] {
            assert_eq!(name.parse::<ProfileName>().unwrap(), name);
        }
        for name in ["", "a/b", "a b", "é", "a\n", &"x".repeat(65)] {
            assert_eq!(name.parse::<ProfileName>(), Err(ProfileNameFault::Character(name.into())), "{name:?}");
        }
        for name in [".", "..", ".hidden", "-", "-x", "--yes"] {
            assert_eq!(name.parse::<ProfileName>(), Err(ProfileNameFault::Start(name.into())), "{name:?}");
        }
    }
}
