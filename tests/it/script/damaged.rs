//! Profiles that were edited by hand and are wrong, and names that no profile can have.

use mailsetup::mail::{Auth, schema::SCHEMA};

use super::*;

/// A house with a profile, its secret and a target's file.
fn set_up() -> House {
    let house = House::new();
    house.write(&["--target", "msmtp", "--name", "Ops"]).code(0);
    house
}

const PROFILE: &str = "home/.config/mailsetup/profiles/default.toml";

/// A slip: what is replaced, by what, the field that is named, and what helps.
type Slip<'a> = (&'static str, &'static str, &'static str, &'a str);

/// Slips in a profile; `auth` lists the words of its field.
const fn slips(auth: &str) -> [Slip<'_>; 6] {
    [
        ("auth = \"auto\"", "auth = \"bogus\"", "smtp.auth", auth),
        ("auth = \"auto\"", "auth = \"plian\"", "smtp.auth", "Did you mean plain?"),
        ("security = \"tls\"", "security = \"startls\"", "smtp.security", "Did you mean starttls?"),
        ("address = \"", "address = \"no at of ", "sender.address", "one bare address"),
        ("port = ", "port = 1234567", "smtp.port", "from 1 to 65535"),
        ("name = \"Ops\"", "nmae = \"Ops\"", "sender.nmae", "Did you mean name?"),
    ]
}

#[test]
fn a_damaged_profile_is_refused_by_every_command_with_line_field_and_word() {
    let house = set_up();
    let good = house.sandbox.read(PROFILE);
    for (from, to, field, help) in slips(&Auth::WORDS.join(", ")) {
        assert!(good.contains(from), "{from} in {good}");
        let damaged = good.replacen(from, to, 1);
        house.sandbox.write(PROFILE, &damaged);
        let begin = to.split_once(" = ").unwrap().0;
        let line = damaged.lines().position(|line| line.starts_with(&format!("{begin} ")) && line.contains(to)).unwrap() + 1;
        let place = format!("default.toml:{line}: ");
        for command in [&["show"][..], &["export", "msmtp", "--print"], &["check"], &["edit", "--no-input"], &["list"]] {
            let out = house.run(command).code(78);
            let said = &out.stderr;
            assert!(said.contains(&place) && said.contains(field) && said.contains(help), "{to}, {command:?}: {said}");
            assert_eq!(out.stdout, "", "{command:?}");
        }
        // What runs for every mail reads no other field than its own.
        assert_eq!(house.run(&["secret"]).code(0).stdout.trim_end(), house.demo.password(), "{to}");
    }
    let said = house.run(&["show", "--lang", "fr"]).code(78).stderr;
    assert!(said.contains("Le profil ne peut pas être compris"), "{said}");
}

#[test]
fn a_target_that_does_not_exist_is_named_where_it_counts() {
    let house = set_up();
    let damaged = house.sandbox.read(PROFILE).replacen("name = \"msmtp\"", "name = \"msmpt\"", 1);
    house.sandbox.write(PROFILE, &damaged);
    let line = damaged.lines().position(|line| line == "name = \"msmpt\"").unwrap() + 1;
    for command in [&["show"][..], &["check"], &["export", "msmtp", "--print"], &["list"]] {
        let out = house.run(command).code(if command == ["list"] { 0 } else { 78 });
        for said in [format!("default.toml:{line}"), "target.name".into(), "“msmpt”".into(), "Did you mean msmtp?".into()]
        {
            assert!(out.stderr.contains(&said), "{command:?}: {said} in {}", out.stderr);
        }
    }
    house.run(&["secret"]).code(0);
    // A person's own target counts by its file.
    house.sandbox.write("home/.config/mailsetup/targets/msmpt.toml", "");
    house.run(&["show"]).code(0);
    house.run(&["remove", "default"]).code(0);
}

