//! `--client-cert` and `--client-key`: checked before anything is contacted, and written where the consumer reads paths.

use std::{fs, os::unix::fs::PermissionsExt as _};

use super::House;
use crate::support::pki::{Identity, Kind};

fn house() -> House {
    let house = House::new();
    let own = Identity::of(Kind::Good, "web1.example.com");
    let other = Identity::of(Kind::Good, "web2.example.com");
    for (name, text) in [
        ("own.pem", own.certificate_pem()),
        ("own-key.pem", own.key_pem()),
        ("other-key.pem", other.key_pem()),
        ("locked.pem", own.key_pem().replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY")),
        ("open.pem", own.key_pem()),
    ] {
        house.sandbox.write(format!("home/{name}"), text);
        let mode = if name == "open.pem" { 0o644 } else { 0o600 };
        fs::set_permissions(house.sandbox.path(format!("home/{name}")), fs::Permissions::from_mode(mode)).unwrap();
    }
    house
}

#[test]
fn what_no_server_would_take_is_named_with_what_mends_it() {
    let house = house();
    for (words, exit, said) in [
        (&["--client-key", "own-key.pem"][..], 64, "--client-cert FILE"),
        (&["--client-cert", "own.pem"], 78, "no private key"),
        (&["--client-cert", "nowhere.pem"], 66, "nowhere.pem"),
        (&["--client-cert", "own.pem", "--client-key", "other-key.pem"], 78, "openssl pkey -in other-key.pem -pubout"),
        (&["--client-cert", "own.pem", "--client-key", "locked.pem"], 78, "openssl pkey -in locked.pem -out"),
        (&["--client-cert", "own.pem", "--client-key", "open.pem"], 77, "chmod o= open.pem"),
    ] {
        let out = house.write(words).code(exit);
        assert!(out.stderr.contains(said) && !out.stderr.contains("BEGIN PRIVATE KEY-----\nM"), "{words:?}: {}", out.stderr);
    }
}

#[test]
fn the_paths_are_written_where_the_consumer_reads_them_and_refused_elsewhere() {
    let house = house();
    let pair = ["--client-cert", "own.pem", "--client-key", "own-key.pem"];
    let out = house.write(&[&pair[..], &["--target", "dotenv"]].concat()).code(78);
    assert!(out.stderr.contains("cannot show a client certificate"), "{}", out.stderr);
    house.write(&[&pair[..], &["--target", "msmtp"]].concat()).code(0);
    let home = house.sandbox.path("home").display().to_string();
    let rc = house.sandbox.read("home/.msmtprc");
    assert!(
        rc.contains(&format!("tls_cert_file {home}/own.pem")) && rc.contains(&format!("tls_key_file {home}/own-key.pem")),
        "{rc}"
    );
    let profile = house.sandbox.read("home/.config/mailsetup/profiles/default.toml");
    assert!(profile.contains("[smtp.client]") && profile.contains(&format!("key = \"{home}/own-key.pem\"")), "{profile}");
    let again = house.write(&[&pair[..], &["--target", "msmtp"]].concat()).code(0).json();
    assert_eq!(again["changed"], false, "{again}");
}
