//! A change to another server asks whether the known password goes there, in every front end alike.

use mailsetup::{presets::Lang, setup::Field};

use super::drive::{Front, Session};
use crate::support::{pty::Key, sandbox::Sandbox};

const SET_UP: [&str; 12] = [
    "ops@example.com",
    "--host=mail.example.com",
    "--port=465",
    "--security=tls",
    "--password-file=pw",
    "--secret-store=file",
    "--target=dotenv",
    "--scope=user",
    "--ehlo=web1.example.com",
    "--name=Ops",
    "--test=none",
    "--yes",
];

#[test]
fn another_server_is_asked_about_before_its_password() {
    for front in Front::ALL {
        let sandbox = Sandbox::new();
        sandbox.write("home/pw", "known-password\n");
        sandbox.mailsetup(SET_UP).run().code(0);
        let edit = ["edit", "--host=smtp.other.test", "--test=none"];
        let session = Session::within(sandbox, front, Lang::EN, (80, 40), &edit, |run| run);
        session.read("It was given for mail.example.com");
        session.terminal.key(Key::Enter);
        // No is what Enter takes; the password that is asked then says whose it is.
        session.read("This is the password of ops@example.com, smtp.other.test");
        if front != Front::Wizard {
            session.expect(Field::Password);
        }
        session.terminal.key(Key::Ctrl('c'));
        session.terminal.wait_exit();
    }
}

#[test]
fn a_kept_password_that_is_not_handed_out_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write("home/pw", "known-password\n");
    sandbox.mailsetup(SET_UP).run().code(0);
    // By hand: it was given for another server.
    let path = "home/.config/mailsetup/profiles/default.toml";
    let profile = sandbox.read(path).replace("mail.example.com", "smtp.other.test");
    sandbox.write(path, profile);
    let session = Session::within(sandbox, Front::Lines, Lang::EN, (80, 40), &["edit", "--test=none"], |run| run);
    session.read("is asked again: This password was given for mail.example.com");
    session.expect(Field::Password);
    session.terminal.key(Key::Ctrl('c'));
    session.terminal.wait_exit();
}