#[test]
fn a_damaged_secret_is_named_by_secret_itself() {
    let house = set_up();
    let damaged = house.sandbox.read(PROFILE).replace("store = \"file\"", "store = \"fiel\"");
    house.sandbox.write(PROFILE, damaged);
    let said = house.run(&["secret"]).code(78).stderr;
    assert!(said.contains("secret.store: ") && said.contains("Did you mean file?"), "{said}");
}

#[test]
fn a_damaged_profile_can_be_removed_and_its_write_undone() {
    for (from, to, field, _) in slips("") {
        let house = set_up();
        let damaged = house.sandbox.read(PROFILE).replacen(from, to, 1);
        house.sandbox.write(PROFILE, &damaged);
        let said = house.run(&["remove", "default"]).code(0).stderr;
        assert!(said.contains("default.toml:") && said.contains(field), "{said}");
        assert!(!house.sandbox.path("home/.msmtprc").exists());
        assert_eq!(house.sandbox.read(PROFILE), damaged.replace("enabled = true", "enabled = false"));
        // It is in nobody's way any more, and can be purged.
        for command in [&["list"][..], &["check", "--all"], &["apply", "--all"], &["purge"]] {
            house.run(command).code(0);
        }
        assert!(!house.sandbox.path(PROFILE).exists());

        let house = set_up();
        house.sandbox.write(PROFILE, house.sandbox.read(PROFILE).replacen(from, to, 1));
        let said = house.run(&["undo"]).code(0).stderr;
        assert!(said.contains("default.toml:") && said.contains(field), "{said}");
        assert!(!house.sandbox.path(PROFILE).exists() && !house.sandbox.path("home/.msmtprc").exists());
        let kept = said.lines().find_map(|line| line.split_once(" is kept in ")).unwrap().1;
        assert!(fs::read_to_string(kept).unwrap().contains(to), "{kept}");
    }
}

/// Makes the profile something that cannot be read as one.
type Spoil = fn(&Path);

const SPOILT: [(Spoil, &str); 3] = [
    (|path| fs::write(path, [&fs::read(path).unwrap()[..], b"# \xe9\n"].concat()).unwrap(), "not UTF-8"),
    (|path| fs::File::options().write(true).open(path).unwrap().set_len(17 << 20).unwrap(), "too large"),
    (
        |path| {
            fs::remove_file(path).unwrap();
            fs::create_dir(path).unwrap();
        },
        "is a folder",
    ),
];

#[test]
fn a_profile_that_cannot_be_read_is_listed_removed_and_undone() {
    for (spoil, said) in SPOILT {
        let house = set_up();
        spoil(&house.sandbox.path(PROFILE));
        for command in [&["list"][..], &["show"], &["check"]] {
            let out = house.run(command);
            assert!(out.stderr.contains(said) && out.stderr.contains("default.toml"), "{command:?}: {}", out.stderr);
        }
        let out = house.run(&["remove", "default"]).code(0);
        assert!(out.stderr.contains(said) && out.stderr.contains("default.toml"), "{}", out.stderr);
        assert!(!house.sandbox.path("home/.msmtprc").exists());
        assert!(!house.sandbox.path("home/.config/mailsetup/profiles/default.secret").exists());

        let house = set_up();
        spoil(&house.sandbox.path(PROFILE));
        let out = house.run(&["undo"]).code(0);
        assert!(out.stderr.contains("default.toml"), "{}", out.stderr);
        assert!(!house.sandbox.path("home/.msmtprc").exists());
    }
    let house = set_up();
    SPOILT[0].0(&house.sandbox.path(PROFILE));
    assert_eq!(house.run(&["secret"]).code(0).stdout.trim_end(), house.demo.password());
}

