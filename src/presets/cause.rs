//! A cause of failure: what to recognise, what it means, what to do. One file each in `presets/causes`.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use super::{
    Lang, PresetSource,
    builtin::Embedded,
    by_lang::{ByLang, Wording, fill, with_words},
    parse,
};

/// A cause's preset. Its label is the file's name.
#[derive(Debug, Clone, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Cause {
    /// The label; filled in from the file's name.
    #[serde(skip)]
    pub label: String,
    /// Where it was read from; filled in when it is.
    #[serde(skip)]
    pub source: PresetSource,
    /// Year and month in which the facts were last checked.
    pub checked: String,
    /// Its place among the causes: of several that match equally well, the one with the lower rank counts.
    pub rank: Option<u32>,
    /// What was spoken, where the cause is of that alone: `smtp`, `imap`. Evidence of another protocol is none of it.
    #[serde(default)]
    pub protocol: Vec<String>,
    /// Patterns; the evidence needs to match one of them. A pattern's specificity decides between causes.
    #[serde(rename = "match")]
    pub patterns: Vec<Pattern>,
    /// The change that would mend it, worked out from the evidence.
    pub remedy: Option<Remedy>,
    /// Answers it would change to fixed words, by answers-file key.
    #[serde(default)]
    pub change: BTreeMap<String, String>,
    /// The answer that a person has to enter anew, by answers-file key.
    pub ask: Option<String>,
    /// Where to read on.
    #[serde(default)]
    pub links: Vec<String>,
    /// Other labels that the same reply often stands for, the likely ones first.
    #[serde(default)]
    pub others: Vec<String>,
    /// Replies that have to be recognised as this cause: what its tests are, where it has no story in `tests/fixtures/causes`.
    #[serde(default)]
    pub samples: Vec<String>,
    /// Words, links and change for a narrower case: the first that matches counts.
    #[serde(default, rename = "variant")]
    pub variants: Vec<Variant>,
    /// Words, by language.
    #[serde(skip)]
    pub words: ByLang<CauseWords>,
}

impl<'de> Deserialize<'de> for Cause {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let (cause, words) = with_words(source, |fields| Self::deserialize(fields))?;
        Ok(Self { words, ..cause })
    }
}

impl Cause {
    /// The words in a language.
    pub fn words(&self, lang: Lang) -> &CauseWords {
        self.words.get(lang)
    }
}

/// What a cause is recognised by, without its words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CauseRules {
    /// The label.
    #[serde(skip)]
    pub label: String,
    /// What was spoken, where the cause is of that alone.
    #[serde(default)]
    pub protocol: Vec<String>,
    /// The cause's patterns.
    #[serde(rename = "match")]
    pub patterns: Vec<Pattern>,
    /// Those of its narrower cases.
    #[serde(default, rename = "variant")]
    pub variants: Vec<VariantRule>,
}

/// When a narrower case of a cause counts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct VariantRule {
    /// Its pattern.
    pub when: Pattern,
}

impl CauseRules {
    /// Of a built-in cause, without reading the file whole; `None` where it cannot be read.
    pub(super) fn of_built_in(file: &'static Embedded) -> Option<Self> {
        let rules: Self = parse::read(file.key, file.table()).ok()?;
        Some(Self { label: file.key.to_owned(), ..rules })
    }

    /// Of a cause that was read.
    pub(super) fn of(cause: &Cause) -> Self {
        let variants = cause.variants.iter().map(|variant| VariantRule { when: variant.when.clone() }).collect();
        let (protocol, patterns) = (cause.protocol.clone(), cause.patterns.clone());
        Self { label: cause.label.clone(), protocol, patterns, variants }
    }
}

/// A change that depends on the evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// Another port of the same provider, with the mode that belongs to it.
    OtherPort,
    /// The other mode for the port, or the port for the mode.
    OtherMode,
    /// TLS switched on for the port.
    TurnTlsOn,
    /// Implicit TLS in place of STARTTLS.
    ImplicitTls,
    /// A mechanism that the server offers.
    OfferedMechanism,
    /// No login on this machine, TLS before a login, or the submission port.
    LoginElsewhere,
    /// The login's own address as sender.
    LoginAsSender,
    /// The whole address as login name.
    AddressAsUsername,
    /// A full name in EHLO.
    FullEhlo,
    /// The certificate that the server showed, trusted alone.
    PinCertificate,
    /// The name on the certificate that belongs to the same domain or provider.
    CertificateName,
    /// The provider's own server.
    ProviderServer,
    /// The host without what does not belong there.
    CleanHost,
    /// The proxy that a variable of this machine names.
    UseProxy,
}

/// Words, links and change for a narrower case of a cause.
#[derive(Debug, Clone, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Variant {
    /// When it counts.
    pub when: Pattern,
    /// In place of the cause's own.
    pub remedy: Option<Remedy>,
    /// In place of the cause's own.
    pub ask: Option<String>,
    /// In place of the cause's own, when there are any.
    #[serde(default)]
    pub links: Vec<String>,
    /// In place of the cause's own, when there are any.
    #[serde(default)]
    pub others: Vec<String>,
    /// Words, by language.
    #[serde(skip)]
    pub words: ByLang<VariantWords>,
}

