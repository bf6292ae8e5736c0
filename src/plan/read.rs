//! Readers: a file's text by its consumer's own rules, with the place of everything in it.

mod aliases;
mod apprise;
mod code;
mod compose;
mod dma;
mod doc;
pub(super) mod dotenv;
mod dotenvy;
mod env;
mod exim;
pub(super) mod git_config;
pub(super) mod ini;
pub(super) mod json;
mod mailrc;
pub(super) mod main_cf;
mod monit;
pub(super) mod msmtprc;
mod muttrc;
mod nullmailer;
mod php_ini;
mod phpdotenv;
mod plain;
mod properties;
mod shell;
pub(super) mod smtpd_conf;
mod ssmtp;
pub(super) mod table;
pub(super) mod toml;
mod unit;
pub(super) mod yaml;

use std::{collections::BTreeMap, ops::Range};

pub use aliases::root_mail;
pub(super) use doc::{Doc, Entry, Group, Shape};
use minijinja::{Value, value::Serde};

use crate::presets::target::Format;

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
    /// A rule above ours takes what ours is for.
    Outranked,
    /// The consumer would not take the file.
    Syntax,
    /// The consumer takes it, but it is written in a way that is not changed here: a list, a reference, several documents.
    Unfamiliar,
}

impl Fault {
    const fn at(line: usize, kind: FaultKind) -> Self {
        Self { line, kind }
    }

    /// A fault at a place in a text.
    pub(super) fn within(text: &str, at: usize, kind: FaultKind) -> Self {
        Self::at(line_of(text, at), kind)
    }
}

/// The settings of a file, in order, and the groups that they stand in.
pub(super) fn doc(format: Format, text: &str) -> Result<Doc, Fault> {
    match format {
        Format::Dotenv => dotenv::entries(text, dotenv::Dialect::Portable).map(Doc::flat),
        Format::DotenvSh => dotenv::entries(text, dotenv::Dialect::Shell).map(Doc::flat),
        Format::MainCf => main_cf::entries(text).map(Doc::flat),
        Format::PostfixTable => table::entries(text).map(Doc::flat),
        Format::Ini => ini::doc(text, ini::Dialect::Plain),
        Format::IniGrafana => ini::doc(text, ini::Dialect::Grafana),
        Format::IniAerc => ini::doc(text, ini::Dialect::Continued),
        Format::GitConfig => git_config::doc(text),
        Format::Yaml | Format::YamlDiscourse => yaml::doc(text),
        Format::Json => json::doc(text),
        Format::Toml => toml::doc(text),
        Format::Plain => Ok(Doc::flat(plain::entries(text))),
        Format::Properties => properties::entries(text).map(Doc::flat),
        Format::PhpArray => code::php_array(text),
        Format::PhpDefine => code::php_defines(text),
        Format::Ruby => code::ruby(text),
        Format::Python => code::python(text),
        Format::Muttrc => Ok(Doc::flat(muttrc::entries(text))),
        Format::Mailrc => mailrc::entries(text).map(Doc::flat),
        Format::Nullmailer => Ok(Doc::flat(nullmailer::entries(text))),
        Format::DmaConf => dma::conf(text).map(Doc::flat),
        Format::DmaAuth => dma::auth(text).map(Doc::flat),
        Format::Monit => monit::entries(text).map(Doc::flat),
        Format::OpensmtpdTable => Ok(Doc::flat(table::opensmtpd(text))),
        Format::SmtpdConf => smtpd_conf::entries(text).map(Doc::flat),
        Format::Ssmtp => ssmtp::entries(text).map(Doc::flat),
        Format::EximMacros => Ok(Doc::flat(exim::macros(text))),
        Format::EximPasswd => Ok(Doc::flat(exim::passwd(text))),
        Format::DockerEnv => Ok(Doc::flat(env::docker(text))),
        Format::SystemdEnv => env::systemd(text).map(Doc::flat),
        Format::NodeEnv => env::node(text).map(Doc::flat),
        Format::PythonDotenv => env::python(text).map(Doc::flat),
        Format::LaravelEnv => phpdotenv::entries(text).map(Doc::flat),
        Format::Dotenvy => dotenvy::entries(text).map(Doc::flat),
        Format::ComposeEnv => compose::entries(text).map(Doc::flat),
        Format::Apprise => apprise::entries(text).map(Doc::flat),
        Format::PhpIni => php_ini::entries(text).map(Doc::flat),
        Format::SystemdUnit => unit::entries(text).map(Doc::flat),
        Format::Aliases => aliases::entries(text, aliases::Dialect::Full).map(Doc::flat),
        Format::MsmtpAliases => aliases::entries(text, aliases::Dialect::Msmtp).map(Doc::flat),
        Format::DmaAliases => aliases::entries(text, aliases::Dialect::Dma).map(Doc::flat),
        // It has accounts that inherit in place of keys.
        Format::Msmtprc => Ok(Doc::default()),
    }
}

/// What the consumer knows after reading the file, for the expressions of a target's `read`.
pub(super) fn values(format: Format, text: &str) -> Result<Value, Fault> {
    let doc = match format {
        Format::Msmtprc => return Ok(Value::from(Serde(msmtprc::accounts(text)?))),
        // Its line is one setting to write, and several to read.
        Format::Nullmailer => Doc::flat(nullmailer::settings(text)),
        _ => doc(format, text)?,
    };
    // Where a key stands twice, readers differ in which one counts; what is written here has them all alike.
    Ok(Value::from(Serde(doc.tree())))
}

/// What stands around our block and matters to its template, as `rest`.
pub(super) fn surroundings(format: Format, before: &str, after: &str) -> BTreeMap<&'static str, bool> {
    match format {
        Format::Msmtprc => msmtprc::surroundings(before, after),
        Format::Monit => BTreeMap::from([("format_taken", [before, after].into_iter().any(monit::sets_format))]),
        _ => BTreeMap::new(),
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

/// The number of the line, from 1, that a place is on.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].split(|byte| *byte == b'\n').count()
}

/// Where the line of a place begins.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}

/// Where the line after a place begins.
pub(super) fn next_line(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |length| at + length + 1)
}
