//! The kinds of file that consumers read, one file each: how it is read, how a value is written into it, where ours goes.
//!
//! `text` and `doc` are the ground, `file_format` is the contract; a format's file has all about it and the source of each odd
//! rule. To add one, write its file and put it into [`FORMATS`].

pub(crate) mod doc;
pub(crate) mod file_format;
pub(crate) mod kind;
pub(crate) mod percent;
pub(crate) mod place;
pub(crate) mod text;

mod code;
mod env_lines;
mod keys;
mod shell_words;

pub(crate) mod aliases;
mod apprise;
mod compose_env;
mod dma;
mod docker_env;
pub(crate) mod dotenv;
mod dotenvy;
mod exim;
mod git_config;
mod ini;
mod json;
mod laravel_env;
mod mailrc;
mod main_cf;
mod master_cf;
mod monit;
mod msmtprc;
mod muttrc;
mod node_env;
mod nullmailer;
mod php;
mod php_ini;
mod plain;
mod properties;
mod python;
mod python_dotenv;
mod ruby;
mod smtpd_conf;
mod ssmtp;
mod systemd_env;
mod systemd_unit;
mod table;
mod toml;
mod yaml;
mod yaml_spring;

use std::{fmt, sync::LazyLock};

pub use aliases::root_mail;
pub(crate) use file_format::FileFormat;
pub use kind::FileKind;
use serde::{Deserialize, Deserializer, de};
pub use text::{Fault, FaultKind, Unfit};

/// Every format.
static FORMATS: &[&dyn FileFormat] = &[
    &aliases::Aliases,
    &aliases::DmaAliases,
    &aliases::MsmtpAliases,
    &apprise::Apprise,
    &compose_env::COMPOSE_ENV,
    &dma::DmaAuth,
    &dma::DmaConf,
    &docker_env::DOCKER_ENV,
    &dotenv::Dotenv,
    &dotenv::DotenvSh,
    &dotenvy::DOTENVY,
    &exim::EximMacros,
    &exim::EximPasswd,
    &git_config::GitConfig,
    &ini::Ini::PLAIN,
    &ini::Ini::AERC,
    &ini::Ini::GRAFANA,
    &json::Json,
    &laravel_env::LARAVEL_ENV,
    &mailrc::Mailrc,
    &main_cf::MainCf,
    &master_cf::MasterCf,
    &monit::Monit,
    &msmtprc::Msmtprc,
    &muttrc::Muttrc,
    &node_env::NODE_ENV,
    &nullmailer::Nullmailer,
    &php::PhpArray,
    &php::PhpDefine,
    &php_ini::PhpIni,
    &plain::Plain,
    &properties::Properties,
    &python::Python,
    &python_dotenv::PYTHON_DOTENV,
    &ruby::Ruby,
    &smtpd_conf::SmtpdConf,
    &ssmtp::Ssmtp,
    &systemd_env::SYSTEMD_ENV,
    &systemd_unit::SystemdUnit,
    &table::OpensmtpdTable,
    &table::PostfixTable,
    &toml::Toml,
    &yaml::Yaml::PLAIN,
    &yaml::Yaml::DISCOURSE,
    &yaml_spring::YAML_SPRING,
];

/// The words by which presets name them.
static WORDS: LazyLock<Vec<&'static str>> = LazyLock::new(|| FORMATS.iter().map(|format| format.word()).collect());

/// The rules by which a consumer reads a file, and so by which values are quoted in it.
#[derive(Clone, Copy)]
pub struct Format(&'static dyn FileFormat);

impl Format {
    /// Every one.
    pub fn all() -> impl Iterator<Item = Self> {
        FORMATS.iter().copied().map(Self)
    }

    /// The format of this name.
    pub fn named(word: &str) -> Option<Self> {
        Self::all().find(|format| format.word() == word)
    }

    /// The word by which presets name it.
    pub fn word(self) -> &'static str {
        self.0.word()
    }

    /// What begins a comment line.
    pub fn comment(self) -> &'static str {
        self.0.comment()
    }

    /// What has to be known about it.
    pub(crate) fn rules(self) -> &'static dyn FileFormat {
        self.0
    }
}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.word() == other.word()
    }
}

impl Eq for Format {}

impl<'de> Deserialize<'de> for Format {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::named(&word).ok_or_else(|| de::Error::unknown_variant(&word, &WORDS))
    }
}

/// The value as it has to be written in a file of this format.
///
/// # Errors
/// Why the format cannot carry it.
pub(crate) fn quote(format: &dyn FileFormat, value: &str) -> Result<String, Unfit> {
    no_control(value)?;
    format.quote(value)
}

/// No format here is trusted with control characters: line breaks end a setting, NUL ends a C string, and the rest is cut
/// off at the ends by some reader. A tab is a blank like any other. Unicode's own line breaks are ones to YAML 1.1 (5.4), and
/// the byte order mark is dropped by many.
fn no_control(value: &str) -> Result<(), Unfit> {
    let is_odd = |character: &char| matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}');
    match value.chars().find(|character| (character.is_control() && *character != '\t') || is_odd(character)) {
        Some('\n' | '\r') => Err(Unfit::LineBreak),
        Some(other) => Err(Unfit::Control(other)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_refused_everywhere() {
        for format in FORMATS {
            let quote = |value: &str| quote(*format, value);
            assert_eq!(quote("a\nb"), Err(Unfit::LineBreak));
            assert_eq!(quote("a\r"), Err(Unfit::LineBreak));
            assert_eq!(quote("a\0b"), Err(Unfit::Control('\0')));
            assert_eq!(quote("a\u{85}"), Err(Unfit::Control('\u{85}')));
            assert!(!matches!(quote("a\tb"), Err(Unfit::Control(_) | Unfit::LineBreak)));
        }
    }

    #[test]
    fn each_has_its_word() {
        for (index, word) in WORDS.iter().enumerate() {
            assert!(!WORDS[..index].contains(word), "{word}");
            assert_eq!(Format::named(word).map(Format::word), Some(*word));
        }
        assert_eq!(Format::named("nonsense"), None);
    }
}
