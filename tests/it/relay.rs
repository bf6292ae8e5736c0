//! End to end with real servers and real consumers: Postfix with Dovecot takes the mail, msmtp and a second Postfix send it.

use std::fs;

use serde_json::{Value, json};

use super::support::{
    bed::{ALICE, BOB, Bed, PASSWORD, Relay, message, send_by_msmtp, unique},
    sandbox::{Output, Run, Sandbox},
};

/// The words of a set-up for Alice.
fn words(bed: &Bed, security: &str, more: &[&str]) -> Vec<String> {
    let port = if security == "tls" { bed.tls_port } else { bed.starttls_port };
    let (port, ca) = (port.to_string(), bed.ca_pem_path.display().to_string());
    let words = [ALICE, "--provider", "custom", "--host", "localhost", "--port", &port, "--security", security];
    let login = ["--ca-file", &ca, "--username", ALICE, "--yes", "--json"];
    [&words[..], &login, more].concat().into_iter().map(str::to_owned).collect()
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new().env("MAILSETUP_EHLO", "web1.example.com");
    sandbox.write("home/pw", format!("{PASSWORD}\n"));
    sandbox
}

/// A set-up with this password in a file, and a name in From by which its messages are found again.
fn set_up(sandbox: &Sandbox, security: &str, name: &str, more: &[&str]) -> Run {
    let words = words(Bed::start(), security, more);
    sandbox.mailsetup(words).env("MAILSETUP_NAME", name).env("MAILSETUP_PASSWORD_FILE", "pw")
}

#[track_caller]
fn fails(out: Output, exit: i32, cause: &str) -> Value {
    let out = out.code(exit);
    let document = out.json();
    assert_eq!((&document["ok"], &document["diagnosis"]["cause"]), (&json!(false), &json!(cause)), "{document}");
    assert!(out.stderr.contains(document["diagnosis"]["title"].as_str().unwrap()), "{}", out.stderr);
    assert!(out.stderr.contains("mailsetup alice@") && out.stderr.contains("Nothing was written."), "{}", out.stderr);
    assert!(!out.stdout.contains(PASSWORD) && !out.stderr.contains(PASSWORD));
    document
}

#[test]
#[ignore = "needs Postfix and Dovecot, see tests/run"]
fn messages_arrive_and_msmtp_sends_by_what_was_written() {
    let bed = Bed::start();
    for (security, trips) in [("tls", 7), ("starttls", 9)] {
        let (sandbox, name) = (sandbox(), unique("Set up"));
        let more = ["--target", "msmtp", "--target", "dotenv=app.env"];
        let document = set_up(&sandbox, security, &name, &more).run().code(0).json();
        assert_eq!((&document["ok"], &document["smtp"]["auth"]), (&json!(true), &json!("plain")), "{document}");
        assert!(document["round_trips"].as_u64().unwrap() <= trips, "{document}");
        assert!(document["proofs"].as_array().unwrap().iter().all(|proof| proof["sent"] == true), "{document}");

        let rc = sandbox.path("home/.msmtprc");
        let of_ours = || bed.inbox().messages().into_iter().filter(|text| text.contains(&name)).collect::<Vec<_>>();
        super::support::wait::until(|| (of_ours().len() == 3).then_some(())).unwrap();
        assert!(of_ours().iter().any(|text| text.contains(rc.to_str().unwrap())), "{:?}", of_ours());

        assert!(fs::read_to_string(&rc).unwrap().contains("passwordeval"), "msmtp fetches the secret");
        let subject = unique("msmtp");
        send_by_msmtp(&sandbox, &rc, BOB, &message(ALICE, BOB, &subject)).code(0);
        assert!(bed.mailbox("bob").wait_for(&subject).contains(&format!("Return-Path: <{ALICE}>")));
        let again = set_up(&sandbox, security, &name, &more).run().code(0).json();
        assert_eq!(again["changed"], false, "{again}");
        let show = ". ./app.env; printf %s \"$SMTP_PASSWORD\"";
        assert_eq!(sandbox.program("sh", ["-c", show]).run().stdout, PASSWORD);
    }
}

#[test]
#[ignore = "needs Postfix and Dovecot, see tests/run"]
fn postfix_relays_by_what_was_written() {
    let bed = Bed::start();
    for security in ["tls", "starttls"] {
        let sandbox = sandbox();
        let root = sandbox.path("machine");
        Relay::fresh_machine(&root);
        let before = sandbox.read("machine/etc/postfix/main.cf");
        let place = ["--root", root.to_str().unwrap(), "--scope", "system"];
        let more = [&place[..], &["--target", "postfix"]].concat();
        let document = set_up(&sandbox, security, "Postfix", &more).run().code(0).json();
        let notes = document["notes"].as_array().unwrap();
        assert!(notes.iter().any(|note| note.as_str().unwrap().contains("postfix reload")), "{document}");
        let relay = Relay::start(&root);
        let subject = unique("relayed");
        relay.send(ALICE, BOB, &message(ALICE, BOB, &subject));
        bed.mailbox("bob").wait_for(&subject);
        drop(relay);
        sandbox.mailsetup(["remove", "default"].iter().chain(&place)).run().code(0);
        assert_eq!(sandbox.read("machine/etc/postfix/main.cf"), before);
        assert!(!root.join("etc/postfix/sasl_passwd").exists());
    }
}

