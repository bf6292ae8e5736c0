//! A dropped line: what was answered is kept, without the secret, and the next start offers to go on from there.

use std::{os::unix::fs::PermissionsExt as _, path::PathBuf};

use crate::support::files::files_below;
use base64::Engine as _;
use mailsetup::{demo::Demo, presets::Lang, setup::Field};
use rustix::process::Signal;

use super::{
    drive::{DEMO_PASSWORD, DEMO_USER, Front, Session},
    leave::signal,
};
use crate::support::{pty::Key, sandbox::Sandbox, wait::until};

/// A password that is seen wherever it is left. The demo's server refuses it; no test gets that far with it.
const MARKED: &str = "c4nary-Zq9-secret";

/// A server to set up, and a home in which programs come and go.
struct Place {
    demo: Demo,
    sandbox: Sandbox,
}

impl Place {
    fn new() -> Self {
        let demo = Demo::start().unwrap();
        let sandbox = Sandbox::new();
        sandbox.write("ca.pem", demo.ca_pem());
        Self { demo, sandbox }
    }

    fn args(&self) -> Vec<String> {
        vec![
            "--name=Ops Team".to_owned(),
            "--provider=custom".to_owned(),
            "--host=localhost".to_owned(),
            format!("--port={}", self.demo.tls_port()),
            "--security=tls".to_owned(),
            format!("--ca-file={}", self.sandbox.path("ca.pem").display()),
            "--profile=relay".to_owned(),
            "--target=dotenv".to_owned(),
        ]
    }

    fn file(&self) -> PathBuf {
        self.sandbox.path("home/.local/state/mailsetup/resume.toml")
    }

    /// A first program, up to a password that is refused.
    fn begin(&self, front: Front) -> Session {
        let args = self.args();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let session = Session::within(self.sandbox.clone(), front, Lang::EN, (80, 24), &args, |run| run);
        session.expect(Field::Address);
        session.enter(DEMO_USER);
        session.expect(Field::Password);
        session.enter(MARKED);
        session.read("The user name or password is refused");
        session
    }

    /// The next program, without any flag.
    fn next(&self, front: Front, lang: Lang) -> Session {
        Session::within(self.sandbox.clone(), front, lang, (80, 24), &[], |run| run)
    }

    /// Fails unless the answers are kept, for their owner alone, without the secret.
    #[track_caller]
    fn assert_kept(&self) -> String {
        let text = std::fs::read_to_string(self.file()).unwrap();
        assert_eq!(self.file().metadata().unwrap().permissions().mode() & 0o7777, 0o600);
        for answer in [DEMO_USER, "Ops Team", "localhost", "relay"] {
            assert!(text.contains(answer), "{answer} in {text}");
        }
        let hex: String = MARKED.bytes().map(|byte| format!("{byte:02x}")).collect();
        let base64 = base64::prelude::BASE64_STANDARD.encode(MARKED);
        for path in files_below(&self.sandbox.path("")) {
            let found = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            for secret in [MARKED, "c4nary", &hex, base64.trim_end_matches('=')] {
                assert!(!found.contains(secret), "{secret} in {}", path.display());
            }
        }
        text
    }

    #[track_caller]
    fn assert_gone(&self) {
        assert!(until(|| (!self.file().exists()).then_some(())).is_some(), "the resume file stays");
    }
}

#[test]
fn every_end_but_a_persons_keeps_the_answers() {
    let mut count = 0;
    for front in Front::ALL {
        for number in [Signal::TERM, Signal::HUP, Signal::KILL] {
            let place = Place::new();
            let session = place.begin(front);
            signal(&session, number);
            session.terminal.wait_exit();
            if number != Signal::KILL {
                assert_eq!(session.terminal.left_behind(), Vec::<&str>::new(), "{front:?} {number:?}");
            }
            place.assert_kept();
            count += 1;
        }
    }
    eprintln!("{count} conversations cut off: the answers kept, the secret in no file");
}

