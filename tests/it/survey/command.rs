//! The command `probe`, as a person and as a script see it.

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{BEFORE, GREETING, INSIDE, hears, implicit, plain, says, starttls};
use crate::support::{
    fixture::{Mode, Step},
    pki::{self, Identity, Kind},
    plug::Plug,
    sandbox::{Output, Sandbox},
    server::Crowd,
};

/// A server for this machine's loopback address with a good certificate.
fn here() -> Crowd {
    let script = vec![says(GREETING), hears("EHLO "), says(INSIDE), hears("QUIT")];
    Crowd::start(&Identity::of(Kind::Good, "127.0.0.1"), None, Mode::Implicit, script)
}

fn probe(crowd: &Crowd, more: &[&str]) -> Output {
    let sandbox = Sandbox::new();
    let ca = sandbox.write("ca.pem", pki::ca_pem()).display().to_string();
    let server = crowd.address.to_string();
    let words = [&["probe", &server, "--timeout", "3", "--ca-file", &ca], more].concat();
    sandbox.mailsetup(words).run()
}

fn has_every_key(document: &Value) {
    for key in ["host", "addresses", "doors", "best", "diagnosis"] {
        assert!(document.get(key).is_some(), "{key} in {document}");
    }
    for door in document["doors"].as_array().unwrap() {
        for key in [
            "port",
            "security",
            "state",
            "greeting",
            "tls",
            "auth_before_tls",
            "auth",
            "size",
            "pipelining",
            "eight_bit_mime",
            "smtputf8",
            "chunking",
            "stage",
            "reply",
            "ms",
        ] {
            assert!(door.get(key).is_some(), "{key} in {door}");
        }
    }
}

/// What a person sees fits eighty columns, but for links, and holds nothing that a terminal obeys.
fn is_readable(out: &Output) {
    for line in out.stdout.lines() {
        assert!(line.chars().count() <= 80 || line.contains("https://") || line.contains("--ca-file"), "{line}");
        assert!(!line.contains(char::is_control), "{line:?}");
    }
}

#[test]
fn one_document_says_all_of_it() {
    let crowd = here();
    let document = probe(&crowd, &["--json"]).code(0).json();
    has_every_key(&document);
    let door = &document["doors"][0];
    assert_eq!((&document["host"], &document["addresses"]), (&json!("127.0.0.1"), &json!(["127.0.0.1"])));
    assert_eq!(
        (&door["state"], &door["security"], &door["greeting"]),
        (&json!("open"), &json!("tls"), &json!("mail.test ESMTP ready"))
    );
    assert_eq!((&door["auth_before_tls"], &door["auth"]), (&Value::Null, &json!(["PLAIN", "LOGIN"])));
    assert_eq!((&door["size"], &door["chunking"]), (&json!(52_428_800), &json!(true)));
    let tls = &door["tls"];
    assert_eq!(
        (&tls["versions"], &tls["version"], &tls["trusted"], &tls["fault"]),
        (&json!(["1.2", "1.3"]), &json!("1.3"), &json!(true), &Value::Null)
    );
    assert_eq!(tls["certificate"]["names"], json!(["127.0.0.1"]));
    assert!(tls["certificate"]["days_left"].is_i64() && document["diagnosis"].is_null());
    assert_eq!((&document["best"]["port"], &document["best"]["security"]), (&json!(crowd.address.port()), &json!("tls")));
    assert!(document["best"]["why"].as_str().unwrap().ends_with("its certificate is good."));
}

#[test]
fn a_person_reads_what_is_best_and_what_to_type_next() {
    let crowd = here();
    let port = crowd.address.port();
    let out = probe(&crowd, &[]).code(0);
    is_readable(&out);
    assert!(out.stdout.contains(&format!("Port {port}, implicit TLS: open\n")), "{}", out.stdout);
    assert!(out.stdout.contains("Good for 127.0.0.1") && out.stdout.contains("PLAIN LOGIN"), "{}", out.stdout);
    assert!(out.stdout.contains(&format!("  mailsetup --host 127.0.0.1 --port {port} --security tls")), "{}", out.stdout);
    let french = probe(&crowd, &["--lang", "fr"]).code(0);
    is_readable(&french);
    assert!(french.stdout.contains(&format!("Le mieux\u{a0}: port {port}, TLS implicite")), "{}", french.stdout);
}

