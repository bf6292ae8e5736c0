//! Reads TOML, and what `build.rs` packed of it, into types; an error says where.
//!
//! As `toml::from_str`, but in a fraction of its code for each type that is read: values are read where they stand in the parsed
//! table, and an error is one pointer. What it says is what serde and the crate `toml` say.

use std::{fmt, ops::Range};

use serde::{
    Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, Error as _, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor,
        value::{BorrowedStrDeserializer, MapAccessDeserializer},
    },
    forward_to_deserialize_any,
};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
    map,
};

use crate::packed::{PackedEntries, PackedItems, PackedValue};

/// The name of a newtype that is read as where its value begins, in bytes, and the value.
pub const PLACED: &str = "$mailsetup::Placed";

/// Why a text or a value in it cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TomlError(Box<(String, Option<Range<usize>>)>);

impl TomlError {
    /// What is wrong, in the words of serde or of the parser.
    pub fn message(&self) -> &str {
        &self.0.0
    }

    /// Where, in bytes, as far as it is known.
    pub fn span(&self) -> Option<Range<usize>> {
        self.0.1.clone()
    }

    /// The same with a place, where it has none yet.
    fn at(mut self, span: Option<Range<usize>>) -> Self {
        if self.0.1.is_none() {
            self.0.1 = span;
        }
        self
    }
}

impl fmt::Display for TomlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for TomlError {}

impl serde::de::Error for TomlError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(Box::new((message.to_string(), None)))
    }
}

impl From<toml::de::Error> for TomlError {
    fn from(error: toml::de::Error) -> Self {
        Self(Box::new((error.message().to_owned(), error.span())))
    }
}

/// Reads a TOML text.
///
/// # Errors
/// It is no TOML, or says something else than what `T` has.
pub fn from_str<T: DeserializeOwned>(text: &str) -> Result<T, TomlError> {
    from_table(DeTable::parse(text)?)
}

/// Reads a parsed table.
///
/// # Errors
/// It says something else than what `T` has.
pub fn from_table<T: DeserializeOwned>(table: Spanned<DeTable<'_>>) -> Result<T, TomlError> {
    let root = Spanned::new(table.span(), DeValue::Table(table.into_inner()));
    T::deserialize(TomlNode::Toml(&root))
}

/// Reads a packed table; nothing in it has a place.
///
/// # Errors
/// It says something else than what `T` has.
pub(crate) fn from_packed<T: DeserializeOwned>(table: PackedEntries) -> Result<T, TomlError> {
    T::deserialize(TomlNode::Packed(PackedValue::Table(table)))
}

/// A value of either form.
#[derive(Clone)]
enum TomlNode<'de> {
    Toml(&'de Spanned<DeValue<'de>>),
    Packed(PackedValue),
}

