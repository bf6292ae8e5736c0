//! Networks that block mail: the ports that matter, servers to compare with, hosters and how they open a port.
//!
//! One file, `presets/egress.toml`.

use serde::{Deserialize, Deserializer};

use super::{
    Lang,
    by_lang::{ByLang, with_words},
};

/// What is known of networks that block mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EgressFacts {
    /// Year and month in which the facts were last checked, as `2026-11`.
    pub checked: String,
    /// Ports on which mail goes out.
    pub ports: Vec<u16>,
    /// Well-known servers to compare with, first choice first.
    #[serde(default)]
    pub hosts: Vec<WellKnown>,
    /// Hosters that block mail.
    #[serde(default, rename = "hoster")]
    pub hosters: Vec<Hoster>,
}

/// A server that is known to answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WellKnown {
    /// Host name or address.
    pub host: String,
    /// The ports on which it is known to listen.
    pub ports: Vec<u16>,
}

/// A hoster that blocks mail.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Hoster {
    /// The name that people know, the same in every language.
    pub name: String,
    /// The ports that it blocks at first.
    pub ports: Vec<u16>,
    /// Words in the machine's own description (DMI) that show that it runs there.
    #[serde(default)]
    pub machine: Vec<String>,
    /// Year and month in which the facts were last checked.
    pub checked: String,
    /// The hoster's own page on it.
    pub docs: Option<String>,
    /// How a port is opened, to be read after the name, by language.
    #[serde(skip)]
    pub words: ByLang<String>,
}

impl<'de> Deserialize<'de> for Hoster {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let (hoster, words) = with_words(source, |fields| Self::deserialize(fields))?;
        Ok(Self { words, ..hoster })
    }
}

impl EgressFacts {
    /// The hoster on whose machines this description is found.
    pub fn hoster_of(&self, machine: &str) -> Option<&Hoster> {
        let machine = machine.to_lowercase();
        let is_here = |word: &String| !word.is_empty() && machine.contains(&word.to_lowercase());
        self.hosters.iter().find(|hoster| hoster.machine.iter().any(is_here))
    }

    /// Whether it says in a language how each port is opened.
    pub fn is_whole(&self, lang: Lang) -> bool {
        self.hosters.iter().all(|hoster| hoster.words.is_whole(lang))
    }

    /// A hoster by its name.
    pub fn hoster(&self, name: &str) -> Option<&Hoster> {
        self.hosters.iter().find(|hoster| hoster.name == name)
    }

    /// The hosters that block a port, in the order of the file.
    pub fn blocking(&self, port: u16) -> impl Iterator<Item = &Hoster> {
        self.hosters.iter().filter(move |hoster| hoster.ports.contains(&port))
    }
}

impl Hoster {
    /// How a port is opened, to be read after the name.
    pub fn way(&self, lang: Lang) -> &str {
        self.words.get(lang)
    }
}

#[cfg(test)]
mod tests {
    use crate::presets::Catalog;

    #[test]
    fn a_machine_says_where_it_stands() {
        let catalog = Catalog::builtin();
        let name = |machine: &str| catalog.egress().hoster_of(machine).map(|hoster| hoster.name.as_str());
        assert_eq!(name("Hetzner\nvServer\n"), Some("Hetzner"));
        assert_eq!(name("Amazon EC2 t3.micro"), Some("AWS"));
        assert_eq!(name("Google Google Compute Engine"), Some("Google Cloud"));
        assert_eq!(name("Google Chromebook"), None);
        assert_eq!(name(""), None);
        let names = |port| catalog.egress().blocking(port).map(|hoster| hoster.name.as_str()).collect::<Vec<_>>();
        assert!(names(465).contains(&"Hetzner") && !names(465).contains(&"AWS"));
        assert_eq!(names(2525), [""; 0]);
    }
}
