//! Pasting: a line break never presses Enter, and is never part of an answer.

use mailsetup::setup::Field;

use super::drive::{DEMO_PASSWORD, Front, Session};
use crate::support::pty::Key;

const LEFT_OUT: &str = "Only the first line of what you pasted was taken.";

#[test]
fn a_pasted_password_with_a_line_break_waits_for_enter_and_fits() {
    for front in [Front::Wizard, Front::Prompts] {
        let session = Session::new(front);
        session.walk_to(Field::Password);
        session.terminal.paste(&format!("{DEMO_PASSWORD}\n"));
        let mark = if front == Front::Wizard { '•' } else { '*' };
        session.terminal.wait_until("dots", |screen| screen.text().matches(mark).count() >= DEMO_PASSWORD.len());
        if front == Front::Wizard {
            session.read(LEFT_OUT);
        }
        // Whatever a key does now, it does it here: the question was not answered by the paste.
        session.terminal.key(Key::Left);
        session.expect(Field::Password);
        session.terminal.key(Key::Enter);
        session.expect(Field::Targets);
        assert!(front == Front::Wizard || session.terminal.ever_received(LEFT_OUT));
    }
}

#[test]
fn lines_take_a_pasted_password_without_its_line_breaks() {
    let session = Session::new(Front::Lines);
    session.walk_to(Field::Password);
    session.terminal.paste(&format!("{DEMO_PASSWORD}\n\n\n"));
    for field in [Field::Targets, Field::Apply] {
        session.accept(field);
    }
    assert_eq!(session.terminal.wait_exit(), 0);
    // The breaks that were left answered nothing: each question was asked, and waited.
    assert_eq!(String::from_utf8_lossy(&session.terminal.raw_output()).matches("Write the settings for [").count(), 1);
}

#[test]
fn a_pasted_address_with_a_line_break_is_one_address() {
    for front in Front::ALL {
        let session = Session::new(front);
        session.expect(Field::Address);
        session.terminal.paste("demo+paste@mailsetup.example\n");
        if front != Front::Lines {
            session.read("demo+paste@mailsetup.example");
            session.terminal.key(Key::Enter);
        }
        session.accept(Field::Password);
        session.expect(Field::Targets);
        session.read("demo+paste@mailsetup.example");
    }
}

#[test]
fn a_paste_of_several_lines_answers_one_question() {
    for front in [Front::Wizard, Front::Prompts] {
        let session = Session::new(front);
        session.expect(Field::Address);
        session.terminal.paste("demo+one@mailsetup.example\ndemo+two@mailsetup.example\n\n");
        session.expect(Field::Address);
        session.terminal.key(Key::Enter);
        // The answer is the first line, whatever the prompt showed.
        session.accept(Field::Password);
        session.expect(Field::Targets);
        session.read("demo+one@mailsetup.example");
    }
}
