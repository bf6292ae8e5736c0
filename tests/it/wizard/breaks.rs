//! What the demo can break: each fault is explained, its keys work, and the way out leads to a test that passes.

use mailsetup::{presets::Lang, setup::Field};

use super::drive::{Front, Session};
use crate::support::pty::Key;

/// Opens the demo's menu in the wizard, and picks an item: that closes it.
fn pick(session: &Session, key: char) {
    session.terminal.send("\x1b[15~");
    session.read("Try what happens when");
    session.terminal.send(&key.to_string());
    session.terminal.wait_gone("Try what happens when");
}

/// Breaks this, and starts the test.
fn test(session: &Session, key: char) {
    session.walk_to(Field::Password);
    pick(session, key);
    session.accept(Field::Password);
}

#[test]
fn a_wrong_password_is_explained_and_another_one_tried() {
    let session = Session::new(Front::Wizard);
    test(&session, '2');
    session.read("The user name or password is refused");
    session.read("Enter new password");
    session.terminal.key(Key::Enter);
    session.expect(Field::Password);
    pick(&session, '1');
    session.enter(super::drive::DEMO_PASSWORD);
    session.passed();
    session.accept(Field::Targets);
    session.finish();
    session.assert_written();
}

#[test]
fn the_keys_of_a_failed_test_lead_where_they_say() {
    let session = Session::new(Front::Wizard);
    test(&session, '2');
    session.read("The user name or password is refused");
    session.terminal.send("t");
    session.read("What was said, without secrets");
    session.terminal.key(Key::Esc);
    session.terminal.wait_gone("What was said");
    session.terminal.send("e");
    session.read("All answers");
    session.terminal.key(Key::Esc);
    session.terminal.wait_gone("All answers");
    session.terminal.send("w");
    session.expect(Field::Targets);
}

#[test]
fn a_blocked_port_times_out_and_the_fix_passes() {
    let session = Session::with(Front::Wizard, Lang::EN, (80, 30), &["--demo", "--timeout=1"], |run| run);
    test(&session, '3');
    session.read("Test ✗");
    session.read("with STARTTLS r test again");
    session.terminal.send("f");
    session.passed();
    session.accept(Field::Targets);
    session.finish();
    let env = std::fs::read_to_string(session.folders()[0].join(".env")).unwrap();
    assert!(env.contains("SMTP_SECURITY=starttls"), "{env}");
}

#[test]
fn an_expired_certificate_is_named() {
    let session = Session::new(Front::Wizard);
    test(&session, '4');
    session.read("Test ✗");
    session.read("certificate");
    pick(&session, '1');
    session.terminal.send("r");
    session.passed();
}

#[test]
fn escape_stops_a_slow_test_at_once() {
    let session = Session::new(Front::Wizard);
    test(&session, '0');
    session.read("Esc stop");
    session.terminal.key(Key::Esc);
    session.expect(Field::Test);
    pick(&session, '1');
    session.terminal.key(Key::Enter);
    session.passed();
}

#[test]
fn prompts_and_lines_break_and_mend_by_a_choice() {
    for front in [Front::Prompts, Front::Lines] {
        let session = Session::new(front);
        session.walk_to(Field::Apply);
        // What is not asked, and the menu, is behind a no.
        session.enter("no");
        session.read("What do you want to change?");
        match front {
            Front::Lines => session.enter("break"),
            _ => session.enter("Break"),
        }
        session.read("Try what happens when");
        choose(&session, front, 1, 2);
        session.read("The user name or password is refused");
        session.expect(Field::Recover);
        choose(&session, front, 3, 4);
        session.read("Try what happens when");
        choose(&session, front, -1, 1);
        session.expect(Field::Recover);
        // Test again.
        choose(&session, front, 1, 2);
        session.finish();
        session.assert_written();
    }
}

/// Chooses in a list: some steps down from what is proposed, or by number.
fn choose(session: &Session, front: Front, down: i8, number: u8) {
    if front == Front::Lines {
        session.enter(&number.to_string());
        return;
    }
    for _ in 0..down.abs() {
        session.terminal.key(if down < 0 { Key::Up } else { Key::Down });
    }
    session.terminal.key(Key::Enter);
}
