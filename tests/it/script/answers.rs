//! What a script gives: sources of answers and of the password, and what is said of bad ones.

use std::fs;

use super::{House, keeps_quiet, obeys_the_contract};

const NASTY: &str = "p@ss \"w\\ord#1";

/// Runs a set-up that must be refused before anything is asked of a server or written; returns the sentence.
#[track_caller]
fn refused(house: &House, more: &[&str], exit: i32) -> String {
    let before = house.written();
    let out = house.set_up(&[more, &["--json"]].concat()).run().code(exit);
    let document = out.json();
    obeys_the_contract(&document);
    assert_eq!((document["ok"].as_bool(), document["stages"].as_array().unwrap().len()), (Some(false), 0), "{document}");
    assert_eq!(house.written(), before);
    assert!(house.demo.arrived().is_empty());
    let sentence = document["error"]["message"].as_str().unwrap().to_owned();
    assert!(out.stderr.contains(&sentence), "{}", out.stderr);
    format!("{sentence} {}", out.stderr.lines().skip(1).collect::<String>())
}

#[test]
fn missing_answers_are_named_all_at_once() {
    let house = House::new();
    for words in [&["--json"][..], &["--no-input"], &[]] {
        let out = house.run(words).code(64);
        for flag in ["ADDRESS", "--provider", "--password-file", "--password-stdin", "--password-fd", "--password-env"] {
            assert!(out.stderr.contains(flag), "{flag} in {}", out.stderr);
        }
        assert!(out.stderr.contains("--password-command") && out.stderr.contains("--yes"), "{}", out.stderr);
        assert_eq!(out.stdout.is_empty(), !words.contains(&"--json"));
    }
    let custom = house.run(&["ops@example.test", "--provider", "custom", "--password-file", "pw", "--yes"]).code(64);
    assert!(custom.stderr.contains("Missing: --host"), "{}", custom.stderr);
    assert_eq!(refused(&house, &["--password-file", "pw"], 64).split("  ").next().unwrap().trim(), "Missing: --yes");
    assert!(house.written().is_empty());
}

#[test]
fn a_mistyped_domain_is_an_error_with_the_one_that_was_meant() {
    let house = House::new();
    let words = ["ops@gmial.com", "--offline", "--password-file", "pw", "--yes"];
    let out = house.run(&words).code(64);
    assert!(out.stderr.contains("gmail.com was meant") && out.stderr.contains("--this-domain"), "{}", out.stderr);
    for more in [&["--this-domain"][..], &["--provider", "custom"]] {
        let out = house.run(&[&words[..], more].concat()).code(64);
        assert!(!out.stderr.contains("gmail.com was meant"), "{}", out.stderr);
    }
}

#[test]
fn bad_answers_are_named_with_what_would_be_right() {
    let house = House::new();
    let file = ["--password-file", "pw", "--yes"];
    for (more, parts) in [
        (&["--port", "0"][..], &["--port: “0” is not a port", "1 to 65535"][..]),
        (&["--port", "70000"], &["--port", "70000", "465 or 587"]),
        (&["--port", "abc"], &["--port: “abc”"]),
        (&["--security", "ssl"], &["--security", "tls, starttls, none"]),
        (&["--auth", "digest"], &["--auth", "cram-md5"]),
        (&["--provider", "gmial"], &["--provider", "gmial", "gmail"]),
        (&["--target", "msmpt"], &["--target", "msmpt", "Did you mean msmtp"]),
        (&["--timeout", "soon"], &["--timeout: “soon”", "seconds"]),
        (&["--timeout", "0"], &["--timeout", "0.1 and 3600"]),
        (&["--pin-sha256", "12"], &["--pin-sha256", "64 hex digits"]),
        (&["--profile", "../x"], &["--profile", "../x"]),
        (&["--reply-to", "nobody"], &["--reply-to", "“nobody” has no @"]),
        (&["--test-to", "a@"], &["--test-to"]),
        (&["--color", "mauve"], &["--color", "auto, always, never"]),
        (&["--lang", "xx"], &["--lang", "en, de, fr"]),
        (&["--scope", "all"], &["--scope", "user, system"]),
        (&["--secret-store", "paper"], &["--secret-store", "keyring"]),
        (&["--name", "a\nb"], &["--name"]),
    ] {
        let said = refused(&house, &[&file[..], more].concat(), 64);
        for part in parts {
            assert!(said.contains(part), "{part} in {said}");
        }
    }
    for (host, part) in [
        ("https://mail.example.test", "mail.example.test"),
        ("mail.example.test,", "“,”"),
        ("mail example.test", "␠"),
        ("mail.example.test:99999", "99999"),
    ] {
        let out = house.run(&["a@b.test", "--host", host, "--password-file", "pw", "--yes"]).code(64);
        assert!(out.stderr.starts_with("mailsetup: --host: ") && out.stderr.contains(part), "{}", out.stderr);
    }
    let out = house.run(&["ops", "--host", "localhost", "--password-file", "pw", "--yes"]).code(64);
    assert_eq!(out.stderr, "mailsetup: ADDRESS: “ops” has no @. An address looks like ops@example.com.\n");
}