#[test]
fn no_words_of_a_parser_are_said() {
    let house = set_up();
    let good = house.sandbox.read(PROFILE);
    for (from, to, field) in [
        ("port = ", "port = \"587\" #", "smtp.port"),
        ("port = ", "port = 5.5 #", "smtp.port"),
        ("port = ", "port = [1] #", "smtp.port"),
        ("port = ", "prot = ", "smtp.prot"),
        ("enabled = true", "enabled = \"yes\"", "enabled"),
        ("schema = 2\n", "", "schema"),
        ("schema = 2", "schema = -1", "schema"),
        ("address = \"", "address = 5 # \"", "sender.address"),
        ("store = \"file\"", "stroe = \"file\"", "secret"),
        ("store = \"file\"", "store = \"file\"\ncolor = 1", "secret.color"),
        ("[sender]", "[sedner]", "sedner"),
        ("[[target]]", "[target]", "target"),
        ("port = ", "port 587 #", "default.toml:"),
        ("security = \"tls\"", "security = tls", "default.toml:"),
    ] {
        assert!(good.contains(from), "{from} in {good}");
        house.sandbox.write(PROFILE, good.replacen(from, to, 1));
        let said = house.run(&["show"]).code(78).stderr;
        assert!(said.contains(field) && said.contains("default.toml"), "{to}: {said}");
        for word in ["expected", "invalid", "missing field", "unknown", "struct", "u16", "u32", "i64", "variant", "`"] {
            assert!(!said.contains(word), "{word} in {said}");
        }
    }
    let answers = house.sandbox.write("home/answers.toml", "port = 587\nhost = localhost\n");
    let said = house.write(&["--answers", answers.to_str().unwrap()]).code(65).stderr;
    assert!(said.contains("line 2: A text needs a quotation mark") && !said.contains("expected"), "{said}");
    let lines = "{\"id\": 7, \"repyl\": \"x\"}\nnot json\n{\"id\": 1, \"reply\": \"x\", \"port\": 99999}\n{\"id\": 2, \"reply\": 5}\n";
    let found = json_lines(&house.sandbox.mailsetup(["explain", "--jsonl"]).stdin(lines).run().code(65));
    let errors: Vec<&Value> = found.iter().map(|line| &line["error"]).collect();
    assert_eq!((&found[0]["id"], &found[1]["id"]), (&Value::from(7), &Value::Null));
    assert!(errors[0]["hint"].as_str().unwrap().contains("reply") && errors[0]["fields"][0] == "reply", "{errors:?}");
    for (error, part) in errors.iter().zip(["Line 1: reply", "Line 2: one JSON object", "Line 3: port", "Line 4: reply"]) {
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(part) && !message.contains("expected u16") && !message.contains("struct"), "{message}");
    }
}

#[test]
fn a_profile_of_a_newer_mailsetup_is_not_damaged_and_left_as_it_is() {
    let house = set_up();
    let [ours, next] = [SCHEMA, SCHEMA + 1].map(|schema| format!("schema = {schema}"));
    let newer = house.sandbox.read(PROFILE).replace(&ours, &next).replace("[smtp]", "[smtp]\nquantum = true");
    house.sandbox.write(PROFILE, &newer);
    house.run(&["undo"]).code(73);
    for command in [&["remove", "default"][..], &["show"], &["secret"], &["check"]] {
        let said = house.run(command).code(78).stderr;
        assert!(said.contains(&format!("was written by a newer mailsetup (schema {})", SCHEMA + 1)), "{said}");
    }
    assert_eq!(house.sandbox.read(PROFILE), newer);
    // Also one that is damaged besides.
    let broken = format!("{newer}\nx = = 1\n").into_bytes();
    house.sandbox.write(PROFILE, [&broken[..], b"# \xe9\n"].concat());
    for command in [&["remove", "default"][..], &["show"], &["secret"], &["check"], &["edit", "--no-input"], &["list"]] {
        let said = house.run(command).code(78).stderr;
        assert!(said.contains("was written by a newer mailsetup"), "{command:?}: {said}");
    }
    assert_eq!(fs::read(house.sandbox.path(PROFILE)).unwrap(), [&broken[..], b"# \xe9\n"].concat());
}

