//! What a conversation has come to, so that another one can go on from there: every answer with its source, never a secret.

use super::{FIELDS, Field, Setup, Source, answers::Answer, import::NONE, validate::validate};

/// A conversation that was cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memory {
    /// When the last answer was given, RFC 3339, UTC.
    pub when: String,
    /// The answers.
    pub answers: Vec<Remembered>,
}

/// An answer that is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// The field.
    pub field: Field,
    /// The answer, as it is kept.
    pub value: String,
    /// Where it comes from; a value that the person only took has the source that proposed it.
    pub source: Source,
}

impl Memory {
    /// The value of a field.
    pub fn value(&self, field: Field) -> Option<&str> {
        let remembered = self.answers.iter().find(|remembered| remembered.field == field);
        remembered.map(|remembered| remembered.value.as_str()).filter(|value| !value.is_empty())
    }
}

impl Source {
    /// Every source, with its word in a file.
    const WORDS: [(Self, &'static str); 10] = [
        (Self::Flag, "flag"),
        (Self::Env, "env"),
        (Self::File, "file"),
        (Self::Profile, "profile"),
        (Self::Asked, "asked"),
        (Self::Fix, "fix"),
        (Self::Preset, "preset"),
        (Self::Discovered, "discovered"),
        (Self::Imported, "imported"),
        (Self::Default, "default"),
    ];

    /// Its word in a file.
    pub fn as_str(self) -> &'static str {
        Self::WORDS.iter().find(|(source, _)| *source == self).map_or("", |(_, word)| word)
    }

    /// The source of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, known)| *known == word).map(|(source, _)| *source)
    }

    /// Whether a value of it was proposed, and at most taken.
    const fn proposes(self) -> bool {
        matches!(self, Self::Preset | Self::Discovered | Self::Default)
    }
}

/// Whether a field's answer may be remembered: no secret, and no word that belongs to its moment.
const fn is_kept(field: Field) -> bool {
    !matches!(field, Field::Resume | Field::Password | Field::Spaces | Field::Recover | Field::Apply)
}

impl Setup {
    /// What is remembered of the answers as they are; nothing as long as the person has given none.
    pub fn remembered(&self) -> Vec<Remembered> {
        let fields = FIELDS.iter().map(|spec| spec.field).filter(|field| is_kept(*field));
        let answers: Vec<Remembered> = fields.filter_map(|field| self.remembers(field)).collect();
        let is_persons = |answer: &Remembered| {
            (matches!(answer.source, Source::Asked | Source::Fix) && answer.field != Field::Import)
                || self.accepted.contains_key(&answer.field)
        };
        if answers.iter().any(is_persons) { answers } else { Vec::new() }
    }

    fn remembers(&self, field: Field) -> Option<Remembered> {
        let given = self.answers.given.get(&field).map(|answer| (answer.value.clone(), answer.source));
        let taken = || {
            let value = self.accepted.get(&field)?;
            let proposed = self.answers.derived(field).filter(|(derived, _)| derived == value);
            Some((value.clone(), proposed.map_or(Source::Default, |(_, source)| source)))
        };
        given.or_else(taken).map(|(value, source)| Remembered { field, value, source })
    }

    /// Offers to go on from an earlier conversation: that is asked first. Nobody is asked where nothing is asked.
    pub fn offer(&mut self, memory: Memory) {
        self.offered = Some(memory).filter(|_| !self.options.brief);
    }

    /// Goes on from the conversation that was offered. What was given anew wins; what cannot be taken any more is asked again.
    pub(super) fn go_on(&mut self) {
        for Remembered { field, value, source } in self.offered.take().into_iter().flat_map(|memory| memory.answers) {
            if !is_kept(field) || self.answers.given.contains_key(&field) {
                continue;
            }
            let Ok(value) = validate(field, &value, &self.answers.catalog, self.text.lang()) else { continue };
            if source.proposes() {
                self.accepted.insert(field, value);
                self.trail.push(field);
                continue;
            }
            if matches!(source, Source::Asked | Source::Fix | Source::Imported) {
                self.trail.push(field);
            }
            self.answers.given.insert(field, Answer { value, source });
        }
        // What was not started from then is not asked for now.
        self.answers.given.entry(Field::Import).or_insert(Answer { value: NONE.to_owned(), source: Source::Default });
    }
}