#[test]
fn flags_that_are_none_are_explained() {
    let house = House::new();
    for words in [&["--password", "x-secret-x"][..], &["--password=x-secret-x"]] {
        let out = house.run(words).code(64);
        assert!(out.stderr.contains("There is no --password: every user of this machine can read arguments"));
        assert!(out.stderr.contains("--password-stdin") && !out.stderr.contains("Did you mean"), "{}", out.stderr);
        keeps_quiet(&out, "x-secret-x");
    }
    for (words, parts) in [
        (&["--hots", "x"][..], &["--hots", "Did you mean --host?"][..]),
        (&["--timeout"], &["--timeout", "needs a value"]),
        (&["--host", "a", "--host", "b"], &["--host", "given twice"]),
        (&["a@b.test", "c@d.test"], &["more here than an address"]),
        (&["generate", "completions", "tcsh"], &["tcsh", "bash, zsh, fish"]),
        (&["remove"], &["PROFILE", "missing"]),
    ] {
        let out = house.run(words).code(64);
        for part in parts {
            assert!(out.stderr.contains(part), "{part} in {}", out.stderr);
        }
    }
}

#[test]
fn a_password_comes_from_where_the_flag_says() {
    for (store, more) in [
        ("file", &["--password-stdin"][..]),
        ("file", &["--password-file", "nasty"]),
        ("file", &["--password-fd", "0"]),
        ("env", &["--password-env", "RELAY_PASSWORD"]),
        ("command", &["--password-command", "cat nasty"]),
    ] {
        let house = House::new();
        house.sandbox.write("home/nasty", format!("{NASTY}\n"));
        let words = [more, &["--test", "connect", "--target", "dotenv-sh=env", "--yes", "--json"]].concat();
        let set_up = house.set_up(&words).env("RELAY_PASSWORD", NASTY).stdin(format!("{NASTY}\n"));
        let out = set_up.run().code(0);
        keeps_quiet(&out, NASTY);
        assert_eq!(house.run(&["show", "--json"]).json()["secret"]["store"], store, "{more:?}");
        let secret = house.sandbox.mailsetup(["secret"]).env("RELAY_PASSWORD", NASTY).run().code(0);
        assert_eq!(secret.stdout, format!("{NASTY}\n"));
        assert_eq!(house.sandbox.program("sh", ["-c", ". ./env; printf %s \"$SMTP_PASSWORD\""]).run().stdout, NASTY);
        let again = out.json()["equivalent"].as_str().unwrap().to_owned();
        assert!(again.contains(more[0]), "{again}");
    }
}

