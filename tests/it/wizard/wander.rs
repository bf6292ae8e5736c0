//! Back and forth, other sizes, changed minds: nothing is lost.

use mailsetup::setup::Field;

use super::drive::{Front, Session};
use crate::support::pty::Key;

#[test]
fn the_window_may_change_while_something_is_typed_and_while_the_test_runs() {
    let session = Session::new(Front::Wizard);
    session.expect(Field::Address);
    session.terminal.key(Key::Tab);
    session.expect(Field::Name);
    session.terminal.send("Ops ");
    for (columns, rows) in [(40, 12), (20, 5), (200, 60), (60, 20)] {
        session.terminal.resize(columns, rows);
        if columns > 26 {
            session.expect(Field::Name);
            session.read("Ops");
        } else {
            session.read("Make this window");
        }
    }
    session.terminal.send("Team");
    session.read("Ops Team");
    session.terminal.key(Key::Enter);
    session.accept(Field::Address);
    session.expect(Field::Password);
    session.terminal.send("\x1b[15~");
    session.read("Try what happens when");
    session.terminal.send("0");
    session.terminal.wait_gone("Try what happens when");
    session.accept(Field::Password);
    session.read("Esc stop");
    session.terminal.resize(100, 30);
    session.read("EHLO");
    session.terminal.resize(80, 24);
    session.read("Live test");
    session.terminal.key(Key::Ctrl('c'));
    session.assert_cancelled();
}

#[test]
fn steps_back_and_forth_keep_the_answers_and_the_test() {
    let session = Session::new(Front::Wizard);
    session.expect(Field::Address);
    session.terminal.key(Key::Tab);
    session.expect(Field::Name);
    session.enter("Ops Team");
    session.accept(Field::Address);
    session.accept(Field::Password);
    for field in [Field::Targets, Field::Password, Field::Address] {
        session.expect(field);
        if field != Field::Address {
            session.terminal.key(Key::Esc);
        }
    }
    session.terminal.key(Key::Enter);
    // An empty line keeps the password that is known.
    session.expect(Field::Password);
    session.terminal.key(Key::Enter);
    session.accept(Field::Targets);
    session.expect(Field::Apply);
    session.read("Ops Team <demo@mailsetup.example>");
    session.finish();
    // One test and two proofs: going back and forth tested nothing again.
    assert!(!session.terminal.ever_received("demo-4"), "{}", session.terminal.screen());
}

#[test]
fn prompts_and_lines_go_back_and_keep_the_answers() {
    for front in [Front::Prompts, Front::Lines] {
        let back = |session: &Session| match front {
            Front::Lines => session.enter("<"),
            _ => session.terminal.key(Key::Esc),
        };
        let session = Session::new(front);
        session.expect(Field::Address);
        // Before the first question is everything that is not asked.
        back(&session);
        session.read("What do you want to change?");
        match front {
            Front::Lines => session.enter("2"),
            _ => session.enter("Display"),
        }
        session.expect(Field::Name);
        session.enter("Ops Team");
        session.accept(Field::Address);
        session.accept(Field::Password);
        session.expect(Field::Targets);
        back(&session);
        session.expect(Field::Password);
        back(&session);
        for field in [Field::Address, Field::Password, Field::Targets] {
            session.accept(field);
        }
        session.expect(Field::Apply);
        assert!(session.terminal.ever_received("name = \"Ops Team\""));
        session.finish();
    }
}

#[test]
fn a_port_that_is_wrong_fails_and_the_right_one_passes() {
    let session = Session::new(Front::Wizard);
    session.walk_to(Field::Password);
    session.change("Port ");
    session.expect(Field::Port);
    let screen = session.terminal.screen();
    let line = screen.lines().find(|line| line.trim_start().trim_start_matches("▸ ").starts_with("Port ")).unwrap();
    let port = line.trim_start().trim_start_matches("▸ ").split_whitespace().nth(1).unwrap().to_owned();
    session.enter("1");
    session.accept(Field::Password);
    session.read("Test ✗");
    session.change("Port ");
    session.expect(Field::Port);
    session.terminal.key(Key::Ctrl('u'));
    session.enter(&port);
    session.passed();
}
