//! Somebody at a terminal who has settings already.

use mailsetup::{demo::Demo, presets::Lang, setup::Field};

use crate::{
    support::{pty::Key, sandbox::Sandbox},
    wizard::drive::{Front, Session},
};

/// A home with msmtp's settings for a server that is there.
fn home(demo: &Demo) -> Sandbox {
    let sandbox = Sandbox::new().env("MAILSETUP_EHLO", "web1.example.com");
    let ca = sandbox.write("ca.pem", demo.ca_pem());
    let rc = format!(
        "defaults\nauth on\ntls on\ntls_starttls off\ntls_trust_file {}\naccount default\nhost localhost\nport {}\n\
         user {user}\nfrom {user}\npassword {}\n",
        ca.display(),
        demo.tls_port(),
        demo.password(),
        user = demo.user()
    );
    sandbox.write("home/.msmtprc", rc);
    sandbox
}

fn begin(sandbox: &Sandbox, front: Front, args: &[&str]) -> Session {
    Session::within(sandbox.clone(), front, Lang::EN, (80, 24), args, |run| run)
}

fn leave(session: &Session) {
    session.terminal.key(Key::Ctrl('c'));
    assert_eq!(session.terminal.wait_exit(), 130);
}

#[test]
fn every_front_end_starts_from_what_is_there_and_asks_no_password() {
    for front in Front::ALL {
        let demo = Demo::start().unwrap();
        let sandbox = home(&demo);
        let session = begin(&sandbox, front, &[]);
        session.expect(Field::Import);
        session.read(&format!("localhost:{}, {}", demo.tls_port(), demo.user()));
        session.read("~/.msmtprc (msmtp)");
        session.terminal.key(Key::Enter);
        // Nothing is left to ask before the test, nor after it.
        session.expect(Field::Apply);
        if front == Front::Wizard {
            session.read("(imported)");
        } else {
            assert!(session.terminal.ever_received("(imported)"), "{front:?}");
        }
        session.finish();
        assert!(!session.terminal.ever_received(demo.password()), "{front:?}: the password shows");
        let profile = sandbox.read("home/.config/mailsetup/profiles/default.toml");
        assert!(profile.contains(demo.user()) && profile.contains("name = \"msmtp\""), "{profile}");
        assert!(sandbox.read("home/.msmtprc").contains("account mailsetup\n"));
        // What is a profile's now is nothing to start from.
        let session = begin(&sandbox, front, &["--offline", "--provider=custom"]);
        session.expect(Field::Address);
        leave(&session);
    }
}

#[test]
fn the_first_way_back_begins_with_nothing() {
    for front in Front::ALL {
        let demo = Demo::start().unwrap();
        let sandbox = home(&demo);
        let session = begin(&sandbox, front, &[]);
        session.expect(Field::Import);
        match front {
            Front::Lines => session.enter("<"),
            _ => session.terminal.key(Key::Esc),
        }
        session.expect(Field::Address);
        session.enter("ops@example.org");
        session.expect(Field::Provider);
        let screen = session.terminal.screen();
        assert!(!screen.contains("Another server - localhost") && !screen.contains("imported"), "{screen}");
        leave(&session);
    }
}

#[test]
fn nothing_is_asked_where_something_was_given_or_nothing_can_be_read() {
    let demo = Demo::start().unwrap();
    let sandbox = home(&demo);
    for (args, next) in [
        (&["ops@example.org"][..], Field::Provider),
        (&["--provider=gandi"], Field::Address),
        (&["--host=mail.example.org"], Field::Address),
        (&["--import=none"], Field::Address),
        (&["--demo"], Field::Address),
        // What is named is not asked for either.
        (&["--import=msmtp"], Field::Apply),
    ] {
        let session = begin(&sandbox, Front::Lines, args);
        session.expect(next);
        assert!(!session.terminal.ever_received("Start from"), "{args:?}: {}", session.terminal.screen());
        assert_eq!(session.terminal.ever_received("(imported)"), args[0] == "--import=msmtp", "{args:?}");
        leave(&session);
    }
    sandbox.write("home/.msmtprc", "account a\naccount a\nhost x.test\n");
    sandbox.write("home/.env", vec![b'#'; 10 * 1024 * 1024]);
    sandbox.write("home/.gitconfig", "[sendemail]\n\tsmtpServer = /usr/bin/msmtp\n");
    let session = begin(&sandbox, Front::Wizard, &[]);
    session.expect(Field::Address);
    leave(&session);
}

#[test]
fn several_are_chosen_from_in_french_and_on_a_small_screen() {
    let demo = Demo::start().unwrap();
    let sandbox = home(&demo);
    sandbox.write("home/.env", "SMTP_HOST=ssl0.ovh.net\nSMTP_PORT=465\nSMTP_USER=shop@example.fr\nSMTP_PASS='pa ss'\n");
    let evil = "[sendemail]\nsmtpServer = mail.example.org\nsmtpUser = \"\u{1b}]0;evil\u{7}x@example.org\"\n";
    sandbox.write("home/.gitconfig", evil);
    for front in Front::ALL {
        let fr = Lang::of_tag("fr").unwrap();
        let session = Session::within(sandbox.clone(), front, fr, (40, 12), &["--test=none"], |run| run);
        // In prompts the list takes all of so small a screen.
        if front != Front::Prompts {
            session.expect(Field::Import);
        }
        session.read("ssl0.ovh.net:465, shop@example.fr");
        if front == Front::Lines {
            session.enter("2");
        } else {
            session.terminal.key(Key::Down);
            session.terminal.key(Key::Enter);
        }
        session.expect(Field::Apply);
        let raw = String::from_utf8_lossy(&session.terminal.raw_output()).into_owned();
        assert!(!raw.contains("\x1b]0;evil"), "{front:?}");
        leave(&session);
    }
}
