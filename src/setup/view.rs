//! What a front end shows: the rail, pages, ladders, results.

use super::{Answers, Dial, FIELDS, Field, Ladder, Mark, Own, Row, Setup, Slot, Source, Step, Tested, Trouble, Written};
use crate::{
    plan::{Order, Plan},
    presets::Text,
};

impl Setup {
    /// The sentences that this conversation speaks in.
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// The steps and how they stand.
    pub fn rail(&self) -> Vec<(Step, Mark)> {
        let here = self.here();
        let open = self.open().next().map(|field| field.spec().step);
        Step::ALL
            .into_iter()
            .map(|step| {
                let mark = if Some(step) == here {
                    if step == Step::Test && self.test_failed() { Mark::Failed } else { Mark::Current }
                } else if open.is_none_or(|open| step < open) {
                    Mark::Done
                } else {
                    Mark::Ahead
                };
                (step, mark)
            })
            .collect()
    }

    /// The step where the person is; `None` when all is done.
    pub fn here(&self) -> Option<Step> {
        match self.status() {
            super::Status::Ask(question) => Some(question.step),
            super::Status::Run(effect) => Some(match effect.work {
                super::Work::Discover(_) => Step::Provider,
                super::Work::Fetch(_) => Step::Password,
                super::Work::Probe(_) | super::Work::Test(_) => Step::Test,
                super::Work::Stores(_) | super::Work::Plan(_) | super::Work::Apply(_) => Step::Write,
            }),
            super::Status::Done | super::Status::Cancelled => None,
        }
    }

    /// The fields of a step's page, also those that are not asked by themselves.
    pub fn page(&self, step: Step) -> Vec<Row> {
        self.rows(|field| field.spec().step == step)
    }

    /// All answers.
    pub fn all(&self) -> Vec<Row> {
        self.rows(|_| true)
    }

    /// The fields of a step's page, without their answers.
    pub fn fields(&self, step: Step) -> impl Iterator<Item = Field> {
        self.shown(move |field| field.spec().step == step)
    }

    /// Whether a secret is known.
    pub fn has_secret(&self) -> bool {
        self.answers.secret().is_some()
    }

    fn rows(&self, wanted: impl Fn(Field) -> bool) -> Vec<Row> {
        self.shown(wanted).map(|field| self.row(field)).collect()
    }

    fn shown(&self, wanted: impl Fn(Field) -> bool) -> impl Iterator<Item = Field> {
        let shown = |field: &Field| {
            let between = [Field::Resume, Field::Import, Field::Recover, Field::Apply, Field::Spaces, Field::Plaintext];
            !between.contains(field)
        };
        FIELDS.iter().map(|spec| spec.field).filter(shown).filter(move |field| wanted(*field) && self.applies(*field))
    }

    fn row(&self, field: Field) -> Row {
        let label = self.label(field);
        if field == Field::Password {
            let known = self.answers.secret().is_some();
            let value = if known { "••••••••".to_owned() } else { String::new() };
            return Row { field, label, value, source: known.then(|| self.secret_source()) };
        }
        match self.answers.value(field) {
            Some((value, source)) => {
                let choices = self.ask(field).choices;
                let named = choices.iter().find(|choice| choice.value == value).map(|choice| choice.label.clone());
                Row { field, label, value: named.unwrap_or_else(|| self.spoken(field, value)), source: Some(source) }
            }
            None => Row { field, label, value: String::new(), source: None },
        }
    }

    /// A value as a person reads it.
    fn spoken(&self, field: Field, value: String) -> String {
        match field.spec().shape {
            super::Shape::Confirm => self.text.get(if value == "yes" { "word-yes" } else { "word-no" }),
            super::Shape::Many => value.replace(',', ", "),
            _ => value,
        }
    }

    fn secret_source(&self) -> Source {
        match &self.answers.secret {
            Some(given) if given.flag.is_some() => Source::Flag,
            Some(_) => Source::Asked,
            None => Source::Imported,
        }
    }

    /// The live test: what it climbs, how far it is, and how it ended.
    pub fn test(&self) -> Option<Ladder> {
        ladder(&self.test)
    }

    /// The climb up to TLS beside the questions.
    pub fn probe(&self) -> Option<Ladder> {
        ladder(&self.probe)
    }

    /// The message that goes out from what was written, while it goes out.
    pub fn proof_steps(&self) -> &[crate::probe::Step] {
        &self.write.steps
    }

    /// Who begins to send a message after writing, until a stage of it is over.
    pub const fn sending(&self) -> Option<&Own> {
        self.sending.as_ref()
    }

    /// The plan, when it came about.
    pub fn plan(&self) -> Option<&Plan> {
        self.plan.result()?.as_ref().ok()
    }

    /// What the plan was made from.
    pub fn order(&self) -> Option<&Order> {
        self.plan.wanted()
    }

    /// Why the plan or the write did not come about.
    pub fn trouble(&self) -> Option<&Trouble> {
        let write = self.write.result().and_then(|result| result.as_ref().err());
        write.or_else(|| self.plan.result().and_then(|result| result.as_ref().err()))
    }

    /// What was written.
    pub fn written(&self) -> Option<&Written> {
        self.write.result()?.as_ref().ok()
    }

    /// The value of a field as it is kept.
    pub fn value(&self, field: Field) -> Option<String> {
        self.answers().filled(field)
    }

    /// Whether an answer was given to it, not only proposed.
    pub fn is_given(&self, field: Field) -> bool {
        self.answers.given.contains_key(&field)
    }

    /// Whether it is asked whether to go on from a conversation that was cut off.
    pub const fn is_offering(&self) -> bool {
        self.offered.is_some()
    }

    /// Whether the conversation ended because nobody was there any more.
    pub const fn is_lost(&self) -> bool {
        self.lost
    }

    pub(super) const fn answers(&self) -> &Answers {
        &self.answers
    }
}

/// A climb as it goes on, or as it ended.
fn ladder(slot: &Slot<Dial, Tested>) -> Option<Ladder> {
    let result = slot.result();
    Some(Ladder {
        dial: slot.wanted()?.clone(),
        steps: result.map_or_else(|| slot.steps.clone(), |tested| tested.report.steps.clone()),
        report: result.map(|tested| tested.report.clone()),
        diagnosis: result.and_then(|tested| tested.diagnosis.clone()),
    })
}
