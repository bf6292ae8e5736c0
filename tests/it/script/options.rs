//! Options: as variables, before a command, empty, contradicting each other; and errors as documents.

use serde_json::{Value, json};

use super::{super::support::sandbox::Output, House, keeps_quiet, obeys_the_contract};

/// A house with two profiles.
fn two() -> House {
    let house = House::new();
    house.write(&["--profile", "one"]).code(0);
    house.write(&["--profile", "web", "--name", "Web", "--target", "msmtp"]).code(0);
    house
}

fn with(house: &House, words: &[&str], variables: &[(&str, &str)]) -> Output {
    let run = house.sandbox.mailsetup(words);
    variables.iter().fold(run, |run, (name, value)| run.env(name, value)).run()
}

/// The parts of an error's document.
#[track_caller]
fn failure(out: &Output) -> (String, String, Value) {
    let document = out.json();
    assert_eq!(document["ok"], false, "{document}");
    let error = &document["error"];
    let hint = error["hint"].as_str().unwrap_or_default().to_owned();
    assert!(error["message"].is_string() && error["fields"].is_array(), "{document}");
    (error["code"].as_str().unwrap().to_owned(), hint, error["fields"].clone())
}

#[test]
fn an_option_is_a_variable_in_every_command() {
    let house = two();
    let web = [("MAILSETUP_PROFILE", "web")];
    assert_eq!(with(&house, &["show", "--json"], &web).code(0).json()["profile"], "web");
    assert_eq!(with(&house, &["check", "--json"], &web).code(0).json()["profile"], "web");
    let sent = with(&house, &["check", "--json"], &[web[0], ("MAILSETUP_SEND", "yes")]).code(0).json();
    assert_eq!(sent["equivalent"], "mailsetup check web --send");
    let printed = with(&house, &["export", "msmtp"], &[web[0], ("MAILSETUP_PRINT", "oui")]).code(0).stdout;
    assert!(printed.contains("localhost"), "{printed}");
    let shown = with(&house, &["show"], &[web[0], ("MAILSETUP_JSON", "yes")]).code(0).json();
    assert_eq!(shown["profile"], "web");
    assert!(with(&house, &["show"], &[("MAILSETUP_PROFILE", "-x")]).code(64).stderr.contains("MAILSETUP_PROFILE"));
    assert!(with(&house, &["check"], &[("MAILSETUP_SEND", "perhaps")]).code(64).stderr.contains("MAILSETUP_SEND"));
    let stage = with(&house, &["explain", "x"], &[("MAILSETUP_STAGE", "lunch")]).code(64).stderr;
    assert!(stage.contains("greeting"), "{stage}");
    with(&house, &["remove"], &web).code(0);
    assert!(house.run(&["show", "web"]).stdout.contains("enabled = false"));
    assert_eq!(house.run(&["remove"]).code(64).stderr.lines().next(), Some("mailsetup: PROFILE is missing."));
}

#[test]
fn a_variable_that_is_none_of_ours_is_named() {
    let house = two();
    let typo = [("MAILSETUP_DRY_RUM", "hunter2")];
    let out = house.set_up(&["--password-file", "pw", "--yes"]).env(typo[0].0, typo[0].1).run().code(64);
    assert!(out.stderr.contains("MAILSETUP_DRY_RUM is none") && out.stderr.contains("Did you mean MAILSETUP_DRY_RUN?"));
    keeps_quiet(&out, "hunter2");
    let noted = with(&house, &["show", "web"], &typo).code(0);
    assert!(noted.stderr.contains("Did you mean MAILSETUP_DRY_RUN?"), "{}", noted.stderr);
    let far = house.set_up(&["--password-env", "MAILSETUP_MINE", "--test", "none", "--yes"]);
    let far = far.env("MAILSETUP_MINE", "x").env("MAILSETUP_QUANTUM", "x").run().code(0);
    assert!(far.stderr.contains("MAILSETUP_QUANTUM is none") && !far.stderr.contains("MAILSETUP_MINE is"), "{}", far.stderr);
    let said = with(&house, &["list"], &[("MAILSETUP_PASSWORD", "hunter2")]).code(0);
    assert!(said.stderr.contains("MAILSETUP_PASSWORD_FILE"), "{}", said.stderr);
    keeps_quiet(&said, "hunter2");
}

