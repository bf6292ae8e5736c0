//! Images: what is written below a root is never called a machine that sends, an image that could not is refused with what it lacks,
//! and what is named is the image's own. What is there only at run time is prepared.

use std::{fs, os::unix::fs::PermissionsExt as _};

use serde_json::json;

use super::{House, obeys_the_contract};

const SYSTEM: [&str; 6] = ["--root", "image", "--scope", "system", "--target", "msmtp"];

/// An image of a system with msmtp, mailsetup and authorities.
fn image(house: &House) {
    for program in ["msmtp", "mailsetup"] {
        put(house, &format!("usr/bin/{program}"), "#!/bin/sh\n");
    }
    put(house, "etc/os-release", "ID=debian\n");
    put(house, "etc/ssl/certs/ca-certificates.crt", "");
    put(house, "etc/hostname", "web7.example.org\n");
}

fn put(house: &House, name: &str, text: &str) {
    let path = house.sandbox.write(format!("home/image/{name}"), text);
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn rc(house: &House) -> String {
    house.sandbox.read("home/image/etc/msmtprc")
}

/// A set-up of the image without the variable that names this machine in every test.
fn write(house: &House, more: &[&str]) -> crate::support::sandbox::Output {
    let words = [&["--password-file", "pw", "--yes", "--json"][..], &SYSTEM, more].concat();
    house.set_up(&words).env_remove("MAILSETUP_EHLO").run()
}

#[test]
fn an_image_is_not_a_machine_that_sends_and_names_its_own() {
    let house = House::new();
    image(&house);
    let out = write(&house, &[]).code(0);
    let document = out.json();
    obeys_the_contract(&document);
    assert_eq!((&document["status"], &document["ok"], &document["lacks"]), (&json!("image"), &json!(true), &json!([])));
    assert!(!out.stderr.contains("can send mail") && out.stderr.contains("first boot"), "{}", out.stderr);
    assert_eq!(document["proofs"][0]["read_by"], "mailsetup");
    assert!(document["proofs"][0]["try"].is_null() && !out.stderr.contains("Try it yourself"), "{}", out.stderr);
    let said = rc(&house);
    assert!(said.contains("passwordeval \"/usr/bin/mailsetup secret default"), "{said}");
    assert!(said.contains("\ndomain web7.example.org\n"), "{said}");
    assert!(document["notes"].to_string().contains("/usr/bin/mailsetup"), "{document}");

    // The authority is the image's own file by then, and goes with the rest.
    let authority = "home/image/etc/mailsetup/profiles/default.ca.pem";
    assert!(said.contains("\ntls_trust_file /etc/mailsetup/profiles/default.ca.pem\n"), "{said}");
    assert_eq!(house.sandbox.read(authority).into_bytes(), house.demo.ca_pem());
    assert_eq!(fs::metadata(house.sandbox.path(authority)).unwrap().permissions().mode() & 0o777, 0o644);
    let profile = house.sandbox.read("home/image/etc/mailsetup/profiles/default.toml");
    assert!(profile.contains("\"/etc/mailsetup/profiles/default.ca.pem\""), "{profile}");
    let run = |words: &[&str]| house.run(&[words, &["--root", "image", "--scope", "system"]].concat());
    run(&["check"]).code(0);
    run(&["check", "--drift"]).code(0);
    let again = write(&house, &[]).code(0);
    assert_eq!((&again.json()["changed"], &again.json()["status"]), (&json!(false), &json!("image")));
    assert!(!again.stderr.contains("can send mail"), "{}", again.stderr);
    run(&["edit", "--name", "Ops", "--yes", "--test", "none"]).code(0);
    assert!(rc(&house).contains("\ntls_trust_file /etc/mailsetup/profiles/default.ca.pem\n"));
    run(&["undo"]).code(0);
    run(&["undo"]).code(0);
    assert!(!house.sandbox.path(authority).exists() && !house.sandbox.path("home/image/etc/msmtprc").exists());
}

#[test]
fn an_image_has_its_own_name_or_none() {
    let house = House::new();
    image(&house);
    let here = rustix::system::uname().nodename().to_string_lossy().into_owned();
    // debootstrap copies the name of the machine that it runs on.
    for name in ["", "localhost\n", &format!("{here}\n")] {
        put(&house, "etc/hostname", name);
        put(&house, "etc/mailname", &here);
        write(&house, &["--test", "none"]).code(0);
        assert!(rc(&house).contains("\ndomain localhost\n"), "{name}: {}", rc(&house));
    }
}

#[test]
fn an_image_that_could_not_send_is_refused_with_what_it_lacks() {
    let house = House::new();
    put(&house, "etc/os-release", "ID=debian\n");
    let before = house.written();
    let none = ["--test", "none"];
    let refused = write(&house, &none).code(78);
    let error = refused.json()["error"].clone();
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("lacks: msmtp, mailsetup (/usr/bin/mailsetup)"), "{error}");
    assert!(error["hint"].as_str().unwrap().contains("--image-program"), "{error}");
    assert_eq!(house.written(), before);
    // Before the test, and so before the password goes anywhere.
    write(&house, &[]).code(78);
    assert!(house.demo.arrived().is_empty());

    put(&house, "usr/bin/msmtp", "");
    put(&house, "opt/mail/mailsetup", "");
    let elsewhere = write(&house, &[&none[..], &["--image-program", "/opt/mail/mailsetup"]].concat()).code(0);
    assert!(rc(&house).contains("passwordeval \"/opt/mail/mailsetup secret"), "{}", rc(&house));
    assert_eq!(elsewhere.json()["lacks"], json!([]));
    house.run(&["undo", "--root", "image", "--scope", "system"]).code(0);

    // Without an authority of one's own the system's have to be there.
    let words =
        ["ops@example.com", "--host", "mail.example.com", "--password-file", "pw", "--yes", "--json", "--test", "none"];
    let bare = house.run(&[&words[..], &SYSTEM].concat()).code(78);
    assert!(bare.stdout.contains("ca-certificates"), "{}", bare.stdout);

    // Whoever knows that it comes later says so.
    fs::remove_file(house.sandbox.path("home/image/usr/bin/msmtp")).unwrap();
    let later = write(&house, &["--unproven"]).code(0);
    let document = later.json();
    assert_eq!(document["status"], "image");
    assert_eq!(document["lacks"], json!(["msmtp", "mailsetup (/usr/bin/mailsetup)"]));
    assert!(later.stderr.contains("msmtp, mailsetup (/usr/bin/mailsetup)"), "{}", later.stderr);
    assert!(document["equivalent"].as_str().unwrap().contains("--unproven"), "{document}");
}

