//! How a target's settings are read back: ours, to compare them, and a person's own, to import them.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor},
};

use super::Template;
use crate::mail::Setting;

/// How the settings are read back: minijinja expressions over the files as the consumer reads them, by `id`, and over
/// `profile`, `account`, `base` and `ca_bundles` (where systems keep their authorities). The filters `before(x)` and
/// `after(x)` cut at the first `x`, `host_of` and `port_of` take `host:port` apart, `with_port(x)` joins them, `unpercent`
/// decodes a part of a URL. A setting that the consumer does not have is left out: host, port, security and username by a
/// target that is given the password alone.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct TargetRead(BTreeMap<ReadKey, Template>);

/// What an expression of [`TargetRead`] finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReadKey {
    /// What the other expressions name as `base`.
    Base,
    /// A setting; for the password, as it is in the file.
    Setting(Setting),
    /// The command that fetches the password.
    SecretCommand,
    /// The credential by which systemd gives the password, as `NAME:PATH`.
    Credential,
}

impl TargetRead {
    /// An expression.
    pub fn get(&self, key: ReadKey) -> Option<&Template> {
        self.0.get(&key)
    }

    /// Whether the consumer has a setting.
    pub fn has(&self, setting: Setting) -> bool {
        self.0.contains_key(&ReadKey::Setting(setting))
    }

    /// Every expression.
    pub fn iter(&self) -> impl Iterator<Item = (ReadKey, &Template)> {
        self.0.iter().map(|(key, expression)| (*key, expression))
    }

    /// These expressions, and those of `other` where there are none.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        let mut all = other.0.clone();
        all.extend(self.0.clone());
        Self(all)
    }
}

impl ReadKey {
    const OTHERS: [Self; 3] = [Self::Base, Self::SecretCommand, Self::Credential];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Setting(setting) => setting.as_str(),
            Self::SecretCommand => "secret_command",
            Self::Credential => "credential",
        }
    }

    /// Whether an import looks for it. Root's mail and senders are the machine's own matter, and only mailsetup makes credentials.
    fn is_imported(self) -> bool {
        !matches!(self, Self::Credential | Self::Setting(Setting::RootMail | Setting::Senders))
    }

    fn words() -> impl Iterator<Item = &'static str> {
        Self::OTHERS.into_iter().map(Self::as_str).chain(Setting::WORDS)
    }

    fn of(word: &str) -> Option<Self> {
        let other = Self::OTHERS.into_iter().find(|key| key.as_str() == word);
        other.or_else(|| word.parse().ok().map(Self::Setting))
    }
}

impl<'de> Deserialize<'de> for ReadKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::of(&word).ok_or_else(|| unknown(&word, Self::words()))
    }
}

/// How settings that mailsetup did not write are understood.
#[derive(Debug, Clone, Default)]
pub struct TargetImport {
    /// Further places of the first file for one user, in the order in which they are looked at.
    pub user: Vec<String>,
    /// Further places of the first file for the whole system.
    pub system: Vec<String>,
    /// Where another file is, by `id`, as an expression over the files before it; empty for the usual place.
    pub path: BTreeMap<String, Template>,
    /// Expressions that replace those of the target's `read`. `mode(port)` is one more filter: it knows the usual words for
    /// security.
    pub read: TargetRead,
}

/// A key of `import`.
enum ImportKey {
    User,
    System,
    Path,
    Read(ReadKey),
}

impl<'de> Deserialize<'de> for ImportKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Ok(match word.as_str() {
            "user" => Self::User,
            "system" => Self::System,
            "path" => Self::Path,
            word => {
                let known = ReadKey::words().filter(|word| ReadKey::of(word).is_some_and(ReadKey::is_imported));
                let key = ReadKey::of(word).filter(|key| key.is_imported());
                Self::Read(key.ok_or_else(|| unknown(word, ["user", "system", "path"].into_iter().chain(known)))?)
            }
        })
    }
}

/// By hand: serde's `flatten` would take the lines away from what is wrong.
impl<'de> Deserialize<'de> for TargetImport {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;

        impl<'de> Visitor<'de> for Keys {
            type Value = TargetImport;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TargetImport, A::Error> {
                let mut import = TargetImport::default();
                while let Some(key) = map.next_key()? {
                    match key {
                        ImportKey::User => import.user = map.next_value()?,
                        ImportKey::System => import.system = map.next_value()?,
                        ImportKey::Path => import.path = map.next_value()?,
                        ImportKey::Read(key) => drop(import.read.0.insert(key, map.next_value()?)),
                    }
                }
                Ok(import)
            }
        }

        deserializer.deserialize_map(Keys)
    }
}

/// As serde says it of a struct's keys, so that the nearest word is named.
fn unknown<'a, E: de::Error>(word: &str, known: impl Iterator<Item = &'a str>) -> E {
    let known: Vec<String> = known.map(|word| format!("`{word}`")).collect();
    E::custom(format_args!("unknown field `{word}`, expected one of {}", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::toml_read;

    #[test]
    fn settings_by_their_words_and_older_ones() {
        let read: TargetRead = toml_read::from_str("host = 'a'\nsender_name = 'b'\nbase = 'c'").unwrap();
        let found: Vec<_> = read.iter().map(|(key, expression)| (key.as_str(), expression.as_str())).collect();
        assert_eq!(found, [("base", "c"), ("host", "a"), ("name", "b")]);
        let import: TargetImport = toml_read::from_str("user = ['./x']\npath.rc = 'y'\nhost = 'z'").unwrap();
        assert_eq!(import.read.or(&read).get(ReadKey::Setting(Setting::Host)).unwrap().as_str(), "z");
        assert!(import.read.or(&read).has(Setting::Name) && !import.read.has(Setting::Name));
    }

    #[test]
    fn unknown_words_have_their_line() {
        let fault = toml_read::from_str::<TargetImport>("user = []\nusernam = 'x'").unwrap_err();
        assert!(fault.span() == Some(10..17) && fault.message().starts_with("unknown field `usernam`"), "{fault}");
        assert!(toml_read::from_str::<TargetRead>("user = 'x'").is_err());
    }
}
