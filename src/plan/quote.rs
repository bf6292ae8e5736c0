//! Quoting: one rule a file, each the counterpart of how one kind of consumer reads.

mod aliases;
mod code;
mod dma;
mod dotenv;
mod env;
mod exim;
mod git_config;
mod ini;
mod json;
mod main_cf;
mod monit;
mod msmtprc;
mod muttrc;
mod nullmailer;
pub(super) mod percent;
mod php_ini;
mod phpdotenv;
mod plain;
mod properties;
mod sh;
mod smtpd_conf;
mod ssmtp;
mod table;
mod toml;
mod yaml;

use crate::presets::target::Format;

/// Why a value cannot be written so that the consumer reads it as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// It has a line break.
    LineBreak,
    /// It has another control character.
    Control(char),
    /// It has these characters, for which there is no way of writing them here.
    Characters(String),
    /// It ends with a blank, which the consumer drops.
    EdgeBlank,
    /// It is longer than this many bytes.
    TooLong(usize),
}

/// The value as it has to stand in a file of this format.
///
/// # Errors
/// Why the format cannot carry it.
pub fn quote(format: Format, value: &str) -> Result<String, Unfit> {
    no_control(value)?;
    match format {
        Format::Msmtprc => msmtprc::quote(value),
        Format::Dotenv => dotenv::quote(value),
        Format::DotenvSh | Format::Mailrc => Ok(sh::quote(value)),
        Format::MainCf => main_cf::quote(value),
        Format::PostfixTable | Format::OpensmtpdTable => table::quote(value),
        Format::Ini | Format::IniAerc => ini::quote(value),
        Format::IniGrafana => ini::quote_for_grafana(value),
        Format::GitConfig => Ok(git_config::quote(value)),
        Format::Yaml => Ok(yaml::quote(value)),
        Format::Json => Ok(json::quote(value)),
        Format::Toml => Ok(toml::quote(value)),
        // What stands in the last two is made of percent codes, and of names of ours.
        Format::Plain | Format::Apprise | Format::SystemdUnit => plain::quote(value),
        Format::Properties => properties::quote(value),
        Format::PhpArray | Format::PhpDefine | Format::Ruby | Format::Python => Ok(code::quote(value)),
        Format::Muttrc => Ok(muttrc::quote(value)),
        Format::Nullmailer => Ok(nullmailer::quote(value)),
        Format::DmaConf => dma::conf(value),
        Format::DmaAuth => dma::auth(value),
        Format::Monit => monit::quote(value),
        Format::SmtpdConf => smtpd_conf::quote(value),
        Format::EximMacros => exim::macros(value),
        Format::EximPasswd => exim::passwd(value),
        Format::Ssmtp => ssmtp::quote(value),
        Format::DockerEnv => Ok(env::docker(value)),
        Format::SystemdEnv => Ok(env::systemd(value)),
        Format::NodeEnv => env::node(value),
        Format::PythonDotenv => env::python(value),
        Format::Aliases | Format::MsmtpAliases | Format::DmaAliases => aliases::quote(value),
        Format::LaravelEnv => Ok(phpdotenv::quote(value)),
        Format::Dotenvy | Format::ComposeEnv => Ok(env::dotenvy_or_compose(value)),
        Format::YamlDiscourse => yaml::quote_for_discourse(value),
        Format::PhpIni => php_ini::quote(value),
    }
}

/// No format here is trusted with control characters: line breaks end a setting, NUL ends a C string, and the rest is cut
/// off at the ends by some reader. A tab is a blank like any other. Unicode's own line breaks are ones to YAML 1.1, and the
/// byte order mark is dropped by many.
fn no_control(value: &str) -> Result<(), Unfit> {
    let is_odd = |character: &char| matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}');
    match value.chars().find(|character| (character.is_control() && *character != '\t') || is_odd(character)) {
        Some('\n' | '\r') => Err(Unfit::LineBreak),
        Some(other) => Err(Unfit::Control(other)),
        None => Ok(()),
    }
}

/// Whether every reader takes the value as it is, without any quotes.
fn is_plain(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_./:@%+,-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_refused_everywhere() {
        for format in Format::ALL {
            assert_eq!(quote(format, "a\nb"), Err(Unfit::LineBreak));
            assert_eq!(quote(format, "a\r"), Err(Unfit::LineBreak));
            assert_eq!(quote(format, "a\0b"), Err(Unfit::Control('\0')));
            assert_eq!(quote(format, "a\u{85}"), Err(Unfit::Control('\u{85}')));
            assert!(!matches!(quote(format, "a\tb"), Err(Unfit::Control(_) | Unfit::LineBreak)));
        }
    }
}