impl<'de> Deserialize<'de> for Variant {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let (variant, words) = with_words(source, |fields| Self::deserialize(fields))?;
        Ok(Self { words, ..variant })
    }
}

impl Variant {
    /// The words in a language.
    pub fn words(&self, lang: Lang) -> &VariantWords {
        self.words.get(lang)
    }
}

/// A variant's words in one language: what is absent is the cause's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariantWords {
    /// What happened, one line.
    pub title: Option<String>,
    /// What it means.
    pub meaning: Option<String>,
    /// What to do, in order.
    pub steps: Option<Vec<String>>,
    /// What the change does.
    pub fix: Option<String>,
}

impl Wording for VariantWords {
    fn missing(&self) -> Option<&'static str> {
        None
    }

    fn fill(&mut self, from: &Self) {
        fill(&mut self.title, &from.title);
        fill(&mut self.meaning, &from.meaning);
        fill(&mut self.steps, &from.steps);
        fill(&mut self.fix, &from.fix);
    }
}

/// What the evidence has to look like. Every field that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// Providers, by key, or by the name of a family of them (`google`, `microsoft`, `zoho`).
    #[serde(default)]
    pub provider: Vec<String>,
    /// What was spoken: `smtp`, `imap`.
    #[serde(default)]
    pub protocol: Vec<String>,
    /// Stages, by name.
    #[serde(default)]
    pub stage: Vec<String>,
    /// Faults that are not replies, by name.
    #[serde(default)]
    pub fault: Vec<String>,
    /// Reply codes; `5xx` stands for a class.
    #[serde(default)]
    pub code: Vec<String>,
    /// Enhanced status codes; `x` stands for any number.
    #[serde(default)]
    pub enhanced: Vec<String>,
    /// Security modes.
    #[serde(default)]
    pub security: Vec<String>,
    /// Mechanisms of the login, as words.
    #[serde(default)]
    pub mechanism: Vec<String>,
    /// Hosts, by suffix.
    #[serde(default)]
    pub host: Vec<String>,
    /// What EHLO offered, in lower case: keywords, and mechanisms as `auth plain`.
    #[serde(default)]
    pub offers: Vec<String>,
    /// SASL names in lower case: EHLO offered mechanisms, and none but these.
    #[serde(default)]
    pub only: Vec<String>,
    /// Ports.
    #[serde(default)]
    pub port: Vec<u16>,
    /// Words of the reply, in lower case: one of these must occur.
    #[serde(default)]
    pub any: Vec<String>,
    /// Words of the reply, in lower case: all of these must occur.
    #[serde(default)]
    pub all: Vec<String>,
    /// Words of the reply, in lower case: none of these may occur.
    #[serde(default)]
    pub not: Vec<String>,
    /// Only a guess: a match leaves the diagnosis marked as not certain.
    #[serde(default)]
    pub guess: bool,
    /// Added to the specificity, where the computed one misleads.
    #[serde(default)]
    pub weight: i32,
}

impl Pattern {
    /// The fields of which one has to be there.
    pub const CONDITIONS: [&str; 14] = [
        "provider",
        "protocol",
        "stage",
        "fault",
        "code",
        "enhanced",
        "security",
        "mechanism",
        "host",
        "offers",
        "only",
        "port",
        "any",
        "all",
    ];

    /// Whether it asks for nothing, so that every failure would match.
    pub fn says_nothing(&self) -> bool {
        let lists = [
            &self.provider,
            &self.protocol,
            &self.stage,
            &self.fault,
            &self.code,
            &self.enhanced,
            &self.security,
            &self.mechanism,
            &self.host,
            &self.offers,
            &self.only,
            &self.any,
            &self.all,
        ];
        lists.iter().all(|list| list.is_empty()) && self.port.is_empty()
    }
}

/// A cause's words in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CauseWords {
    /// What happened, one line.
    pub title: String,
    /// What it means, one or two sentences.
    pub meaning: String,
    /// What to do, in order.
    pub steps: Vec<String>,
    /// What the change does, as a key's label: `Use port 587 with STARTTLS`. Absent without a change.
    pub fix: Option<String>,
    /// How to tell that it is this, when another cause is the likelier one.
    pub tell: String,
}

impl Wording for CauseWords {
    fn missing(&self) -> Option<&'static str> {
        let needed = [
            ("title", self.title.is_empty()),
            ("meaning", self.meaning.is_empty()),
            ("steps", self.steps.is_empty()),
            ("tell", self.tell.is_empty()),
        ];
        needed.into_iter().find_map(|(field, is_missing)| is_missing.then_some(field))
    }

    fn fill(&mut self, from: &Self) {
        fill(&mut self.title, &from.title);
        fill(&mut self.meaning, &from.meaning);
        fill(&mut self.steps, &from.steps);
        fill(&mut self.fix, &from.fix);
        fill(&mut self.tell, &from.tell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presets::Catalog;

    #[test]
    fn the_rules_are_those_of_the_whole_files() {
        let catalog = Catalog::builtin();
        let whole: Vec<CauseRules> = catalog.causes().map(CauseRules::of).collect();
        assert!(whole.len() > 60 && whole.iter().any(|rules| !rules.variants.is_empty()));
        assert_eq!(catalog.cause_rules(), whole);
    }
}
