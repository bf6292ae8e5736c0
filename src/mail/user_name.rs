//! Names of the machine's users.

use std::str::FromStr;

use super::value::{ValueFault, shown, text_value};
use crate::{phrase, phrase::Phrase};

/// A user's name: a letter or `_`, then letters, digits, `_`, `-` and `.`, as useradd(8) takes it, and what directories add: a
/// domain before `\\` or after `@` (winbindd(8), "winbind separator"; sssd.conf(5), `full_name_format`), and a `$` at the end, of
/// a machine. At most 255 bytes (`LOGIN_NAME_MAX`). Whether there is such a user shows on the machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserName(String);

text_value!(UserName, "user");

/// The longest name, in bytes.
const LONGEST: usize = 255;

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
        let bare = word.strip_suffix('$').unwrap_or(word);
        let mut parts = bare.splitn(2, ['@', '\\']);
        let begins = parts.next().is_some_and(|part| part.starts_with(first) && part.chars().all(other));
        let goes_on =
            parts.all(|part| part.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') && part.chars().all(other));
        let fits = word.len() <= LONGEST && begins && goes_on;
        if fits { Ok(Self(word.to_owned())) } else { Err(UserNameFault(word.to_owned())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_and_of_directories() {
        for name in ["ann", "_apt", "www-data", "joe@ad.test", "DOM\\joe", "web1$", "DOM\\web1$"] {
            assert_eq!(name.parse::<UserName>().unwrap(), name);
        }
        for name in [
            "", "-x", "1000", "a b", "a:b", "a/b", "@ad.test", "joe@", "joe@a@b", "a\\b\\c", "DOM\\-x", "$", "a$b", "é",
            "joe@-o",
        ] {
            assert!(name.parse::<UserName>().is_err(), "{name}");
        }
        assert!("a".repeat(255).parse::<UserName>().is_ok() && "a".repeat(256).parse::<UserName>().is_err());
    }
}
