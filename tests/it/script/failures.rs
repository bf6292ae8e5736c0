//! What a script is told when the ladder fails: exit status, diagnosis, what to run next; and nothing is written.

use std::net::TcpListener;

use mailsetup::demo::DemoFault;
use serde_json::json;

use super::{
    super::support::{
        fixture::Fixture,
        sandbox::{Output, Sandbox},
        server::Server,
    },
    House, keeps_quiet, obeys_the_contract,
};

/// Fails unless the run says this cause, exits so, tells what to run next, and wrote nothing.
#[track_caller]
fn fails(house: &House, out: Output, exit: i32, cause: &str, stage: &str) -> Output {
    let out = out.code(exit);
    let document = out.json();
    obeys_the_contract(&document);
    let diagnosis = &document["diagnosis"];
    assert_eq!((&document["ok"], &diagnosis["cause"]), (&json!(false), &json!(cause)), "{document}");
    let failed = document["stages"].as_array().unwrap().iter().find(|stage| stage["state"] == "failed");
    assert_eq!(failed.unwrap()["stage"], stage, "{document}");
    assert!(document["files"].as_array().unwrap().is_empty());
    assert!(out.stderr.contains(diagnosis["title"].as_str().unwrap()), "{}", out.stderr);
    for step in diagnosis["steps"].as_array().unwrap() {
        assert!(out.stderr.contains(step.as_str().unwrap()), "{}", out.stderr);
    }
    let next = if diagnosis["change"].is_null() { "Then run again:\n  mailsetup " } else { "Run next:\n  mailsetup " };
    assert!(out.stderr.contains(next) && out.stderr.contains("Nothing was written."), "{}", out.stderr);
    assert!(house.written().is_empty());
    keeps_quiet(&out, house.demo.password());
    out
}

#[test]
fn what_the_demo_can_break() {
    let house = House::new();
    for (fault, exit, cause, stage) in [
        (DemoFault::WrongPassword, 77, "bad_credentials", "auth"),
        (DemoFault::ExpiredCertificate, 76, "cert_expired", "tls"),
        (DemoFault::SelfSigned, 76, "cert_self_signed", "tls"),
        (DemoFault::WrongName, 76, "cert_wrong_host", "tls"),
        (DemoFault::LoginNotOffered, 77, "auth_not_offered", "auth"),
        (DemoFault::SenderRefused, 77, "sender_not_allowed", "mail"),
        (DemoFault::Busy, 75, "server_busy", "greeting"),
    ] {
        house.demo.set_fault(fault);
        fails(&house, house.write(&["--target", "msmtp"]), exit, cause, stage);
    }
    house.demo.set_fault(DemoFault::BlockedPort);
    fails(&house, house.write(&["--timeout", "0.3"]), 69, "port_blocked", "connect");
}

#[test]
fn a_host_or_port_that_is_not_there() {
    let house = House::new();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    fails(&house, house.write(&["--port", &port]), 69, "connection_refused", "connect");
    let words = ["a@b.test", "--host", "mail.invalid", "--password-file", "pw", "--yes", "--json"];
    fails(&house, house.run(&words), 68, "dns_failure", "dns");
}

#[test]
fn the_wrong_mode_for_the_port_names_the_right_one() {
    let house = House::new();
    let starttls = house.demo.starttls_port().to_string();
    let out = house.write(&["--port", &starttls, "--security", "tls"]);
    let out = fails(&house, out, 76, "wrong_tls_mode", "tls");
    assert_eq!(out.json()["diagnosis"]["change"], json!({"security": "starttls"}));
    let out = house.write(&["--security", "starttls", "--timeout", "0.3"]);
    let out = fails(&house, out, 69, "wrong_tls_mode", "greeting");
    assert_eq!(out.json()["diagnosis"]["change"], json!({"security": "tls"}));
    // The command to run next is one that works.
    let next = out.stderr.split("Run next:\n").nth(1).unwrap().split("Nothing was written").next().unwrap().to_owned();
    let out = house.sandbox.program("sh", ["-c", &next]).run().code(0);
    assert!(out.stderr.contains("Done. This machine can send mail."), "{}", out.stderr);
}