#[test]
fn one_rule_for_the_names_of_profiles() {
    let house = House::new();
    for name in ["-x", "-", "--yes", ".x", "a b", ""] {
        let flag = format!("--profile={name}");
        if !name.is_empty() {
            house.write(&[&flag]).code(64);
            let out = house.set_up(&["--password-file", "pw", "--yes", "--json"]).env("MAILSETUP_PROFILE", name).run();
            assert!(out.code(64).stderr.contains("MAILSETUP_PROFILE"));
        }
        for command in [&["show", "--", name][..], &["remove", "--", name], &["secret", "--", name], &["check", "--", name]]
        {
            house.run(command).code(64);
        }
    }
    assert!(!house.sandbox.path("home/.config/mailsetup/profiles").exists());
    let answers = house.sandbox.write("home/answers.toml", "profile = \"-x\"\n");
    let out = house.write(&["--answers", answers.to_str().unwrap()]).code(65);
    assert!(out.stderr.contains("profile: “-x” cannot be a profile’s name. Begin with a letter"), "{}", out.stderr);

    house.write(&[]).code(0);
    fs::copy(house.sandbox.path(PROFILE), house.sandbox.path("home/.config/mailsetup/profiles/-x.toml")).unwrap();
    let out = house.run(&["list"]).code(64);
    assert!(
        out.stdout.starts_with("default ") && out.stderr.contains("“-x” cannot be the name of a profile"),
        "{}",
        out.stderr
    );
}

#[test]
fn the_nearest_word_is_named() {
    let house = House::new();
    for (words, said) in [
        (&["--security", "startls"][..], "Did you mean starttls?"),
        (&["--auth", "plan"], "Did you mean plain?"),
        (&["--secret-store", "valt"], "Did you mean vault?"),
        (&["--scope", "sytem"], "Did you mean system?"),
        (&["--color", "alwys"], "Did you mean always?"),
        (&["--test", "conect"], "Did you mean connect?"),
    ] {
        let out = house.write(words).code(64);
        assert!(out.stderr.contains(said), "{words:?}: {}", out.stderr);
    }
}

#[test]
fn what_was_written_by_a_path_with_dots_can_be_undone_and_removed() {
    let house = House::new();
    fs::create_dir_all(house.sandbox.path("home/a")).unwrap();
    house.write(&["--target", "dotenv=a/.././/b/.env"]).code(0);
    assert!(house.sandbox.path("home/b/.env").is_file());
    let profile = house.sandbox.read(PROFILE);
    assert!(profile.contains("/home/b/.env\"") && !profile.contains(".."), "{profile}");
    house.run(&["undo"]).code(0);
    assert!(!house.sandbox.path("home/b/.env").exists());
    house.write(&["--target", "dotenv=a/../b/.env"]).code(0);
    house.write(&["--target", "msmtp", "--profile", "two"]).code(0);
    house.run(&["apply"]).code(0);
    house.run(&["remove", "default"]).code(0);
    assert!(!house.sandbox.path("home/b/.env").exists());
}

#[test]
fn presets_that_others_can_change_stop_only_what_reads_presets() {
    let house = set_up();
    let folder = house.sandbox.path("home/.config/mailsetup/providers");
    fs::create_dir_all(&folder).unwrap();
    std::os::unix::fs::symlink("/dev/null", folder.join("gmail.toml")).unwrap();
    let said = house.run(&["check"]).code(77).stderr;
    assert!(said.contains("gmail.toml is a link") && !said.contains("chmod"), "{said}");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
    house.run(&["check"]).code(77);
    house.sandbox.write("home/.config/mailsetup/text/de.ftl", "");
    let text = house.sandbox.path("home/.config/mailsetup/text/de.ftl");
    fs::set_permissions(text, fs::Permissions::from_mode(0o666)).unwrap();
    let profile = house.sandbox.read(PROFILE);
    house.sandbox.write(PROFILE, profile.replace("enabled = true", "enabled = true\nrun_as = 3"));
    assert_eq!(house.run(&["secret", "--for", "localhost:465"]).code(0).stdout.trim_end(), house.demo.password());
    house.sandbox.write(PROFILE, profile);
    house.run(&["list"]).code(0);
    house.run(&["undo"]).code(0);
    house.run(&["remove", "default", "--if-exists"]).code(0);
}
