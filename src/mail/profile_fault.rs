//! What is wrong with a profile's text: where, which field, and the sentence of the field's own parser.

use std::str::FromStr;

use serde::de::DeserializeOwned;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    Address, GroupName, HeloName, Host, PassEntry, Pin, Port, Proxy, TextLine, UserName, VariableName,
    reply::escape,
    schema::newer,
    toml_fault::{kind, line_at, syntax},
    toml_read::{self, TomlError},
    value::{ValueFault, shown},
    word::nearest,
};
use crate::{phrase, phrase::Phrase};

/// Why a profile's text cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileFault {
    /// A newer mailsetup wrote it; carries its schema.
    Newer(u64),
    /// A field has a value that is none, is missing, or is no field.
    Field(FieldFault),
    /// It is no text, or no TOML.
    Text {
        /// The line, from 1, where it is known.
        line: Option<usize>,
        /// What is wrong and how to fix it.
        why: Phrase,
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
    pub why: Phrase,
    /// The known word that was probably meant.
    pub nearest: Option<String>,
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
            Self::Text { line, why } => phrase!("host-bad-profile", place = at(line)).with_phrase("why", why.clone()),
            Self::Field(fault) => phrase!("host-bad-field", place = at(&fault.line), field = escape(&fault.field))
                .with_phrase("why", fault.why.clone()),
        }
    }

    /// The known word that was probably meant.
    pub fn nearest(&self) -> Option<&str> {
        match self {
            Self::Field(fault) => fault.nearest.as_deref(),
            Self::Newer(_) | Self::Text { .. } => None,
        }
    }
}

/// Reads a profile's bytes, or a part of them.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ProfileFault> {
    let lossy = String::from_utf8_lossy(bytes);
    if let Some(schema) = newer(&lossy) {
        return Err(ProfileFault::Newer(schema));
    }
    let text = std::str::from_utf8(bytes).map_err(|fault| ProfileFault::Text {
        line: Some(line_at(bytes, fault.valid_up_to())),
        why: phrase!("toml-not-text"),
    })?;
    toml_read::from_str(text).map_err(|error| explain(text, &error))
}

/// Reads a part of a profile's bytes, whatever is wrong with the rest: bytes that are no text and lines that are no TOML are
/// passed over.
pub(super) fn read_part<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ProfileFault> {
    let text = String::from_utf8_lossy(bytes);
    if let Some(schema) = newer(&text) {
        return Err(ProfileFault::Newer(schema));
    }
    let text = without_wrong_lines(&text);
    let (table, _) = DeTable::parse_recoverable(&text);
    toml_read::from_table(table).map_err(|error| explain(&text, &error))
}

/// The most lines of a profile that are passed over for being no TOML.
const WRONG_LINES: usize = 100;

/// The text with each line blank that is no TOML: what the parser makes of such a line by itself swallows the table below it.
fn without_wrong_lines(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..WRONG_LINES {
        let Err(error) = DeTable::parse(&text) else { break };
        let at = error.span().map_or(0, |span| span.start.min(text.len()));
        let begin = text.as_bytes()[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |found| found + 1);
        let end = text.as_bytes()[at..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |found| at + found);
        text.replace_range(begin..end, &" ".repeat(end - begin));
    }
    text
}

