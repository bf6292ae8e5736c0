//! `--run-as`: what is written system-wide can be read by the user who sends, by no other, and that is proven.

use std::process::Command;

use crate::support::setup::places_at_home;
use mailsetup::{
    host::{stores, vault},
    mail::{StoreKind, store::StoreFilling},
};
use serde_json::json;

use super::House;
use crate::support::{bed::left_out, sandbox::Run};

/// Runs a script as root where `/etc` and `/var/lib` are copies that nobody else sees; `None` where that cannot be done.
fn apart(house: &House, script: &str) -> Option<Run> {
    let may = Command::new("unshare").args(["-m", "true"]).status().is_ok_and(|status| status.success());
    if !may || !rustix::process::geteuid().is_root() {
        left_out("needs root and namespaces");
        return None;
    }
    // The program stands where everyone may run it, wherever it was built.
    let prepare = "set -e; mount --make-rprivate /; cp -a /etc etc; rm -rf etc/mailsetup etc/msmtprc; mount --bind etc /etc; mount -t tmpfs none /var/lib
         mkdir /var/lib/bin; cp \"$(command -v mailsetup)\" /var/lib/bin/; PATH=/var/lib/bin:$PATH; chmod 755 /var/lib /var/lib/bin
         as() { user=$1; shift; setpriv --reuid \"$user\" --regid \"$(id -g \"$user\")\" --clear-groups -- \"$@\"; }
         set_up() { mailsetup \"$@\" --password-file pw --test none --scope system --yes; }";
    let run = house.sandbox.program("unshare", ["-m", "sh", "-c", &format!("{prepare}\n{script}"), "sh"]);
    Some(run.env_remove("MAILSETUP_SCOPE"))
}

#[test]
fn the_user_who_sends_reads_the_secret_and_no_other_does() {
    let house = House::new();
    let words = house.words(&[]).join(" ");
    let script = format!(
        "set_up {words} --run-as nobody
         stat -c '%a %U %G' /etc/mailsetup /etc/mailsetup/profiles /etc/mailsetup/profiles/default.*
         cd /; echo got $(as nobody mailsetup secret --scope system)
         as daemon mailsetup secret --scope system && exit 5 || echo refused $?
         # Back to root alone.
         cd - >/dev/null; mailsetup edit --run-as root --test none --scope system --yes
         cd /; as nobody mailsetup secret --scope system && exit 6 || echo refused $?
         stat -c '%a %G' /etc/mailsetup/profiles/default.secret"
    );
    let Some(run) = apart(&house, &script) else { return };
    let out = run.run().code(0);
    let lines: Vec<&str> = out.stdout.lines().filter(|line| !line.contains('/')).collect();
    let group = String::from_utf8(Command::new("id").args(["-gn", "nobody"]).output().unwrap().stdout).unwrap();
    let group = group.trim();
    let (secret, profile) = (format!("640 root {group}"), format!("640 root {group}"));
    let got = format!("got {}", house.demo.password());
    for line in ["711 root root", &secret, &profile, &got, "refused 77"] {
        assert!(lines.contains(&line), "{line:?} in {}\n{}", out.stdout, out.stderr);
    }
    assert_eq!(lines.iter().filter(|line| line.starts_with("refused 77")).count(), 2, "{}", out.stdout);
    assert!(lines.last().unwrap().starts_with("600 "), "{}", out.stdout);
}

#[test]
fn a_store_that_the_user_cannot_read_is_taken_back() {
    let house = House::new();
    let words = house.words(&[]).join(" ");
    let script = format!(
        "set_up {words} --run-as nobody --secret-store vault && exit 5 || echo ended $?
         ls /etc/mailsetup/profiles; mailsetup vault export
         set_up {words} --run-as nosuchuser && exit 6 || echo ended $?
         set_up {words} --run-as root --secret-store vault; mailsetup secret --scope system"
    );
    let Some(run) = apart(&house, &script) else { return };
    let out = run.run().code(0);
    assert!(out.stderr.contains("nobody cannot read the password"), "{}", out.stderr);
    assert!(out.stderr.contains("There is no user nosuchuser"), "{}", out.stderr);
    let said: Vec<&str> = out.stdout.lines().filter(|line| !line.contains("/etc/")).collect();
    assert_eq!(said, ["ended 73", "ended 64", house.demo.password()], "{}", out.stdout);
}

#[test]
fn a_consumer_sends_as_the_user_who_will_run_it() {
    if !std::path::Path::new("/usr/bin/msmtp").exists() {
        left_out("needs msmtp");
        return;
    }
    let house = House::new();
    let words = house.words(&["--run-as", "nobody", "--target", "msmtp", "--scope", "system"]).join(" ");
    let may_read = "chgrp $(id -gn nobody) /etc/msmtprc && chmod g+r /etc/msmtprc";
    let script = format!(
        "chmod 755 . ..; write() {{ mailsetup {words} --password-file pw --yes --json; }}
         # As somebody left it: a file that is there keeps its mode.
         install -m 600 /dev/null /etc/msmtprc; write >first.json && exit 5 || echo ended $?
         {may_read}; write >second.json; echo ended $?"
    );
    let Some(run) = apart(&house, &script) else { return };
    let out = run.run().code(0);
    let said: Vec<&str> = out.stdout.lines().collect();
    assert_eq!(said, ["ended 78", "ended 0"], "{}", out.stderr);
    let proof = |file: &str| -> serde_json::Value {
        let document: serde_json::Value = serde_json::from_str(&house.sandbox.read(file)).unwrap();
        document["proofs"][0].clone()
    };
    let first = proof("home/first.json");
    assert_eq!((&first["sent"], &first["as"], &first["mailsetup_can"]), (&json!(false), &json!("nobody"), &json!(true)));
    assert!(out.stderr.contains("msmtp: written, but msmtp itself, run by nobody, does not send"), "{}", out.stderr);
    let advice = format!("nobody cannot read /etc/msmtprc. Let it: {may_read}");
    assert!(out.stderr.contains(&advice), "{}", out.stderr);
    let second = proof("home/second.json");
    assert_eq!((&second["sent"], &second["by"], &second["as"]), (&json!(true), &json!("msmtp"), &json!("nobody")));
    assert!(out.stderr.contains(&format!("itself sent a message to {} as nobody (", house.demo.user())), "{}", out.stderr);
}

#[test]
fn stores_are_offered_by_who_reads_them() {
    let home = crate::host::Home::new();
    let places = places_at_home(&home.path("x"));
    let other = stores::offer(Some("www-data"), &places);
    let barred: Vec<&str> = other.barred.keys().copied().collect();
    let mut with_entries: Vec<_> = StoreKind::ALL.iter().filter(|kind| kind.filling() == StoreFilling::Entry).collect();
    with_entries.sort_by_key(|kind| kind.as_str());
    assert_eq!(barred, with_entries.iter().map(|kind| kind.as_str()).collect::<Vec<_>>());
    assert!(["keyring", "pass", "systemd", "vault"].iter().all(|word| barred.contains(word)), "{barred:?}");
    let own = stores::offer(None, &places);
    assert!(!own.barred.contains_key("vault") && !own.barred.contains_key("file") && !own.has_vault);
    assert!(
        own.slots.contains_key("passphrase") && own.slots.contains_key("key-file") && !own.slots.contains_key("machine")
    );

    let words = mailsetup::mail::Secret::new("words".into());
    let keys = mailsetup::mail::Keys { passphrase: Some(words), ..mailsetup::mail::Keys::default() };
    vault::change_slot(mailsetup::mail::KeySlot::Passphrase, &keys, &places).unwrap();
    let closed = stores::offer(None, &places);
    assert!(closed.has_vault && closed.barred["vault"].id == "store-vault-passphrase");
    let given = mailsetup::plan::Places { keys, ..places };
    assert!(!stores::offer(None, &given).barred.contains_key("vault"));
}
