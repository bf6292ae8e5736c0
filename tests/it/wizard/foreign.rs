//! Escape sequences in what is not ours are shown as text: a server's words, files as they are, what is typed and pasted.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
};

use mailsetup::{presets::Lang, setup::Field};

use super::drive::{Front, Session};
use crate::support::{pty::Key, sandbox::Sandbox};

/// Sets the title, clears the screen, and does so by a C1 control too.
const EVIL: &str = "\x1b]0;evil\x07\x1b[2Jevil\u{9b}31mevil";

/// A server whose every word is hostile; the port that it listens on.
fn hostile() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let _ = write!(client, "220 {EVIL}\r\n");
            let lines = BufReader::new(client.try_clone().unwrap()).lines();
            for line in lines.map_while(Result::ok) {
                let word = line.get(..4).unwrap_or_default().to_ascii_uppercase();
                let _ = match word.as_str() {
                    "EHLO" => write!(client, "250-{EVIL}\r\n250-X{EVIL}\r\n250 AUTH PLAIN\r\n"),
                    "AUTH" => write!(client, "535-5.7.8 {EVIL}\r\n535 5.7.8 {EVIL}\r\n"),
                    _ => write!(client, "221 {EVIL}\r\n"),
                };
            }
        }
    });
    port
}

/// Fails when a terminal, or a file that a person opens in one, got any of it as it came.
#[track_caller]
fn assert_shown_as_text(raw: &[u8], at: &str) {
    let text = String::from_utf8_lossy(raw);
    for evil in ["\x1b]0;evil", "\x1b[2Jevil", "\u{9b}31mevil", "\x07"] {
        assert!(!text.contains(evil), "{at}: {evil:?} in {text}");
    }
}

#[test]
fn a_servers_words_are_text() {
    let port = format!("--port={}", hostile());
    let args = ["ops@example.com", "--name=", "--provider=custom", "--host=127.0.0.1", &port, "--security=none"];
    let more = ["--allow-plaintext", "--auth=plain", "--username=ops", "--password-env=PW", "--test=login"];
    let args = [&args[..], &more[..]].concat();
    for front in Front::ALL {
        let session = Session::with(front, Lang::EN, (80, 40), &args, |run| run.env("PW", "x"));
        session.read("535 5.7.8");
        session.read("evil");
        if front == Front::Wizard {
            session.terminal.send("t");
            session.read("What was said");
            session.terminal.send("s");
        }
        session.terminal.key(Key::Ctrl('c'));
        session.terminal.wait_exit();
        assert_shown_as_text(&session.terminal.raw_output(), &format!("{front:?}"));
    }
    let sandbox = Sandbox::new();
    let more = ["--target=dotenv", "--yes", "--report=report.txt", "-v"];
    let out = sandbox.mailsetup([&args[..], &more[..]].concat()).env("PW", "x").run();
    assert!(out.stderr.contains("evil"), "{}", out.stderr);
    assert_shown_as_text(out.stderr.as_bytes(), "script");
    assert_shown_as_text(sandbox.read("home/report.txt").as_bytes(), "report");
    let probe = sandbox.mailsetup(["explain", EVIL]).run();
    assert_shown_as_text(format!("{}{}", probe.stdout, probe.stderr).as_bytes(), "explain");
}

#[test]
fn files_and_names_are_text() {
    let args = ["ops@example.com", "--name=", "--provider=custom", "--host=127.0.0.1", "--port=1", "--security=tls"];
    let more = ["--auth=plain", "--username=ops", "--password-env=PW", "--test=none"];
    let args = [&args[..], &more[..], &["--target=dotenv", "--secret-store=file"]].concat();
    for front in Front::ALL {
        let sandbox = Sandbox::new();
        sandbox.write("home/.env", format!("# {EVIL}\nSMTP_HOST={EVIL}\nMINE=1\n"));
        let session = Session::within(sandbox, front, Lang::EN, (80, 60), &args, |run| run.env("PW", "x"));
        session.expect(Field::Apply);
        if front == Front::Wizard {
            session.terminal.key(Key::End);
        }
        // Of a line that goes the key is shown, and no value.
        session.read("- SMTP_HOST ...");
        session.terminal.key(Key::Ctrl('c'));
        session.terminal.wait_exit();
        assert_shown_as_text(&session.terminal.raw_output(), &format!("{front:?}"));
    }
    let sandbox = Sandbox::new();
    sandbox.write(format!("home/.config/mailsetup/profiles/{EVIL}.toml"), "schema = 1\n");
    sandbox.write("home/.config/mailsetup/profiles/x.toml", format!("schema = 1\n\"{}\" = 1\n", EVIL.escape_default()));
    let words = [
        vec!["list"],
        vec!["show", EVIL],
        vec!["show", "x"],
        vec!["check", "x"],
        vec!["ops@example.com", "--host", EVIL],
        vec!["ops@example.com", "--answers", EVIL],
        vec!["ops@example.com", "--ca-file", EVIL],
        vec!["ops@example.com", "--profile", EVIL],
        vec!["ops@example.com", "--root", EVIL],
        vec!["ops@example.com", "--timeout", EVIL],
        vec!["--lang", EVIL],
        vec![EVIL],
        vec!["--", EVIL],
        vec!["detect", EVIL],
        vec!["providers", EVIL],
        vec!["export", EVIL],
    ];
    for args in words {
        let out = sandbox.mailsetup(&args).run();
        assert_shown_as_text(format!("{}{}", out.stdout, out.stderr).as_bytes(), &args.join(" ").escape_debug().to_string());
    }
}
