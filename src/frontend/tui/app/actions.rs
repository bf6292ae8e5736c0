//! What happens at the terminal: a key is an action or an edit, and an action changes what is shown or tells the conversation.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::layout::Size;

use super::{
    super::keymap::{self, Action, Over, Scene},
    App,
};
use crate::{
    mail::reply::escape,
    phrase,
    setup::{Field, Msg},
};

impl App {
    /// Takes what happened at the terminal.
    pub fn handle(&mut self, event: &Event) {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => self.key(key),
            Event::Paste(text) => self.paste(text),
            Event::Resize(width, height) => self.size = Size::new(*width, *height),
            _ => {}
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
            self.edit_in_words(|draft, question, words| draft.key(event, &question.choices, words));
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

    fn open(&mut self, over: Over) {
        self.over = Some(over);
        self.here = 0;
        self.scroll = 0;
    }

    /// Writes the report and says where it is.
    fn report(&mut self) {
        let saved = (self.options.report)(&self.setup);
        let told = |path: std::path::PathBuf| phrase!("report-saved", path = escape(&path.display().to_string()));
        self.saved = self.setup.text().say(&saved.map_or_else(|why| why, told));
        self.open(Over::Report);
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
}