#[test]
#[ignore = "needs Postfix and Dovecot, see tests/run"]
fn the_password_comes_from_everywhere() {
    let bed = Bed::start();
    for more in [
        &["--password-stdin"][..],
        &["--password-fd", "0"],
        &["--password-env", "RELAY_PASSWORD"],
        &["--password-command", "cat ~/pw"],
    ] {
        let sandbox = sandbox().env("RELAY_PASSWORD", PASSWORD);
        let words = words(bed, "tls", &[more, &["--target", "msmtp"]].concat());
        let out = sandbox.mailsetup(words).stdin(format!("{PASSWORD}\r\n")).run().code(0);
        assert!(!out.stdout.contains("ord#1") && !out.stderr.contains("ord#1"), "{}", out.stderr);
        let subject = unique("password");
        send_by_msmtp(&sandbox, &sandbox.path("home/.msmtprc"), ALICE, &message(ALICE, ALICE, &subject)).code(0);
        bed.inbox().wait_for(&subject);
        sandbox.mailsetup(["check"]).run().code(0);
    }
}

#[test]
#[ignore = "needs Postfix and Dovecot, see tests/run"]
fn what_real_servers_refuse_is_diagnosed() {
    let bed = Bed::start();
    let sandbox = sandbox();
    sandbox.write("home/wrong", "wrong\n");
    let run = |security: &str, more: &[&str]| set_up(&sandbox, security, "Refused", more).run();
    fails(run("tls", &["--password-file", "wrong"]), 77, "bad_credentials");
    fails(run("starttls", &["--auth", "none", "--test-to", "x@elsewhere.test"]), 77, "relay_denied");
    fails(run("tls", &["--test-to", "nobody@example.test"]), 1, "recipient_unknown");
    let mut other = words(bed, "tls", &["--password-file", "pw"]);
    BOB.clone_into(&mut other[0]);
    let document = fails(sandbox.mailsetup(&other).run(), 77, "sender_not_allowed");
    assert_eq!(document["diagnosis"]["change"], json!({"address": ALICE}));
    // The ports the other way round.
    let swap = |security: &str, port: u16| {
        let mut words = words(bed, security, &["--password-file", "pw", "--timeout", "1"]);
        words[6] = port.to_string();
        sandbox.mailsetup(words).run()
    };
    fails(swap("tls", bed.starttls_port), 76, "wrong_tls_mode");
    fails(swap("starttls", bed.tls_port), 69, "wrong_tls_mode");
    let words = words(bed, "tls", &["--password-file", "pw"]);
    let untrusted = words.iter().filter(|word| *word != "--ca-file" && !word.ends_with("ca.pem"));
    fails(sandbox.mailsetup(untrusted).run(), 76, "cert_unknown_issuer");
    assert!(!sandbox.path("home/.config/mailsetup").exists());
}

/// A login by this mechanism, tested up to the login.
fn log_in(auth: &str, username: &str, secret: &str) -> Output {
    let (bed, sandbox) = (Bed::start(), sandbox());
    sandbox.write("home/secret", format!("{secret}\n"));
    let (port, ca) = (bed.tls_port.to_string(), bed.ca_pem_path.display().to_string());
    let words = [username, "--provider", "custom", "--host", "localhost", "--port", &port, "--security", "tls"];
    let more = ["--ca-file", &ca, "--username", username, "--auth", auth, "--test", "login", "--dry-run", "--yes", "--json"];
    sandbox.mailsetup([&words[..], &more].concat()).env("MAILSETUP_PASSWORD_FILE", "secret").run()
}

#[test]
#[ignore = "needs Postfix and Dovecot, see tests/run"]
fn tokens_and_passwords_of_any_length_log_in() {
    let bed = Bed::start();
    for auth in ["xoauth2", "oauthbearer"] {
        for longer in [0, 300, 2000, 5000, 7700] {
            let token = bed.long_token(ALICE, longer);
            log_in(auth, ALICE, &token).code(0);
            fails(log_in(auth, ALICE, &token[1..]), 77, "oauth_token_invalid");
        }
    }
    let password = "long ".repeat(200).trim().to_owned();
    bed.add_user("long@example.test", &password);
    for auth in ["plain", "login"] {
        log_in(auth, "long@example.test", &password).code(0);
    }
}

#[test]
#[ignore = "needs Postfix and Dovecot, see tests/run"]
fn scram_logs_in_and_a_wrong_password_does_not() {
    for auth in ["scram-sha-1", "scram-sha-256"] {
        log_in(auth, ALICE, PASSWORD).code(0);
        log_in(auth, ALICE, "another").code(77);
    }
}
