//! What is wrong with a profile's text: where, which field, and the sentence of the field's own parser.

use std::str::FromStr;

use serde::de::DeserializeOwned;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    Address, HeloName, Host, PassEntry, Pin, Port, TextLine, UserName, VariableName,
    reply::escape,
    schema::newer,
    value::{ValueFault, shown},
    word::nearest,
};
use crate::{phrase, phrase::Phrase};

/// Why a profile's text cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileFault {
    /// A newer mailsetup wrote it; carries its schema.
    Newer(u64),
    /// A field has a value that is none, or lacks one.
    Field(FieldFault),
    /// It is no TOML, or has a key that is none.
    Text {
        /// The line, from 1, where it is known.
        line: Option<usize>,
        /// What is wrong, as the TOML parser says it.
        cause: String,
        /// The known key that is nearest to an unknown one.
        nearest: Option<String>,
    },
}

/// A field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// The line, from 1, where it is known.
    pub line: Option<usize>,
    /// The field with the tables that it is in, as `smtp.auth`.
    pub field: String,
    /// What is wrong and how to fix it.
    pub why: FieldCause,
    /// The known word that was probably meant.
    pub nearest: Option<String>,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldCause {
    /// Its parser refuses the value.
    Value(Phrase),
    /// It is of another kind, or missing; as the TOML parser says it.
    Kind(String),
}

impl ProfileFault {
    /// What is wrong with the profile that was read from `file`.
    pub fn phrase(&self, file: &str) -> Phrase {
        let at = |line: &Option<usize>| match line {
            Some(line) => format!("{}:{line}", escape(file)),
            None => escape(file),
        };
        match self {
            Self::Newer(schema) => phrase!("host-newer-schema", path = escape(file), schema = schema),
            Self::Text { line, cause, .. } => {
                phrase!("host-bad-profile", fault = format!("{}: {}", at(line), escape(cause)))
            }
            Self::Field(fault) => {
                let phrase = phrase!("host-bad-field", place = at(&fault.line), field = escape(&fault.field));
                match &fault.why {
                    FieldCause::Value(why) => phrase.with_phrase("why", why.clone()),
                    FieldCause::Kind(why) => phrase.with("why", escape(why)),
                }
            }
        }
    }

    /// The known word that was probably meant.
    pub fn nearest(&self) -> Option<&str> {
        match self {
            Self::Newer(_) => None,
            Self::Field(fault) => fault.nearest.as_deref(),
            Self::Text { nearest, .. } => nearest.as_deref(),
        }
    }
}

/// Reads a profile's text, or a part of it.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, ProfileFault> {
    if let Some(schema) = newer(text) {
        return Err(ProfileFault::Newer(schema));
    }
    toml::from_str(text).map_err(|error| explain(text, &error))
}

fn explain(text: &str, error: &toml::de::Error) -> ProfileFault {
    let message = error.message();
    let line_of = |at: usize| text.get(..at).unwrap_or(text).matches('\n').count() + 1;
    let line = error.span().map(|span| line_of(span.start));
    if let Some((unknown, known)) = quoted(message, "unknown field `") {
        let nearest = nearest(unknown, known).map(str::to_owned);
        return ProfileFault::Text { line, cause: message.to_owned(), nearest };
    }
    let value = refused(message);
    let typed = value.as_ref().map(|value| value.typed);
    let place = DeTable::parse(text).ok().and_then(|table| find(table.get_ref(), error.span()?.start, typed));
    let Some((field, at)) = place else {
        return ProfileFault::Text { line, cause: message.to_owned(), nearest: None };
    };
    let (why, nearest) = match value {
        Some(Refused { why, nearest, .. }) => (FieldCause::Value(why), nearest),
        None => (FieldCause::Kind(message.to_owned()), None),
    };
    ProfileFault::Field(FieldFault { line: Some(line_of(at)), field, why, nearest })
}

/// A value that its parser refused.
struct Refused<'a> {
    typed: &'a str,
    why: Phrase,
    nearest: Option<String>,
}

/// Reads what a deserializer says of a refused value: `invalid KIND: TEXT` for those of [`super::value`], else serde's own
/// ``unknown variant `x`, expected one of `a`, `b` `` for words.
fn refused(message: &str) -> Option<Refused<'_>> {
    if let Some((typed, known)) = quoted(message, "unknown variant `") {
        let known: Vec<&str> = known.collect();
        let why = phrase!("invalid-choice", typed = shown(typed), choices = known.join(", "));
        return Some(Refused { typed, why, nearest: nearest(&typed.to_lowercase(), known).map(str::to_owned) });
    }
    let (kind, typed) = message.strip_prefix("invalid ")?.split_once(": ")?;
    let (_, parse) = KINDS.iter().find(|(known, _)| *known == kind)?;
    Some(Refused { typed, why: parse(typed)?, nearest: None })
}

/// Why a text is none of a type; `None` where it is one.
type Why = fn(&str) -> Option<Phrase>;

/// What the errors of a deserializer call a type, and why it refuses a text.
const KINDS: [(&str, Why); 9] = [
    (Address::KIND, why::<Address>),
    (HeloName::KIND, why::<HeloName>),
    (Host::KIND, why::<Host>),
    (PassEntry::KIND, why::<PassEntry>),
    (Pin::KIND, why::<Pin>),
    (Port::KIND, why::<Port>),
    (TextLine::KIND, why::<TextLine>),
    (UserName::KIND, why::<UserName>),
    (VariableName::KIND, why::<VariableName>),
];

fn why<T: FromStr<Err: ValueFault>>(typed: &str) -> Option<Phrase> {
    typed.parse::<T>().err().map(|fault| fault.phrase())
}

/// The word that serde does not know, after `begin`, and those that it knows.
fn quoted<'a>(message: &'a str, begin: &str) -> Option<(&'a str, impl Iterator<Item = &'a str>)> {
    let (unknown, known) = message.strip_prefix(begin)?.split_once('`')?;
    Some((unknown, known.split('`').skip(1).step_by(2)))
}

/// The field at a place of the text, and where it begins. serde does not say where in a table with a tag (`secret`) a value
/// is wrong: then it is looked for by its text.
fn find(table: &DeTable<'_>, at: usize, typed: Option<&str>) -> Option<(String, usize)> {
    table.iter().find_map(|(key, value)| {
        let key = key.get_ref();
        let inner = inside(value, at, typed).map(|(field, at)| (format!("{key}.{field}"), at));
        inner.or_else(|| {
            let is_here = value.span().contains(&at);
            let by_text = || value.get_ref().as_table().zip(typed).and_then(|(table, typed)| by_text(table, typed));
            let here =
                || by_text().map_or((key.to_string(), value.span().start), |(name, at)| (format!("{key}.{name}"), at));
            is_here.then(here)
        })
    })
}

fn inside(value: &Spanned<DeValue<'_>>, at: usize, typed: Option<&str>) -> Option<(String, usize)> {
    match value.get_ref() {
        DeValue::Table(table) => find(table, at, typed),
        DeValue::Array(list) => list.iter().find_map(|value| inside(value, at, typed)),
        _ => None,
    }
}

fn by_text(table: &DeTable<'_>, typed: &str) -> Option<(String, usize)> {
    let is_it = |value: &Spanned<DeValue<'_>>| value.get_ref().as_str() == Some(typed);
    table.iter().find(|(_, value)| is_it(value)).map(|(key, value)| (key.get_ref().to_string(), value.span().start))
}
