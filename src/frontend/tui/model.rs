//! From the conversation and the app's state to the data that views and keys use.

use super::{
    app::App,
    draft::{Draft, FILTER_FROM},
    keymap::{Now, Over, Scene},
    view::{
        Ctx,
        form::{FieldBody, Form, FormField},
        stages,
    },
    widget::wrap::is_link,
};
use crate::{
    render,
    setup::{Advice, AnswerRow, Field, FieldShape, FieldTrait, Question, SetupStep},
};

impl App {
    /// What the keys depend on, apart from whether the body scrolls. `form` is how many fields the page of questions has, and
    /// whether the focused one shows an open list.
    pub(super) fn facts(&self, form: Option<(usize, bool)>) -> Now {
        let scene = self.scene();
        let mut now = Now {
            scene,
            over: self.over,
            link: self.link().is_some(),
            menu: self.sidecar.as_ref().is_some_and(|sidecar| !sidecar.menu().is_empty()),
            ..Now::default()
        };
        match scene {
            Scene::Form => self.form_facts(&mut now, form),
            Scene::Failed => {
                let choices = self.question().map(|question| question.choices.as_slice()).unwrap_or_default();
                now.fix = choices.iter().any(|choice| choice.value == "fix");
                now.trust = choices.iter().any(|choice| choice.value == "trust");
                now.retry = now.fix || self.asks().is_some();
                now.asks = !now.fix && self.asks() == Some(Field::Password);
                now.password = self.setup.fields(SetupStep::Password).any(|field| field == Field::Password);
                now.transcript = self.has_transcript();
            }
            Scene::Review => now.transcript = self.has_transcript(),
            _ => {}
        }
        now.scrolls = scene != Scene::Form;
        now
    }

    fn form_facts(&self, now: &mut Now, form: Option<(usize, bool)>) {
        let (Some(question), Some((fields, is_open))) = (self.question(), form) else { return };
        now.typing = self.is_typing();
        now.empty = self.drafts.get(&question.field).map_or_else(|| Draft::of(question).is_empty(), Draft::is_empty);
        now.fields = fields > 1;
        now.known = !self.known().is_empty();
        now.list = matches!(question.shape, FieldShape::Choice | FieldShape::Many) && is_open;
        now.turns = question.shape == FieldShape::Choice && !now.list;
        now.ticks = question.shape == FieldShape::Many;
        now.toggles = question.shape == FieldShape::Confirm || (now.list && now.fields);
        now.probe = Self::shows_probe(question.step) && self.setup.probe().is_some_and(|probe| probe.report.is_some());
    }

    fn has_transcript(&self) -> bool {
        self.setup.test().and_then(|test| test.report).is_some_and(|report| !report.transcript.0.is_empty())
    }

    /// The answer that the diagnosis asks for again.
    fn asks(&self) -> Option<Field> {
        let diagnosis = self.setup.test()?.diagnosis?;
        diagnosis.ask.as_deref().and_then(Field::of_key)
    }

    /// The label of the primary action after a failed test.
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

    /// The provider's advice about its password, on the page that asks for it.
    pub(super) fn advice(&self) -> Option<Advice> {
        let question = self.question().filter(|question| question.step == SetupStep::Password)?;
        if question.guidance.is_some() {
            return question.guidance.clone();
        }
        let asked = self.setup.fields(SetupStep::Password).any(|field| field == Field::Password);
        if asked { self.setup.ask(Field::Password).guidance } else { None }
    }

    /// The link of the page.
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

    /// Whether the background test is shown on a step's page.
    const fn shows_probe(step: SetupStep) -> bool {
        matches!(step, SetupStep::Server | SetupStep::Password | SetupStep::Test)
    }

    /// The page of a question.
    pub(super) fn form(&self, question: &Question) -> Form {
        let fields: Vec<Field> = self.setup.fields(question.step).collect();
        let focus = fields.iter().position(|field| *field == question.field);
        let alone = focus.is_none();
        let fields = if alone {
            // A question between the pages, such as a request for consent.
            vec![self.field(question)]
        } else {
            let field = |field: Field| {
                if field == question.field { self.field(question) } else { self.field(&self.setup.ask(field)) }
            };
            fields.into_iter().map(field).collect()
        };
        let focus = focus.unwrap_or(0);
        let text = self.setup.text();
        let notes = question.notes.clone();
        let (known, here) = (self.known(), (self.over == Some(Over::Known)).then_some(self.here));
        let mut form = Form { fields, focus, known, here, notes, ..Form::default() };
        form.title = match question.step {
            _ if alone => question.label.clone(),
            SetupStep::Sender => text.get("tui-page-sender"),
            SetupStep::Provider => text.get("tui-page-provider"),
            SetupStep::Server => text.get("tui-page-server"),
            SetupStep::Password => text.get("tui-page-password"),
            SetupStep::Test => text.get("tui-page-test"),
            SetupStep::Write => text.get("tui-page-write"),
        };
        if !alone {
            form.advice = self.advice();
        }
        if question.field == Field::Home {
            form.fields.iter_mut().for_each(|only| only.help = text.get("tui-home"));
        }
        form
    }

    /// What is known before the question's page, whose lines stand above it; a page about writing has none, nor has a question
    /// between the pages.
    pub(super) fn known(&self) -> Vec<AnswerRow> {
        let question = self.question().filter(|question| question.step <= SetupStep::Password);
        let question = question.filter(|question| question.field.spec().has(FieldTrait::Listed));
        question.map(|question| self.setup.known_before(question.step)).unwrap_or_default()
    }

    /// The background test, where it is shown.
    pub(super) fn beside(&self, ctx: Ctx<'_>, question: &Question) -> Option<super::widget::Doc> {
        let probe = self.setup.probe().filter(|_| Self::shows_probe(question.step))?;
        Some(stages::beside(ctx, &probe))
    }

    fn field(&self, question: &Question) -> FormField {
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
        let source = question.source.filter(|_| touched.is_none() && question.shape == FieldShape::Text);
        FormField {
            label: question.label.clone(),
            help: question.help.clone(),
            hint: self.sidecar.as_ref().and_then(|sidecar| sidecar.hint(field)),
            error: about(&self.error),
            note: about(&self.note),
            source: source.map(|source| render::source(self.setup.text(), source)).unwrap_or_default(),
            body: match draft {
                Draft::Text { line, .. } => FieldBody::Line { text: line.value().to_owned(), cursor: line.visual_cursor() },
                Draft::Secret(line) => {
                    FieldBody::Secret { typed: line.len(), cursor: line.cursor(), known: self.setup.has_secret() }
                }
                Draft::Confirm(yes) => FieldBody::Confirm(*yes),
                Draft::Pick(pick) => FieldBody::List {
                    pick: pick.clone(),
                    choices: question.choices.clone(),
                    filter: question.choices.len() >= FILTER_FROM && field != Field::Home,
                },
            },
        }
    }

    /// The highlighted row of the overlay, if it has one.
    pub(super) fn highlighted(&self) -> Option<usize> {
        matches!(self.over, Some(Over::Answers | Over::Menu)).then_some(self.here)
    }
}
