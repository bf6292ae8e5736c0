//! The body: the documents of the scene, or of the overlay.

use ratatui::{
    style::Style,
    text::{Line, Span},
};

use super::{
    super::{
        app::App,
        current::{Body, CurrentPage},
        keymap::{Now, Over, Scene},
        view::{Ctx, advice, chrome, domain, done, form::LaidOut, over, review, stages},
        widget::Doc,
    },
    left_half,
};
use crate::{
    mail::reply::escape,
    phrase,
    presets::Phrase,
    setup::{Effect, FieldShape, LiveTest, Question, SetupStep, Status, Work},
};

/// The page of a question, laid out.
struct Questions {
    body: Body,
    /// How many fields it has.
    fields: usize,
    /// Whether the list of the focused field is open.
    is_open: bool,
}

impl App {
    /// Makes the current page for a body of this size.
    pub(super) fn make_page(&self, ctx: Ctx<'_>) -> CurrentPage {
        let question = self.question().filter(|_| self.scene() == Scene::Form);
        let questions = question.map(|question| self.questions(ctx, question));
        let facts = self.facts(questions.as_ref().map(|questions| (questions.fields, questions.is_open)));
        let body = match (self.over, questions) {
            (None | Some(Over::Known), Some(questions)) => questions.body,
            (Some(over), _) => self.over_body(ctx, over, &facts).into(),
            (None, None) => self.scene_body(ctx, &facts),
        };
        let ticks =
            question.is_some_and(|asked| self.setup.fields(asked.step).any(|field| field.spec().shape == FieldShape::Many));
        // Only a laid-out body tells whether it has more lines than fit.
        let now = Now { scrolls: body.main.lines.len() > ctx.height, ..facts };
        CurrentPage { size: (ctx.width, ctx.height), now, foot: Now { ticks: now.ticks || ticks, ..now }, body }
    }

    fn scene_body(&self, ctx: Ctx<'_>, facts: &Now) -> Body {
        match self.scene() {
            Scene::Form => Doc::default().into(),
            Scene::Working => {
                if let Some(code) = self.setup.shown_code() {
                    return done::signing_in(ctx, code).into();
                }
                let mut doc = Doc::default();
                doc.push(done::working(ctx, &ctx.text.say(&self.work_words())));
                doc.into()
            }
            Scene::Testing => self.test_doc(ctx).into(),
            Scene::Failed => self.failed_body(ctx, facts),
            Scene::Review => self.review_doc(ctx).into(),
            Scene::Writing => self.writing_doc(ctx).into(),
            Scene::Done => self.done_doc(ctx).into(),
        }
    }

    /// What is being done that has no page of its own.
    fn work_words(&self) -> Phrase {
        match &self.status {
            Status::Run(Effect { work: Work::Fetch(_), .. }) => phrase!("import-fetching"),
            Status::Run(Effect { work: Work::Authorize(_), .. }) => phrase!("oauth-asking"),
            Status::Run(Effect { work: Work::Discover(search), .. }) => {
                phrase!("found-searching", domain = escape(search.address.domain()))
            }
            _ => phrase!("tui-planning"),
        }
    }

    fn arrived(&self) -> Vec<String> {
        self.sidecar.as_ref().map(|sidecar| sidecar.arrived()).unwrap_or_default()
    }

    fn questions(&self, ctx: Ctx<'_>, question: &Question) -> Questions {
        let mut form = self.form(question);
        let side = self.is_split().then(|| form.advice.take()).flatten().map(|guide| {
            let mut side = Doc::default();
            side.extend(advice::guidance(ctx.wide(left_half(ctx.width)), &guide, true));
            side
        });
        let ctx = if side.is_some() { ctx.wide(left_half(ctx.width)) } else { ctx };
        if let Some(fault) = self.setup.fault() {
            form.notes.clear();
            form.below.extend(advice::fault(ctx, fault));
        }
        if let Some(beside) = self.beside(ctx, question) {
            form.below.extend(beside);
        }
        if question.step == SetupStep::Write {
            form.below.extend(self.success(ctx));
        }
        let LaidOut { doc, is_open } = form.lay_out(ctx);
        Questions { body: Body { main: doc, side }, fields: form.fields.len(), is_open }
    }

    /// That the test passed, with the messages that have been seen to arrive.
    fn success(&self, ctx: Ctx<'_>) -> Doc {
        self.passed().map(|test| stages::success(ctx, &test, &self.arrived())).unwrap_or_default()
    }

    fn test_doc(&self, ctx: Ctx<'_>) -> Doc {
        match self.setup.test() {
            Some(test) => stages::live_test(ctx, &ctx.say("tui-live-test"), &test, self.clock),
            None => Doc::default(),
        }
    }

    fn failed_body(&self, ctx: Ctx<'_>, facts: &Now) -> Body {
        let split = self.is_split();
        let ctx = if split { ctx.wide(left_half(ctx.width)) } else { ctx };
        let mut doc = self.test_doc(ctx);
        let said = self.setup.test().and_then(|test| test.diagnosis).map(|found| {
            let mut said = advice::diagnosis(ctx, &found);
            said.extend(self.offer(ctx, facts));
            said
        });
        if split {
            return Body { main: doc, side: said };
        }
        let more = said.as_ref().map_or(0, |said| said.lines.len() + 1);
        if let Some(test) = self.setup.test().filter(|_| doc.lines.len() + more > ctx.height) {
            doc = stages::short(ctx, &ctx.say("tui-live-test"), &test);
        }
        doc.blank();
        let start = doc.lines.len();
        if let Some(said) = said {
            doc.extend(said);
        }
        // The advice must be in sight; the stages above it can be scrolled to.
        let end = doc.lines.len().min(start + ctx.height.saturating_sub(2));
        doc.keep = Some(start..end);
        doc.into()
    }

