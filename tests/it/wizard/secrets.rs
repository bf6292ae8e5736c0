//! A password is seen nowhere: not on the terminal, not in a file that is not meant to hold it.

use std::os::unix::fs::PermissionsExt as _;

use crate::support::files::files_below;
use mailsetup::{demo::Demo, presets::Lang, setup::Field};

use super::drive::{DEMO_PASSWORD, DEMO_USER, Front, Session};
use crate::support::pty::Key;

#[test]
fn the_password_goes_to_the_store_and_the_targets_alone() {
    let demo = Demo::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, demo.ca_pem()).unwrap();
    let (port, ca_file) = (format!("--port={}", demo.tls_port()), format!("--ca-file={}", ca_file.display()));
    let args = [DEMO_USER, "--provider=custom", "--host=localhost", &port, "--security=tls", &ca_file, "--target=dotenv"];
    for front in Front::ALL {
        for is_pasted in [false, true] {
            let session = Session::with(front, Lang::EN, (80, 24), &args, |run| run);
            session.to_the_test(DEMO_PASSWORD, is_pasted);
            session.finish();
            for seen in [DEMO_PASSWORD, "sesame", "b3BlbiBzZXNhbWUgIzE"] {
                assert!(!session.terminal.ever_received(seen), "{front:?} shows {seen}");
            }
            let mut holding: Vec<_> = files_below(&session.sandbox.path(""))
                .into_iter()
                .filter(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).contains("sesame"))
                .inspect(|path| assert_eq!(path.metadata().unwrap().permissions().mode() & 0o077, 0, "{}", path.display()))
                // What was written is also kept for undo.
                .filter(|path| !path.starts_with(session.sandbox.path("home/.local/state/mailsetup")))
                .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
                .collect();
            holding.sort();
            assert_eq!(holding, [".env", "default.secret"], "{front:?}");
        }
    }
}

#[test]
fn a_refused_password_is_not_shown_with_the_refusal() {
    for front in Front::ALL {
        let session = Session::new(front);
        session.walk_to(Field::Password);
        session.enter("tr0ub4dor&3");
        session.read("The user name or password is refused");
        session.terminal.key(Key::Ctrl('c'));
        session.assert_cancelled();
        assert!(!session.terminal.ever_received("tr0ub4dor"), "{front:?}");
    }
}

#[test]
fn a_password_that_was_typed_for_one_server_is_asked_about_before_another_gets_it() {
    let session = Session::with(Front::Wizard, Lang::EN, (100, 30), &["--test=none"], |run| run);
    session.expect(Field::Address);
    session.enter("me@gmail.com");
    session.read("▸ App password");
    session.enter("abcdefghijklmnop");
    session.expect(Field::Targets);
    // The foot is drawn last: a key that is pressed before would meet the page before, and two Escs at once are one.
    session.read("Space choose");
    session.terminal.key(Key::Esc);
    session.read("F3 QR code");
    session.terminal.key(Key::Esc);
    session.expect(Field::Address);
    session.terminal.key(Key::Ctrl('u'));
    session.enter("ops@corp.test");
    session.expect(Field::Password);
    session.terminal.key(Key::Enter);
    session.accept(Field::Targets);
    session.expect(Field::Provider);
    session.enter("another server");
    session.expect(Field::Host);
    session.enter("mail.corp.test");
    session.accept(Field::Security);
    session.accept(Field::Port);
    session.read("It was given for smtp.gmail.com, as me@gmail.com.");
    session.read("▸ ○ yes ● no");
    // Enter is no: the other server's own password is asked for.
    session.terminal.key(Key::Enter);
    session.expect(Field::Password);
    session.terminal.key(Key::Enter);
    session.read("This cannot be empty");
    session.terminal.key(Key::Ctrl('c'));
    session.assert_cancelled();
}
