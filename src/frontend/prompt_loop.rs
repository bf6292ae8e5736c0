//! The conversation as one question after another: what prompts and plain lines share, and what a test can play.

use std::io;

use crate::{
    mail::{Secret, reply::escape},
    phrase,
    plan::DiffLine,
    presets::Text,
    render,
    runner::Runner,
    setup::{
        AnswerRow, AttemptKind, Choice, Effect, Field, FieldShape, GivenSecret, Msg, Outcome, Question, Setup, SetupStep,
        Status, Work,
    },
};

use super::{Autosave, MenuItem, Sidecar};

/// Asks one question at a time.
pub trait Asker {
    /// Asks a question. `initial` is the input that was refused before.
    ///
    /// # Errors
    /// When the terminal is gone.
    fn ask(&mut self, question: &Question, initial: Option<&str>) -> io::Result<PromptReply>;

    /// Shows a line; foreign text in it is escaped.
    ///
    /// # Errors
    /// When the terminal is gone.
    fn say(&mut self, line: &str) -> io::Result<()>;

    /// How wide lines may be, in columns.
    fn columns(&self) -> usize;
}

/// The reply to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PromptReply {
    /// An answer.
    Text(String),
    /// A secret.
    Secret(Secret),
    /// Back to the question before.
    Back,
    /// Leave.
    Quit,
    /// The input has ended.
    Gone,
}

/// Runs until everything is written or the person leaves.
///
/// # Errors
/// When the terminal is gone.
pub fn run(
    setup: &mut Setup,
    runner: &Runner,
    asker: &mut dyn Asker,
    sidecar: Option<&mut (dyn Sidecar + 'static)>,
    autosave: &mut dyn Autosave,
) -> io::Result<()> {
    let mut prompts = PromptLoop { runner, asker, sidecar, step: None, known: Vec::new(), initial: None, introduced: false };
    loop {
        autosave.save(setup);
        match setup.status() {
            Status::Ask(question) => prompts.ask(setup, &question)?,
            Status::Run(effect) => prompts.run(setup, effect)?,
            Status::Done => return prompts.done(setup),
            Status::Cancelled => return Ok(()),
        }
    }
}

struct PromptLoop<'a> {
    runner: &'a Runner,
    asker: &'a mut dyn Asker,
    sidecar: Option<&'a mut (dyn Sidecar + 'static)>,
    /// The last step whose heading was shown.
    step: Option<SetupStep>,
    /// What was said to be known.
    known: Vec<AnswerRow>,
    /// The input that was refused.
    initial: Option<String>,
    /// The question is repeated after another one.
    introduced: bool,
}

/// The choice that opens a sidecar's menu.
const MENU: &str = "menu";

