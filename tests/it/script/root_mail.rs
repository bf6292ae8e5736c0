//! `--root-mail` and conflicts, as a script has them: below a root, where a machine is made of files.

use std::{fs, os::unix::fs::symlink};

use serde_json::Value;

use super::{House, obeys_the_contract};

const ALIASES: &str = "# mine\npostmaster: root\nroot: ann\n";

/// A machine with msmtp, and Postfix as its sendmail.
fn machine(house: &House) {
    for (path, text) in [
        ("etc/aliases", ALIASES),
        ("etc/postfix/main.cf", ""),
        ("etc/passwd", "root:x:0:0::/root:/bin/sh\n"),
        ("usr/bin/msmtp", ""),
        ("usr/sbin/postfix", ""),
        ("usr/lib/postfix/sendmail", ""),
    ] {
        house.sandbox.write(format!("home/machine/{path}"), text);
    }
    symlink("/usr/lib/postfix/sendmail", house.sandbox.path("home/machine/usr/sbin/sendmail")).unwrap();
}

/// The aliases with the mail of root, and of every other user without a mailbox, for an address.
fn led(address: &str) -> String {
    format!("{}default: {address}\n", ALIASES.replace("ann", address))
}

fn aliases(house: &House) -> String {
    house.sandbox.read("home/machine/etc/aliases")
}

fn notes(document: &Value) -> Vec<&str> {
    document["notes"].as_array().unwrap().iter().map(|note| note.as_str().unwrap()).collect()
}

const SYSTEM: [&str; 6] = ["--root", "machine", "--scope", "system", "--target", "msmtp"];

#[test]
fn it_is_written_only_when_it_is_said_and_comes_back() {
    let house = House::new();
    machine(&house);
    let quiet = house.write(&SYSTEM).code(0);
    assert_eq!(aliases(&house), ALIASES);
    assert!(!quiet.stderr.contains("ann"), "{}", quiet.stderr);

    let said = house.write(&[&SYSTEM[..], &["--root-mail", "ops@example.org"]].concat()).code(0);
    let document = said.json();
    obeys_the_contract(&document);
    assert!(document["equivalent"].as_str().unwrap().contains("--root-mail ops@example.org"), "{document}");
    assert!(said.stderr.contains("“ann”"), "{}", said.stderr);
    assert_eq!(aliases(&house), led("ops@example.org"));
    let rc = house.sandbox.read("home/machine/etc/msmtprc");
    assert!(rc.contains("\naliases /etc/aliases\n"), "{rc}");

    // The profile knows it: an edit keeps it, and one more target is told of it.
    let run = |words: &[&str]| house.run(&[words, &["--root", "machine", "--scope", "system"]].concat());
    run(&["edit", "--name", "Ops", "--test", "none", "--yes"]).code(0);
    run(&["export", "postfix"]).code(0);
    assert_eq!(aliases(&house), led("ops@example.org"));
    run(&["edit", "--root-mail", "night@example.org", "--test", "none", "--yes"]).code(0);
    assert_eq!(aliases(&house), led("night@example.org"));
    run(&["undo"]).code(0);
    assert_eq!(aliases(&house), led("ops@example.org"));
    run(&["remove", "default"]).code(0);
    assert_eq!(aliases(&house), ALIASES);

    let wrong = house.write(&[&SYSTEM[..], &["--root-mail", "root"]].concat()).code(64);
    assert!(wrong.stderr.contains("--root-mail"), "{}", wrong.stderr);
    let schema = house.run(&["generate", "schema"]).code(0).stdout;
    assert!(schema.contains("\"root_mail\""), "{schema}");
}

#[test]
fn conflicts_are_in_the_plan_and_in_what_was_written() {
    let house = House::new();
    machine(&house);
    for (more, is_written) in [(&["--dry-run"][..], false), (&[], true)] {
        let out = house.write(&[&SYSTEM[..], more].concat()).code(0);
        let document = out.json();
        obeys_the_contract(&document);
        let notes = notes(&document);
        assert!(notes.iter().any(|note| note.contains("--target postfix")), "{document}");
        assert!(out.stderr.contains("--target postfix"), "{}", out.stderr);
        assert_eq!(fs::exists(house.sandbox.path("home/machine/etc/msmtprc")).unwrap(), is_written);
    }
}
