//! Home: where profiles are saved, every front end opens on them; and how few times Enter is pressed on the way to one.

use mailsetup::{demo::Demo, presets::Lang, setup::Field};

use super::drive::{DEMO_PASSWORD, DEMO_USER, Front, Session};
use crate::support::{pty::Key, sandbox::Sandbox};

/// A home with a profile of a server that is there.
fn place(demo: &Demo) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("ca.pem", demo.ca_pem());
    sandbox.write("home/pw", DEMO_PASSWORD);
    let port = format!("--port={}", demo.tls_port());
    let ca_file = format!("--ca-file={}", sandbox.path("ca.pem").display());
    let server = [DEMO_USER, "--provider=custom", "--host=localhost", &port, "--security=tls", &ca_file];
    let more = ["--profile=relay", "--target=dotenv", "--password-file=pw", "--ehlo=web1.example.com", "--yes"];
    sandbox.mailsetup([&server[..], &more[..]].concat()).run().code(0);
    sandbox
}

fn begin(sandbox: &Sandbox, front: Front) -> Session {
    Session::within(sandbox.clone(), front, Lang::EN, (80, 24), &[], |run| run)
}

#[test]
fn the_profiles_are_there_and_enter_tests_one() {
    let demo = Demo::start().unwrap();
    let sandbox = place(&demo);
    for front in Front::ALL {
        let session = begin(&sandbox, front);
        session.expect(Field::Home);
        session.read(
            &format!("relay {DEMO_USER}, localhost").replace("relay ", if front == Front::Wizard { "relay " } else { "" }),
        );
        session.terminal.key(Key::Enter);
        if front != Front::Wizard {
            session.read("relay: what do you want to do?");
            session.terminal.key(Key::Enter);
        }
        assert_eq!(session.terminal.wait_exit(), 0, "{front:?}: {}", session.terminal.screen());
        assert!(session.terminal.ever_received("Login"), "{front:?}: {}", session.terminal.screen());
    }
    assert_eq!(demo.arrived().len(), 2, "a test of what is there sends nothing");
    // A script never sees it.
    let said = sandbox.mailsetup(["--no-input"]).run().code(64).stderr;
    assert!(said.contains("ADDRESS") && !said.contains("relay"), "{said}");
}

#[test]
fn nothing_is_taken_away_before_a_yes() {
    let demo = Demo::start().unwrap();
    let sandbox = place(&demo);
    let session = begin(&sandbox, Front::Wizard);
    session.expect(Field::Home);
    session.terminal.send("r");
    session.read("Take back everything that was written for relay?");
    session.terminal.key(Key::Enter);
    session.expect(Field::Home);
    session.terminal.send("u");
    session.read("Take back the last write?");
    session.terminal.key(Key::Esc);
    session.expect(Field::Home);
    assert!(sandbox.path("home/.config/mailsetup/profiles/relay.toml").exists());
    session.terminal.send("r");
    session.read("Take back everything that was written for relay?");
    session.terminal.send("y");
    session.terminal.key(Key::Enter);
    assert_eq!(session.terminal.wait_exit(), 0, "{}", session.terminal.screen());
    assert!(!sandbox.path("home/.env").exists(), "{}", session.terminal.screen());
    let session = begin(&sandbox, Front::Wizard);
    session.expect(Field::Address);
}

#[test]
fn a_new_one_an_edit_and_one_more_program_begin_there() {
    let demo = Demo::start().unwrap();
    let sandbox = place(&demo);
    for (key, next) in
        [("n", "Sender address"), ("e", "relay: what do you want to change?"), ("a", "Write the settings for")]
    {
        let session = begin(&sandbox, Front::Wizard);
        session.expect(Field::Home);
        session.terminal.send(key);
        session.read(next);
        session.terminal.key(Key::Ctrl('c'));
        assert_eq!(session.terminal.wait_exit(), 130, "{key}");
    }
    // An answer is changed, and asked for no more than that.
    let session = begin(&sandbox, Front::Wizard);
    session.expect(Field::Home);
    session.terminal.send("e");
    session.read("relay: what do you want to change?");
    session.enter("display");
    session.expect(Field::Name);
    session.enter("Ops Team");
    session.read("relay: what do you want to change?");
    session.terminal.key(Key::Enter);
    session.expect(Field::Apply);
    session.terminal.key(Key::Enter);
    session.read("Done.");
    assert!(sandbox.read("home/.config/mailsetup/profiles/relay.toml").contains("name = \"Ops Team\""));
}

#[test]
fn three_enters_lead_to_a_proven_set_up() {
    for size in [(80, 24), (60, 20), (40, 12), (200, 60)] {
        let session = Session::with(Front::Wizard, Lang::EN, size, &["--demo", "me@corp.test"], |run| run);
        session.read("App password");
        session.enter(DEMO_PASSWORD);
        session.expect(Field::Targets);
        session.terminal.key(Key::Enter);
        session.expect(Field::Apply);
        session.terminal.key(Key::Enter);
        session.read("Done.");
    }
}
