//! Leaving at any moment: status 130, a whole terminal, nothing written.

use std::{
    net::{TcpListener, TcpStream},
    sync::mpsc::{Receiver, channel},
    thread,
};

use mailsetup::{presets::Lang, setup::Field};
use rustix::process::{Pid, Signal, kill_process};

use super::drive::{ASKED, Front, Session};
use crate::support::{pty::Key, wait::DEADLINE};

pub(super) fn signal(session: &Session, signal: Signal) {
    let pid = Pid::from_raw(session.terminal.pid().cast_signed()).unwrap();
    kill_process(pid, signal).unwrap();
}

#[test]
fn control_c_leaves_the_wizard_at_every_question() {
    at_every_question(Front::Wizard);
}

#[test]
fn control_c_leaves_prompts_at_every_question() {
    at_every_question(Front::Prompts);
}

#[test]
fn control_c_leaves_lines_at_every_question() {
    at_every_question(Front::Lines);
}

fn at_every_question(front: Front) {
    for field in ASKED {
        let session = Session::new(front);
        session.walk_to(field);
        session.terminal.key(Key::Ctrl('c'));
        session.assert_cancelled();
    }
}

#[test]
fn control_c_while_something_is_typed_brings_the_echo_back() {
    for front in Front::ALL {
        let session = Session::new(front);
        session.walk_to(Field::Password);
        session.terminal.send("half a pass");
        if front != Front::Lines {
            session.terminal.wait_until("dots", |screen| screen.text().contains(['•', '*']));
        }
        assert!(!session.terminal.echo(), "{front:?}");
        session.terminal.key(Key::Ctrl('c'));
        session.assert_cancelled();
        assert!(session.terminal.echo() && !session.terminal.ever_received("half"), "{front:?}");
    }
}

#[test]
fn a_signal_leaves_the_terminal_whole() {
    for front in Front::ALL {
        for number in [Signal::TERM, Signal::HUP, Signal::INT] {
            for field in [Field::Address, Field::Password] {
                let session = Session::new(front);
                session.walk_to(field);
                signal(&session, number);
                session.assert_cancelled();
            }
        }
    }
}

/// A server that takes a connection and never says anything; tells when somebody came, and keeps them.
fn silent() -> (u16, Receiver<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, came) = channel();
    thread::spawn(move || {
        while let Ok((client, _)) = listener.accept() {
            if sender.send(client).is_err() {
                break;
            }
        }
    });
    (port, came)
}

/// The program, climbing to a server that says nothing.
fn stuck(front: Front, stuck: impl FnOnce(&Session, TcpStream)) {
    let (port, came) = silent();
    let port = format!("--port={port}");
    let args = ["ops@example.com", "--name=", "--provider=custom", "--host=127.0.0.1", &port, "--security=tls"];
    let more = ["--username=ops", "--password-env=PW", "--test=login", "--timeout=600"];
    let args = [&args[..], &more[..]].concat();
    let session = Session::with(front, Lang::EN, (80, 24), &args, |run| run.env("PW", "sesame"));
    let client = came.recv_timeout(DEADLINE).expect("the program connects");
    stuck(&session, client);
}

#[test]
fn control_c_and_signals_leave_during_a_test_at_once() {
    for front in Front::ALL {
        stuck(front, |session, _client| {
            session.terminal.key(Key::Ctrl('c'));
            session.assert_cancelled();
        });
        stuck(front, |session, _client| {
            signal(session, Signal::TERM);
            session.assert_cancelled();
        });
    }
}
