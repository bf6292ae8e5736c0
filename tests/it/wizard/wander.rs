//! Back and forth, other sizes, changed minds: nothing is lost.

use mailsetup::setup::Field;

use super::drive::{Front, Session};
use crate::support::pty::Key;

#[test]
fn the_window_may_change_while_something_is_typed_and_while_the_test_runs() {
    let session = Session::new(Front::Wizard);
    session.expect(Field::Address);
    session.terminal.key(Key::Enter);
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
    for field in [Field::Provider, Field::Security, Field::Password] {
        session.accept(field);
    }
    session.expect(Field::Test);
    session.terminal.send("\x1b[15~");
    session.read("Try what happens when");
    session.terminal.send("0");
    session.terminal.wait_gone("Try what happens when");
    session.accept(Field::Test);
    session.expect(Field::TestTo);
    session.terminal.key(Key::Enter);
    session.read("Esc stop");
    session.terminal.resize(100, 30);
    session.read("EHLO");
    session.terminal.resize(80, 24);
    session.read("Live test");
    session.terminal.key(Key::Ctrl('c'));
    session.assert_cancelled();
}

#[test]
fn three_steps_back_and_forth_keep_the_answers_and_the_test() {
    let session = Session::new(Front::Wizard);
    session.expect(Field::Address);
    session.terminal.key(Key::Enter);
    session.expect(Field::Name);
    session.enter("Ops Team");
    for field in [Field::Provider, Field::Security, Field::Password, Field::Test, Field::TestTo] {
        session.accept(field);
    }
    for field in [Field::Targets, Field::TestTo, Field::Test, Field::Password] {
        session.expect(field);
        if field != Field::Password {
            session.terminal.key(Key::Esc);
        }
    }
    // An empty line keeps the password that is known.
    for field in [Field::Password, Field::Test, Field::TestTo] {
        session.expect(field);
        session.terminal.key(Key::Enter);
    }
    session.accept(Field::Targets);
    session.accept(Field::SecretStore);
    session.expect(Field::Apply);
    session.read("Ops Team");
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
        session.accept(Field::Address);
        session.expect(Field::Name);
        session.enter("Ops Team");
        for field in [Field::Provider, Field::Security, Field::Password, Field::Test] {
            session.accept(field);
        }
        session.expect(Field::TestTo);
        back(&session);
        session.expect(Field::Test);
        back(&session);
        session.expect(Field::Password);
        back(&session);
        for field in [Field::Security, Field::Password, Field::Test, Field::TestTo, Field::Targets, Field::SecretStore] {
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
    session.walk_to(Field::Security);
    let screen = session.terminal.screen();
    let line = screen.lines().find(|line| line.trim_start().starts_with("Port ")).unwrap();
    let port = line.split_whitespace().nth(1).unwrap().to_owned();
    session.terminal.key(Key::Tab);
    session.expect(Field::Port);
    session.enter("1");
    for field in [Field::Security, Field::Password, Field::Test] {
        session.accept(field);
    }
    session.expect(Field::TestTo);
    session.terminal.key(Key::Enter);
    session.read("Test ✗");
    session.terminal.send("e");
    session.read("All answers");
    session.read("EHLO name");
    let screen = session.terminal.screen();
    let row = |start: &str| screen.lines().position(|line| line.trim_start().trim_start_matches("▸ ").starts_with(start));
    for _ in row("Sender address").unwrap()..row("Port ").unwrap() {
        session.terminal.key(Key::Down);
    }
    session.terminal.key(Key::Enter);
    session.expect(Field::Port);
    session.terminal.key(Key::Ctrl('u'));
    session.enter(&port);
    session.passed();
}
