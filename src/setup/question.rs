//! What is asked next, in the person's language, with everything a front end needs to ask it.

use super::{
    field::{Field, FieldShape},
    source::AnswerSource,
    step::SetupStep,
};

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The field that the answer fills.
    pub field: Field,
    /// The step that it belongs to.
    pub step: SetupStep,
    /// A few words: what is asked.
    pub label: String,
    /// A sentence or two: what it means and what a good answer is.
    pub help: String,
    /// What kind of answer it takes.
    pub shape: FieldShape,
    /// What can be chosen, for `Choice` and `Many`.
    pub choices: Vec<Choice>,
    /// The value that Enter accepts. Never a secret. For `Many`, words joined by commas.
    pub default: Option<String>,
    /// Where the default comes from.
    pub source: Option<AnswerSource>,
    /// It may be left empty.
    pub optional: bool,
    /// What the provider says about the password, shown before it is asked.
    pub guidance: Option<Advice>,
    /// What a person should know before answering.
    pub notes: Vec<String>,
}

impl Question {
    /// Why a word cannot be chosen here and now.
    pub fn barred(&self, value: &str) -> Option<&str> {
        self.choices.iter().find(|choice| choice.value == value)?.barred.as_deref()
    }
}

/// A word that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The word that is the answer.
    pub value: String,
    /// What a person reads.
    pub label: String,
    /// More, in a few words.
    pub hint: String,
    /// Why it cannot be chosen here and now.
    pub barred: Option<String>,
}

impl Choice {
    /// What is shown beside it: why it cannot be chosen, else its hint.
    pub fn remark(&self) -> &str {
        self.barred.as_ref().unwrap_or(&self.hint)
    }
}

/// What a provider says about its password.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Advice {
    /// Which password, and why.
    pub intro: Option<String>,
    /// What an admin must switch on first.
    pub before: Vec<String>,
    /// Steps to get it.
    pub steps: Vec<String>,
    /// The page on which it is made; also shown as QR code.
    pub url: Option<String>,
    /// What to know before relying on it.
    pub warnings: Vec<String>,
    /// No password of any kind works.
    pub unusable: bool,
}
