//! From the conversation and the app's state to what the views and the keys look at.

use super::{
    app::App,
    draft::Draft,
    keymap::{Now, Over, Scene},
    view::{
        Ctx,
        form::{Block, Body, Form},
        ladder,
    },
    widget::wrap::is_link,
};
use crate::{
    render,
    setup::{Advice, Field, Question, Row, Shape, Step},
};

/// Lists from this length on are filtered by typing.
pub(super) const FILTER_FROM: usize = 8;

impl App {
    /// What the keys depend on.
    pub(super) fn now(&self) -> Now {
        Now { scrolls: self.overflows(), ..self.facts() }
    }

    /// The same but for the lines, which are counted by drawing: the help, which is drawn, lists what may be.
    pub(super) fn facts(&self) -> Now {
        let scene = self.scene();
        let mut now = Now {
            scene,
            over: self.over,
            link: self.link().is_some(),
            menu: self.companion.as_ref().is_some_and(|companion| !companion.menu().is_empty()),
            ..Now::default()
        };
        match scene {
            Scene::Form => self.now_form(&mut now),
            Scene::Failed => {
                let choices = self.question().map(|question| question.choices.as_slice()).unwrap_or_default();
                now.fix = choices.iter().any(|choice| choice.value == "fix");
                now.retry = now.fix || self.asks().is_some();
                now.asks = !now.fix && self.asks() == Some(Field::Password);
                now.password = self.setup.all().iter().any(|row| row.field == Field::Password);
                now.transcript = self.has_transcript();
            }
            Scene::Passed => now.transcript = self.has_transcript(),
            _ => {}
        }
        now.scrolls = scene != Scene::Form;
        now
    }

    fn now_form(&self, now: &mut Now) {
        let Some(question) = self.question() else { return };
        now.typing = self.is_typing();
        now.empty = self.drafts.get(&question.field).map_or_else(|| Draft::of(question).is_empty(), Draft::is_empty);
        let form = self.form(question);
        now.fields = form.fields.len() > 1;
        now.list = matches!(question.shape, Shape::Choice | Shape::Many) && form.is_open(self.body_ctx(), form.focus);
        now.turns = question.shape == Shape::Choice && !now.list;
        now.ticks = question.shape == Shape::Many;
        now.toggles = question.shape == Shape::Confirm || (now.list && now.fields);
        now.probe = Self::shows_probe(question.step) && self.setup.probe().is_some_and(|probe| probe.report.is_some());
    }

    fn has_transcript(&self) -> bool {
        self.setup.test().and_then(|test| test.report).is_some_and(|report| !report.transcript.0.is_empty())
    }

    /// The answer that the diagnosis wants anew.
    fn asks(&self) -> Option<Field> {
        let diagnosis = self.setup.test()?.diagnosis?;
        diagnosis.ask.as_deref().and_then(Field::of_key)
    }

    /// What the way on is called after a failed test.
    pub(super) fn primary_label(&self) -> Option<String> {
        let question = self.question().filter(|question| question.field == Field::Recover)?;
        let label =
            |value: &str| question.choices.iter().find(|choice| choice.value == value).map(|choice| choice.label.clone());
        match self.asks() {
            _ if label("fix").is_some() => label("fix"),
            Some(Field::Password) => Some(self.setup.text().get("key-password")),
            Some(_) => label("edit"),
            None => Some(self.setup.text().get("key-retry")),
        }
    }

    /// What the provider says about its password, on the page that asks for it.
    pub(super) fn advice(&self) -> Option<Advice> {
        let question = self.question().filter(|question| question.step == Step::Password)?;
        if question.guidance.is_some() {
            return question.guidance.clone();
        }
        let asked = self.setup.page(Step::Password).iter().any(|row| row.field == Field::Password);
        if asked { self.setup.ask(Field::Password).guidance } else { None }
    }

