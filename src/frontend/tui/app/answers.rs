//! The answer to the current question: entered into a draft and submitted, from field to field.

use super::{super::draft::Draft, App};
use crate::{
    mail::yes_no::YesNoWords,
    setup::{Field, GivenSecret, Msg, Question, Status},
};

impl App {
    /// Changes the draft of the current question; returns whether it did.
    pub(super) fn edit(&mut self, change: impl FnOnce(&mut Draft, &Question) -> bool) -> bool {
        self.edit_in_words(|draft, question, _| change(draft, question))
    }

    /// The same, with what says yes and no in the person's language.
    pub(super) fn edit_in_words(&mut self, change: impl FnOnce(&mut Draft, &Question, YesNoWords<'_>) -> bool) -> bool {
        let Status::Ask(question) = &self.status else { return false };
        let draft = self.drafts.entry(question.field).or_insert_with(|| Draft::of(question));
        let changed = change(draft, question, self.setup.text().yes_no());
        if changed {
            self.error = None;
            self.scroll = 0;
        }
        changed
    }

    pub(super) fn turn_list(&mut self, by: isize) {
        self.edit(|draft, question| {
            draft.turn(by, &question.choices);
            true
        });
    }

    /// Submits the answer to the current question. With `chosen`, the highlighted value is chosen first. Returns whether the answer
    /// was accepted.
    pub(super) fn submit(&mut self, chosen: bool) -> bool {
        let Status::Ask(question) = &self.status else { return false };
        let field = question.field;
        let draft = self.drafts.entry(field).or_insert_with(|| Draft::of(question));
        if chosen {
            draft.take();
        }
        if let Draft::Pick(pick) = &*draft {
            let value = if pick.ticked.is_some() { None } else { pick.taken.as_ref() };
            if let Some(reason) = value.and_then(|value| question.barred(value)) {
                self.error = Some((field, reason.to_owned()));
                return false;
            }
        }
        let msg = match draft {
            Draft::Secret(line) if !line.is_empty() => Msg::Secret(GivenSecret { secret: line.take(), flag: None }),
            other => Msg::Answer(field, other.answer()),
        };
        let taken = self.tell(msg);
        if taken {
            self.drafts.remove(&field);
        }
        taken
    }

    /// Whether nothing of the page stands above the current question.
    pub(super) fn is_first(&self) -> bool {
        let first =
            |question: &Question| self.setup.fields(question.step).next().is_none_or(|first| first == question.field);
        self.question().is_none_or(first)
    }

    /// Moves to another field of the page. Submits the input first; if it is refused, the focus stays.
    pub(super) fn walk(&mut self, by: isize) {
        let Status::Ask(question) = &self.status else { return };
        let field = question.field;
        let changed = self.drafts.get(&field).is_some_and(|draft| match draft {
            Draft::Secret(line) => !line.is_empty(),
            other => other.answer() != question.default.clone().unwrap_or_default(),
        });
        let step = question.step;
        if changed && !self.submit(false) {
            return;
        }
        self.drafts.remove(&field);
        let fields: Vec<Field> = self.setup.fields(step).collect();
        let at = fields.iter().position(|other| *other == field).unwrap_or(0);
        let next = at.checked_add_signed(by).unwrap_or(fields.len().saturating_sub(1));
        if let Some(next) = fields.get(next).or_else(|| fields.first()) {
            self.go(*next);
        }
    }
}
