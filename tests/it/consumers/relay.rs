//! A relay on loopback that takes every login and tells what it was.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};

/// What a client said of itself.
#[derive(Debug, Default, Clone)]
pub(crate) struct Login {
    pub(crate) ehlo: String,
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) sender: String,
}

pub(crate) struct Relay {
    pub(crate) port: u16,
    logins: Receiver<Login>,
}

impl Relay {
    /// Listens on a port that the kernel gives; the thread ends with the test.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, logins) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let login = session(stream.unwrap());
                if sender.send(login).is_err() {
                    return;
                }
            }
        });
        Self { port, logins }
    }

    /// The next session's login.
    pub(crate) fn login(&self) -> Login {
        self.logins.recv_timeout(Duration::from_secs(10)).unwrap()
    }
}

fn session(mut stream: TcpStream) -> Login {
    let mut login = Login::default();
    let mut lines = BufReader::new(stream.try_clone().unwrap());
    let mut say = |text: &str| stream.write_all(text.as_bytes()).unwrap();
    let mut hear = || {
        let mut line = String::new();
        let _ = lines.read_line(&mut line);
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    say("220 relay.test ESMTP\r\n");
    loop {
        let line = hear();
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => {
                rest.clone_into(&mut login.ehlo);
                say("250-relay.test\r\n250 AUTH PLAIN\r\n");
            }
            "AUTH" => {
                let mut response = rest.split_once(' ').map(|(_, initial)| initial.to_owned());
                if response.is_none() {
                    say("334 \r\n");
                    response = Some(hear());
                }
                let decoded = BASE64_STANDARD.decode(response.unwrap()).unwrap();
                let parts: Vec<&str> = std::str::from_utf8(&decoded).unwrap().split('\0').collect();
                parts[1].clone_into(&mut login.username);
                parts[2].clone_into(&mut login.password);
                say("235 2.7.0 ok\r\n");
            }
            "MAIL" => {
                let address = rest.split(['<', '>']).nth(1).unwrap_or_default();
                address.clone_into(&mut login.sender);
                say("250 2.1.0 ok\r\n");
            }
            "RCPT" if rest.contains("nobody") => say("550 5.1.1 no\r\n"),
            "DATA" => {
                say("354 go on\r\n");
                while hear() != "." {}
                say("250 2.0.0 ok\r\n");
            }
            "QUIT" => {
                say("221 2.0.0 bye\r\n");
                return login;
            }
            "" => return login,
            _ => say("250 2.0.0 ok\r\n"),
        }
    }
}