#[test]
fn the_exit_status_says_what_is_wrong() {
    let stripped = plain(vec![says(GREETING), hears("EHLO "), says("250 mail.test\r\n"), hears("QUIT")]);
    assert_eq!(probe(&stripped, &["--json"]).code(0).json()["best"]["security"], "none", "it is on this machine");
    // Its certificate is for another name.
    let out = probe(&implicit(Kind::Good, None), &["--json"]).code(76).json();
    has_every_key(&out);
    assert_eq!(
        (&out["doors"][0]["tls"]["fault"], &out["doors"][0]["tls"]["trusted"]),
        (&json!("cert_wrong_name"), &json!(false))
    );
    assert_eq!(out["diagnosis"]["cause"], "cert_wrong_host");
    is_readable(&probe(&implicit(Kind::Expired, None), &[]).code(76));
    let turned_away = probe(&plain(vec![says("554 5.7.1 not you\r\n"), Step::Silence]), &["--json"]).code(69).json();
    assert_eq!(
        (&turned_away["doors"][0]["state"], &turned_away["doors"][0]["reply"]),
        (&json!("failed"), &json!("554 5.7.1 not you"))
    );
    let sandbox = Sandbox::new();
    // Nobody has this address: each of its ports is closed at once.
    let closed = sandbox.mailsetup(["probe", "127.99.0.1", "--json"]).run().code(69).json();
    has_every_key(&closed);
    let ports: Vec<_> =
        closed["doors"].as_array().unwrap().iter().map(|door| (door["port"].clone(), door["state"].clone())).collect();
    assert_eq!(json!(ports), json!([[465, "refused"], [587, "refused"], [25, "refused"], [2525, "refused"]]));
    is_readable(&sandbox.mailsetup(["probe", "127.99.0.1"]).run().code(69));
}

#[test]
fn what_a_server_says_cannot_move_the_cursor() {
    let crowd = plain(vec![
        says("220 \u{1b}[2J\u{1b}]0;owned\u{7}\u{202e}mail\r\n"),
        hears("EHLO "),
        says("250-x\r\n250 AUTH \u{1b}[31m\r\n"),
        hears("QUIT"),
    ]);
    for more in [&[][..], &["--json"]] {
        let out = probe(&crowd, more).code(0);
        assert!(!out.stdout.replace('\n', "").contains(char::is_control), "{:?}", out.stdout);
        assert!(out.stdout.contains("u{1b}[2J") && !out.stdout.contains('\u{202e}'), "{}", out.stdout);
    }
    let crowd = starttls(Kind::Good, None, &format!("250-\u{1b}[2J\r\n{}", BEFORE.replacen("250-", "250-x", 1)));
    is_readable(&probe(&crowd, &[]).code(76));
}

#[test]
fn when_nobody_answers_what_does_answer_is_said() {
    let sandbox = Sandbox::new();
    let (swallowing, open) = (TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
    let [silent, answering] = [&swallowing, &open].map(|listener| listener.local_addr().unwrap().port());
    let _plug = Plug::new(swallowing);
    let known = format!("checked = '2026-11'\nports = [{answering}]\nhosts = []\n");
    sandbox.write("home/.config/mailsetup/egress.toml", known);
    let server = format!("127.0.0.1:{silent}");
    let begin = Instant::now();
    let document = sandbox.mailsetup(["probe", &server, "--timeout", "1", "--json"]).run().code(69).json();
    assert!(begin.elapsed() < Duration::from_secs(6), "{:?}", begin.elapsed());
    has_every_key(&document);
    assert_eq!((&document["doors"][0]["state"], &document["doors"][0]["stage"]), (&json!("silent"), &json!("connect")));
    let diagnosis = &document["diagnosis"];
    assert_eq!(diagnosis["cause"], "port_blocked", "{diagnosis}");
    assert!(diagnosis["title"].as_str().unwrap().ends_with(&format!("port {answering} is open")), "{diagnosis}");
    let reached = document["egress"].as_array().unwrap();
    assert!(reached.iter().any(|attempt| attempt["port"] == answering && attempt["reach"] == "open"), "{reached:?}");
    is_readable(&sandbox.mailsetup(["probe", &server, "--timeout", "1"]).run().code(69));
}

#[test]
fn hosts_that_cannot_be_are_refused_with_what_mends_them() {
    let sandbox = Sandbox::new();
    let refused = |host: &str| sandbox.mailsetup(["probe", host]).run().code(64).stderr;
    assert!(refused("smtps://mail.test:465").contains("mail.test"));
    let address = refused("ops@mail.test");
    assert!(address.contains("e-mail address") && address.contains("mailsetup detect"), "{address}");
    for port in ["mail.test:0", "mail.test:70000", "mail.test:smtp", "[::1]:x"] {
        assert!(refused(port).contains("1 to 65535"), "{port}");
    }
    assert!(refused("mail_test\u{1b}[2J").contains("\\u{1b}"));
    sandbox.mailsetup(["probe"]).run().code(64);
    let unreadable = sandbox.mailsetup(["probe", "localhost:9", "--ca-file", "none.pem"]).run().code(66);
    assert!(unreadable.stderr.contains("none.pem"), "{}", unreadable.stderr);
}
