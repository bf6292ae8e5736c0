//! The wizard, prompts and plain lines in a terminal, of which every byte is searched.

use std::ffi::OsStr;

use mailsetup::{presets::Lang, setup::Field};

use super::{CANARY, Search, relay::Relay, talkative_consumer, watch::Watch};
use crate::{
    support::{pty::Key, sandbox::Sandbox},
    wizard::drive::{DEMO_USER, Front, Session},
};

#[test]
fn every_front_end_in_a_terminal() {
    let mut search = Search::new();
    let (relay, watch) = (Relay::start(), Watch::begin());
    let port = format!("--port={}", relay.port);
    let args = [DEMO_USER, "--provider=custom", "--host=localhost", &port, "--security=none", "--target=msmtp"];
    let kept = ["home/.config/mailsetup/profiles/default.secret", "home/.local/state/mailsetup/backups"];
    for front in Front::ALL {
        for (store, belongs) in [("file", &kept[..]), ("vault", &[])] {
            let store = format!("--secret-store={store}");
            let words = [&args[..], &[&store, "--report=report.txt"]].concat();
            for is_pasted in [false, true] {
                let flow = format!("{front:?}, {store}, pasted {is_pasted}");
                let session = Session::with(front, Lang::EN, (80, 24), &words, |run| run);
                session.to_the_test(CANARY, is_pasted);
                if store.ends_with("vault") {
                    session.expect(Field::VaultLock);
                    session.terminal.key(Key::Enter);
                }
                session.finish();
                search.flows += 1;
                search.look(&flow, "the terminal", &session.terminal.raw_output());
                search.files(&flow, &session.sandbox, belongs);
                search.processes(&watch);
            }
        }
        relay.be_hostile(true);
        let flow = format!("{front:?}, refused");
        let session = Session::with(front, Lang::EN, (80, 24), &args, |run| run);
        session.to_the_test(CANARY, false);
        session.read("which is wrong");
        if front == Front::Wizard {
            // The report, and what was said.
            session.terminal.send("s");
            session.read("mailsetup-report.txt");
            session.terminal.key(Key::Esc);
            session.terminal.wait_gone("mailsetup-report.txt");
            session.terminal.send("t");
            session.read("AUTH PLAIN ***");
            session.terminal.key(Key::Esc);
            session.terminal.wait_gone("AUTH PLAIN ***");
        }
        session.terminal.key(Key::Ctrl('c'));
        assert_eq!(session.terminal.wait_exit(), 130);
        search.flows += 1;
        search.look(&flow, "the terminal", &session.terminal.raw_output());
        search.files(&flow, &session.sandbox, &[]);
        search.processes(&watch);
        relay.be_hostile(false);
    }
    search.end("terminals");
}

#[test]
fn a_consumer_that_says_it_in_a_terminal() {
    let mut search = Search::new();
    let (relay, watch, folder) = (Relay::start(), Watch::begin(), tempfile::tempdir().unwrap());
    let talkative = talkative_consumer(folder.path());
    let port = format!("--port={}", relay.port);
    let args = [DEMO_USER, "--provider=custom", "--host=localhost", &port, "--security=none", "--target=msmtp"];
    let kept = ["home/.config/mailsetup/profiles/default.secret", "home/.local/state/mailsetup/backups"];
    for front in Front::ALL {
        let sandbox = Sandbox::new();
        let path = format!("{talkative}:{}", sandbox.environment()[OsStr::new("PATH")].display());
        // Tall enough for all that is said at the end.
        let session = Session::within(sandbox, front, Lang::EN, (80, 48), &args, |run| run.env("PATH", path));
        session.to_the_test(CANARY, false);
        session.accept(Field::Apply);
        session.read("msmtp: server message: 535 5.7.8 you sent ***");
        if front == Front::Wizard {
            session.terminal.key(Key::Enter);
        }
        assert_eq!((session.terminal.wait_exit(), session.terminal.left_behind()), (0, vec![]));
        search.flows += 1;
        let flow = format!("{front:?}, a talkative consumer");
        search.look(&flow, "the terminal", &session.terminal.raw_output());
        search.files(&flow, &session.sandbox, &kept);
        search.processes(&watch);
    }
    search.end("a consumer in a terminal");
}

#[test]
fn the_demo_with_a_password_that_is_refused() {
    let mut search = Search::new();
    let watch = Watch::begin();
    for front in Front::ALL {
        let session = Session::new(front);
        session.walk_to(Field::Password);
        session.enter(CANARY);
        session.read("The user name or password is refused");
        session.terminal.key(Key::Ctrl('c'));
        session.assert_cancelled();
        search.flows += 1;
        let flow = format!("{front:?}, demo");
        search.look(&flow, "the terminal", &session.terminal.raw_output());
        search.files(&flow, &session.sandbox, &[]);
        search.processes(&watch);
    }
    search.end("the demo");
}
