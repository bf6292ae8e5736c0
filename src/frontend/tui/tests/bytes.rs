//! What the screens cost the line to the terminal: an admin may sit behind a slow one.

use std::{
    cell::RefCell,
    io::{self, Write},
    rc::Rc,
};

use crossterm::event::KeyCode;
use ratatui::{Terminal, layout::Size};

use super::{
    super::{screen::Screen, view::form::SENTENCE, widget::wrap::first_sentence},
    support::{Wizard, connected},
};
use crate::{presets::Lang, setup::Field};

/// Bytes that a typed character may cost.
const TYPED: usize = 40;
/// Bytes that a way to another field of the page may cost.
const TAB: usize = 120;

/// Notes every write.
#[derive(Clone, Default)]
struct Line(Rc<RefCell<Vec<Vec<u8>>>>);

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Measured {
    wizard: Wizard,
    line: Line,
    terminal: Terminal<Screen<Line>>,
}

impl Measured {
    fn new(lang: Lang) -> Self {
        let line = Line::default();
        let screen = Screen::new(line.clone(), || Ok(Size::new(80, 24)), false);
        let mut terminal = Terminal::new(screen).unwrap();
        terminal.clear().unwrap();
        Self { wizard: Wizard::new(lang, 80, 24), line, terminal }
    }

    /// Bytes and writes of the next frame.
    fn frame(&mut self) -> (usize, usize) {
        self.line.0.borrow_mut().clear();
        let app = &self.wizard.app;
        self.terminal.draw(|frame| app.draw(frame)).unwrap();
        let writes = self.line.0.borrow();
        (writes.iter().map(Vec::len).sum(), writes.len())
    }

    /// The most that a way over all fields of the page costs.
    fn round(&mut self, page: &str) -> usize {
        self.frame();
        let first = self.wizard.app.question().map(|question| question.field);
        let mut most = 0;
        for _ in 0..20 {
            let from = self.wizard.app.question().map(|question| question.field);
            self.wizard.press(KeyCode::Tab);
            let (bytes, writes) = self.frame();
            assert_eq!(writes, 1, "{page}");
            let sent = self.line.0.borrow().concat();
            assert!(bytes <= TAB, "{page}, from {from:?}: {bytes} bytes: {:?}", String::from_utf8_lossy(&sent));
            most = most.max(bytes);
            if self.wizard.app.question().map(|question| question.field) == first {
                break;
            }
        }
        most
    }
}

/// On a crowded page the help of the field that has the focus is one line.
#[test]
fn the_first_sentence_of_every_help_is_short() {
    for lang in Lang::builtin() {
        let setup = Wizard::new(lang, 80, 24).app.into_setup();
        // A question between the pages has room for all of its help.
        let home = [Field::Home, Field::HomeAction, Field::HomeSure, Field::Change];
        let alone = [&home[..], &[Field::Provider, Field::Plaintext, Field::Spaces, Field::Recover, Field::Apply]].concat();
        for field in Field::ALL.into_iter().filter(|field| !alone.contains(field)) {
            let help = setup.ask(field).help;
            assert_eq!(first_sentence(&help, SENTENCE), first_sentence(&help, usize::MAX), "{lang:?} {field}");
        }
    }
}

#[test]
fn frames_are_one_write_and_few_bytes() {
    for lang in Lang::builtin() {
        let mut measured = Measured::new(lang);
        let (first, writes) = measured.frame();
        assert_eq!(writes, 1);
        assert!(first < 1500, "{first}");
        assert_eq!(measured.frame(), (0, 0), "nothing changed");
        let mut typed = 0;
        for character in "ops@gmail.com".chars() {
            measured.wizard.press(KeyCode::Char(character));
            let (bytes, writes) = measured.frame();
            assert_eq!(writes, 1);
            assert!(bytes <= TYPED, "{bytes}");
            typed = typed.max(bytes);
        }
        measured.wizard.press(KeyCode::Tab);
        assert_eq!(measured.frame().1, 1, "the rail changes with the first answer");
        let mut most = vec![measured.round("sender")];
        let mut wizard = Wizard::new(lang, 80, 24);
        wizard.up_to_password().go(Field::Security);
        measured.wizard = wizard;
        most.push(measured.round("server"));
        measured.wizard = Wizard::new(lang, 80, 24);
        measured.wizard.up_to_password();
        most.push(measured.round("password"));
        measured.wizard.probed(connected());
        most.push(measured.round("password with probe"));
        measured.wizard.type_in("abcdefghijklmnop").enter().go(Field::Test);
        most.push(measured.round("test"));
        measured.wizard = Wizard::new(lang, 80, 24);
        measured.wizard.up_to_test().tested(|_| super::support::passed());
        most.push(measured.round("write"));
        if std::env::var_os("MAILSETUP_SHOW_SCREENS").is_some() {
            let report = format!("{lang:?}: first frame {first}, typed {typed}, Tab {most:?}\n");
            io::stderr().write_all(report.as_bytes()).unwrap();
        }
    }
}