/// What a value is.
enum TomlParts<'de> {
    Text(&'de str),
    Integer(i64),
    Unsigned(u64),
    Wide(i128),
    Float(f64),
    Flag(bool),
    /// A date, which the crate `toml` gives as a map of its own.
    Date,
    List(TomlItems<'de>),
    Table(TomlEntries<'de>),
    Overflow(&'static str),
}

impl<'de> TomlNode<'de> {
    fn span(&self) -> Option<Range<usize>> {
        match self {
            Self::Toml(value) => Some(value.span()),
            Self::Packed(_) => None,
        }
    }

    fn parts(self) -> TomlParts<'de> {
        match self {
            Self::Packed(value) => match value {
                PackedValue::Text(text) => TomlParts::Text(text),
                PackedValue::Integer(digits) => integer(digits, 10),
                PackedValue::Flag(yes) => TomlParts::Flag(yes),
                PackedValue::List(items) => TomlParts::List(TomlItems::Packed(items)),
                PackedValue::Table(entries) => TomlParts::Table(TomlEntries { rest: Rest::Packed(entries), value: None }),
            },
            Self::Toml(value) => match value.get_ref() {
                DeValue::String(text) => TomlParts::Text(text),
                DeValue::Integer(number) => integer(number.as_str(), number.radix()),
                DeValue::Float(number) => match number.as_str().parse::<f64>() {
                    Ok(float) if float.is_finite() || !number.as_str().bytes().any(|byte| byte.is_ascii_digit()) => {
                        TomlParts::Float(float)
                    }
                    _ => TomlParts::Overflow("floating-point number overflowed"),
                },
                DeValue::Boolean(yes) => TomlParts::Flag(*yes),
                DeValue::Datetime(_) => TomlParts::Date,
                DeValue::Array(items) => TomlParts::List(TomlItems::Toml(items.iter())),
                DeValue::Table(table) => TomlParts::Table(TomlEntries { rest: Rest::Toml(table.iter()), value: None }),
            },
        }
    }
}

fn integer<'de>(digits: &str, radix: u32) -> TomlParts<'de> {
    let signed = i64::from_str_radix(digits, radix).map(TomlParts::Integer);
    let unsigned = signed.or_else(|_| u64::from_str_radix(digits, radix).map(TomlParts::Unsigned));
    let wide = unsigned.or_else(|_| i128::from_str_radix(digits, radix).map(TomlParts::Wide));
    wide.unwrap_or(TomlParts::Overflow("integer number overflowed"))
}

impl<'de> Deserializer<'de> for TomlNode<'de> {
    type Error = TomlError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TomlError> {
        let span = self.span();
        let read = match self.parts() {
            TomlParts::Text(text) => visitor.visit_borrowed_str(text),
            TomlParts::Integer(number) => visitor.visit_i64(number),
            TomlParts::Unsigned(number) => visitor.visit_u64(number),
            TomlParts::Wide(number) => visitor.visit_i128(number),
            TomlParts::Float(number) => visitor.visit_f64(number),
            TomlParts::Flag(yes) => visitor.visit_bool(yes),
            TomlParts::Date => Err(TomlError::invalid_type(Unexpected::Map, &visitor)),
            TomlParts::List(items) => visitor.visit_seq(items),
            TomlParts::Table(entries) => visitor.visit_map(entries),
            TomlParts::Overflow(fault) => Err(TomlError::custom(fault)),
        };
        read.map_err(|error| error.at(span))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TomlError> {
        let span = self.span();
        visitor.visit_some(self).map_err(|error| error.at(span))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, TomlError> {
        let span = self.span();
        let read = if name == PLACED {
            let at = span.as_ref().map_or(0, |span| span.start);
            visitor.visit_seq(Placed { at: Some(at), value: Some(self) })
        } else {
            visitor.visit_newtype_struct(self)
        };
        read.map_err(|error| error.at(span))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        words: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TomlError> {
        let span = self.span();
        let read = match self.parts() {
            TomlParts::Text(text) => BorrowedStrDeserializer::new(text).deserialize_enum(name, words, visitor),
            TomlParts::Table(entries) => match entries.rest.size() {
                0 => Err(TomlError::custom("wanted exactly 1 element, found 0 elements")),
                1 => MapAccessDeserializer::new(entries).deserialize_enum(name, words, visitor),
                _ => Err(TomlError::custom("wanted exactly 1 element, more than 1 element")),
            },
            _ => Err(TomlError::custom("wanted string or table")),
        };
        read.map_err(|error| error.at(span))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TomlError> {
        match self {
            // What was packed is known to be right: it is passed over as it stands.
            Self::Packed(_) => visitor.visit_unit(),
            Self::Toml(_) => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier
    }
}

/// The values of a list.
enum TomlItems<'de> {
    Toml(std::slice::Iter<'de, Spanned<DeValue<'de>>>),
    Packed(PackedItems),
}

impl<'de> Iterator for TomlItems<'de> {
    type Item = TomlNode<'de>;

    fn next(&mut self) -> Option<TomlNode<'de>> {
        match self {
            Self::Toml(items) => items.next().map(TomlNode::Toml),
            Self::Packed(items) => items.next().map(TomlNode::Packed),
        }
    }
}

impl<'de> SeqAccess<'de> for TomlItems<'de> {
    type Error = TomlError;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, TomlError> {
        self.next().map(|item| seed.deserialize(item)).transpose()
    }
}

/// The keys and values of a table.
struct TomlEntries<'de> {
    rest: Rest<'de>,
    /// That of the key that was read last.
    value: Option<TomlNode<'de>>,
}

/// The keys and values that are left.
enum Rest<'de> {
    Toml(map::Iter<'de, Spanned<std::borrow::Cow<'de, str>>, Spanned<DeValue<'de>>>),
    Packed(PackedEntries),
}

impl Rest<'_> {
    fn size(&self) -> usize {
        match self {
            Self::Toml(entries) => entries.len(),
            Self::Packed(entries) => entries.clone().count(),
        }
    }
}

impl<'de> Iterator for Rest<'de> {
    /// The key, where it stands, and the value.
    type Item = (&'de str, Option<Range<usize>>, TomlNode<'de>);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Toml(entries) => {
                entries.next().map(|(key, value)| (key.get_ref().as_ref(), Some(key.span()), TomlNode::Toml(value)))
            }
            Self::Packed(entries) => entries.next().map(|(key, value)| (key, None, TomlNode::Packed(value))),
        }
    }
}

