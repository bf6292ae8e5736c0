//! What the review says first, and what the last page names: in a sentence each.

use super::{field::Field, source::AnswerSource, state::Setup, step::SetupStep};
use crate::{mail::reply::escape, phrase, plan::Change, presets::Phrase};

impl Setup {
    /// What will change: how many files, and which programs will send through whom. `None` without a plan.
    pub fn outlook(&self) -> Option<String> {
        let changes: Vec<&Change> = self.plan()?.changes.iter().filter(|change| change.is_needed()).collect();
        if changes.is_empty() {
            return Some(self.text.get("tui-review-nothing"));
        }
        let count = |is: fn(&Change) -> bool| changes.iter().filter(|change| is(change)).count();
        let new = count(|change| change.before.is_none());
        let removed = count(|change| change.after.is_none());
        let counts = [("review-new", new), ("review-changed", changes.len() - new - removed), ("review-removed", removed)];
        let parts = counts.iter().filter(|(_, number)| *number > 0);
        let parts: Vec<String> = parts.map(|(id, number)| self.text.say(&Phrase::new(id).with("number", number))).collect();
        let files = phrase!("review-files", files = changes.len()).with("parts", parts.join(", "));
        let through = match self.answers.provider() {
            Some(provider) => provider.name.clone(),
            None => self.answers.text(Field::Host),
        };
        let programs = self.targets().into_iter().map(|choice| {
            self.answers.catalog.target(&choice.key).map_or_else(|| escape(&choice.key), |target| target.name.clone())
        });
        let programs: Vec<String> = programs.collect();
        let send = match programs.split_last() {
            None => phrase!("review-nobody", through = through),
            Some((only, [])) => phrase!("review-one", program = only, through = through),
            Some((last, others)) => {
                phrase!("review-several", others = others.join(", "), last = last, through = through)
            }
        };
        Some(format!("{} {}", self.text.say(&files), self.text.say(&send)))
    }

    /// The answers in one line; each of them can be seen and changed in the list of all answers.
    pub fn folded(&self) -> String {
        let rows = self.known_before(SetupStep::Write).into_iter().filter(|row| row.field.spec().step < SetupStep::Test);
        let values: Vec<String> = rows.map(|row| escape(&row.value)).collect();
        let imported = [Field::Host, Field::Address]
            .iter()
            .any(|field| self.answers.value(*field).is_some_and(|(_, source)| source == AnswerSource::Imported));
        let answers = values.join(" · ");
        self.text.say(&phrase!("review-answers", answers = answers).with("imported", if imported { "yes" } else { "no" }))
    }

    /// What a person can do later with what was written; nothing for a script, an image, or the demo, whose profile is nobody's.
    pub fn later(&self) -> Option<Phrase> {
        let written = self.written().filter(|written| written.root.is_none())?;
        let is_persons = !self.options.brief && self.answers.facts.command.len() == 1 && written.changed;
        let profile = self.order().filter(|_| is_persons)?.name.clone();
        Some(phrase!("render-later", profile = escape(&profile)))
    }
}
