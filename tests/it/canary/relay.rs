//! A mail server that takes every password, or refuses each and repeats it in every form that it can think of.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// The server; its thread ends with the tests.
pub(super) struct Relay {
    pub(super) port: String,
    is_hostile: Arc<AtomicBool>,
    is_silent: Arc<AtomicBool>,
}

impl Relay {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port().to_string();
        let (is_hostile, is_silent) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
        let (hostile, silent) = (Arc::clone(&is_hostile), Arc::clone(&is_silent));
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (hostile, silent) = (hostile.load(Ordering::Relaxed), silent.load(Ordering::Relaxed));
                thread::spawn(move || drop(serve(&client, hostile, silent)));
            }
        });
        Self { port, is_hostile, is_silent }
    }

    /// From now on every login is refused, with the password in the refusal.
    pub(super) fn be_hostile(&self, yes: bool) {
        self.is_hostile.store(yes, Ordering::Relaxed);
    }

    /// From now on no login is answered.
    pub(super) fn be_silent(&self, yes: bool) {
        self.is_silent.store(yes, Ordering::Relaxed);
    }
}

fn serve(client: &TcpStream, is_hostile: bool, is_silent: bool) -> std::io::Result<()> {
    let mut client_writes = BufReader::new(client);
    let mut to = client;
    to.write_all(b"220 relay.test ESMTP\r\n")?;
    let mut in_body = false;
    loop {
        let mut line = Vec::new();
        if client_writes.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        let reply = match line.split(' ').next().unwrap_or_default().to_uppercase().as_str() {
            _ if in_body && line != "." => continue,
            _ if in_body => {
                in_body = false;
                "250 2.0.0 queued\r\n".to_owned()
            }
            "EHLO" => "250-relay.test\r\n250 AUTH PLAIN\r\n".to_owned(),
            "AUTH" if is_silent => continue,
            "AUTH" if is_hostile => refusal(&line),
            "AUTH" => "235 2.7.0 ok\r\n".to_owned(),
            "DATA" => {
                in_body = true;
                "354 go\r\n".to_owned()
            }
            "QUIT" => "221 bye\r\n".to_owned(),
            _ => "250 2.1.0 ok\r\n".to_owned(),
        };
        to.write_all(reply.as_bytes())?;
    }
}

/// What came, as it came and decoded.
fn refusal(line: &str) -> String {
    let sent = line.rsplit(' ').next().unwrap_or_default();
    let decoded = STANDARD.decode(sent).unwrap_or_default();
    let password = String::from_utf8_lossy(decoded.rsplit(|byte| *byte == 0).next().unwrap_or_default()).into_owned();
    format!(
        "535-5.7.8 You sent {sent}\r\n535-5.7.8 that is {password}\r\n535-5.7.8 or {}\r\n535 5.7.8 which is wrong\r\n",
        STANDARD.encode(&password)
    )
}