impl PromptLoop<'_> {
    fn ask(&mut self, setup: &mut Setup, question: &Question) -> io::Result<()> {
        if self.prepare(setup, question)? {
            return Ok(());
        }
        if self.initial.is_none() && !std::mem::take(&mut self.introduced) {
            self.introduce(setup, question)?;
        }
        let initial = self.initial.take();
        let with_menu = self.with_menu(setup, question);
        let said = self.asker.ask(with_menu.as_ref().unwrap_or(question), initial.as_deref())?;
        if let PromptReply::Text(typed) = &said
            && let Some(why) = question.barred(typed)
        {
            return self.asker.say(why);
        }
        let msg = match said {
            PromptReply::Text(typed) if with_menu.is_some() && typed == MENU => return self.menu(setup),
            PromptReply::Quit => Msg::Cancel,
            PromptReply::Gone => Msg::Lost,
            PromptReply::Back => {
                let _ = setup.update(Msg::Back);
                // Before the first question is everything that was not asked.
                let is_first = setup.status() == Status::Ask(Box::new(question.clone()));
                return if is_first { self.change(setup) } else { Ok(()) };
            }
            PromptReply::Secret(secret) => Msg::Secret(GivenSecret { secret, flag: None }),
            PromptReply::Text(typed)
                if question.field == Field::Apply && setup.text().yes_no().parse(&typed) == Ok(false) =>
            {
                return self.change(setup);
            }
            PromptReply::Text(typed) => {
                self.initial = Some(typed.clone()).filter(|_| question.shape == FieldShape::Text);
                Msg::Answer(question.field, typed)
            }
        };
        match setup.update(msg) {
            Ok(()) => self.initial = None,
            Err(invalid) => self.asker.say(&setup.text().say(&invalid.phrase))?,
        }
        Ok(())
    }

    /// Hears what the server offers before asking for the login, and looks at the stores before asking for one, since a prompt
    /// cannot show a later result. Returns whether it did: the question may be another one then.
    fn prepare(&mut self, setup: &mut Setup, question: &Question) -> io::Result<bool> {
        let field = question.field;
        let helps = |effect: &Effect| match effect.work {
            Work::Probe(_) => matches!(field, Field::Username | Field::Password),
            Work::Stores(_) => matches!(field, Field::SecretStore | Field::VaultLock),
            _ => false,
        };
        let Some(effect) = setup.background().into_iter().find(helps) else { return Ok(false) };
        if let Work::Probe(spec) = &effect.work {
            self.head(setup, question.step)?;
            let server = format!("{}:{}", spec.endpoint.host, spec.endpoint.port);
            self.asker.say(&setup.text().say(&phrase!("tui-probe-running", server = server)))?;
        }
        self.run(setup, effect)?;
        Ok(true)
    }

    /// The question of a test with one more choice, if a sidecar has a menu: what is tested can be broken and repaired.
    fn with_menu(&self, setup: &Setup, question: &Question) -> Option<Question> {
        let sidecar = self.sidecar.as_ref().filter(|_| matches!(question.field, Field::Test | Field::Recover))?;
        if sidecar.menu().is_empty() {
            return None;
        }
        let label = setup.text().get("talk-menu");
        let mut question = question.clone();
        question.choices.push(Choice { value: MENU.to_owned(), label, hint: String::new(), barred: None });
        Some(question)
    }

    /// Asks for an item of the sidecar's menu.
    fn menu(&mut self, setup: &mut Setup) -> io::Result<()> {
        self.introduced = true;
        let Some(sidecar) = &mut self.sidecar else { return Ok(()) };
        let items = sidecar.menu();
        let choice = |item: &MenuItem| Choice {
            value: item.key.to_string(),
            label: item.label.clone(),
            hint: String::new(),
            barred: None,
        };
        let mut question = setup.ask(Field::Recover);
        question.label = setup.text().get("tui-menu");
        question.help = String::new();
        question.choices = items.iter().map(choice).collect();
        question.default = items.iter().find(|item| item.active).map(|item| item.key.to_string());
        match self.asker.ask(&question, None)? {
            PromptReply::Text(key) => {
                if let Some(index) = items.iter().position(|item| item.key.to_string() == key) {
                    sidecar.pick(index);
                }
            }
            PromptReply::Quit => drop(setup.update(Msg::Cancel)),
            PromptReply::Gone => drop(setup.update(Msg::Lost)),
            PromptReply::Secret(_) | PromptReply::Back => {}
        }
        Ok(())
    }

    /// The heading of a step, once.
    fn head(&mut self, setup: &Setup, step: SetupStep) -> io::Result<()> {
        if self.step == Some(step) {
            return Ok(());
        }
        self.step = Some(step);
        self.asker.say("")?;
        self.asker.say(&format!("-- {} --", render::step(setup.text(), step)))?;
        // What is known is said once, and again when it is another.
        let mut rows = setup.known_before(step);
        rows.retain(|row| !self.known.contains(row));
        for line in render::answers(setup.text(), &rows) {
            self.asker.say(&format!("  {line}"))?;
        }
        self.known.extend(rows);
        Ok(())
    }

    /// What is shown above a question.
    fn introduce(&mut self, setup: &Setup, question: &Question) -> io::Result<()> {
        self.head(setup, question.step)?;
        match question.field {
            Field::Password => self.guide(setup)?,
            Field::Recover => self.diagnose(setup)?,
            Field::Apply => self.review(setup)?,
            _ => {}
        }
        for line in question.guidance.iter().flat_map(|advice| render::advice(setup.text(), advice)) {
            self.asker.say(&line)?;
        }
        for note in &question.notes {
            self.asker.say(&format!("! {note}"))?;
        }
        if let Some(hint) = self.sidecar.as_ref().and_then(|sidecar| sidecar.hint(question.field)) {
            self.asker.say(&hint)?;
        }
        Ok(())
    }

    /// Whether the server answers at all, before asking for the password.
    fn guide(&mut self, setup: &Setup) -> io::Result<()> {
        if let Some(test) = setup.probe()
            && let Some(report) = &test.report
        {
            match &test.diagnosis {
                None => self.asker.say(&render::stages::success(setup.text(), &test, report))?,
                Some(_) => self.explain(setup, &test)?,
            }
        }
        Ok(())
    }

    fn diagnose(&mut self, setup: &Setup) -> io::Result<()> {
        match setup.test() {
            Some(test) => self.explain(setup, &test),
            None => Ok(()),
        }
    }

    fn explain(&mut self, setup: &Setup, test: &crate::setup::LiveTest) -> io::Result<()> {
        if let Some(evidence) = test.report.as_ref().and_then(|report| report.evidence.as_ref()) {
            for line in render::stages::fault(setup.text(), evidence) {
                self.asker.say(&format!("    {line}"))?;
            }
        }
        for line in test.diagnosis.iter().flat_map(|diagnosis| render::diagnosis(setup.text(), diagnosis)) {
            self.asker.say(&line)?;
        }
        Ok(())
    }

    fn review(&mut self, setup: &Setup) -> io::Result<()> {
        for line in setup.outlook().into_iter().chain(plan_lines(setup)) {
            self.asker.say(&line)?;
        }
        self.asker.say(&setup.folded())
    }

    /// The person refused the plan, or goes back before the first question: asks which answer to change.
    fn change(&mut self, setup: &mut Setup) -> io::Result<()> {
        self.introduced = true;
        let rows = setup.all();
        let mut question = setup.ask(Field::Recover);
        question.label = setup.text().get("talk-change");
        question.help = String::new();
        question.choices = rows
            .iter()
            .map(|row| Choice {
                value: row.field.key().to_owned(),
                label: row.label.clone(),
                hint: row.value.clone(),
                barred: None,
            })
            .collect();
        let question = self.with_menu(setup, &question).unwrap_or(question);
        match self.asker.ask(&question, None)? {
            PromptReply::Text(key) if key == MENU => {
                self.menu(setup)?;
                // What was tested is as it was no longer.
                if setup.test().is_some_and(|test| test.report.is_some()) {
                    self.introduced = false;
                    let _ = setup.update(Msg::Retry);
                }
            }
            PromptReply::Text(key) => {
                if let Some(field) = Field::of_key(&key) {
                    self.introduced = false;
                    let _ = setup.update(Msg::Go(field));
                }
            }
            PromptReply::Quit => drop(setup.update(Msg::Cancel)),
            PromptReply::Gone => drop(setup.update(Msg::Lost)),
            PromptReply::Secret(_) | PromptReply::Back => {}
        }
        Ok(())
    }

    fn run(&mut self, setup: &mut Setup, effect: Effect) -> io::Result<()> {
        let generation = effect.generation;
        let heading = match &effect.work {
            Work::Discover(search) => Some(phrase!("found-searching", domain = escape(search.address.domain()))),
            Work::Test(_) => Some(phrase!("talk-testing")),
            Work::Apply(_) => Some(phrase!("talk-writing")),
            Work::Fetch(_) => Some(phrase!("import-fetching")),
            Work::Authorize(_) => Some(phrase!("oauth-asking")),
            _ => None,
        };
        if let Some(heading) = heading {
            self.asker.say(&setup.text().say(&heading))?;
        }
        let asker = &mut *self.asker;
        let mut trouble = None;
        let outcome = self.runner.run(effect.work, &mut |outcome| {
            let line = match &outcome {
                Outcome::Progress(AttemptKind::Test | AttemptKind::Proof, step) if step.is_over() => {
                    Some(render::stages::line(setup.text(), step))
                }
                Outcome::CodeShown(code) => Some(render::sign_in(setup.text(), code).join("\n")),
                Outcome::Sending(own) => Some(render::proof::under_way(setup.text(), own)),
                _ => None,
            };
            if let Some(line) = line {
                trouble = asker.say(&line).err().or(trouble.take());
            }
            let _ = setup.update(Msg::Finished(generation, outcome));
        });
        let _ = setup.update(Msg::Finished(generation, outcome));
        trouble.map_or(Ok(()), Err)
    }

    fn done(&mut self, setup: &Setup) -> io::Result<()> {
        self.asker.say("")?;
        for line in closing(setup, self.asker.columns()) {
            self.asker.say(&line)?;
        }
        for line in self.sidecar.iter().flat_map(|sidecar| sidecar.arrived()) {
            self.asker.say(&line)?;
        }
        Ok(())
    }
}

