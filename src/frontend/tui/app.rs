//! The wizard's state and what changes it. Drawing reads it only. It needs no terminal: [`super::run`] gives it one.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::layout::Size;

use super::{
    LOOK, Options, Starter, TURN,
    draft::Draft,
    keymap::{self, Action, Over, Scene},
    theme::Theme,
    work::Running,
};
use crate::{
    frontend::Companion,
    mail::reply::escape,
    phrase,
    setup::{Field, Given, Msg, Question, Setup, Shape, Status, Work},
};

/// The wizard.
pub struct App {
    pub(super) setup: Setup,
    /// What the conversation wants now.
    pub(super) status: Status,
    pub(super) starter: Starter,
    pub(super) running: Vec<Running>,
    pub(super) options: Options,
    pub(super) companion: Option<Box<dyn Companion>>,
    pub(super) theme: Theme,
    pub(super) size: Size,
    /// What is entered and not yet sent.
    pub(super) drafts: BTreeMap<Field, Draft>,
    /// Why an answer was not taken.
    pub(super) error: Option<(Field, String)>,
    /// What happened to what was entered.
    pub(super) note: Option<(Field, String)>,
    pub(super) over: Option<Over>,
    /// Where the report was saved, or why it was not.
    pub(super) saved: String,
    /// The highlighted row of what lies over the scene.
    pub(super) here: usize,
    /// Lines that the person scrolled by.
    pub(super) scroll: isize,
    /// A passed test is looked at.
    pub(super) held: bool,
    pub(super) began: Option<Instant>,
    /// How long the climb under way has taken.
    pub(super) clock: Duration,
    pub(super) tick: usize,
    leaving: bool,
    suspend: bool,
    redraw: bool,
    ended: bool,
}

impl App {
    /// A wizard over a conversation; `starter` does its work.
    pub fn new(setup: Setup, starter: Starter, options: Options, companion: Option<Box<dyn Companion>>) -> Self {
        let status = setup.status();
        Self {
            setup,
            status,
            starter,
            running: Vec::new(),
            options,
            companion,
            theme: Theme::new(options.look),
            size: Size::new(80, 24),
            drafts: BTreeMap::new(),
            error: None,
            note: None,
            over: None,
            saved: String::new(),
            here: 0,
            scroll: 0,
            held: false,
            began: None,
            clock: Duration::ZERO,
            tick: 0,
            leaving: false,
            suspend: false,
            redraw: false,
            ended: false,
        }
    }

    /// The conversation as it is now.
    pub const fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The conversation, at the end.
    pub fn into_setup(self) -> Setup {
        self.setup
    }

    /// Whether everything is done, or the person left.
    pub const fn has_ended(&self) -> bool {
        self.ended
    }

    pub(super) const fn wants_suspend(&mut self) -> bool {
        std::mem::replace(&mut self.suspend, false)
    }

    pub(super) const fn wants_redraw(&mut self) -> bool {
        std::mem::replace(&mut self.redraw, false)
    }

    /// Says how large the screen is, and starts what is wanted from the beginning.
    pub fn resize(&mut self, size: Size) {
        self.size = size;
        self.settle();
    }

    /// How soon the screen changes by itself.
    pub(super) fn pace(&self) -> Option<Duration> {
        match self.scene() {
            Scene::Testing | Scene::Working | Scene::Writing => Some(TURN),
            Scene::Passed | Scene::Done if self.companion.is_some() => Some(LOOK),
            _ => None,
        }
    }

    /// Time went by.
    pub(super) fn turn(&mut self) {
        self.tick = self.tick.wrapping_add(1);
        self.clock = self.began.map_or(Duration::ZERO, |began| began.elapsed());
    }

    /// What is on the screen.
    pub(super) fn scene(&self) -> Scene {
        if self.held {
            return Scene::Passed;
        }
        match &self.status {
            Status::Run(effect) => match effect.work {
                Work::Test(_) | Work::Probe(_) => Scene::Testing,
                Work::Apply(_) => Scene::Writing,
                Work::Plan(_) | Work::Stores(_) | Work::Discover(_) | Work::Fetch(_) => Scene::Working,
            },
            Status::Ask(question) => match question.field {
                Field::Recover => Scene::Failed,
                Field::Apply => Scene::Review,
                _ => Scene::Form,
            },
            Status::Done | Status::Cancelled => Scene::Done,
        }
    }

    /// The question that is asked.
    pub(super) fn question(&self) -> Option<&Question> {
        match &self.status {
            Status::Ask(question) => Some(question),
            _ => None,
        }
    }

