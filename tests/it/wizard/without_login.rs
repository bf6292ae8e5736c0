//! A relay that offers no login: no password is asked for that nobody wants.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
};

use mailsetup::{presets::Lang, setup::Field};

use super::drive::{Front, Session};
use crate::support::pty::Key;

/// A relay that takes everything and offers this behind EHLO; the port that it listens on.
fn relay(offers: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let _ = client.write_all(b"220 relay.test ESMTP\r\n");
            let lines = BufReader::new(client.try_clone().unwrap()).lines();
            for line in lines.map_while(Result::ok) {
                let word = line.get(..4).unwrap_or_default().to_ascii_uppercase();
                let _ = match word.as_str() {
                    "EHLO" => write!(client, "250-relay.test\r\n{offers}250 8BITMIME\r\n"),
                    "DATA" => write!(client, "354 go\r\n"),
                    "QUIT" => write!(client, "221 bye\r\n"),
                    _ => write!(client, "250 2.0.0 ok\r\n"),
                };
            }
        }
    });
    port
}

/// A set-up for the relay, up to the login.
fn session(front: Front, offers: &'static str) -> Session {
    let port = format!("--port={}", relay(offers));
    let server = ["ops@example.com", "--name=", "--provider=custom", "--host=127.0.0.1", &port, "--security=none"];
    let more = ["--test=login", "--target=dotenv", "--ehlo=web1.example.com"];
    Session::with(front, Lang::EN, (80, 40), &[&server[..], &more[..]].concat(), |run| run)
}

#[test]
fn none_is_proposed_and_no_password_is_asked() {
    for front in Front::ALL {
        let session = session(front, "");
        // The full-screen wizard shows the list alone.
        if front == Front::Wizard {
            session.read("▸ No login");
        } else {
            session.expect(Field::Auth);
        }
        session.read("offers no login");
        session.terminal.key(Key::Enter);
        session.expect(Field::Apply);
        session.terminal.key(Key::Enter);
        if front == Front::Wizard {
            session.read("Done.");
            session.terminal.key(Key::Enter);
        }
        session.terminal.wait_exit();
        let profile = session.sandbox.read("home/.config/mailsetup/profiles/default.toml");
        assert!(profile.contains("auth = \"none\"") && !profile.contains("[secret]"), "{front:?}: {profile}");
    }
}

#[test]
fn a_login_that_cannot_be_done_is_named_before_the_password() {
    for front in [Front::Prompts, Front::Lines] {
        let session = session(front, "250-AUTH NTLM GSSAPI\r\n");
        session.expect(Field::Password);
        session.read("offers only NTLM, GSSAPI");
        session.terminal.key(Key::Ctrl('c'));
        session.terminal.wait_exit();
    }
}