/// The summary of a set-up: what was written and how it was proven, or what would be written.
pub fn closing(setup: &Setup, columns: usize) -> Vec<String> {
    match setup.written() {
        Some(written) => {
            let later = setup.later().map(|later| setup.text().say(&later));
            let mut lines = render::summary::lines(setup.text(), written, &setup.equivalent(), columns);
            lines.extend(later.into_iter().flat_map(|later| [String::new(), later]));
            lines
        }
        None => plan_lines(setup),
    }
}

/// Where the test message went, if something is wrong with that, and what to change.
pub fn arrival_lines(setup: &Setup) -> Vec<String> {
    let Some(live) = setup.test() else { return Vec::new() };
    let text = setup.text();
    let mut lines: Vec<String> = live.arrival.iter().flat_map(|diagnosis| render::diagnosis(text, diagnosis)).collect();
    lines.extend(live.report.iter().flat_map(|report| render::arrival::asked_for(text, report)));
    lines
}

/// The plan as text: each file with its diff.
pub fn plan_lines(setup: &Setup) -> Vec<String> {
    let secret = setup.order().and_then(|order| order.secret.as_ref());
    let mut lines = Vec::new();
    for change in setup.plan().iter().flat_map(|plan| &plan.changes) {
        lines.push(render::change(setup.text(), change));
        if change.is_needed() {
            lines.extend(crate::plan::diff(change, secret).iter().map(DiffLine::marked));
        }
    }
    for note in setup.plan().iter().flat_map(|plan| &plan.notes) {
        lines.push(format!("! {}", setup.text().say(&note.phrase)));
    }
    lines
}

/// The lines above the first question.
pub fn welcome(text: &Text, lines: bool) -> Vec<String> {
    vec![text.get("talk-welcome"), text.get(if lines { "talk-welcome-lines" } else { "talk-keys" })]
}