#[test]
fn the_next_one_goes_on_where_it_was_cut_off_and_then_forgets() {
    for front in Front::ALL {
        let place = Place::new();
        let session = place.begin(front);
        signal(&session, Signal::HUP);
        session.terminal.wait_exit();

        let session = place.next(front, Lang::EN);
        session.expect(Field::Resume);
        session.read(&format!("for {DEMO_USER} was cut off on 20"));
        session.terminal.key(Key::Enter);
        // All that is missing is the password.
        session.expect(Field::Password);
        session.enter(DEMO_PASSWORD);
        session.finish();
        let profile = place.sandbox.read("home/.config/mailsetup/profiles/relay.toml");
        assert!(profile.contains("name = \"Ops Team\"") && profile.contains(DEMO_USER), "{profile}");
        place.assert_gone();
        // The next one opens on the profile that is there now.
        let session = place.next(front, Lang::EN);
        session.expect(Field::Home);
    }
}

#[test]
fn who_leaves_is_not_asked_again_and_no_begins_anew() {
    for front in Front::ALL {
        let place = Place::new();
        let session = place.begin(front);
        session.terminal.key(Key::Ctrl('c'));
        assert_eq!(session.terminal.wait_exit(), 130);
        place.assert_gone();

        let session = place.begin(front);
        signal(&session, Signal::TERM);
        session.terminal.wait_exit();
        // Leaving without an answer to it asks it once more.
        let session = place.next(front, Lang::EN);
        session.expect(Field::Resume);
        session.terminal.key(Key::Ctrl('c'));
        assert_eq!(session.terminal.wait_exit(), 130);
        place.assert_kept();
        let session = place.next(front, Lang::EN);
        session.expect(Field::Resume);
        session.terminal.send("n");
        if front != Front::Wizard {
            session.terminal.send("o");
        }
        session.terminal.key(Key::Enter);
        session.expect(Field::Address);
        session.terminal.key(Key::Ctrl('c'));
        assert_eq!(session.terminal.wait_exit(), 130);
        place.assert_gone();
    }
}

#[test]
fn a_script_never_goes_on_and_another_one_at_work_is_left_alone() {
    let place = Place::new();
    let first = place.begin(Front::Lines);
    let second = place.next(Front::Wizard, Lang::EN);
    second.expect(Field::Address);
    second.terminal.key(Key::Ctrl('c'));
    second.terminal.wait_exit();
    place.assert_kept();
    signal(&first, Signal::KILL);
    first.terminal.wait_exit();

    let said = place.sandbox.mailsetup(["--no-input"]).run().code(64).stderr;
    assert!(said.contains("ADDRESS"), "{said}");
    // Another address was given: that is another set-up.
    let args = ["somebody@example.org", "--provider=custom"];
    let other = Session::within(place.sandbox.clone(), Front::Wizard, Lang::EN, (80, 24), &args, |run| run);
    other.expect(Field::Host);
    other.terminal.key(Key::Ctrl('c'));
    other.terminal.wait_exit();
}

#[test]
fn it_is_asked_in_french_and_shows_what_a_file_says_as_text() {
    let place = Place::new();
    let session = place.begin(Front::Wizard);
    signal(&session, Signal::TERM);
    session.terminal.wait_exit();
    let evil = place.assert_kept().replace(DEMO_USER, "\\u001b]0;evil\\u0007x@example.org");
    std::fs::write(place.file(), evil).unwrap();
    for front in Front::ALL {
        let session = place.next(front, Lang::of_tag("fr").unwrap());
        session.expect(Field::Resume);
        session.read("interrompue le 20");
        let raw = String::from_utf8_lossy(&session.terminal.raw_output()).into_owned();
        assert!(!raw.contains("\x1b]0;evil") && raw.contains("evil"), "{front:?}");
        session.terminal.key(Key::Ctrl('c'));
        session.terminal.wait_exit();
    }
}
