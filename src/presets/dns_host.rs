//! A DNS host: who serves a domain's records, and how they are entered there. One file each in `presets/dns_hosts`.

use serde::{Deserialize, Deserializer};

use super::{
    Lang, PresetSource,
    by_lang::{ByLang, with_words},
    machines::fits,
};

/// A DNS host.
#[derive(Debug, Clone, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct DnsHost {
    /// The key; filled in from the file's name.
    #[serde(skip)]
    pub key: String,
    /// Where it was read from; filled in when it is.
    #[serde(skip)]
    pub source: PresetSource,
    /// The name that people know, the same in every language.
    pub name: String,
    /// Year and month in which the facts were last checked, as `2026-11`.
    pub checked: String,
    /// Where the facts come from.
    pub sources: Vec<String>,
    /// Its name servers, in lower case; `*` stands for one character or more.
    pub name_servers: Vec<String>,
    /// The page on which records are edited.
    pub url: String,
    /// How its form wants the name of a record.
    #[serde(default)]
    pub names: RecordNames,
    /// What its form wants as the name of the domain itself, where names are relative; empty: nothing.
    #[serde(default = "at_sign")]
    pub apex: String,
    /// Its form wants text in quotes, in strings of at most 255 characters.
    #[serde(default)]
    pub quotes: bool,
    /// Fields that no source confirmed.
    #[serde(default)]
    pub unverified: Vec<String>,
    /// The way to the records on its page, by language.
    #[serde(skip)]
    pub words: ByLang<String>,
}

fn at_sign() -> String {
    "@".to_owned()
}

/// How the name of a record is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RecordNames {
    /// The part in front of the domain.
    #[default]
    Relative,
    /// The whole name.
    Absolute,
}

impl<'de> Deserialize<'de> for DnsHost {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let (host, words) = with_words(source, |fields| Self::deserialize(fields))?;
        Ok(Self { words, ..host })
    }
}

impl DnsHost {
    /// Whether a name server is one of its own.
    pub fn has(&self, name_server: &str) -> bool {
        self.name_servers.iter().any(|pattern| fits(pattern, name_server))
    }

    /// The way to the records on its page.
    pub fn way(&self, lang: Lang) -> &str {
        self.words.get(lang)
    }
}

#[cfg(test)]
mod tests {
    use crate::presets::Catalog;

    #[test]
    fn name_servers_say_whose_they_are() {
        let catalog = Catalog::builtin();
        let host = |servers: &[&str]| {
            let servers: Vec<String> = servers.iter().map(|server| (*server).to_owned()).collect();
            catalog.dns_host_of(&servers).map(|host| host.key.as_str())
        };
        assert_eq!(host(&["ns-1.awsdns-00.com", "ns-2010.awsdns-59.co.uk"]), Some("route53"));
        assert_eq!(host(&["dns200.anycast.me", "ns200.anycast.me"]), Some("ovh"));
        assert_eq!(host(&["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"]), Some("cloudflare"));
        // A secondary elsewhere does not hide the one that most are of.
        assert_eq!(host(&["helium.ns.hetzner.de", "hydrogen.ns.hetzner.com", "ns.example.test"]), Some("hetzner"));
        assert_eq!(host(&["ns.example.test"]), None);
        assert_eq!(host(&[]), None);
    }
}
