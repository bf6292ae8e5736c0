//! Options that can do nothing with the others: refused where harm could come of it, else named; none is dropped in silence.

use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt as _};

use super::House;

/// What becomes of an option among others that leave it nothing to do.
enum End {
    /// Exit status 64, and nothing is written.
    Refused,
    /// It is named, and all is done.
    Noted,
}
use End::{Noted, Refused};

/// Options that always count: they describe the server, the sender and the run, or are a person's consent.
const ALWAYS: &str = "address import name reply-to provider host security port proxy ehlo imap auth test target scope profile yes \
    force allow-plaintext this-domain reuse-secret take-over unproven dry-run diff report plain demo answers nameserver lang color \
    json no-input quiet verbose timeout lock-timeout help version root through";

/// Each other option, with those that leave it nothing to do.
const IDLE: &[(&str, &str, End)] = &[
    ("root-mail", "--root-mail admin@example.test", Refused),
    ("root-mail", "--root-mail admin@example.test --target msmtp", Refused),
    ("sender-map", "--sender-map map", Refused),
    ("senders", "--senders one", Noted),
    ("run-as", "--run-as root", Refused),
    ("run-as-group", "--run-as-group mail", Refused),
    ("pass-entry", "--pass-entry mail/x", Refused),
    ("vault-lock", "--vault-lock machine", Refused),
    ("vault-lock", "--vault-lock machine --auth none", Refused),
    ("vault-key-file", "--vault-key-file key", Refused),
    ("vault-key-file", "--vault-key-file key --secret-store vault --vault-lock machine", Refused),
    ("vault-passphrase-file", "--vault-passphrase-file pw", Refused),
    ("vault-passphrase-file", "--vault-passphrase-file pw --secret-store vault --vault-lock key-file", Refused),
    ("vault-passphrase-fd", "--vault-passphrase-fd 0", Refused),
    ("vault-passphrase-env", "--vault-passphrase-env HOME", Refused),
    ("vault-passphrase-env", "--vault-passphrase-env HOME --vault-passphrase-file pw", Refused),
    ("image-program", "--image-program /usr/bin/mailsetup", Refused),
    ("ca-file", "--ca-file ca.pem --security none", Refused),
    ("pin-sha256", "--pin-sha256 0000000000000000000000000000000000000000000000000000000000000000 --security none", Refused),
    ("client-cert", "--client-cert key --security none", Refused),
    ("client-key", "--client-key key --security none", Refused),
    ("imap-host", "--imap-host imap.example.test --no-imap", Refused),
    ("no-imap", "--no-imap --imap-port 993", Refused),
    ("imap-port", "--imap-port 993", Noted),
    ("imap-security", "--imap-security tls", Noted),
    ("imap-username", "--imap-username me", Noted),
    ("no-arrival", "--no-arrival --arrival", Refused),
    ("arrival", "--arrival --no-arrival", Refused),
    ("arrival-to", "--arrival-to admin@example.test", Noted),
    ("arrival-delete", "--arrival-delete", Noted),
    ("imap-password-stdin", "--imap-password-stdin", Noted),
    ("imap-password-file", "--imap-password-file pw", Noted),
    ("imap-password-fd", "--imap-password-fd 0", Noted),
    ("imap-password-env", "--imap-password-env HOME", Noted),
    ("imap-password-command", "--imap-password-command 'cat pw'", Noted),
    ("oauth-grant", "--oauth-grant client --auth plain", Refused),
    ("oauth-client-id", "--oauth-client-id id", Noted),
    ("oauth-tenant", "--oauth-tenant example.test", Noted),
    ("oauth-scope", "--oauth-scope mail", Noted),
    ("oauth-token-url", "--oauth-token-url https://localhost/token", Noted),
    ("oauth-auth-url", "--oauth-auth-url https://localhost/auth", Noted),
    ("oauth-device-url", "--oauth-device-url https://localhost/device", Noted),
    ("oauth-ca-file", "--oauth-ca-file ca.pem", Noted),
    ("oauth-certificate", "--oauth-certificate key", Noted),
    ("offline", "--offline --database", Refused),
    ("database", "--database --offline", Refused),
    ("test-to", "--test-to admin@example.test", Noted),
    ("username", "--username me --auth none", Noted),
    ("secret-store", "--secret-store vault --auth none", Noted),
    ("secret-command-path", "--secret-command-path /usr/bin/mailsetup --auth none", Noted),
    ("secret-command-path", "--secret-command-path /usr/bin/env", Noted),
    ("password-stdin", "--password-stdin --auth none", Noted),
    ("password-file", "--password-file pw --auth none", Noted),
    ("password-fd", "--password-fd 0 --auth none", Noted),
    ("password-env", "--password-env HOME --auth none", Noted),
    ("password-command", "--password-command 'cat pw' --auth none", Noted),
];