    /// Takes what happened at the terminal.
    pub fn handle(&mut self, event: &Event) {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => self.key(key),
            Event::Paste(text) => self.paste(text),
            Event::Resize(width, height) => self.size = Size::new(*width, *height),
            _ => {}
        }
    }

    /// Takes what came of an effect.
    pub fn told(&mut self, msg: Msg) {
        self.tell(msg);
        if self.leaving && self.scene() != Scene::Writing {
            self.leave();
        }
    }

    /// The program is to stop for a while.
    pub(super) const fn stop(&mut self) {
        self.suspend = true;
    }

    /// A signal ends the conversation.
    pub(super) fn interrupt(&mut self, by_person: bool) {
        if self.status != Status::Done {
            self.tell(if by_person { Msg::Cancel } else { Msg::Lost });
        }
        for running in self.running.drain(..) {
            running.cancel.cancel();
        }
    }

    fn key(&mut self, event: &KeyEvent) {
        self.note = None;
        if self.over == Some(Over::Menu) && self.pick_by_key(event) {
            return;
        }
        let now = self.now();
        if let Some(action) = keymap::action(event, &now) {
            self.act(action);
        } else if now.scene == Scene::Form && now.over.is_none() {
            self.edit(|draft, question| draft.key(event, &question.choices));
        }
    }

    fn pick_by_key(&mut self, event: &KeyEvent) -> bool {
        let (KeyCode::Char(typed), false) = (event.code, event.modifiers.contains(KeyModifiers::CONTROL)) else {
            return false;
        };
        let Some(companion) = &mut self.companion else { return false };
        let index = companion.menu().iter().position(|item| item.key == typed);
        if let Some(index) = index {
            companion.pick(index);
            self.over = None;
        }
        index.is_some()
    }

    /// Changes the draft of the question; says whether it did.
    fn edit(&mut self, change: impl FnOnce(&mut Draft, &Question) -> bool) -> bool {
        let Status::Ask(question) = &self.status else { return false };
        let draft = self.drafts.entry(question.field).or_insert_with(|| Draft::of(question));
        let changed = change(draft, question);
        if changed {
            self.error = None;
            self.scroll = 0;
        }
        changed
    }

    fn paste(&mut self, text: &str) {
        self.note = None;
        if self.scene() != Scene::Form || self.over.is_some() {
            return;
        }
        let broken = self.edit(|draft, question| draft.paste(text, &question.choices));
        self.error = None;
        if let (true, Some(question)) = (broken, self.question()) {
            let words = self.setup.text().say(&phrase!("tui-pasted-break"));
            self.note = Some((question.field, words));
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Accept => self.accept(),
            Action::Primary => self.primary(),
            Action::Write => {
                self.tell(Msg::Answer(Field::Apply, "yes".to_owned()));
            }
            Action::Toggle => {
                self.edit(|draft, _| {
                    draft.toggle();
                    true
                });
            }
            Action::NextField => self.walk(1),
            Action::PreviousField => self.walk(-1),
            Action::Up => self.step(-1),
            Action::Down => self.step(1),
            Action::Left => self.turn_list(-1),
            Action::Right => self.turn_list(1),
            Action::Fix => {
                self.tell(Msg::Fix);
            }
            Action::Retry => {
                self.tell(Msg::Retry);
            }
            Action::Force => {
                self.tell(Msg::Force);
            }
            Action::Password => self.go(Field::Password),
            Action::Edit | Action::Answers => self.open(Over::Answers),
            Action::Transcript => self.open(Over::Transcript),
            Action::Report => self.report(),
            Action::Link => self.open(Over::Link),
            Action::Probe => self.open(Over::Probe),
            Action::Menu => self.open(Over::Menu),
            Action::Help => self.open(Over::Help),
            Action::PageUp => self.scroll_by(-self.page_height()),
            Action::PageDown => self.scroll_by(self.page_height()),
            Action::Top => self.scroll_by(isize::MIN / 2),
            Action::Bottom => self.scroll_by(isize::MAX / 2),
            Action::Clear => {
                self.edit(|draft, _| {
                    draft.clear();
                    true
                });
            }
            Action::Back => self.back(),
            Action::Stop => {
                self.tell(Msg::Stop);
            }
            Action::Close => {
                self.over = None;
                self.scroll = 0;
            }
            Action::Finish => self.ended = true,
            Action::Leave => self.leave(),
            Action::Suspend => self.suspend = true,
            Action::Redraw => self.redraw = true,
        }
    }

    /// The files are being planned: with targets given beforehand that follows a passed test at once.
    const fn plans(&self) -> bool {
        matches!(&self.status, Status::Run(effect) if matches!(effect.work, Work::Plan(_)))
    }

    /// Writes the report and says where it is.
    fn report(&mut self) {
        let saved = (self.options.report)(&self.setup);
        let told = |path: std::path::PathBuf| phrase!("report-saved", path = escape(&path.display().to_string()));
        self.saved = self.setup.text().say(&saved.map_or_else(|why| why, told));
        self.open(Over::Report);
    }

    fn open(&mut self, over: Over) {
        self.over = Some(over);
        self.here = 0;
        self.scroll = 0;
    }

    /// Enter: what is highlighted over the scene, else the answer, else on.
    fn accept(&mut self) {
        match self.over {
            Some(Over::Answers) => {
                if let Some(row) = self.setup.all().get(self.here) {
                    self.go(row.field);
                }
            }
            Some(Over::Menu) => {
                let here = self.here;
                if let Some(companion) = &mut self.companion {
                    companion.pick(here);
                }
                self.over = None;
            }
            _ if self.held => {
                self.held = false;
                self.scroll = 0;
            }
            _ => {
                self.submit(true);
            }
        }
    }

    /// What helps most after a failed test: the fix, the answer at fault, or another try.
    fn primary(&mut self) {
        let Some(question) = self.question() else { return };
        let choice = |value: &str| question.choices.iter().any(|choice| choice.value == value);
        let asks = self.setup.test().and_then(|test| test.diagnosis).is_some_and(|diagnosis| diagnosis.ask.is_some());
        let msg = match () {
            () if choice("fix") => Msg::Fix,
            () if asks => Msg::Go(self.setup.field_at_fault()),
            () => Msg::Retry,
        };
        self.tell(msg);
    }

    /// Sends the answer of the question. `chosen` takes what is highlighted first. Says whether it was taken.
    fn submit(&mut self, chosen: bool) -> bool {
        let Status::Ask(question) = &self.status else { return false };
        let field = question.field;
        let draft = self.drafts.entry(field).or_insert_with(|| Draft::of(question));
        if chosen {
            draft.take();
        }
        if let Draft::Pick(pick) = &*draft {
            let value = if pick.ticked.is_some() { None } else { pick.taken.as_ref() };
            let barred = question.choices.iter().find(|choice| Some(&choice.value) == value);
            if let Some(reason) = barred.and_then(|choice| choice.barred.clone()) {
                self.error = Some((field, reason));
                return false;
            }
        }
        let msg = match draft {
            Draft::Secret(line) if !line.is_empty() => Msg::Secret(Given { secret: line.take(), flag: None }),
            other => Msg::Answer(field, other.answer()),
        };
        let taken = self.tell(msg);
        if taken {
            self.drafts.remove(&field);
        }
        taken
    }

    /// To another field of the page. What was entered is sent first; when it cannot be taken, the focus stays.
    fn walk(&mut self, by: isize) {
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
        let fields: Vec<Field> = self.setup.page(step).into_iter().map(|row| row.field).collect();
        let at = fields.iter().position(|other| *other == field).unwrap_or(0);
        let next = at.checked_add_signed(by).unwrap_or(fields.len().saturating_sub(1));
        if let Some(next) = fields.get(next).or_else(|| fields.first()) {
            self.go(*next);
        }
    }

    /// Up or down: in a list, else among the fields, else in what lies over the scene, else the lines.
    fn step(&mut self, by: isize) {
        let count = match self.over {
            Some(Over::Answers) => self.setup.all().len(),
            Some(Over::Menu) => self.companion.as_ref().map_or(0, |companion| companion.menu().len()),
            _ => 0,
        };
        if count > 0 {
            self.here = self.here.saturating_add_signed(by).min(count - 1);
            return;
        }
        let now = self.now();
        if self.over.is_some() || now.scene != Scene::Form {
            self.scroll_by(by);
        } else if !(now.list && self.edit(|draft, question| draft.step(by, &question.choices))) && now.fields {
            self.walk(by);
        }
    }

    fn turn_list(&mut self, by: isize) {
        self.edit(|draft, question| {
            draft.turn(by, &question.choices);
            true
        });
    }

    fn go(&mut self, field: Field) {
        self.over = None;
        self.held = false;
        self.tell(Msg::Go(field));
    }

    fn back(&mut self) {
        if std::mem::replace(&mut self.held, false) {
            self.scroll = 0;
        }
        let before = self.question().map(|question| question.field);
        self.tell(Msg::Back);
        let after = self.question().map(|question| question.field);
        if let (Some(before), true) = (before, before == after) {
            self.note = Some((before, self.setup.text().get("tui-first")));
        }
    }

    fn leave(&mut self) {
        match self.scene() {
            Scene::Done => self.ended = true,
            // Nothing stays half-written: the write ends first, without what only takes time.
            Scene::Writing => {
                self.leaving = true;
                for running in &self.running {
                    running.cancel.cancel();
                }
            }
            _ => {
                self.tell(Msg::Cancel);
                self.ended = true;
            }
        }
    }

    /// Tells the conversation; says whether it took it.
    fn tell(&mut self, msg: Msg) -> bool {
        let before = (self.scene(), self.question().map(|question| question.field));
        let taken = match self.setup.update(msg) {
            Ok(()) => true,
            Err(invalid) => {
                let words = self.setup.text().say(&invalid.phrase);
                self.error = Some((invalid.field, words));
                false
            }
        };
        self.status = self.setup.status();
        if before.0 == Scene::Testing
            && (matches!(self.status, Status::Ask(_)) || self.plans())
            && self.setup.test().and_then(|test| test.report).is_some_and(|report| report.passed())
        {
            self.held = true;
        }
        if (self.scene(), self.question().map(|question| question.field)) != before {
            self.scroll = 0;
            self.error = self.error.take().filter(|_| !taken);
            if !matches!(self.over, Some(Over::Menu | Over::Help)) {
                self.over = None;
            }
        }
        self.settle();
        taken
    }

    /// Whether the question's answer is a line that is typed.
    pub(super) fn is_typing(&self) -> bool {
        self.question().is_some_and(|question| matches!(question.shape, Shape::Text | Shape::Secret))
    }
}
