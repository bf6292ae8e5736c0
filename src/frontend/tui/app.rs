//! The wizard's state and what changes it. Drawing reads it only. It needs no terminal: [`super::run`] gives it one.

mod actions;
mod answers;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use ratatui::layout::Size;

use super::{
    LOOK, Options, Starter, TURN,
    draft::Draft,
    keymap::{Over, Scene},
    theme::Theme,
    work::Running,
};
use crate::{
    frontend::Companion,
    setup::{Field, Msg, Question, Setup, Shape, Status, Work},
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

    /// The files are being planned: with targets given beforehand that follows a passed test at once.
    const fn plans(&self) -> bool {
        matches!(&self.status, Status::Run(effect) if matches!(effect.work, Work::Plan(_)))
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
