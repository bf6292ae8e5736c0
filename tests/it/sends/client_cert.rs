//! Real programs show the client certificate that was written for them to a relay that lets nobody in without one.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::CONSUMERS;
use crate::support::{
    bed::{as_root, left_out, message},
    pki::{self, Identity, Kind},
    sandbox::Sandbox,
};

/// A relay that asks each client for a certificate: its port, and how many messages it has taken.
fn relay() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let config = Identity::of(Kind::Good, "localhost").asking().config(None);
    let taken = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&taken);
    thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let (config, counted) = (Arc::clone(&config), Arc::clone(&counted));
            thread::spawn(move || session(config, socket, &counted));
        }
    });
    (port, taken)
}

fn session(config: Arc<ServerConfig>, socket: TcpStream, taken: &AtomicUsize) {
    let Ok(connection) = ServerConnection::new(config) else { return };
    let mut stream = BufReader::new(StreamOwned::new(connection, socket));
    let mut in_data = false;
    let mut said = "220 relay.test ESMTP".to_owned();
    loop {
        let mut line = String::new();
        if !said.is_empty() && write!(stream.get_mut(), "{said}\r\n").is_err() {
            return;
        }
        if stream.get_mut().flush().is_err() || stream.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let word = line.trim_end().get(..4).unwrap_or_default().to_ascii_uppercase();
        said = match (in_data, word.as_str()) {
            (true, _) if line.trim_end() != "." => String::new(),
            (true, _) => {
                in_data = false;
                taken.fetch_add(1, Ordering::SeqCst);
                "250 2.0.0 taken".to_owned()
            }
            (false, "DATA") => {
                in_data = true;
                "354 go on".to_owned()
            }
            (false, _) => "250 2.0.0 ok".to_owned(),
        };
    }
}

#[test]
#[ignore = "needs consumers, see tests/run"]
fn a_relay_that_wants_a_certificate_takes_what_they_send() {
    for target in ["msmtp", "mutt", "neomutt", "s-nail", "phpmailer"] {
        let (port, taken) = relay();
        let sandbox = Sandbox::new();
        fs::set_permissions(sandbox.path(""), fs::Permissions::from_mode(0o755)).unwrap();
        let root = sandbox.path("machine");
        for folder in ["home/u", "srv/app"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        let own = Identity::of(Kind::Good, "web1.example.com");
        let pair = sandbox.write("machine/home/u/own.pem", own.certificate_pem() + &own.key_pem());
        fs::set_permissions(&pair, fs::Permissions::from_mode(0o600)).unwrap();
        let ca_file = sandbox.write("machine/ca.pem", pki::ca_pem());
        let (port, home) = (port.to_string(), root.join("home/u"));
        let (pair, ca_file) = (pair.to_str().unwrap(), ca_file.to_str().unwrap());
        let mut words = vec!["ops@example.com", "--provider", "custom", "--host", "localhost", "--port", &port];
        words.extend(["--security", "tls", "--auth", "none", "--scope", "user", "--target", target, "--ca-file", ca_file]);
        words.extend(["--client-cert", pair, "--client-key", pair, "--test", "connect", "--yes"]);
        let run = sandbox.mailsetup(words).cwd(root.join("srv/app")).env("MAILSETUP_EHLO", "web1.example.com");
        let run = run.env("HOME", &home).env("XDG_CONFIG_HOME", home.join(".config"));
        run.env("XDG_STATE_HOME", home.join(".local/state")).run().code(0);

        let mut command = as_root("env");
        command.args(std::env::var("MAILSETUP_BED_CACHE").ok().map(|cache| format!("MAILSETUP_BED_CACHE={cache}")));
        command.args(["BED_ACCOUNT=mailsetup", &format!("{CONSUMERS}/{target}")]);
        command.args([root.to_str().unwrap(), "ops@example.com", "bob@example.net"]);
        let mut child = command.current_dir(&root).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let text = message("ops@example.com", "bob@example.net", "with a certificate");
        drop(child.stdin.take().unwrap().write_all(text.as_bytes()));
        let out = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        if out.status.code() == Some(75) {
            left_out(format_args!("{target}: {}", said.trim()));
            continue;
        }
        assert_eq!((out.status.code(), taken.load(Ordering::SeqCst)), (Some(0), 1), "{target}: {said}");
    }
}