fn explain(text: &str, error: &TomlError) -> ProfileFault {
    let message = error.message();
    let place = error.span().map(|span| span.start);
    let line = |at: usize| line_at(text.as_bytes(), at);
    let (table, _) = DeTable::parse_recoverable(text);
    let table = table.get_ref();
    if let Some((unknown, known)) = quoted(message, "unknown field `") {
        let (field, at) = place_of_key(table, unknown, place).unwrap_or_else(|| (unknown.to_owned(), place.unwrap_or(0)));
        let why = match field.rsplit_once('.') {
            Some((table, _)) => phrase!("profile-no-key", table = escape(table)),
            None => phrase!("profile-no-top-key"),
        };
        let nearest = nearest(unknown, known).map(str::to_owned);
        return ProfileFault::Field(FieldFault { line: Some(line(at)), field, why, nearest });
    }
    if let Some((missing, _)) = quoted(message, "missing field `") {
        let parent = place.filter(|_| !AT_TOP.contains(&missing)).and_then(|at| find(table, at, None));
        let field = parent.as_ref().map_or_else(|| missing.to_owned(), |(table, _)| format!("{table}.{missing}"));
        let line = parent.map(|(_, at)| line(at));
        return ProfileFault::Field(FieldFault { line, field, why: phrase!("profile-missing"), nearest: None });
    }
    let value = refused(message);
    let typed = value.as_ref().map(|value| value.typed);
    let found = place.and_then(|at| find(table, at, typed));
    let is_kind = value.is_some() || message.starts_with("invalid type") || message.starts_with("invalid value");
    let (Some((field, at)), true) = (found, is_kind) else {
        return ProfileFault::Text { line: place.map(line), why: syntax(message) };
    };
    let (why, nearest) = match value {
        Some(Refused { why, nearest, .. }) => (why, nearest),
        None => match message.strip_prefix("invalid value: integer `").and_then(|rest| rest.split_once('`')) {
            Some((number, _)) if field.ends_with("port") => (phrase!("invalid-port", typed = shown(number)), None),
            _ => (kind(message), None),
        },
    };
    ProfileFault::Field(FieldFault { line: Some(line(at)), field, why, nearest })
}

/// Refuses other keys in a table than these. serde passes over them in a table with a tag whose kind has no keys of its own
/// (<https://github.com/serde-rs/serde/issues/2294>).
pub(super) fn only_keys(bytes: &[u8], name: &str, keys: &[&str]) -> Result<(), ProfileFault> {
    let text = String::from_utf8_lossy(bytes);
    let (table, _) = DeTable::parse_recoverable(&text);
    let Some(inner) = table.get_ref().get(name).and_then(|inner| inner.get_ref().as_table()) else { return Ok(()) };
    match inner.keys().find(|key| !keys.contains(&key.get_ref().as_ref())) {
        None => Ok(()),
        Some(key) => Err(ProfileFault::Field(FieldFault {
            line: Some(line_at(bytes, key.span().start)),
            field: format!("{name}.{}", key.get_ref()),
            why: phrase!("profile-no-key", table = name),
            nearest: nearest(key.get_ref(), keys.iter().copied()).map(str::to_owned),
        })),
    }
}

/// What stands outside of all tables, or is one.
const AT_TOP: [&str; 4] = ["schema", "enabled", "sender", "smtp"];

/// Where a key stands, with the tables that it is in: at a place of the text, or else anywhere.
fn place_of_key(table: &DeTable<'_>, name: &str, at: Option<usize>) -> Option<(String, usize)> {
    let is_here = |key: &Spanned<std::borrow::Cow<'_, str>>| at.is_some_and(|at| key.span().contains(&at));
    key_where(table, name, &is_here).or_else(|| key_where(table, name, &|_| true))
}

fn key_where(
    table: &DeTable<'_>,
    name: &str,
    fits: &dyn Fn(&Spanned<std::borrow::Cow<'_, str>>) -> bool,
) -> Option<(String, usize)> {
    table.iter().find_map(|(key, value)| {
        if key.get_ref() == name && fits(key) {
            return Some((name.to_owned(), key.span().start));
        }
        let below = |value: &Spanned<DeValue<'_>>| key_where(value.get_ref().as_table()?, name, fits);
        let inner = match value.get_ref() {
            DeValue::Array(list) => list.iter().find_map(below),
            _ => below(value),
        };
        inner.map(|(field, at)| (format!("{}.{field}", key.get_ref()), at))
    })
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
const KINDS: [(&str, Why); 11] = [
    (Address::KIND, why::<Address>),
    (GroupName::KIND, why::<GroupName>),
    (HeloName::KIND, why::<HeloName>),
    (Host::KIND, why::<Host>),
    (PassEntry::KIND, why::<PassEntry>),
    (Pin::KIND, why::<Pin>),
    (Port::KIND, why::<Port>),
    (Proxy::KIND, why::<Proxy>),
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
