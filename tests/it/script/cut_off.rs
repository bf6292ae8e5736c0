//! After a run that was cut off: what may write puts it back before it reads, and what may not names it.

use super::*;
use crate::images::sha256;

const PROFILE: &str = "home/.config/mailsetup/profiles/default.toml";

/// A house in which a change to another server and password was killed when only the profile's rename was left.
fn cut_off() -> House {
    let house = House::new();
    house.write(&["--target", "msmtp", "--test", "login"]).code(0);
    let before = house.sandbox.read(PROFILE);
    house.sandbox.write("home/other", "another-password\n");
    let edit = ["edit", "default", "--host", "127.0.0.1", "--password-file", "other", "--yes", "--test", "none", "--json"];
    house.run(&edit).code(0);
    house.sandbox.write(PROFILE, before);
    let records = files_below(&house.sandbox.path("home/.local/state/mailsetup/journal"));
    let last = records.iter().max().unwrap();
    let text = fs::read_to_string(last).unwrap().replace("\"state\": \"done\"", "\"state\": \"begun\"");
    let plain = format!("{}\n}}", &text[..text.find(",\n  \"sum\"").unwrap()]);
    let sum = sha256(plain.as_bytes());
    fs::write(last, format!("{},\n  \"sum\": \"{sum}\"\n}}", plain.strip_suffix("\n}").unwrap())).unwrap();
    house
}

#[test]
fn what_never_writes_names_the_run_and_what_puts_it_back() {
    let house = cut_off();
    let before = house.files("home");
    let refused = house.run(&["secret"]).code(77);
    assert!(refused.stdout.is_empty() && refused.stderr.lines().count() == 1, "{}", refused.stderr);
    assert!(refused.stderr.contains("cut off") && refused.stderr.contains("mailsetup undo"), "{}", refused.stderr);
    for words in [&["show"][..], &["list"], &["edit", "default", "--dry-run", "--yes", "--password-file", "pw"]] {
        let said = house.run(words).stderr;
        assert!(said.contains("cut off") && said.contains("mailsetup undo"), "{words:?}: {said}");
    }
    assert!(house.run(&["export", "dotenv", "--print"]).code(77).stderr.contains("mailsetup undo"));
    assert_eq!(house.files("home"), before);
}

#[test]
fn what_writes_puts_it_back_before_it_reads() {
    let house = cut_off();
    let exported = house.run(&["export", "dotenv=out.env"]).code(0);
    assert!(exported.stderr.contains("cut off"), "{}", exported.stderr);
    let written = house.sandbox.read("home/out.env");
    assert!(written.contains("localhost") && written.contains(house.demo.password()), "the other run's");
    assert_eq!(house.run(&["secret"]).code(0).stdout, format!("{}\n", house.demo.password()));

    let house = cut_off();
    assert!(house.run(&["check"]).code(0).stderr.contains("cut off"));
    let house = cut_off();
    let edited = house.run(&["edit", "default", "--name", "Ann", "--yes", "--json", "--test", "none"]).code(0);
    assert!(edited.stdout.contains("\"localhost\"") && edited.stderr.contains("cut off"), "{}", edited.stderr);
    assert_eq!(house.run(&["secret"]).code(0).stdout, format!("{}\n", house.demo.password()));
    let house = cut_off();
    house.run(&["remove", "default"]).code(0);
    assert!(house.sandbox.read(PROFILE).contains("\"localhost\""));
}

#[test]
fn undo_puts_it_back_and_stops_there() {
    let house = cut_off();
    let undone = house.run(&["undo", "--json"]).code(0);
    let document = &json_lines(&undone)[0];
    let files: Vec<_> = document["files"].as_array().unwrap().iter().map(|file| file["path"].to_string()).collect();
    assert!(files.iter().any(|path| path.contains("default.secret")), "{document}");
    assert!(undone.stderr.contains("undo again"), "{}", undone.stderr);
    assert_eq!(house.run(&["secret"]).code(0).stdout, format!("{}\n", house.demo.password()));
    house.run(&["undo"]).code(0);
    assert!(!house.sandbox.path(PROFILE).exists());
}