    /// The change that the diagnosis offers.
    fn offer(&self, ctx: Ctx<'_>, facts: &Now) -> Doc {
        let mut doc = Doc::default();
        if let Some(label) = self.primary_label().filter(|_| facts.fix) {
            doc.push(Line::default());
            let point = Span::styled(format!("{} ", ctx.theme.marks.point), ctx.theme.accent());
            doc.item(&[point], &ctx.text.say(&phrase!("tui-offer", label = label)), ctx.theme.bold(), 0, ctx.width);
        }
        let choices = self.question().map(|question| question.choices.as_slice()).unwrap_or_default();
        if let Some(trust) = choices.iter().find(|choice| choice.value == "trust") {
            let offer = phrase!("tui-offer-trust", label = trust.label).with("certificate", &trust.hint);
            doc.push(Line::default());
            doc.text(&ctx.text.say(&offer), ctx.theme.bold(), 0, ctx.width);
        }
        doc
    }

    fn review_doc(&self, ctx: Ctx<'_>) -> Doc {
        let mut doc = Doc::default();
        if let Some(question) = self.question() {
            doc.push(advice::title(ctx, &question.label));
            doc.text(&question.help, ctx.theme.dim(), 0, ctx.width);
            doc.blank();
        }
        if let Some(fault) = self.setup.fault() {
            doc.extend(advice::fault(ctx, fault));
            doc.blank();
        }
        if let Some(outlook) = self.setup.outlook() {
            doc.text(&outlook, ctx.theme.bold(), 0, ctx.width);
        }
        doc.text(&self.setup.folded(), ctx.theme.dim(), 0, ctx.width);
        doc.extend(self.success(ctx));
        for note in self.setup.notes() {
            doc.extend(advice::note(ctx, &note));
        }
        let looked = self.setup.domain();
        if let Some((spec, finding)) = looked {
            doc.extend(domain::line(ctx, spec, finding));
        }
        doc.push(Line::default());
        doc.extend(self.plan_doc(ctx));
        if let Some((_, Some(finding))) = looked {
            doc.blank();
            doc.extend(domain::panel(ctx, finding));
        }
        doc
    }

    fn plan_doc(&self, ctx: Ctx<'_>) -> Doc {
        let secret = self.setup.order().and_then(|order| order.secret.as_ref());
        match self.setup.plan() {
            Some(plan) => review::plan(ctx, plan, secret, self.options.diff),
            None => Doc::default(),
        }
    }

    fn writing_doc(&self, ctx: Ctx<'_>) -> Doc {
        let mut doc = Doc::default();
        doc.push(done::working(ctx, &ctx.say("tui-writing")));
        doc.push(Line::default());
        for change in self.setup.plan().iter().flat_map(|plan| &plan.changes).filter(|change| change.is_needed()) {
            doc.text(&change.path.display().to_string(), Style::new(), 2, ctx.width);
        }
        if let Some(own) = self.setup.sending() {
            doc.push(Line::default());
            let start = doc.lines.len();
            doc.push(done::sending(ctx, own));
            doc.keep = Some(start..doc.lines.len());
            return doc;
        }
        let steps = self.setup.proof_steps();
        if !steps.is_empty() {
            doc.push(Line::default());
            doc.push(advice::title(ctx, &ctx.say("tui-proving")));
            doc.extend(stages::stages(ctx, steps, None));
        }
        doc
    }

    fn done_doc(&self, ctx: Ctx<'_>) -> Doc {
        if let Some(written) = self.setup.written() {
            return done::page(ctx, written, &self.setup.equivalent(), (&self.arrived(), self.setup.later().as_ref()));
        }
        let mut doc = Doc::default();
        doc.push(advice::title(ctx, &ctx.say("tui-dry-run")));
        doc.extend(self.plan_doc(ctx));
        doc
    }

    fn over_body(&self, ctx: Ctx<'_>, what: Over, facts: &Now) -> Doc {
        match what {
            Over::Help => {
                let keys = chrome::all_keys(ctx, facts, self.primary_label().as_deref());
                let question = self.question().filter(|question| !question.help.is_empty());
                over::help(ctx, question.map(|question| (question.label.as_str(), question.help.as_str())), &keys)
            }
            Over::Answers => {
                let mut doc = Doc::default();
                doc.push(advice::title(ctx, &ctx.say("tui-answers")));
                doc.push(Line::default());
                doc.extend(review::answers(ctx, &self.setup.all(), self.highlighted()));
                doc
            }
            Over::Transcript => {
                let report = self.setup.test().and_then(|test| test.report);
                report.map(|report| over::transcript(ctx, &report)).unwrap_or_default()
            }
            Over::Report => {
                let mut doc = Doc::default();
                doc.text(&self.saved, Style::new(), 0, ctx.width);
                doc
            }
            Over::Link => {
                let link = self.link().unwrap_or_default();
                over::link(ctx, &link, self.advice().as_ref())
            }
            Over::Probe => self.setup.probe().map(|probe| probe_doc(ctx, &probe)).unwrap_or_default(),
            Over::Known => Doc::default(),
            Over::Menu => {
                let items = self.sidecar.as_ref().map(|sidecar| sidecar.menu()).unwrap_or_default();
                over::menu(ctx, &items, self.here)
            }
        }
    }
}

/// The background test in full.
fn probe_doc(ctx: Ctx<'_>, probe: &LiveTest) -> Doc {
    let mut doc = stages::live_test(ctx, &ctx.say("tui-probe"), probe, std::time::Duration::ZERO);
    if let Some(found) = &probe.diagnosis {
        doc.blank();
        doc.extend(advice::diagnosis(ctx, found));
    }
    doc
}
