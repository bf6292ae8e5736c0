//! From the first question to the last page, in every front end and at every size.

use mailsetup::{presets::Lang, setup::Field};

use super::drive::{Front, Session};
use crate::support::pty::Key;

fn run(session: &Session) {
    session.walk_to(Field::Apply);
    session.finish();
    session.assert_written();
}

#[test]
fn every_front_end_comes_to_the_end() {
    for front in Front::ALL {
        let session = Session::new(front);
        run(&session);
        assert!(session.terminal.ever_received("The same without questions:"));
        assert!(session.terminal.ever_received("Test message from"), "{front:?} shows what arrived");
        assert_eq!(session.terminal.ever_received("\x1b[?1049h"), front == Front::Wizard);
        assert!(front != Front::Lines || !session.terminal.ever_received("\x1b"), "lines are only lines");
    }
}

#[test]
fn french_is_spoken_by_every_front_end() {
    for front in Front::ALL {
        let session = Session::with(front, Lang::of_tag("fr").unwrap(), (80, 24), &["--demo"], |run| run);
        run(&session);
        for english in ["Sender", "Password", "Encryption", "Done."] {
            assert!(!session.terminal.ever_received(english), "{front:?}: {english}\n{}", session.terminal.screen());
        }
    }
}

#[test]
fn the_wizard_works_at_every_size() {
    for size in [(40, 12), (60, 20), (200, 60)] {
        run(&Session::with(Front::Wizard, Lang::EN, size, &["--demo"], |run| run));
    }
}

#[test]
fn accessible_means_lines() {
    let session = Session::with(Front::Lines, Lang::EN, (80, 24), &["--demo"], |run| {
        run.env("TERM", "xterm-256color").env("ACCESSIBLE", "1")
    });
    run(&session);
    assert!(!session.terminal.ever_received("\x1b"));
}

/// Parameters of every `CSI … m` that was received.
fn inks(raw: &[u8]) -> Vec<String> {
    let raw = String::from_utf8_lossy(raw).into_owned();
    let mut inks = Vec::new();
    for piece in raw.split("\x1b[").skip(1) {
        let end = piece.find(|c: char| ('\x40'..='\x7e').contains(&c)).unwrap_or(piece.len());
        if piece[end..].starts_with('m') {
            inks.extend(piece[..end].split(';').map(str::to_owned));
        }
    }
    inks
}

#[test]
fn no_color_means_no_colour() {
    for front in Front::ALL {
        let session = Session::with(front, Lang::EN, (80, 24), &["--demo"], |run| run.env("NO_COLOR", "1"));
        run(&session);
        let colour = |ink: &String| matches!(ink.parse::<u16>(), Ok(30..=38 | 40..=48 | 90..=107));
        let found: Vec<String> = inks(&session.terminal.raw_output()).into_iter().filter(colour).collect();
        assert!(found.is_empty(), "{front:?}: {found:?}");
    }
    let session = Session::new(Front::Wizard);
    session.walk_to(Field::Password);
    assert!(session.terminal.coloured(), "without NO_COLOR there is colour");
}

#[test]
fn prompts_go_to_standard_error_when_standard_output_is_a_file() {
    let session = {
        let sandbox = crate::support::sandbox::Sandbox::new();
        let terminal = sandbox.program("sh", ["-c", "exec mailsetup --demo >out.txt"]).terminal(80, 24);
        Session::of(Front::Prompts, sandbox, terminal)
    };
    session.walk_to(Field::Apply);
    session.terminal.key(Key::Enter);
    assert_eq!((session.terminal.wait_exit(), session.terminal.left_behind()), (0, vec![]));
    assert_eq!(session.sandbox.read("home/out.txt"), "");
}