#[test]
fn secret_heeds_no_variable_that_is_wrong_or_none_of_its_own() {
    let house = House::new();
    house.write(&["--profile", "web"]).code(0);
    house.run(&["secret"]).code(66);
    house.write(&[]).code(0);
    let password = format!("{}\n", house.demo.password());
    for (name, value) in [
        ("MAILSETUP_PROFILE", "web"),
        ("MAILSETUP_PROFILE", "nosuch"),
        ("MAILSETUP_LANG", "xx"),
        ("MAILSETUP_JSON", "maybe"),
        ("MAILSETUP_JSON", "yes"),
        ("MAILSETUP_COLOR", "mauve"),
        ("MAILSETUP_ROOT", "/nonexistent"),
        ("MAILSETUP_TIMEOUT", "soon"),
        ("MAILSETUP_ANSWERS", "/nonexistent"),
        ("MAILSETUP_DROP_IN", "yes"),
        ("MAILSETUP_VAULT_PASSPHRASE_FILE", "/nonexistent"),
        ("MAILSETUP_VAULT_PASSPHRASE_FD", "x"),
        ("MAILSETUP_DRY_RUM", "yes"),
    ] {
        let out = with(&house, &["secret"], &[(name, value)]).code(0);
        assert_eq!((out.stdout.as_str(), out.stderr.as_str()), (password.as_str(), ""), "{name}={value}");
    }
    let document = json!({"ok": true, "profile": "web", "secret": password.trim_end()});
    assert_eq!(house.run(&["secret", "web", "--json"]).code(0).json(), document);
    assert_eq!(failure(&house.run(&["secret", "wbe", "--json"]).code(66)).0, "no_profile");
}

#[test]
fn commands_are_found_wherever_they_stand_and_mistyped_ones_named() {
    let house = two();
    let shown = house.run(&["--json", "show", "web"]).code(0).json();
    assert_eq!(shown["profile"], "web");
    house.run(&["-q", "--lang", "de", "vault", "status"]).code(0);
    for (words, near) in [(&["chekc", "web"][..], "check"), (&["lst"], "list"), (&["--json", "exprot", "msmtp"], "export")] {
        let out = house.run(words).code(64);
        assert!(out.stderr.contains("There is no command") && out.stderr.contains(near), "{}", out.stderr);
    }
    assert_eq!(failure(&house.run(&["chekc", "--json"]).code(64)).0, "unknown_command");
    for words in [&["check"][..], &["vault", "rotate"], &[]] {
        let help = house.run(&[&["help"], words].concat()).code(0).stdout;
        assert_eq!(help, house.run(&[words, &["--help"]].concat()).code(0).stdout);
    }
    assert!(house.run(&["help", "chekc"]).code(64).stderr.contains("check"));
    let help = house.run(&["help", "check", "--lang", "de"]).code(0).stdout;
    assert!(help.contains("Aufruf: mailsetup check") && help.contains("Argumente:"), "{help}");
    assert!(!help.contains("Usage") && !help.contains("Arguments") && !help.contains("Options:"), "{help}");
}

#[test]
fn every_error_is_a_document_however_it_was_asked_for() {
    let house = House::new();
    let answers = house.sandbox.write("home/answers.toml", "json = true\nport = 0\n");
    let by_file = house.run(&["--answers", answers.to_str().unwrap()]).code(65);
    obeys_the_contract(&by_file.json());
    assert_eq!(failure(&by_file), ("bad_answer".into(), String::new(), json!(["port"])));
    let bad = house.sandbox.write("home/bad.toml", "json = true\nhots = 'x'\n");
    let out = house.run(&["--answers", bad.to_str().unwrap()]).code(65);
    assert_eq!(failure(&out).0, "unknown_option");
    let missing = with(&house, &[], &[("MAILSETUP_JSON", "yes")]).code(64);
    let (code, hint, fields) = failure(&missing);
    assert_eq!(code, "missing_answers");
    assert!(!hint.is_empty() && fields.as_array().unwrap().contains(&json!("address")), "{fields}");
    for words in
        [&["check"][..], &["show"], &["export", "msmtp"], &["remove", "x"], &["undo"], &["secret"], &["vault", "rotate"]]
    {
        let out = house.run(&[words, &["--json"]].concat());
        assert!(out.stdout.lines().count() == 1 && !failure(&out).0.is_empty(), "{words:?}: {}", out.stdout);
    }
    house.write(&[]).code(0);
    let profile = "home/.config/mailsetup/profiles/default.toml";
    house.sandbox.write(profile, house.sandbox.read(profile).replacen("port = ", "port = 99999", 1));
    let listed = house.run(&["list", "--json"]).code(78);
    assert_eq!((failure(&listed).0.as_str(), listed.json()["profile"].as_str()), ("bad_profile", Some("default")));
    assert_eq!(failure(&house.run(&["show", "--json"]).code(78)).2, json!(["smtp.port"]));
}

