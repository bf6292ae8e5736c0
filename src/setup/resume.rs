//! A conversation that was cut off, as it is remembered: every answer with its source, never a secret.

use super::{field::Field, source::AnswerSource};

/// A conversation that was cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedConversation {
    /// When the last answer was given, RFC 3339, UTC.
    pub when: String,
    /// The answers.
    pub answers: Vec<SavedAnswer>,
}

/// An answer that is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedAnswer {
    /// The field.
    pub field: Field,
    /// The answer, in the words that flags and files use.
    pub value: String,
    /// Where it comes from; a value that the person only accepted has the source that proposed it.
    pub source: AnswerSource,
}

impl SavedConversation {
    /// The value of a field.
    pub fn value(&self, field: Field) -> Option<&str> {
        let remembered = self.answers.iter().find(|remembered| remembered.field == field);
        remembered.map(|remembered| remembered.value.as_str()).filter(|value| !value.is_empty())
    }
}
