//! What all types of values have in common: a parser, a fault that is a sentence, and their form in files.

use std::str::FromStr;

use super::reply::escape;
use crate::phrase::Phrase;

/// Why a text is no value of a type.
pub trait ValueFault {
    /// What is wrong and how to fix it.
    fn phrase(&self) -> Phrase;

    /// The known word that was probably meant.
    fn nearest(&self) -> Option<String> {
        None
    }
}

/// Parses a value.
///
/// # Errors
/// What is wrong with the text and how to fix it.
pub fn parse<T: FromStr<Err: ValueFault>>(typed: &str) -> Result<T, Phrase> {
    typed.parse().map_err(|fault: T::Err| fault.phrase())
}

/// The longest text that a sentence repeats, in characters.
const LONGEST: usize = 60;

/// Typed text, safe and short enough for a sentence.
pub fn shown(typed: &str) -> String {
    let safe = escape(typed);
    if safe.chars().count() > LONGEST { format!("{}…", safe.chars().take(LONGEST).collect::<String>()) } else { safe }
}

/// A single character as a sentence names it.
pub(super) fn shown_character(character: char) -> String {
    if character == ' ' { "␠".to_owned() } else { shown(&character.to_string()) }
}

/// Implements what a type made of one checked text needs besides its `FromStr`: it is read as a `str`, shown as that text,
/// and in files and JSON it is that text, parsed. `$kind` is what it is called in the errors of a deserializer, before the
/// text that was refused: see [`in_file`].
macro_rules! text_value {
    ($name:ident, $kind:literal) => {
        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// What the type is called in the errors of a deserializer.
            pub(in crate::mail) const KIND: &'static str = $kind;
        }

        impl std::ops::Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == *other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == **other
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        $crate::mail::value::text_serde!($name);
    };
}

/// Implements the form in files and JSON of a type that is one text there.
macro_rules! text_serde {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(|_| serde::de::Error::custom(format_args!("invalid {}: {text}", Self::KIND)))
            }
        }

        #[cfg(test)]
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                String::json_schema(generator)
            }
        }
    };
}

pub(super) use {text_serde, text_value};
