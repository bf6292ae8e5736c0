//! Remembering a conversation, and resuming one that was cut off.

use super::{
    answers::Answer,
    field::{Field, FieldTrait},
    resume::{SavedAnswer, SavedConversation},
    source::AnswerSource,
    state::Setup,
    value::ImportChoice,
};

impl Setup {
    /// What is remembered of the answers as they are; nothing as long as the person has given none.
    pub fn remembered(&self) -> Vec<SavedAnswer> {
        let answers: Vec<SavedAnswer> = Field::ALL.into_iter().filter_map(|field| self.remembers(field)).collect();
        let is_persons = |answer: &SavedAnswer| {
            (matches!(answer.source, AnswerSource::Asked | AnswerSource::Fix) && answer.field != Field::Import)
                || self.accepted.contains_key(&answer.field)
        };
        if answers.iter().any(is_persons) { answers } else { Vec::new() }
    }

    fn remembers(&self, field: Field) -> Option<SavedAnswer> {
        if !field.spec().has(FieldTrait::Remembered) {
            return None;
        }
        let (value, source) = if let Some(answer) = self.answers.given.get(&field) {
            (answer.value.clone(), answer.source)
        } else if let Some(imported) = self.answers.imported(field) {
            // The file may be another one by then.
            imported
        } else {
            let value = self.accepted.get(&field)?;
            let proposed = self.answers.derived(field).filter(|(derived, _)| derived == value);
            (value.clone(), proposed.map_or(AnswerSource::Default, |(_, source)| source))
        };
        Some(SavedAnswer { field, value: value.to_string(), source })
    }

    /// Offers to resume an earlier conversation: that is asked first. A script is not asked.
    pub fn offer(&mut self, memory: SavedConversation) {
        self.offered = Some(memory).filter(|_| !self.options.brief);
    }

    /// Resumes the conversation that was offered. What was given anew wins; what is no longer valid is asked again.
    pub(super) fn resume(&mut self) {
        self.home = None;
        for SavedAnswer { field, value, source } in self.offered.take().into_iter().flat_map(|memory| memory.answers) {
            if !field.spec().has(FieldTrait::Remembered) || self.answers.given.contains_key(&field) {
                continue;
            }
            let Ok(value) = self.parse(field, &value) else { continue };
            if source.proposes() {
                self.accepted.insert(field, value);
                self.trail.push(field);
                continue;
            }
            if matches!(source, AnswerSource::Asked | AnswerSource::Fix | AnswerSource::Imported) {
                self.trail.push(field);
            }
            self.answers.given.insert(field, Answer { value, source });
        }
        // An import that was not chosen then is not offered now.
        let none = Answer { value: ImportChoice::None.into(), source: AnswerSource::Default };
        self.answers.given.entry(Field::Import).or_insert(none);
    }
}