#[test]
fn a_password_that_is_none_is_refused() {
    let house = House::new();
    house.sandbox.write("home/empty", "\n");
    house.sandbox.write("home/bytes", b"\xff\xfe\n");
    for (more, exit, part) in [
        (&["--password-file", "nowhere"][..], 66, "no such file to read the password from"),
        (&["--password-file", "empty"], 65, "The password is empty"),
        (&["--password-stdin"], 65, "The password is empty"),
        (&["--password-file", "bytes"], 65, "not UTF-8"),
        (&["--password-file", "."], 74, "is a folder"),
        (&["--password-fd", "x"], 64, "--password-fd takes the number"),
        (&["--password-fd", "99"], 66, "file descriptor 99"),
        (&["--password-env", "NOT_SET_HERE"], 66, "NOT_SET_HERE is not set"),
        (&["--password-command", "exit 3"], 66, "The password command failed"),
        (&["--password-file", "pw", "--password-stdin"], 64, "--password-stdin, --password-file"),
    ] {
        let said = refused(&house, &[more, &["--yes"]].concat(), exit);
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[test]
fn a_flag_counts_over_a_variable_over_the_file() {
    let house = House::new();
    let port = house.demo.tls_port();
    let text = format!(
        "address = 'demo@mailsetup.example'\nhost = 'localhost'\nport = {port}\nca_file = 'ca.pem'\npassword_file = 'pw'\n\
         name = 'File'\nreply_to = 'file@example.test'\nprofile = 'file'\ntarget = ['dotenv']\ntest = 'none'\nyes = true\n"
    );
    house.sandbox.write("home/answers.toml", text);
    let run = house.sandbox.mailsetup(["--answers", "answers.toml", "--profile", "flag", "--json"]);
    let run = run.env("MAILSETUP_PROFILE", "env").env("MAILSETUP_NAME", "Env").env("MAILSETUP_PASSWORD_COMMAND", "cat pw");
    assert_eq!(run.run().code(0).json()["profile"], "flag");
    let shown = house.run(&["show", "flag", "--json"]).json();
    assert_eq!((&shown["sender"]["name"], &shown["sender"]["reply_to"]), (&"Env".into(), &"file@example.test".into()));
    // The variable is of another kind than the file's key, and counts all the same.
    assert_eq!(shown["secret"]["store"], "command");
    let out = house.sandbox.mailsetup(["--answers", "answers.toml"]).env("MAILSETUP_PORT", "99999").run().code(64);
    assert!(out.stderr.contains("MAILSETUP_PORT: “99999”"), "{}", out.stderr);
    let out = house.sandbox.mailsetup(["--json"]).env("MAILSETUP_YES", "perhaps").run().code(64);
    assert!(out.stderr.contains("MAILSETUP_YES: answer yes or no instead of “perhaps”"), "{}", out.stderr);
}

#[test]
fn an_answers_file_is_checked_key_by_key() {
    let house = House::new();
    for (text, part) in [
        ("hosst = 'x'", "no answer called “hosst”.  Did you mean host?"),
        ("a = 1\n", "no answer called “a”"),
        ("port = 1.5", "“port” must be text, a number, true, false"),
        ("target = [1]", "“target” must be"),
        ("name = 'a'\nhost = \"x\nport = 1\n", "answers.toml, line 2: "),
        ("port = 70000", "port: “70000” is not a port"),
        ("imap = 'perhaps'", "imap: answer yes or no instead of “perhaps”"),
        ("yes = 'jein'", "yes: answer yes or no instead of “jein”"),
        ("password = 'hunter2'", "a password does not belong in an answers file"),
    ] {
        house.sandbox.write("home/answers.toml", text);
        let out = house.run(&["--answers", "answers.toml", "--json"]).code(65);
        assert!(out.stderr.replace('\n', "").contains(part), "{part} in {}", out.stderr);
        assert!(out.json()["error"]["message"].is_string());
        keeps_quiet(&out, "hunter2");
    }
    let out = house.run(&["--answers", "nowhere.toml"]).code(66);
    assert!(out.stderr.contains("nowhere.toml cannot be read"), "{}", out.stderr);
    fs::remove_file(house.sandbox.path("home/answers.toml")).unwrap();
    assert!(house.written().is_empty());
}