    /// The link that the page is about.
    pub(super) fn link(&self) -> Option<String> {
        match self.scene() {
            Scene::Form => self.advice()?.url,
            Scene::Failed => {
                let diagnosis = self.setup.test()?.diagnosis?;
                let words = diagnosis.steps.iter().flat_map(|step| step.split(' ')).filter(|word| is_link(word));
                let word = diagnosis.links.first().map(String::as_str).into_iter().chain(words).next()?;
                Some(word.trim_end_matches(['.', ',', ')']).to_owned())
            }
            _ => None,
        }
    }

    /// Whether the climb beside the questions is shown on a step's page.
    const fn shows_probe(step: Step) -> bool {
        matches!(step, Step::Server | Step::Password | Step::Test)
    }

    /// The page of a question.
    pub(super) fn form(&self, question: &Question) -> Form {
        let rows = self.setup.page(question.step);
        let mut fields = Vec::new();
        let mut focus = 0;
        if rows.iter().any(|row| row.field == question.field) {
            for row in &rows {
                if row.field == question.field {
                    focus = fields.len();
                    fields.push(self.block(question, row));
                } else {
                    fields.push(self.block(&self.setup.ask(row.field), row));
                }
            }
        } else {
            // A question between the pages, such as a word of consent.
            let row = Row { field: question.field, label: question.label.clone(), value: String::new(), source: None };
            fields.push(self.block(question, &row));
        }
        let alone = rows.iter().all(|row| row.field != question.field);
        let text = self.setup.text();
        let mut form = Form { fields, focus, notes: question.notes.clone(), ..Form::default() };
        form.title = match question.step {
            _ if alone => question.label.clone(),
            Step::Sender => text.get("tui-page-sender"),
            Step::Provider => text.get("tui-page-provider"),
            Step::Server => text.get("tui-page-server"),
            Step::Password => text.get("tui-page-password"),
            Step::Test => text.get("tui-page-test"),
            Step::Write => text.get("tui-page-write"),
        };
        if !alone {
            form.advice = self.advice();
        }
        form
    }

    /// The climb beside the questions, where it is shown.
    pub(super) fn beside(&self, ctx: Ctx<'_>, question: &Question) -> Option<super::widget::Doc> {
        let probe = self.setup.probe().filter(|_| Self::shows_probe(question.step))?;
        Some(ladder::beside(ctx, &probe))
    }

    fn block(&self, question: &Question, row: &Row) -> Block {
        let field = question.field;
        let fresh;
        let touched = self.drafts.get(&field);
        let draft = if let Some(draft) = touched {
            draft
        } else {
            fresh = Draft::of(question);
            &fresh
        };
        let about = |said: &Option<(Field, String)>| {
            said.as_ref().filter(|(other, _)| *other == field).map(|(_, words)| words.clone())
        };
        let source = row.source.filter(|_| touched.is_none() && question.shape == Shape::Text);
        Block {
            label: question.label.clone(),
            help: question.help.clone(),
            hint: self.companion.as_ref().and_then(|companion| companion.hint(field)),
            error: about(&self.error),
            note: about(&self.note),
            source: source.map(|source| render::source(self.setup.text(), source)).unwrap_or_default(),
            body: match draft {
                Draft::Text { line, .. } => Body::Line { text: line.value().to_owned(), cursor: line.visual_cursor() },
                Draft::Secret(line) => {
                    Body::Secret { typed: line.len(), cursor: line.cursor(), known: !row.value.is_empty() }
                }
                Draft::Confirm(yes) => Body::Confirm(*yes),
                Draft::Pick(pick) => Body::List {
                    pick: pick.clone(),
                    choices: question.choices.clone(),
                    filter: question.choices.len() >= FILTER_FROM,
                },
            },
        }
    }

    /// The highlighted row over the scene, where one is.
    pub(super) fn highlighted(&self) -> Option<usize> {
        matches!(self.over, Some(Over::Answers | Over::Menu)).then_some(self.here)
    }
}
