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
    rewrite_last(&house, "\"state\": \"done\"", "\"state\": \"begun\"");
    house
}

/// Changes the last record of the journal, with the checksum that it then has.
fn rewrite_last(house: &House, from: &str, to: &str) {
    let records = files_below(&house.sandbox.path("home/.local/state/mailsetup/journal"));
    let last = records.iter().max().unwrap();
    let before = fs::read_to_string(last).unwrap();
    let text = before.replace(from, to);
    assert_ne!(text, before);
    let plain = format!("{}\n}}", &text[..text.find(",\n  \"sum\"").unwrap()]);
    let sum = sha256(plain.as_bytes());
    fs::write(last, format!("{},\n  \"sum\": \"{sum}\"\n}}", plain.strip_suffix("\n}").unwrap())).unwrap();
}

#[test]
fn a_record_that_would_make_a_file_run_as_its_owner_is_refused() {
    let house = cut_off();
    rewrite_last(&house, "\"mode\": 384", "\"mode\": 2541");
    let before = house.files("home");
    for words in [&["undo"][..], &["export", "dotenv"], &["remove", "default"]] {
        assert!(house.run(words).code(78).stderr.contains("(mode)"), "{words:?}");
    }
    assert_eq!(house.files("home"), before);
}

#[test]
fn a_record_that_names_another_profiles_files_or_entries_is_refused_whole() {
    for (from, to, field) in [
        ("profiles/default.toml\"", "profiles/web.toml\"", "(owner)"),
        ("profiles/default.secret\"", "profiles/web.secret\"", "(owner)"),
        (
            "\"runs\": []",
            "\"runs\": [],\n  \"entries\": [\n    {\n      \"place\": {\n        \"store\": \"keyring\",\n        \
             \"entry\": \"system/default\"\n      },\n      \"existed\": false\n    }\n  ]",
            "(entries)",
        ),
    ] {
        let house = cut_off();
        rewrite_last(&house, from, to);
        let before = house.files("home");
        for words in [&["undo"][..], &["export", "dotenv"], &["remove", "default"]] {
            let refused = house.run(words).code(78);
            assert!(refused.stderr.contains(field), "{words:?}: {}", refused.stderr);
        }
        assert_eq!(house.files("home"), before);
    }
}

#[test]
fn folders_and_files_that_others_can_change_are_refused() {
    let house = House::new();
    house.write(&["--target", "msmtp", "--test", "login"]).code(0);
    house.sandbox.write("home/.config/mailsetup/targets/x.toml", "");
    let (config, state) = ("home/.config/mailsetup", "home/.local/state/mailsetup");
    // A command that reads presets, and one that reads none.
    let (check, secret) = ("check", "secret");
    for (place, bits, command) in [
        (format!("{config}/profiles"), 0o777, secret),
        (format!("{config}/targets"), 0o777, check),
        (format!("{config}/targets/x.toml"), 0o666, check),
        (format!("{config}/profiles/default.secret"), 0o622, secret),
        (format!("{config}/profiles/default.for"), 0o666, secret),
        (format!("{state}/journal"), 0o777, secret),
        (format!("{state}/backups"), 0o777, secret),
    ] {
        let path = house.sandbox.path(&place);
        let before = fs::metadata(&path).unwrap().permissions();
        fs::set_permissions(&path, fs::Permissions::from_mode(bits)).unwrap();
        let refused = house.run(&[command]).code(77);
        assert!(refused.stdout.is_empty() && refused.stderr.contains(&place), "{place}: {}", refused.stderr);
        fs::set_permissions(&path, before).unwrap();
        if rustix::process::geteuid().is_root() {
            std::os::unix::fs::chown(&path, Some(12_345), None).unwrap();
            let refused = house.run(&[command]).code(77);
            assert!(refused.stdout.is_empty() && refused.stderr.contains("12345"), "{place}: {}", refused.stderr);
            std::os::unix::fs::chown(&path, Some(0), None).unwrap();
        }
    }
    house.run(&["secret"]).code(0);
}

#[test]
fn folders_by_a_relative_path_are_refused_by_the_variables_name() {
    let house = House::new();
    for variable in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
        let refused = house.sandbox.mailsetup(["list"]).env(variable, "somewhere").run().code(78);
        assert!(refused.stderr.contains(variable), "{}", refused.stderr);
    }
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

#[test]
fn a_record_of_an_older_version_may_have_dots_in_its_paths() {
    let house = House::new();
    house.write(&["--target", "dotenv=out.env"]).code(0);
    let home = house.sandbox.path("home").display().to_string();
    for name in ["path", "target"] {
        rewrite_last(&house, &format!("\"{name}\": \"{home}/"), &format!("\"{name}\": \"{home}/none/../"));
    }
    house.run(&["check", "--drift"]).code(0);
    house.run(&["undo"]).code(0);
    assert!(!house.sandbox.path("home/out.env").exists() && !house.sandbox.path(PROFILE).exists());
}