/// A set-up for an application, with these options and what else it needs.
fn run(house: &House, typed: &str) -> super::Output {
    let typed = shlex::split(typed).unwrap();
    let is_typed = |flag: &str| typed.iter().any(|word| word.starts_with(flag));
    let mut words = vec!["ops@example.test", "--host", "localhost", "--test", "none", "--yes", "--json"];
    if !typed.iter().any(|word| word == "--target") {
        words.extend(["--target", "dotenv"]);
    }
    if !is_typed("--password") && !is_typed("--auth") {
        words.extend(["--password-file", "pw"]);
    }
    let run = house.sandbox.mailsetup(words.iter().copied().chain(typed.iter().map(String::as_str)));
    run.env_remove("MAILSETUP_OFFLINE").stdin("secret\n").run()
}

#[test]
fn no_option_is_dropped_in_silence() {
    for (name, typed, end) in IDLE {
        let house = House::new();
        house.sandbox.write("home/map", "a@example.test b@example.test\n");
        let key = house.sandbox.write("home/key", "x".repeat(64));
        fs::set_permissions(key, fs::Permissions::from_mode(0o600)).unwrap();
        let before = house.written();
        let out = run(&house, typed);
        let flag = format!("--{name}");
        match end {
            Refused => {
                let error = out.code(64).json()["error"]["message"].to_string();
                assert!(error.contains(&flag), "{typed}: {error}");
                assert_eq!(house.written(), before, "{typed}");
            }
            Noted => {
                let out = out.code(0);
                let document = out.json();
                assert!(document["notes"].to_string().contains(&flag), "{typed}: {document}");
                assert!(out.stderr.contains(&flag), "{typed}: {}", out.stderr);
            }
        }
    }
}

#[test]
fn every_option_is_judged() {
    let house = House::new();
    let help = house.run(&["--help"]).code(0).stdout;
    let flags = help.split_whitespace().filter_map(|word| word.strip_prefix("--"));
    let flags = flags.map(|word| word.trim_end_matches(|sign: char| !sign.is_ascii_alphanumeric()));
    let flags: BTreeSet<&str> = flags.filter(|word| !word.is_empty()).collect();
    let judged: BTreeSet<&str> = ALWAYS.split_whitespace().chain(IDLE.iter().map(|(name, ..)| *name)).collect();
    let left: Vec<_> = flags.difference(&judged).collect();
    assert!(left.is_empty(), "say what becomes of {left:?} where they can do nothing");
}

#[test]
fn a_key_that_another_profile_needs_or_the_vault_is_left_with_is_no_mistake() {
    let house = House::new();
    house.sandbox.write("home/phrase", "open\n");
    let by_variable = house.set_up(&["--password-file", "pw", "--test", "none", "--yes", "--json"]);
    let document = by_variable.env("MAILSETUP_VAULT_PASSPHRASE_FILE", "phrase").run().code(0).json();
    let notes = document["notes"].to_string();
    assert!(notes.contains("MAILSETUP_VAULT_PASSPHRASE_FILE does nothing with --secret-store file"), "{notes}");
    let vault =
        ["--test", "none", "--secret-store", "vault", "--vault-lock", "passphrase", "--vault-passphrase-file", "phrase"];
    house.write(&vault).code(0);
    let other = house.write(&["--test", "none", "--profile", "two", "--secret-store", "vault", "--vault-lock", "machine"]);
    assert!(other.code(64).json()["error"]["hint"].to_string().contains("mailsetup vault lock-with machine"));
    // The key opens the vault that the password leaves.
    let left = ["edit", "--secret-store", "file", "--vault-passphrase-file", "phrase", "--test", "none", "--yes", "--json"];
    let document = house.run(&left).code(0).json();
    assert!(!document["notes"].to_string().contains("does nothing"), "{document}");
    let kept = house.sandbox.path("home/.config/mailsetup/profiles/default.secret");
    assert_eq!(fs::read_to_string(kept).unwrap(), house.demo.password());
}