#[test]
fn what_an_image_cannot_have_is_refused() {
    let house = House::new();
    image(&house);
    let before = house.written();
    let none = ["--test", "none"];
    let systemd = write(&house, &[&none[..], &["--secret-store", "systemd"]].concat());
    assert!(systemd.code != Some(0) && systemd.stdout.contains("systemd"), "{}", systemd.stdout);
    for bad in ["mailsetup", "usr/bin/mailsetup"] {
        let out = write(&house, &[&none[..], &["--image-program", bad]].concat()).code(64);
        assert!(out.stdout.contains("--image-program"), "{}", out.stdout);
    }
    assert_eq!(house.written(), before);
    let alone = house.write(&["--test", "none", "--image-program", "/usr/bin/mailsetup"]).code(64);
    assert!(alone.stdout.contains("--root"), "{}", alone.stdout);
}

#[test]
fn a_secret_of_run_time_is_prepared_and_proven_by_a_check() {
    let house = House::new();
    let words = ["--password-env", "LATER", "--yes", "--json"];
    let early = house.set_up(&words).run();
    assert_ne!(early.code, Some(0), "{}", early.stdout);
    let out = house.set_up(&[&words[..], &["--unproven", "--target", "msmtp"]].concat()).run().code(0);
    let document = out.json();
    obeys_the_contract(&document);
    assert_eq!((&document["status"], &document["proofs"][0]["sent"]), (&json!("unproven"), &json!(null)));
    assert!(out.stderr.contains("not proven") && !out.stderr.contains("can send mail"), "{}", out.stderr);
    assert!(house.demo.arrived().is_empty());
    assert_ne!(house.run(&["check"]).code, Some(0));
    house.sandbox.mailsetup(["check", "--send"]).env("LATER", house.demo.password()).run().code(0);

    // A command is run by then, and not before.
    let ran = house.sandbox.path("ran");
    let command = format!("touch '{}'; cat pw", ran.display());
    let words = ["--password-command", &command, "--secret-store", "command", "--yes", "--json", "--unproven"];
    house.set_up(&words).run().code(0);
    assert!(!ran.exists());
    house.run(&["check"]).code(0);
    assert!(ran.exists());

    // A file that holds the password itself cannot wait for it.
    let inline = house.set_up(&["--password-env", "LATER", "--yes", "--json", "--unproven", "--target", "dotenv=app.env"]);
    let refused = inline.run().code(78);
    assert!(refused.stdout.contains("dotenv"), "{}", refused.stdout);
    let both = house.write(&["--unproven", "--test", "send"]).code(64);
    assert!(both.stdout.contains("--unproven") && both.stdout.contains("--test"), "{}", both.stdout);
}
