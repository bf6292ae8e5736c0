//! A cause of failure: what to recognise, what it means, what to do. One file each in `presets/causes`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Lang;

/// A cause's preset. Its label is the file's name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    /// The label; filled in from the file's name.
    #[serde(skip)]
    pub label: String,
    /// Year and month in which the facts were last checked.
    pub checked: String,
    /// Patterns; the evidence needs to match one of them. A pattern's specificity decides between causes.
    #[serde(rename = "match")]
    pub patterns: Vec<Pattern>,
    /// The answers it would change, by answers-file key; a value may name another fact, as `{other.port}`.
    #[serde(default)]
    pub change: BTreeMap<String, String>,
    /// The answer that a person has to enter anew, by answers-file key.
    pub ask: Option<String>,
    /// Where to read on.
    #[serde(default)]
    pub links: Vec<String>,
    /// Words in English.
    pub en: CauseWords,
    /// Words in French.
    pub fr: CauseWords,
}

impl Cause {
    /// The words in a language.
    pub const fn words(&self, lang: Lang) -> &CauseWords {
        match lang {
            Lang::En => &self.en,
            Lang::Fr => &self.fr,
        }
    }
}

/// What the evidence has to look like. Every field that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// Providers, by key.
    #[serde(default)]
    pub provider: Vec<String>,
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
}

/// A cause's words in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CauseWords {
    /// What happened, one line.
    pub title: String,
    /// What it means, one or two sentences.
    pub meaning: String,
    /// What to do, in order.
    pub steps: Vec<String>,
    /// What the change does, as a key's label: `Use port 587 with STARTTLS`. Absent without a change.
    pub fix: Option<String>,
}