/// A server that says this to one client, in plain text.
fn server(script: &str) -> Server {
    let text = format!("about = ''\nmode = 'plain'\nscript = [{script}]\n[expect]\n");
    Server::start(&toml::from_str::<Fixture>(&text).unwrap())
}

const HELLO: &str = r#"{ send = "220 mail.test ESMTP\r\n" }, { expect = "EHLO" }, { send = "250 mail.test\r\n" },"#;
const ENVELOPE: &str = r#"{ expect = "MAIL" }, { send = "250 2.1.0 ok\r\n" }, { expect = "RCPT" },"#;

/// Sets up through a server that knows neither TLS nor a login.
fn through(house: &House, server: &Server, more: &[&str]) -> Output {
    let port = server.address.port().to_string();
    let words =
        ["a@b.test", "--host", "127.0.0.1", "--port", &port, "--security", "none", "--auth", "none", "--yes", "--json"];
    house.run(&[&words, more].concat())
}

#[test]
fn what_servers_say_decides_the_exit_status() {
    for (reply, exit, cause) in [
        ("554 5.7.1 <a@b.test>: Relay access denied", 77, "relay_denied"),
        ("451 4.7.1 Greylisting in action, please come back later", 75, "greylisted"),
        ("452 4.3.1 Insufficient system storage", 75, "server_fault"),
        ("550 5.1.1 <a@b.test>: Recipient address rejected: User unknown", 1, "recipient_unknown"),
    ] {
        let house = House::new();
        let server = server(&format!("{HELLO}{ENVELOPE}{{ send = \"{reply}\\r\\n\" }}"));
        let out = through(&house, &server, &[]);
        fails(&house, out, exit, cause, "rcpt");
        server.finish();
    }
}