impl<'de> MapAccess<'de> for TomlEntries<'de> {
    type Error = TomlError;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, TomlError> {
        let Some((key, span, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(BorrowedStrDeserializer::new(key)).map(Some).map_err(|error: TomlError| error.at(span))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, TomlError> {
        let Some(value) = self.value.take() else { return Err(TomlError::custom("a value before its key")) };
        let span = value.span();
        seed.deserialize(value).map_err(|error| error.at(span))
    }
}

/// Where a value begins, then the value.
struct Placed<'de> {
    at: Option<usize>,
    value: Option<TomlNode<'de>>,
}

impl<'de> SeqAccess<'de> for Placed<'de> {
    type Error = TomlError;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, TomlError> {
        if let Some(at) = self.at.take() {
            return seed.deserialize(at.into_deserializer()).map(Some);
        }
        self.value.take().map(|value| seed.deserialize(value)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        text: Option<String>,
        number: Option<u16>,
        ratio: Option<f64>,
        yes: Option<bool>,
        list: Option<Vec<Inner>>,
        word: Option<Word>,
        map: Option<BTreeMap<String, i64>>,
        any: Option<toml::Value>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Inner {
        name: String,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Word {
        One,
        Two(u8),
    }

    #[test]
    fn it_reads_and_faults_as_the_crate_does() {
        for text in [
            "text = 'a'\nnumber = 0x1f\nratio = 1_0.5\nyes = true\nlist = [{ name = 'x' }, { name = 'y' }]\nword = 'one'\nmap.a = -1\n",
            "any = [1, 'two', [3.5, true], { a = 18446744073709551615 }]\nword.two = 7\n",
            "text = 1\n",
            "text = 1e400\n",
            "text = 2026-11-01\n",
            "number = 'x'\n",
            "number = 70000\n",
            "number = 99999999999999999999\n",
            "number = 9999999999999999999999999999999999999999999999\n",
            "list = [{ name = 'x' }, { nam = 'y' }]\n",
            "list = 5\n",
            "txet = 1\n",
            "word = 'three'\n",
            "word = 3\n",
            "word = {}\n",
            "word = { one = 1, two = 2 }\n",
            "word = { two = 'x' }\n",
            "map = { a = 1, b = 'x' }\n",
            "text = \n",
            "text = 'a'\ntext = 'b'\n",
            "[list]\n",
        ] {
            let fault = |message: &str, span| (message.to_owned(), span);
            let known = toml::from_str::<Sample>(text).map_err(|error| fault(error.message(), error.span()));
            assert_eq!(from_str::<Sample>(text).map_err(|error| fault(error.message(), error.span())), known, "{text}");
        }
    }
}
