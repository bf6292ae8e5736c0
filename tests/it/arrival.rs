//! Accepted is not arrived: messages are followed to real mailboxes, of Dovecot behind Postfix, with a sieve.

use serde_json::{Value, json};

use super::support::{
    bed::{Bed, CAROL, CAROL_PASSWORD, say_left_out},
    sandbox::{Output, Sandbox},
};

/// Carol's set-up, which looks for its message.
fn set_up(sandbox: &Sandbox, more: &[&str]) -> Output {
    let bed = Bed::start();
    let (port, imaps, ca) = (bed.tls_port.to_string(), bed.imaps_port.to_string(), bed.ca_pem_path.display().to_string());
    let words =
        [CAROL, "--provider", "custom", "--host", "localhost", "--port", &port, "--security", "tls", "--ca-file", &ca];
    let imap = ["--imap-host", "localhost", "--imap-port", &imaps, "--imap-security", "tls", "--imap-username", CAROL];
    let rest = ["--username", CAROL, "--password-file", "pw", "--target", "dotenv=app.env", "--yes", "--json"];
    sandbox.mailsetup([&words[..], &imap, &rest, more].concat()).run()
}

/// Whether the bed has no IMAP, which is said.
fn is_without_imap() -> bool {
    let is_without = Bed::start().imaps_port == 0;
    if is_without {
        say_left_out("IMAP with Dovecot 2.4");
    }
    is_without
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new().env("MAILSETUP_EHLO", "web1.example.com");
    sandbox.write("home/pw", CAROL_PASSWORD);
    sandbox
}

/// The stage of arrival, the last one.
#[track_caller]
fn arrival(document: &Value) -> &Value {
    let stage = document["stages"].as_array().unwrap().last().unwrap();
    assert_eq!(stage["stage"], "arrival", "{document}");
    stage
}

/// The messages with this word, in the folder.
fn in_folder(folder: &str, word: &str) -> Vec<String> {
    Bed::start().mailbox(folder).messages().into_iter().filter(|text| text.contains(word)).collect()
}

/// What a message in the inbox is found by.
fn token(out: &Output) -> String {
    let mark = "X-Mailsetup-Test: ";
    let all = in_folder("carol", mark);
    let of = |text: &String| text.split(mark).nth(1)?.split_whitespace().next().map(str::to_owned);
    let tokens: Vec<String> = all.iter().filter_map(of).collect();
    assert!(!tokens.is_empty() && !out.stdout.contains(CAROL_PASSWORD), "{}", out.stdout);
    tokens.last().unwrap().clone()
}

#[test]
#[ignore = "needs Postfix and Dovecot, see tests/run"]
fn a_message_is_followed_to_the_mailbox_and_left_as_it_is() {
    if is_without_imap() {
        return;
    }
    let sandbox = sandbox();
    let out = set_up(&sandbox, &["--arrival"]).code(0);
    let document = out.json();
    let stage = arrival(&document);
    assert_eq!((&stage["state"], &stage["folder"], &stage["mailbox"]), (&json!("passed"), &json!("inbox"), &json!("INBOX")));
    assert_eq!(document["ok"], true, "{document}");
    assert!(document["notes"].to_string().contains("oneself"), "{document}");
    assert!(document["equivalent"].as_str().unwrap().contains("--arrival"), "{document}");
    // Seen by nobody: no flag is behind a name.
    let names = Bed::start().mailbox("carol").names();
    assert!(!names.is_empty() && names.iter().all(|name| !name.contains(":2,") || name.ends_with(":2,")), "{names:?}");

    let out = sandbox.mailsetup(["check", "--arrival", "--json"]).run().code(0);
    let document = out.json();
    assert_eq!((&document["ok"], &arrival(&document)["folder"]), (&json!(true), &json!("inbox")), "{document}");
    let said = sandbox.mailsetup(["check", "--arrival"]).run().code(0).stderr;
    assert!(said.contains("Arrival: in the inbox after "), "{said}");
}

#[test]
#[ignore = "needs Postfix and Dovecot, see tests/run"]
fn spam_is_told_from_the_inbox_by_a_sieve_and_ends_with_1() {
    if is_without_imap() {
        return;
    }
    let sandbox = sandbox();
    let more = ["--arrival", "--arrival-to", "carol+junk@example.test", "--imap-password-file", "pw"];
    let document = set_up(&sandbox, &more).code(1).json();
    let stage = arrival(&document);
    assert_eq!((&stage["state"], &stage["folder"], &stage["mailbox"]), (&json!("warned"), &json!("junk"), &json!("Junk")));
    assert_eq!((&document["ok"], &document["arrival"]["cause"]), (&json!(false), &json!("landed_in_spam")), "{document}");
    // The settings are right all the same.
    assert!(sandbox.read("home/app.env").contains("SMTP_HOST"));
    let to = ["check", "--arrival", "--arrival-to", "carol+junk@example.test", "--imap-password-file", "pw"];
    let said = sandbox.mailsetup(to).run().code(1).stderr;
    assert!(said.contains("Arrival: among spam (Junk)") && said.contains("but among spam"), "{said}");
}

#[test]
#[ignore = "needs Postfix and Dovecot, see tests/run"]
fn only_the_message_of_the_run_is_taken_away() {
    if is_without_imap() {
        return;
    }
    let sandbox = sandbox();
    let kept = token(&set_up(&sandbox, &["--arrival"]).code(0));
    let document = set_up(&sandbox, &["--arrival", "--arrival-delete", "--test-to", CAROL]).code(0).json();
    assert_eq!(arrival(&document)["deleted"], true, "{document}");
    assert_eq!(in_folder("carol", &kept).len(), 1);
}

#[test]
#[ignore = "needs Postfix and Dovecot, see tests/run"]
fn without_a_mailbox_or_its_password_nothing_is_sent() {
    if is_without_imap() {
        return;
    }
    let sandbox = sandbox();
    let bed = Bed::start();
    let port = bed.tls_port.to_string();
    let words = [CAROL, "--provider", "custom", "--host", "localhost", "--port", &port, "--security", "tls"];
    let rest = ["--username", CAROL, "--password-file", "pw", "--target", "dotenv=app.env", "--yes", "--arrival"];
    let out = sandbox.mailsetup([&words[..], &rest].concat()).run().code(64);
    assert!(out.stderr.contains("--imap-host"), "{}", out.stderr);
    // The password for sending is not for another organization's server.
    let elsewhere = ["--imap-host", "imap.elsewhere.example"];
    let out = sandbox.mailsetup([&words[..], &rest, &elsewhere].concat()).run().code(64);
    assert!(out.stderr.contains("--imap-password-file"), "{}", out.stderr);
    let both = sandbox.mailsetup([&words[..], &rest, &["--no-arrival"]].concat()).run().code(64);
    assert!(both.stderr.contains("--no-arrival and --arrival contradict"), "{}", both.stderr);
}

#[test]
#[ignore = "needs Postfix and Dovecot, see tests/run"]
fn a_mailbox_that_does_not_let_us_in_is_named() {
    if is_without_imap() {
        return;
    }
    let sandbox = sandbox();
    sandbox.write("home/wrong", "not this one");
    let out = set_up(&sandbox, &["--arrival", "--imap-password-file", "wrong"]).code(77);
    let document = out.json();
    assert_eq!(document["arrival"]["cause"], "imap_login_refused", "{document}");
    assert!(!out.stdout.contains("not this one") && !out.stderr.contains("not this one"));
}