#[test]
fn what_a_server_says_cannot_touch_the_terminal() {
    let house = House::new();
    let server = server(r#"{ send = "554 5.7.1 \u001b]0;owned\u0007\u009b2J no\r\n" }"#);
    let out = through(&house, &server, &[]);
    assert!(out.stderr.contains("554 5.7.1") && out.stderr.contains("owned"), "{}", out.stderr);
    assert!(!out.stderr.contains(['\u{1b}', '\u{7}', '\u{9b}']), "{:?}", out.stderr);
    server.finish();
}

#[test]
fn a_message_refused_from_what_was_written_is_a_failure() {
    let house = House::new();
    // It plays once: the message from what was written finds nobody.
    let server = server(&format!(
        "{HELLO}{ENVELOPE}{{ send = \"250 2.1.5 ok\\r\\n\" }}, {{ expect = \"DATA\" }},\
        {{ send = \"354 go\\r\\n\" }}, \"body\", {{ send = \"250 2.0.0 ok\\r\\n\" }}, \"close\""
    ));
    let out = through(&house, &server, &["--target", "msmtp"]).code(69);
    let document = out.json();
    assert_eq!((&document["ok"], &document["changed"]), (&json!(false), &json!(true)), "{document}");
    assert_eq!(document["proofs"][0]["sent"], false);
    assert!(out.stderr.contains("Written, but a message could not be sent with it."), "{}", out.stderr);
    server.finish();
}

#[test]
fn force_writes_in_spite_of_the_test_and_says_so() {
    let house = House::new();
    house.sandbox.write("home/wrong", "not the password\n");
    let out = house.set_up(&["--password-file", "wrong", "--target", "msmtp", "--force", "--yes", "--json"]).run().code(0);
    let document = out.json();
    obeys_the_contract(&document);
    assert_eq!((&document["changed"], document["diagnosis"].is_object()), (&json!(true), true), "{document}");
    assert!(out.stderr.contains("no test message went out") && !out.stderr.contains("can send mail"), "{}", out.stderr);
    assert!(!out.stderr.contains("Nothing was written"), "{}", out.stderr);
    assert!(document["equivalent"].as_str().unwrap().contains("--force"));
    assert_eq!(house.run(&["list", "--json"]).json()["check"]["result"], document["diagnosis"]["cause"]);
    // The right password later is a change of the secret alone: of neither whom it is for nor what msmtp reads.
    let document = house.write(&["--target", "msmtp"]).code(0).json();
    let actions: Vec<_> =
        document["files"].as_array().unwrap().iter().map(|file| file["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["unchanged", "changed", "unchanged", "unchanged"]);
}

#[test]
fn a_ca_file_that_is_none_is_named_before_the_test() {
    let house = House::new();
    house.sandbox.write("home/bad.pem", "nothing\n");
    let port = house.demo.tls_port().to_string();
    for (file, exit) in [("nowhere.pem", 66), ("bad.pem", 78), (".", 66)] {
        let words =
            ["a@b.test", "--host", "localhost", "--port", &port, "--ca-file", file, "--password-file", "pw", "--yes"];
        let out = house.run(&[&words[..], &["--json"]].concat()).code(exit);
        assert!(
            out.json()["error"]["message"].as_str().unwrap().starts_with(&format!("--ca-file: {file} ")),
            "{}",
            out.stdout
        );
        assert!(out.stderr.contains("BEGIN CERTIFICATE"), "{}", out.stderr);
    }
    // One that goes away later is not taken for a fault of the server.
    house.write(&["--test", "login"]).code(0);
    std::fs::remove_file(house.sandbox.path("home/ca.pem")).unwrap();
    let out = house.run(&["check", "--json"]).code(66);
    let diagnosis = out.json()["diagnosis"].clone();
    assert_eq!(diagnosis["title"], "A file on this machine cannot be used");
    assert!(diagnosis["meaning"].as_str().unwrap().contains("ca.pem"), "{diagnosis}");
}

#[test]
fn what_cannot_be_written_is_said_before_the_test() {
    let house = House::new();
    let file = house.sandbox.write("home/file", "");
    let target = format!("dotenv={}/app/.env", file.display());
    let out = house.write(&["--target", &target]).code(73);
    assert!(out.stderr.contains("a file stands where a folder is needed"), "{}", out.stderr);
    let postfix = house.write(&["--target", "postfix"]).code(64);
    assert!(postfix.stderr.contains("--scope system"), "{}", postfix.stderr);
    let sandbox = Sandbox::new();
    let config = sandbox.write("config", "");
    let out = house.set_up(&["--password-file", "pw", "--yes", "--json"]).env("XDG_CONFIG_HOME", &config).run().code(73);
    assert!(out.stderr.contains(config.to_str().unwrap()), "{}", out.stderr);
    assert!(house.demo.arrived().is_empty());
}

#[test]
fn a_profile_of_a_newer_schema_is_refused_untouched() {
    let house = House::new();
    let newer = "schema = 9\nenabled = true\n[quantum]\nrelay = 1\n";
    let path = house.sandbox.write("home/.config/mailsetup/profiles/default.toml", newer);
    let out = house.write(&["--target", "msmtp"]).code(78);
    assert!(out.stderr.contains("newer mailsetup") && out.stderr.contains("default.toml"), "{}", out.stderr);
    for words in [&["check"][..], &["show"], &["edit", "--yes"], &["remove", "default"], &["export", "msmtp"], &["secret"]] {
        let out = house.run(words).code(78);
        assert!(out.stderr.contains("newer mailsetup"), "{}", out.stderr);
    }
    assert_eq!(house.run(&["list"]).code(78).stdout, "");
    assert!(house.demo.arrived().is_empty());
    assert_eq!(house.written().into_iter().collect::<Vec<_>>(), [(path, newer.to_owned())]);
}

#[test]
fn a_resolver_that_does_not_answer_is_temporary_everywhere() {
    let house = House::new();
    let dead = ["--nameserver", "127.0.0.1:1", "--timeout", "2"];
    house.run(&[&["probe", "mail.example.test"][..], &dead].concat()).code(75);
    let words = ["a@b.test", "--password-file", "pw", "--yes", "--json"];
    house.run(&[&words[..], &["--host", "mail.example.test"], &dead].concat()).code(75);
    let search = house.sandbox.mailsetup([&words[..], &dead].concat()).env_remove("MAILSETUP_OFFLINE").run();
    assert!(search.code(75).stderr.contains("DNS does not answer"));
}
