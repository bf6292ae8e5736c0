//! Values that are one word of a short list.

use super::value::{ValueFault, shown};
use crate::{phrase, phrase::Phrase};

/// A word that is not on its list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordFault {
    /// The word as it was typed.
    pub typed: String,
    /// The words that it can be.
    pub words: &'static [&'static str],
}

impl ValueFault for WordFault {
    fn phrase(&self) -> Phrase {
        let choices = self.words.join(", ");
        match self.nearest() {
            Some(near) => phrase!("invalid-choice-near", typed = shown(&self.typed), choices = choices, near = near),
            None => phrase!("invalid-choice", typed = shown(&self.typed), choices = choices),
        }
    }

    fn nearest(&self) -> Option<String> {
        nearest(&self.typed.to_lowercase(), self.words.iter().copied()).map(str::to_owned)
    }
}

/// The word that is nearest to `typed`, if it is near enough to be a slip: something of what was typed is right.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = typed.chars().count().saturating_sub(1);
    known
        .into_iter()
        .map(|word| (strsim::osa_distance(typed, word), word))
        .filter(|(distance, word)| *distance <= most.min(2.max(word.len() / 3)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// The length of words with a bar between each two.
pub(crate) const fn usage_len(words: &[&str]) -> usize {
    let (mut length, mut index) = (words.len() - 1, 0);
    while index < words.len() {
        length += words[index].len();
        index += 1;
    }
    length
}

/// Words with a bar between each two: `tls|starttls|none`. `N` is their [`usage_len`].
pub(crate) const fn usage<const N: usize>(words: &[&str]) -> [u8; N] {
    let mut text = [b'|'; N];
    let (mut at, mut index) = (0, 0);
    while index < words.len() {
        let word = words[index].as_bytes();
        let mut letter = 0;
        while letter < word.len() {
            text[at] = word[letter];
            (at, letter) = (at + 1, letter + 1);
        }
        (at, index) = (at + 1, index + 1);
    }
    text
}

/// Makes a type whose values are the words of a list: `ALL` and `WORDS` in the order in which people are shown them, `as_str`,
/// and what [`word_impls`] adds.
macro_rules! words {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        $vis enum $name {
            $($(#[$doc])* $variant),+
        }

        impl $name {
            /// Every value, in the order in which people are shown them.
            $vis const ALL: [Self; Self::WORDS.len()] = [$(Self::$variant),+];

            /// The words of the values, in the same order.
            $vis const WORDS: [&'static str; [$($word),+].len()] = [$($word),+];

            /// The word that flags, files and JSON use.
            $vis const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        $crate::mail::word::word_impls!($vis $name);
    };
}

/// Implements `USAGE`, `Display` and `FromStr` for a type with `ALL`, `WORDS` and `as_str`. Case does not matter in what people
/// type.
macro_rules! word_impls {
    ($vis:vis $name:ident) => {
        impl $name {
            /// The words as the help of a flag lists them, with a bar between each two.
            $vis const USAGE: &'static str = match std::str::from_utf8(&Self::JOINED) {
                Ok(text) => text,
                Err(_) => "",
            };

            const JOINED: [u8; $crate::mail::word::usage_len(&Self::WORDS)] = $crate::mail::word::usage(&Self::WORDS);
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::mail::word::WordFault;

            fn from_str(typed: &str) -> Result<Self, Self::Err> {
                let word = typed.trim();
                let fault = || $crate::mail::word::WordFault { typed: word.to_owned(), words: &Self::WORDS };
                Self::ALL.iter().copied().find(|value| value.as_str() == word.to_lowercase()).ok_or_else(fault)
            }
        }
    };
}

/// Implements the form in files and JSON of a type that [`words`] made: its word.
macro_rules! word_serde {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = String::deserialize(deserializer)?;
                word.parse().map_err(|_| serde::de::Error::unknown_variant(&word, &Self::WORDS))
            }
        }
    };
}

pub(crate) use {word_impls, word_serde, words};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Scope, Security};

    #[test]
    fn the_help_of_a_flag_lists_the_words() {
        assert_eq!(Security::USAGE, "tls|starttls|none");
    }

    #[test]
    fn a_word_is_taken_in_any_case_and_a_slip_names_the_nearest() {
        assert_eq!(" StartTLS ".parse(), Ok(Security::Starttls));
        assert_eq!("SYSTEM".parse(), Ok(Scope::System));
        let fault = "startls".parse::<Security>().unwrap_err();
        assert_eq!(fault.nearest().as_deref(), Some("starttls"));
        assert_eq!(fault.phrase().args[1], ("choices", "tls, starttls, none".to_owned()));
        assert_eq!("bogus".parse::<Security>().unwrap_err().nearest(), None);
    }
}
