//! Words with the evidence filled in: `{host}`, `{port}`, `{names}` and the like.

use super::{facts::Facts, remedy::AnswerChange};
use crate::{
    mail::{Security, reply::escape},
    phrase,
    presets::{Catalog, Distribution, Text},
};

/// How long a foreign value may be within a sentence.
const LONGEST: usize = 160;

/// What words may hold in braces; `new.` and an answer is what the change makes of it.
pub(super) const PLACEHOLDERS: [&str; 33] = [
    "provider",
    "host",
    "port",
    "security",
    "sender",
    "username",
    "ehlo",
    "mechanism",
    "offered",
    "subject",
    "issuer",
    "names",
    "not_before",
    "not_after",
    "sha256",
    "proxy",
    "variable",
    "new.host",
    "new.port",
    "new.security",
    "new.auth",
    "new.address",
    "new.username",
    "new.ehlo",
    "new.pin_sha256",
    "new.password",
    "new.proxy",
    "install.msmtp.mail",
    "install.sasl",
    "install.authorities",
    "install.services",
    "install.lmdb",
    "bundles",
];

/// Fills words in from evidence.
pub(super) struct Fill<'a> {
    facts: &'a Facts,
    change: &'a AnswerChange,
    catalog: &'a Catalog,
    provider: Option<&'a str>,
    text: &'a Text,
}

impl<'a> Fill<'a> {
    /// Words of this language, for this failure and its change.
    pub(super) fn new(facts: &'a Facts, change: &'a AnswerChange, catalog: &'a Catalog, text: &'a Text) -> Self {
        let provider =
            facts.provider.as_deref().and_then(|key| catalog.provider(key)).map(|provider| provider.name.as_str());
        Self { facts, change, catalog, provider, text }
    }

    /// The words with every placeholder filled; `None` when one is not known.
    pub(super) fn fill(&self, words: &str) -> Option<String> {
        let mut filled = String::with_capacity(words.len());
        let mut rest = words;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}')?;
            filled.push_str(before);
            filled.push_str(&self.value(name)?);
            rest = behind;
        }
        filled.push_str(rest);
        Some(filled)
    }

    /// The sentences of which every placeholder is known.
    pub(super) fn fill_known(&self, words: &str) -> String {
        let sentences: Vec<String> = words.split_inclusive(". ").filter_map(|sentence| self.fill(sentence)).collect();
        sentences.concat().trim_end().to_owned()
    }

    fn value(&self, name: &str) -> Option<String> {
        if let Some(needs) = name.strip_prefix("install.") {
            let needs: Vec<&str> = needs.split('.').collect();
            return Some(self.by_distribution(|it| it.install(&needs)));
        }
        if name == "bundles" {
            return Some(self.by_distribution(|it| it.bundles.first().cloned()));
        }
        let facts = self.facts;
        let certificate = facts.certificate.as_ref();
        let value = match name {
            "provider" => {
                Some(self.provider.map_or_else(|| self.text.say(&phrase!("diagnosis-the-provider")), str::to_owned))
            }
            "host" => Some(facts.host.clone().unwrap_or_else(|| self.text.say(&phrase!("diagnosis-the-server")))),
            "port" => facts.port.map(|port| port.to_string()),
            "security" => facts.security.map(|mode| self.mode(mode)),
            "sender" => Some(facts.sender.clone().unwrap_or_else(|| self.text.say(&phrase!("diagnosis-this-sender")))),
            "username" => facts.username.clone(),
            "ehlo" => facts.ehlo.clone(),
            "mechanism" => facts.mechanism.map(|mechanism| mechanism.sasl_name().to_owned()),
            "offered" => {
                let names: Vec<String> =
                    facts.offers.iter().filter_map(|o| o.strip_prefix("auth ")).map(str::to_ascii_uppercase).collect();
                (!names.is_empty()).then(|| names.join(", "))
            }
            "subject" => certificate.map(|facts| facts.subject.clone()),
            "issuer" => certificate.map(|facts| facts.issuer.clone()),
            "names" => certificate.filter(|facts| !facts.names.is_empty()).map(|facts| facts.names.join(", ")),
            "not_before" => certificate.map(|facts| facts.not_before.clone()),
            "not_after" => certificate.map(|facts| facts.not_after.clone()),
            "proxy" => facts.proxy.clone(),
            "variable" => facts.variable.map(str::to_owned),
            "sha256" => certificate.map(|facts| facts.sha256.clone()),
            _ => name.strip_prefix("new.").and_then(|key| self.new_value(key)),
        }?;
        Some(shortened(&escape(value.trim())))
    }

    /// What holds on each distribution, that of this machine first.
    fn by_distribution(&self, what: impl Fn(&Distribution) -> Option<String>) -> String {
        let said =
            |it: &Distribution| Some(self.text.say(&phrase!("diagnosis-install", name = it.name, command = what(it)?)));
        self.catalog.distributions().filter_map(said).collect::<Vec<_>>().join("; ")
    }

    /// An answer as it would be after the change.
    fn new_value(&self, key: &str) -> Option<String> {
        if let Some(value) = self.change.get(key) {
            return Some(match (key, value.parse::<Security>()) {
                ("security", Ok(mode)) => self.mode(mode),
                ("auth", _) => value.to_ascii_uppercase(),
                _ => value.clone(),
            });
        }
        match key {
            "host" => self.facts.host.clone(),
            "port" => self.facts.port.map(|port| port.to_string()),
            "security" => self.facts.security.map(|mode| self.mode(mode)),
            _ => None,
        }
    }

    fn mode(&self, mode: Security) -> String {
        self.text.say(&match mode {
            Security::Tls => phrase!("diagnosis-mode-tls"),
            Security::Starttls => phrase!("diagnosis-mode-starttls"),
            Security::None => phrase!("diagnosis-mode-none"),
        })
    }
}

fn shortened(value: &str) -> String {
    if value.chars().count() <= LONGEST {
        return value.to_owned();
    }
    value.chars().take(LONGEST).chain(['…']).collect()
}
