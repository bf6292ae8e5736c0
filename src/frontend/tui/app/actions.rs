//! Terminal events: a key is an action or an edit, and an action changes what is shown or updates the conversation.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::layout::Size;

use super::{
    super::keymap::{self, KeyAction, Over, Scene},
    App,
};
use crate::{
    mail::reply::escape,
    phrase,
    setup::{Field, HomeAction, Msg},
};

impl App {
    /// Handles a terminal event.
    pub fn handle(&mut self, event: &Event) {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => self.key(key),
            Event::Paste(text) => self.paste(text),
            Event::Resize(width, height) => self.size = Size::new(*width, *height),
            _ => {}
        }
        self.changed();
    }

    fn key(&mut self, event: &KeyEvent) {
        if self.note.take().is_some() {
            self.changed();
        }
        if self.over == Some(Over::Menu) && self.pick_by_key(event) {
            return;
        }
        if self.over.is_none() && self.pick_at_home(event) {
            return;
        }
        let now = self.page().now;
        if let Some(action) = keymap::action(event, &now) {
            self.act(action);
        } else if now.scene == Scene::Form && now.over.is_none() {
            self.edit_in_words(|draft, question, words| draft.key(event, &question.choices, words));
        }
    }

    fn pick_by_key(&mut self, event: &KeyEvent) -> bool {
        let (KeyCode::Char(typed), false) = (event.code, event.modifiers.contains(KeyModifiers::CONTROL)) else {
            return false;
        };
        let Some(sidecar) = &mut self.sidecar else { return false };
        let index = sidecar.menu().iter().position(|item| item.key == typed);
        if let Some(index) = index {
            sidecar.pick(index);
            self.over = None;
        }
        index.is_some()
    }

    /// At home letters are keys: what is done with the highlighted profile, or without one.
    fn pick_at_home(&mut self, event: &KeyEvent) -> bool {
        let KeyCode::Char(letter) = event.code else { return false };
        let is_home = self.question().is_some_and(|question| question.field == Field::Home);
        if !is_home || event.modifiers.contains(KeyModifiers::CONTROL) || matches!(letter, ' ' | '?') {
            return false;
        }
        match letter {
            't' => self.at_home(HomeAction::Test),
            'e' => self.at_home(HomeAction::Edit),
            'a' => self.at_home(HomeAction::Add),
            'r' => self.at_home(HomeAction::Remove),
            'n' => drop(self.tell(Msg::Answer(Field::Home, ":new".to_owned()))),
            'u' => drop(self.tell(Msg::Answer(Field::Home, ":undo".to_owned()))),
            _ => {}
        }
        true
    }

    /// Does this with the highlighted profile.
    pub(super) fn at_home(&mut self, action: HomeAction) {
        self.submit(true);
        self.tell(Msg::Answer(Field::HomeAction, action.as_str().to_owned()));
    }

    fn paste(&mut self, text: &str) {
        self.note = None;
        if self.scene() != Scene::Form || self.over.is_some() {
            return;
        }
        let broken = self.edit_in_words(|draft, question, words| draft.paste(text, &question.choices, words));
        self.error = None;
        if let (true, Some(question)) = (broken, self.question()) {
            let words = self.setup.text().say(&phrase!("tui-pasted-break"));
            self.note = Some((question.field, words));
        }
    }

    fn act(&mut self, action: KeyAction) {
        match action {
            KeyAction::Accept => self.accept(),
            KeyAction::Primary => self.primary(),
            KeyAction::Write => {
                self.tell(Msg::Answer(Field::Apply, "yes".to_owned()));
            }
            KeyAction::Toggle => {
                self.edit(|draft, _| {
                    draft.toggle();
                    true
                });
            }
            KeyAction::NextField => self.walk(1),
            KeyAction::PreviousField => self.walk(-1),
            KeyAction::Up => self.step(-1),
            KeyAction::Down => self.step(1),
            KeyAction::Left => self.turn_list(-1),
            KeyAction::Right => self.turn_list(1),
            KeyAction::Fix => {
                self.tell(Msg::Fix);
            }
            KeyAction::Trust => {
                self.tell(Msg::Trust);
            }
            KeyAction::Retry => {
                self.tell(Msg::Retry);
            }
            KeyAction::Force => {
                self.tell(Msg::Force);
            }
            KeyAction::Password => self.go(Field::Password),
            KeyAction::Edit | KeyAction::Answers => self.open(Over::Answers),
            KeyAction::Transcript => self.open(Over::Transcript),
            KeyAction::Report => self.report(),
            KeyAction::Link => self.open(Over::Link),
            KeyAction::Probe => self.open(Over::Probe),
            KeyAction::Menu => self.open(Over::Menu),
            KeyAction::Help => self.open(Over::Help),
            KeyAction::PageUp => self.scroll_by(-self.page_height()),
            KeyAction::PageDown => self.scroll_by(self.page_height()),
            KeyAction::Top => self.scroll_by(isize::MIN / 2),
            KeyAction::Bottom => self.scroll_by(isize::MAX / 2),
            KeyAction::Clear => {
                self.edit(|draft, _| {
                    draft.clear();
                    true
                });
            }
            KeyAction::Back => self.back(),
            KeyAction::Stop => {
                self.tell(Msg::Stop);
            }
            KeyAction::Close => {
                self.over = None;
                self.scroll = 0;
            }
            KeyAction::Finish => self.ended = true,
            KeyAction::Leave => self.leave(),
            KeyAction::Suspend => self.suspend = true,
            KeyAction::Redraw => self.redraw = true,
        }
    }

    fn open(&mut self, over: Over) {
        self.over = Some(over);
        self.here = 0;
        self.scroll = 0;
    }

    /// Writes the report and shows where it is.
    fn report(&mut self) {
        let saved = (self.options.report)(&self.setup);
        let told = |path: std::path::PathBuf| phrase!("report-saved", path = escape(&path.display().to_string()));
        self.saved = self.setup.text().say(&saved.map_or_else(|why| why, told));
        self.open(Over::Report);
    }

    /// Enter: the highlighted row of the overlay, else the answer, else onward.
    fn accept(&mut self) {
        match self.over {
            Some(Over::Answers) => {
                if let Some(row) = self.setup.all().get(self.here) {
                    self.go(row.field);
                }
            }
            Some(Over::Menu) => {
                let here = self.here;
                if let Some(sidecar) = &mut self.sidecar {
                    sidecar.pick(here);
                }
                self.over = None;
            }
            Some(Over::Known) => {
                if let Some(row) = self.known().get(self.here) {
                    self.go(row.field);
                }
            }
            _ if self.question().is_some_and(|question| question.field == Field::Home) => self.at_home(HomeAction::Test),
            _ => {
                self.submit(true);
            }
        }
    }

    /// The primary action after a failed test: the fix, the answer at fault, or another try.
    fn primary(&mut self) {
        let Some(question) = self.question() else { return };
        let choice = |value: &str| question.choices.iter().any(|choice| choice.value == value);
        let asks = self.setup.test().and_then(|test| test.diagnosis).is_some_and(|diagnosis| diagnosis.ask.is_some());
        let msg = if choice("fix") {
            Msg::Fix
        } else if asks {
            Msg::Go(self.setup.field_at_fault())
        } else {
            Msg::Retry
        };
        self.tell(msg);
    }

    /// Up or down: in a list, else among the fields, else in the overlay, else by lines.
    fn step(&mut self, by: isize) {
        let count = match self.over {
            Some(Over::Answers) => self.setup.all().len(),
            Some(Over::Menu) => self.sidecar.as_ref().map_or(0, |sidecar| sidecar.menu().len()),
            Some(Over::Known) => self.known().len(),
            _ => 0,
        };
        if self.over == Some(Over::Known) && by > 0 && self.here + 1 >= count {
            // Below the lines is the question.
            self.over = None;
            return;
        }
        if count > 0 {
            self.here = self.here.saturating_add_signed(by).min(count - 1);
            return;
        }
        let now = self.page().now;
        if self.over.is_some() || now.scene != Scene::Form {
            self.scroll_by(by);
            return;
        }
        if now.list && self.edit(|draft, question| draft.step(by, &question.choices)) {
            return;
        }
        if now.known && by < 0 && self.is_first() {
            self.open(Over::Known);
            self.here = self.known().len().saturating_sub(1);
        } else if now.fields {
            self.walk(by);
        }
    }
}
