//! Waiting until a domain is right: in a script, in a terminal, and in monitoring.

use std::{
    net::UdpSocket,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use super::command::{SOA, dns};
use crate::{
    discover::names::NameServer,
    support::{pty::Key, sandbox::Sandbox},
};

/// What a resolver may keep for no longer than a second.
const SHORT: &str = "@ 1 IN SOA ns hostmaster 1 1 1 1 1\n@ 1 IN NS ns\n";

fn world(spf: &str) -> NameServer {
    let example = format!("{SHORT}@ 1 IN TXT \"{spf}\"\n_dmarc 1 IN TXT \"v=DMARC1; p=none\"\n");
    NameServer::start(vec![
        ("test.", SOA.to_owned()),
        ("example.test.", example),
        ("ovh.com.", format!("{SOA}mx 60 IN TXT \"v=spf1 ip4:198.51.100.0/24 -all\"\n")),
    ])
}

/// A server at which the record is right from the second look on: it is new when its text is asked for again.
fn mended() -> NameServer {
    let worlds = [world("v=spf1 -all"), world("v=spf1 include:mx.ovh.com -all")];
    let asked = AtomicUsize::new(0);
    // Length and labels, type TXT.
    let text = b"\x07example\x04test\x00\x00\x10";
    NameServer::by(move |question| {
        let is_text = question.get(12..).is_some_and(|rest| rest.starts_with(text));
        let before =
            if is_text { asked.fetch_add(1, Ordering::SeqCst) } else { asked.load(Ordering::SeqCst).saturating_sub(1) };
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        socket.send_to(question, worlds[before.min(1)].address).unwrap();
        let mut answer = [0; 1500];
        let length = socket.recv(&mut answer).ok()?;
        Some(answer[..length].to_vec())
    })
}

#[test]
fn a_script_waits_until_all_is_right_or_the_time_is_over() {
    let arguments = ["example.test", "--provider", "ovh", "--json", "--wait", "--timeout", "30"];
    let run = dns(&mended(), &arguments).code(0);
    assert_eq!(run.json()["spf"]["state"], "fine");
    assert!(run.stderr.contains("looking again in 1 s"), "{}", run.stderr);
    let run = dns(&world("v=spf1 -all"), &["example.test", "--provider", "ovh", "--json", "--wait", "--timeout", "0.5"]);
    assert_eq!(run.code(1).json()["spf"]["state"], "add");
}

#[test]
fn one_key_looks_again() {
    let server = mended();
    let at = server.address.to_string();
    let terminal =
        Sandbox::new().mailsetup(["dns", "example.test", "--provider", "ovh", "--nameserver", at.as_str()]).terminal(80, 24);
    terminal.wait_for("Enter looks again");
    terminal.key(Key::Enter);
    terminal.wait_for("Covers OVHcloud MX Plan.");
    assert_eq!(terminal.wait_exit(), 0);
    // Without another look, what is to be added is the result.
    let server = world("v=spf1 -all");
    let at = server.address.to_string();
    let terminal =
        Sandbox::new().mailsetup(["dns", "example.test", "--provider", "ovh", "--nameserver", at.as_str()]).terminal(80, 24);
    terminal.wait_for("Enter looks again");
    terminal.key(Key::Ctrl('d'));
    assert_eq!(terminal.wait_exit(), 1);
}

const PROFILE: &str = "schema = 1\nenabled = true\n[sender]\naddress = 'ops@example.test'\n[smtp]\nprovider = 'ovh'\n\
    host = 'ssl0.ovh.net'\nport = 465\nsecurity = 'tls'\nauth = 'none'\nehlo = 'web1.example.test'\n";

#[test]
fn monitoring_asks_for_a_profiles_domain() {
    for (spf, code, state) in [("v=spf1 -all", 1, "add"), ("v=spf1 include:mx.ovh.com -all", 0, "fine")] {
        let server = world(spf);
        let at = server.address.to_string();
        let sandbox = Sandbox::new();
        sandbox.write("home/.config/mailsetup/profiles/default.toml", PROFILE);
        let check = |more: &[&str]| sandbox.mailsetup(["check", "--dns", "--nameserver", &at].iter().chain(more)).run();
        let document = check(&["--json"]).code(code).json();
        assert_eq!((&document["ok"], &document["profile"]), (&(code == 0).into(), &"default".into()));
        assert_eq!((&document["dns"]["spf"]["state"], &document["dns"]["provider"]), (&state.into(), &"ovh".into()));
        assert!(check(&[]).code(code).stderr.contains("OVHcloud MX Plan"));
        // The profile's name, and its address, lead to the same.
        for whose in ["default", "ops@example.test", "example.test"] {
            let document = dns_in(&sandbox, &at, whose).json();
            assert_eq!((&document["domain"], &document["provider"]), (&"example.test".into(), &"ovh".into()), "{whose}");
        }
    }
    let server = NameServer::failing(2);
    let sandbox = Sandbox::new();
    sandbox.write("home/.config/mailsetup/profiles/default.toml", PROFILE);
    sandbox.mailsetup(["check", "--dns", "--nameserver", &server.address.to_string()]).run().code(75);
}

fn dns_in(sandbox: &Sandbox, at: &str, whose: &str) -> crate::support::sandbox::Output {
    sandbox.mailsetup(["dns", "--json", "--nameserver", at, whose]).run()
}
