//! Readers: a file's text by its consumer's own rules.

pub(super) mod dotenv;
pub(super) mod main_cf;
pub(super) mod msmtprc;
pub(super) mod table;

use std::{collections::BTreeMap, ops::Range};

use minijinja::{Value, value::Serde};

use crate::presets::target::Format;

/// One setting in a file of keys and values, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The key, as the consumer compares it.
    pub(super) key: String,
    /// The value, as the consumer takes it.
    pub(super) value: String,
    /// Bytes from the key to the end of the value on the first line.
    pub(super) body: Range<usize>,
    /// Further whole lines that belong to the value.
    pub(super) continued: Vec<Range<usize>>,
}

/// What is wrong in a file, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub kind: FaultKind,
}

/// What keeps a file from being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// It is not UTF-8.
    NotUtf8,
    /// A quote is opened and never closed.
    OpenQuote,
    /// A setting without `=`.
    NoEquals,
    /// A line that begins with a blank and continues nothing.
    Stray,
    /// The consumer refuses lines of this length.
    LongLine,
    /// An account of this name was there already.
    AccountTwice,
    /// An account refers to one that is not there.
    AccountUnknown,
    /// Our opening mark has no closing one.
    BlockOpen,
    /// Our closing mark has no opening one.
    BlockClose,
    /// Our block is there twice.
    BlockTwice,
    /// Windows line ends, which the consumer takes as part of the values.
    Crlf,
}

impl Fault {
    const fn at(line: usize, kind: FaultKind) -> Self {
        Self { line, kind }
    }
}

/// The settings of a file of keys and values, in order.
pub(super) fn entries(format: Format, text: &str) -> Result<Vec<Entry>, Fault> {
    match format {
        Format::Dotenv => dotenv::entries(text, dotenv::Dialect::Portable),
        Format::DotenvSh => dotenv::entries(text, dotenv::Dialect::Shell),
        Format::MainCf => main_cf::entries(text),
        Format::PostfixTable => table::entries(text),
        // It has sections in place of keys.
        Format::Msmtprc => Ok(Vec::new()),
    }
}

/// What the consumer knows after reading the file, for the expressions of a target's `read`.
pub(super) fn values(format: Format, text: &str) -> Result<Value, Fault> {
    if format == Format::Msmtprc {
        return Ok(Value::from(Serde(msmtprc::accounts(text)?)));
    }
    // Where a key stands twice, readers differ in which one counts; what is written here has them all alike.
    let map: BTreeMap<String, String> = entries(format, text)?.into_iter().map(|entry| (entry.key, entry.value)).collect();
    Ok(Value::from(Serde(map)))
}

/// What stands around our block and matters to its template, as `rest`.
pub(super) fn surroundings(format: Format, before: &str, after: &str) -> BTreeMap<&'static str, bool> {
    match format {
        Format::Msmtprc => msmtprc::surroundings(before, after),
        Format::Dotenv | Format::DotenvSh | Format::MainCf | Format::PostfixTable => BTreeMap::new(),
    }
}

/// The lines of a text with their places: number from 1, range without the line break, range with it.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, Range<usize>, Range<usize>)> {
    let mut start = 0;
    text.split_inclusive('\n').enumerate().map(move |(index, line)| {
        let whole = start..start + line.len();
        start = whole.end;
        // The last line may lack its end: what is added behind it makes a line break of a lone carriage return.
        let bare = line.strip_suffix('\n').unwrap_or(line);
        let bare = bare.strip_suffix('\r').unwrap_or(bare);
        (index + 1, whole.start..whole.start + bare.len(), whole)
    })
}
