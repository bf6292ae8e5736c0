//! A password that is imported, in every front end and from files that have it in different ways.

use mailsetup::{presets::Lang, setup::Field};

use super::{CANARY, Search, relay::Relay, watch::Watch};
use crate::{
    support::{bed::left_out, pty::Key, sandbox::Sandbox},
    wizard::drive::{Front, Session},
};

/// What an xterm sends for the key of all answers.
const F4: &str = "\x1bOS";

/// Where the password belongs beside the file that it is imported from.
const STORE: [&str; 2] = ["home/.config/mailsetup/profiles/default.secret", "home/.local/state/mailsetup/backups"];

/// Programs' settings for the relay: the target, its file, its text, and the password when it is another one.
fn files(port: &str) -> Vec<(&'static str, &'static str, String)> {
    let server = format!("host 127.0.0.1\nport {port}\ntls off\nauth on\nuser ops@example.com\nfrom ops@example.com\n");
    let escaped = CANARY.replace('\\', "\\\\").replace('"', "\\\"");
    vec![
        ("msmtp", "home/.msmtprc", format!("account default\n{server}password \"{CANARY}\"\n")),
        ("msmtp", "home/.msmtprc", format!("account default\n{server}passwordeval \"cat ../pw\"\n")),
        (
            "dotenv",
            "home/.env",
            format!(
                "SMTP_HOST=127.0.0.1\nSMTP_PORT={port}\nSMTP_SECURITY=none\nSMTP_USER=ops@example.com\nSMTP_PASS='{CANARY}'\n"
            ),
        ),
        (
            "git",
            "home/.gitconfig",
            format!(
                "[sendemail]\nsmtpServer = 127.0.0.1\nsmtpServerPort = {port}\nsmtpEncryption = none\n\
                 smtpUser = ops@example.com\nsmtpPass = \"{escaped}\"\n"
            ),
        ),
    ]
}

/// Whether a target's program is whole here.
fn is_here(target: &str) -> bool {
    let has =
        |module: &str| std::process::Command::new("perl").args([module, "-e", ""]).status().is_ok_and(|it| it.success());
    let is_here = target != "git" || ["-MAuthen::SASL", "-MIO::Socket::SSL"].into_iter().all(has);
    if !is_here {
        left_out("git send-email has not all of its Perl modules");
    }
    is_here
}

fn home(file: &str, text: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("pw", CANARY);
    sandbox.write(file, text);
    sandbox
}

#[test]
fn scripts_that_import_it() {
    let mut search = Search::new();
    let (relay, watch) = (Relay::start(), Watch::begin());
    for (target, file, text) in files(&relay.port).into_iter().filter(|(target, ..)| is_here(target)) {
        let sandbox = home(file, &text);
        let belongs = [&STORE[..], &["pw", file]].concat();
        let mut step = |words: &[&str], code: i32| {
            let words = [&["--import", target, "-v"], words].concat();
            let out = sandbox.mailsetup(&words).run();
            assert_eq!(out.code, Some(code), "{words:?}: {}\n{}", out.stdout, out.stderr);
            search.said(&words.join(" "), &out);
            search.files(&words.join(" "), &sandbox, &belongs);
            search.processes(&watch);
        };
        step(&["--dry-run", "--diff"], 0);
        step(&["--dry-run", "--diff", "--json", "--report", "one.txt"], 0);
        step(&["--target", "mutt", "--json"], 64);
        relay.be_hostile(true);
        step(&["--yes", "--json", "--report", "two.txt"], 77);
        relay.be_hostile(false);
        step(&["--yes", "--diff", "--report", "three.txt"], 0);
        step(&["--yes", "--json"], 0);
    }
    search.end("imports by scripts");
}

#[test]
fn terminals_that_import_it() {
    let mut search = Search::new();
    let (relay, watch) = (Relay::start(), Watch::begin());
    for (_, file, text) in files(&relay.port).into_iter().filter(|(target, ..)| is_here(target)) {
        let belongs = [&STORE[..], &["pw", file]].concat();
        for front in Front::ALL {
            let flow = format!("{front:?}, {file}");
            let session = Session::within(home(file, &text), front, Lang::EN, (80, 24), &[], |run| run);
            session.accept(Field::Import);
            if front == Front::Wizard {
                session.read("took the message for ops@example.com");
                session.terminal.send(F4);
                session.read("All answers");
                session.terminal.key(Key::Esc);
                session.terminal.wait_gone("All answers");
            }
            session.finish();
            search.flows += 1;
            search.look(&flow, "the terminal", &session.terminal.raw_output());
            search.files(&flow, &session.sandbox, &belongs);
            search.processes(&watch);
        }
    }
    search.end("imports in terminals");
}

#[test]
fn a_command_that_says_the_password_is_shown_nowhere() {
    let mut search = Search::of("Tirilieren");
    let relay = Relay::start();
    let (_, file, text) = files(&relay.port).swap_remove(1);
    // It is in the arguments of the shell that runs it, by the person's own hand: no other test's password.
    let text = text.replace("cat ../pw", "echo Tirilieren");
    let belongs = [&STORE[..], &["pw", file]].concat();
    let sandbox = home(file, &text);
    let out = sandbox.mailsetup(["--import", "msmtp", "--yes", "--diff", "--json", "-v"]).run().code(0);
    search.said("script", &out);
    search.files("script", &sandbox, &belongs);
    let session = Session::within(home(file, &text), Front::Wizard, Lang::EN, (80, 32), &[], |run| run);
    session.accept(Field::Import);
    session.expect(Field::Apply);
    session.terminal.send(F4);
    session.read("Keep the password in");
    session.terminal.key(Key::Ctrl('c'));
    assert_eq!(session.terminal.wait_exit(), 130);
    search.flows += 1;
    search.look("wizard", "the terminal", &session.terminal.raw_output());
    search.files("wizard", &session.sandbox, &belongs);
    search.end("a command that says it");
}
