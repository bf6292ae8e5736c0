//! Real programs show the client certificate that was written for them to a relay that lets nobody in without one.

use std::{
    env, fs,
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

use serde_json::Value;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::{CONSUMERS, CONSUMERS_OF, Machine, Trouble};
use crate::support::{
    bed::{as_root, left_out},
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
        let consumer = CONSUMERS_OF.iter().find(|it| it.target == target && it.scope == "user").unwrap();
        let (port, taken) = relay();
        let own = Identity::of(Kind::Good, "web1.example.com");
        let pair = own.certificate_pem() + &own.key_pem();
        let authority = String::from_utf8(pki::ca_pem()).unwrap();
        // Relative to the folder in which mailsetup runs.
        let files = [("srv/app/own.pem", pair.as_str()), ("srv/app/ca.pem", authority.as_str())];
        let server = ["--host", "localhost", "--port", &port.to_string(), "--security", "tls", "--auth", "none"];
        let trust = ["--ca-file", "ca.pem", "--client-cert", "own.pem", "--client-key", "own.pem", "--test", "connect"];
        let machine = Machine::of_person(consumer, &files, &[&server[..], &trust].concat());
        match machine.send(consumer, "bob@example.net", "with a certificate") {
            Err(Trouble::Missing(why)) => left_out(format_args!("{target}: {}", why.trim())),
            Err(Trouble::Failed(why)) => panic!("{target}: {why}"),
            Ok(out) => assert_eq!((out.code, taken.load(Ordering::SeqCst)), (Some(0), 1), "{target}: {}", out.stderr),
        }
    }
}

/// Sets a mail server up by implicit TLS and has it send; the last word is the port.
const SET_UP: &str = r"
unset MAILSETUP_BED_CACHE; export MAILSETUP_OFFLINE=yes
cp own.pem /etc/own.pem; chown $(id -un Debian-exim 2>/dev/null || echo root) /etc/own.pem; chmod 600 /etc/own.pem
exec $1 ops@example.com --provider custom --host localhost --security tls --auth none --scope system --target $2 --port $3 \
    --client-cert /etc/own.pem --client-key /etc/own.pem --senders one --test send --test-to bob@example.net --yes --json
";

#[test]
#[ignore = "needs mailers, see tests/run"]
fn mail_servers_show_their_certificate() {
    for mailer in ["postfix", "exim4"] {
        let (port, taken) = relay();
        let sandbox = Sandbox::new();
        fs::set_permissions(sandbox.path(""), fs::Permissions::from_mode(0o755)).unwrap();
        let own = Identity::of(Kind::Good, "web1.example.com");
        sandbox.write("own.pem", own.certificate_pem() + &own.key_pem());
        let authority = sandbox.write("ca.pem", pki::ca_pem());
        let mut command = as_root("env");
        command.args(env::var("MAILSETUP_BED_CACHE").ok().map(|cache| format!("MAILSETUP_BED_CACHE={cache}")));
        command.arg(format!("BED_CA={}", authority.display()));
        command.args([format!("{CONSUMERS}/running").as_str(), mailer, "bash", "-c", SET_UP, "bash"]);
        command.args([env!("CARGO_BIN_EXE_mailsetup"), mailer, &port.to_string()]);
        let out = command.current_dir(sandbox.path("")).stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        if out.status.code() == Some(75) && out.stdout.is_empty() {
            left_out(format_args!("{mailer}: {}", said.trim()));
            continue;
        }
        assert_eq!(out.status.code(), Some(0), "{mailer}: {said}");
        let document: Value = serde_json::from_slice(&out.stdout).unwrap();
        let proofs = document["proofs"].as_array().unwrap();
        assert_eq!((&proofs[0]["by"], &proofs[0]["sent"]), (&mailer.into(), &true.into()), "{mailer}: {document}");
        // The test's own message, and at least the mailer's.
        assert!(taken.load(Ordering::SeqCst) > proofs.len(), "{mailer}: {document}");
    }
}
