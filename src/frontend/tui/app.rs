//! The wizard's state and its changes. Drawing only reads it. It needs no terminal: [`super::run`] provides one.

mod actions;
mod answers;

use std::{
    cell::RefCell,
    collections::BTreeMap,
    rc::Rc,
    time::{Duration, Instant},
};

use ratatui::layout::Size;

use super::{
    current::CurrentPage,
    draft::Draft,
    keymap::{Over, Scene},
    options::{LOOK, Starter, TURN, TuiOptions},
    theme::Theme,
    work::Tasks,
};
use crate::{
    frontend::Sidecar,
    probe::Report,
    setup::{Field, FieldShape, LiveTest, Msg, Question, Setup, Status, Work},
};

/// The wizard.
pub struct App {
    pub(super) setup: Setup,
    /// What the conversation wants next.
    pub(super) status: Status,
    pub(super) starter: Starter,
    tasks: Tasks,
    /// The current page, until something changes.
    pub(super) page: RefCell<Option<Rc<CurrentPage>>>,
    pub(super) options: TuiOptions,
    pub(super) sidecar: Option<Box<dyn Sidecar>>,
    pub(super) theme: Theme,
    pub(super) size: Size,
    /// Input not submitted yet.
    pub(super) drafts: BTreeMap<Field, Draft>,
    /// Why an answer was refused.
    pub(super) error: Option<(Field, String)>,
    /// What happened to the input.
    pub(super) note: Option<(Field, String)>,
    pub(super) over: Option<Over>,
    /// Where the report was saved, or why it was not.
    pub(super) saved: String,
    /// The highlighted row of the overlay.
    pub(super) here: usize,
    /// Lines scrolled.
    pub(super) scroll: isize,
    pub(super) began: Option<Instant>,
    /// Time of the test under way.
    pub(super) clock: Duration,
    pub(super) tick: usize,
    leaving: bool,
    suspend: bool,
    redraw: bool,
    ended: bool,
}

impl App {
    /// A wizard for a conversation; `starter` starts its work.
    pub fn new(setup: Setup, starter: Starter, options: TuiOptions, sidecar: Option<Box<dyn Sidecar>>) -> Self {
        let status = setup.status();
        Self {
            setup,
            status,
            starter,
            tasks: Tasks::default(),
            page: RefCell::default(),
            options,
            sidecar,
            theme: Theme::new(options.look),
            size: Size::new(80, 24),
            drafts: BTreeMap::new(),
            error: None,
            note: None,
            over: None,
            saved: String::new(),
            here: 0,
            scroll: 0,
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

    /// Sets the size of the screen, and starts the work that is wanted from the beginning.
    pub fn resize(&mut self, size: Size) {
        self.size = size;
        self.start_work();
        self.changed();
    }

    /// Forgets the current page, since something has changed.
    pub(super) fn changed(&mut self) {
        *self.page.get_mut() = None;
    }

    /// Starts the work that is wanted, and cancels what is no longer wanted.
    fn start_work(&mut self) {
        let mut wanted = if self.status == Status::Cancelled { Vec::new() } else { self.setup.background() };
        if let Status::Run(effect) = &self.status
            && !wanted.contains(effect)
        {
            wanted.push(effect.clone());
        }
        if self.tasks.update(wanted, &mut self.starter) {
            self.began = Some(Instant::now());
            self.clock = Duration::ZERO;
        }
    }

    /// How soon the screen changes by itself.
    pub(super) fn pace(&self) -> Option<Duration> {
        match self.scene() {
            Scene::Testing | Scene::Working | Scene::Writing => Some(TURN),
            _ if self.sidecar.is_some() && self.passed().is_some() => Some(LOOK),
            _ => None,
        }
    }

    /// Time has passed.
    pub(super) fn turn(&mut self) {
        self.tick = self.tick.wrapping_add(1);
        self.clock = self.began.map_or(Duration::ZERO, |began| began.elapsed());
        self.changed();
    }

    /// The scene on the screen.
    pub(super) fn scene(&self) -> Scene {
        match &self.status {
            Status::Run(effect) => match effect.work {
                Work::Test(_) | Work::Probe(_) => Scene::Testing,
                Work::Apply(_) => Scene::Writing,
                Work::Authorize(_)
                | Work::Plan(_)
                | Work::Stores(_)
                | Work::Domain(_)
                | Work::Discover(_)
                | Work::Fetch(_) => Scene::Working,
            },
            Status::Ask(question) => match question.field {
                Field::Recover => Scene::Failed,
                Field::Apply => Scene::Review,
                _ => Scene::Form,
            },
            Status::Done | Status::Cancelled => Scene::Done,
        }
    }

    /// The current question.
    pub(super) fn question(&self) -> Option<&Question> {
        match &self.status {
            Status::Ask(question) => Some(question),
            _ => None,
        }
    }

    /// Takes the result of an effect.
    pub fn told(&mut self, msg: Msg) {
        self.tell(msg);
        if self.leaving && self.scene() != Scene::Writing {
            self.leave();
        }
        self.changed();
    }

    /// The program is about to be suspended.
    pub(super) const fn stop(&mut self) {
        self.suspend = true;
    }

    /// A signal ends the conversation.
    pub(super) fn interrupt(&mut self, by_person: bool) {
        if self.status != Status::Done {
            self.tell(if by_person { Msg::Cancel } else { Msg::Lost });
        }
        self.tasks.clear();
        self.changed();
    }

    /// The test, if it passed.
    pub(super) fn passed(&self) -> Option<LiveTest> {
        self.setup.test().filter(|test| test.report.as_ref().is_some_and(Report::passed))
    }

    fn go(&mut self, field: Field) {
        self.over = None;
        self.tell(Msg::Go(field));
    }

    fn back(&mut self) {
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
            // Leave nothing half-written: let the write end first, without the parts that only take time.
            Scene::Writing => {
                self.leaving = true;
                self.tasks.cancel();
            }
            _ => {
                self.tell(Msg::Cancel);
                self.ended = true;
            }
        }
    }

    /// Updates the conversation; returns whether it accepted the message.
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
        self.ended |= self.setup.errand().is_some();
        if (self.scene(), self.question().map(|question| question.field)) != before {
            self.scroll = 0;
            self.error = self.error.take().filter(|_| !taken);
            if !matches!(self.over, Some(Over::Menu | Over::Help)) {
                self.over = None;
            }
        }
        self.start_work();
        taken
    }

    /// Whether the answer is typed as a line.
    pub(super) fn is_typing(&self) -> bool {
        self.question().is_some_and(|question| matches!(question.shape, FieldShape::Text | FieldShape::Secret))
    }
}