#[test]
fn quiet_is_quiet_on_success_alone() {
    let house = House::new();
    assert_eq!(house.write(&["-q"]).code(0).stderr, "");
    assert_eq!(house.run(&["check", "-q"]).code(0).stderr, "");
    let port = house.demo.tls_port().to_string();
    house.sandbox.write("home/wrong", "wrong\n");
    let refused = house.set_up(&["--port", &port, "--password-file", "wrong", "--yes", "-q"]).run().code(77);
    assert!(refused.stderr.lines().count() > 2, "{}", refused.stderr);
    let profile = "home/.config/mailsetup/profiles/default.secret";
    house.sandbox.write(profile, "wrong");
    assert!(house.run(&["check", "-q"]).code(77).stderr.lines().count() > 2);
}

#[test]
fn an_empty_value_and_a_contradiction_are_refused() {
    let house = House::new();
    for (more, flag) in [
        (&["--pin-sha256", ""][..], "--pin-sha256"),
        (&["--root", " "], "--root"),
        (&["--target", ""], "--target"),
        (&["--ca-file="], "--ca-file"),
        (&["--password-file", ""], "--password-file"),
        (&["--report", ""], "--report"),
    ] {
        let out = house.run(&[&["a@b.test", "--host", "localhost", "--yes", "--test", "none"], more].concat()).code(64);
        assert!(out.stderr.contains(&format!("{flag} needs a value")), "{}", out.stderr);
    }
    let answers = house.sandbox.write("home/answers.toml", "pin_sha256 = ''\n");
    assert!(house.write(&["--answers", answers.to_str().unwrap()]).code(65).stderr.contains("pin_sha256 needs a value"));
    let both = house.write(&["--no-imap", "--imap-host", "imap.example.test"]).code(64);
    assert!(both.stderr.contains("--no-imap and --imap-host contradict"), "{}", both.stderr);
    let both = house.write(&["--through", "msmtpd", "--import", "msmtp"]).code(64);
    assert!(both.stderr.contains("--through and --import contradict"), "{}", both.stderr);
    let none = house.write(&["--through", "postfix"]).code(64);
    assert!(none.stderr.contains("msmtpd"), "{}", none.stderr);
    for (more, other) in [
        (["--vault-lock", "machine"], "--secret-store file"),
        (["--pass-entry", "mail/x"], "--secret-store file"),
        (["--run-as", "www-data"], "--scope user"),
    ] {
        let out = house.write(&more).code(64);
        assert!(out.stderr.contains(&format!("{} and {other} contradict", more[0])), "{}", out.stderr);
    }
    house.write(&["--name", "", "--test", "none"]).code(0);
}

#[test]
fn a_password_in_the_wrong_place_is_not_repeated() {
    let house = House::new();
    let secret = "Tr0ub4dor&3";
    let command = format!("echo {secret} >&2; exit 1");
    let script = format!("'{secret}'");
    for (more, exit) in [
        (["--password-file", secret], 66),
        (["--password-fd", secret], 64),
        (["--password-env", secret], 64),
        (["--password-env", "hunter2"], 66),
        (["--password-command", &command], 66),
        (["--password-command", &script], 66),
        (["--vault-passphrase-file", secret], 66),
        (["--vault-passphrase-fd", secret], 64),
        (["--vault-passphrase-env", secret], 66),
    ] {
        let out = house.set_up(&[&more[..], &["--yes", "--json"]].concat()).run().code(exit);
        keeps_quiet(&out, secret);
        keeps_quiet(&out, "hunter2");
        assert_ne!(out.json()["error"]["message"], "");
    }
}
