//! A person's own files: a wrong word is said with the file's own name, its line and the nearest right word.

use crate::support::sandbox::Sandbox;

/// Writes a file into the configuration folder and expects the fault that it has: the file is passed over.
fn refused(file: &str, text: &str, args: &[&str], said: &[&str]) {
    let sandbox = Sandbox::new();
    sandbox.write(format!("home/.config/mailsetup/{file}"), text);
    let error = sandbox.mailsetup(args).run().code(0).stderr;
    assert!(error.contains("A preset of your own is passed over: "), "{error}");
    for words in said {
        assert!(error.contains(words), "{words} in\n{error}");
    }
}

const PROVIDER: &str = "name = 'Lab'
category = 'relay'
checked = '2026-11'
smtp = [{ host = 'smtp.{domain}', port = 465, security = 'tls' }]
[en]
summary = 'lab'
[fr]
summary = 'lab'
";

#[test]
fn a_wrong_word_of_a_provider() {
    let wrong = |from: &str, to: &str, said: &[&str]| {
        refused("providers/lab.toml", &PROVIDER.replace(from, to), &["providers"], said);
    };
    wrong("{domain}", "{domian}", &["providers/lab.toml:4: unknown placeholder `domian`", "Did you mean domain?"]);
    wrong("'tls'", "'tsl'", &["providers/lab.toml:4: ", "Did you mean tls?"]);
    wrong("'relay'", "'realy'", &["providers/lab.toml:2: ", "Did you mean relay?"]);
    wrong("[en]", "families = ['gogle']\n[en]", &["providers/lab.toml:5: unknown family `gogle`", "Did you mean google?"]);
}

#[test]
fn a_wrong_word_of_a_target() {
    let msmtp = std::fs::read_to_string("presets/targets/msmtp.toml").unwrap();
    let wrong = |from: &str, to: &str, said: &[&str]| {
        assert!(msmtp.contains(from), "{from}");
        refused("targets/mine.toml", &msmtp.replace(from, to), &["targets"], said);
    };
    wrong(
        "\"starttls\", \"none\"]",
        "\"startls\", \"none\"]",
        &["targets/mine.toml:", "unknown variant `startls`", "Did you mean starttls?"],
    );
    // An unknown key is passed over alone.
    let sandbox = Sandbox::new();
    sandbox.write("home/.config/mailsetup/targets/mine.toml", msmtp.replace("cannot = { sender", "cannot = { sendre"));
    let out = sandbox.mailsetup(["targets", "mine", "--json"]).run().code(0);
    for said in ["A key of a preset of your own is passed over: ", "targets/mine.toml:", "`sendre`", "Did you mean sender?"]
    {
        assert!(out.stderr.contains(said), "{said} in\n{}", out.stderr);
    }
    assert_eq!(out.json()["key"], "mine");
}

#[test]
fn what_is_no_file_or_too_large_is_named_and_the_built_in_one_stands() {
    let sandbox = Sandbox::new();
    let folder = "home/.config/mailsetup/providers";
    sandbox.write(format!("{folder}/gmail.toml"), "#".repeat((1 << 20) + 1));
    sandbox.write(format!("{folder}/ovh.toml/x"), "a folder");
    let fifo = sandbox.write(format!("{folder}/lab.toml"), "");
    std::fs::remove_file(&fifo).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let out = sandbox.mailsetup(["providers", "gmail", "--json"]).run().code(0);
    for said in ["gmail.toml: larger than 1 MiB", "ovh.toml: not a regular file", "lab.toml: not a regular file"] {
        assert!(out.stderr.contains(said), "{said} in\n{}", out.stderr);
    }
    assert_eq!(out.json()["source"], "built-in");
}

#[test]
fn files_that_name_a_wrong_one_are_passed_over_with_it() {
    let sandbox = Sandbox::new();
    let folder = "home/.config/mailsetup";
    sandbox.write(format!("{folder}/families/flux.toml"), "name = 'Flux'\nchecked = 'soon'\nsources = ['here']\n");
    sandbox.write(format!("{folder}/providers/lab.toml"), PROVIDER.replace("[en]", "families = ['flux']\n[en]"));
    let error = sandbox.mailsetup(["providers"]).run().code(0).stderr;
    for said in ["families/flux.toml:2: `soon` is not a year and a month", "providers/lab.toml:5: unknown family `flux`"] {
        assert!(error.contains(said), "{said} in\n{error}");
    }
}

const CAUSE: &str = "checked = '2026-11'
ask = 'host'
match = [
    { stage = ['connect'], any = ['flux capacitor'] },
]
[en]
title = 'x'
meaning = 'x'
steps = ['look at {host}']
tell = 'x'
[fr]
title = 'x'
meaning = 'x'
steps = ['x']
tell = 'x'
";

#[test]
fn a_wrong_word_of_a_cause() {
    let sandbox = Sandbox::new();
    sandbox.write("home/.config/mailsetup/causes/flux.toml", CAUSE);
    let found =
        sandbox.mailsetup(["explain", "--json", "--stage", "connect", "flux capacitor depleted"]).run().code(0).json();
    assert_eq!(found["cause"], "flux");
    let wrong = |from: &str, to: &str, said: &[&str]| {
        refused("causes/flux.toml", &CAUSE.replace(from, to), &["explain", "535 5.7.8 no"], said);
    };
    wrong("'connect'", "'conect'", &["causes/flux.toml:4: unknown stage `conect`", "Did you mean connect?"]);
    wrong("ask = 'host'", "ask = 'hots'", &["causes/flux.toml:2: unknown answer `hots`", "Did you mean host?"]);
    wrong("{host}", "{hsot}", &["causes/flux.toml:9: unknown placeholder `hsot`", "Did you mean host?"]);
    wrong(
        "[en]",
        "change = { secuirty = 'tls' }\n[en]",
        &["causes/flux.toml:6: unknown answer `secuirty`", "Did you mean security?"],
    );
    wrong("[en]", "remedy = 'other-prot'\n[en]", &["causes/flux.toml:6: ", "Did you mean other-port?"]);
}

#[test]
fn words_and_families_of_ones_own_are_used() {
    let sandbox = Sandbox::new();
    let words = "name = 'Flux'\nchecked = '2026-11'\nsources = ['here']\n[words]\nrefused = ['flux capacitor is closed']\n";
    sandbox.write("home/.config/mailsetup/words/flux.toml", words);
    let found = sandbox.mailsetup(["explain", "--json", "flux capacitor is closed"]).run().code(0).json();
    assert_eq!(found["cause"], "connection_refused");
    let family = "name = 'Flux'\nchecked = '2026-11'\nsources = ['here']\nhosts = ['flux.test']\n";
    sandbox.write("home/.config/mailsetup/families/flux.toml", family);
    sandbox.write(
        "home/.config/mailsetup/causes/flux.toml",
        CAUSE.replace("stage = ['connect'], any = ['flux capacitor']", "provider = ['flux'], code = ['571']"),
    );
    let found = sandbox.mailsetup(["explain", "--json", "--host", "smtp.flux.test", "571 no"]).run().code(0).json();
    assert_eq!(found["cause"], "flux");
    refused(
        "words/flux.toml",
        &words.replace("refused", "refusde"),
        &["explain", "535 5.7.8 no"],
        &["words/flux.toml:5: unknown fault `refusde`", "Did you mean refused?"],
    );
}

#[test]
fn a_rank_of_ones_own_orders_the_list() {
    let sandbox = Sandbox::new();
    sandbox.write("home/.config/mailsetup/providers/lab.toml", PROVIDER.replace("checked =", "rank = 15\nchecked ="));
    sandbox.write("home/.config/mailsetup/providers/last.toml", PROVIDER);
    sandbox.write("home/.config/mailsetup/providers/ovh.toml", PROVIDER);
    let lines = sandbox.mailsetup(["providers", "--json"]).run().code(0).stdout;
    let key = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["key"].as_str().unwrap().to_owned();
    let keys: Vec<String> = lines.lines().map(key).collect();
    assert_eq!(keys[..2], ["gmail", "lab"]);
    assert_eq!(keys.last().map(String::as_str), Some("last"));
    let place = |key: &str| keys.iter().position(|it| *it == key).unwrap();
    assert_eq!(place("ovh") + 1, place("ovh-pro"));
}

#[test]
fn a_wrong_preset_does_not_stop_what_reads_none() {
    let sandbox = Sandbox::new();
    let words = "ops@example.test --provider custom --host mail.example.test --port 465 --security tls --scope user \
                 --target dotenv=app/.env --test none --password-stdin --yes";
    sandbox.mailsetup(words.split_whitespace()).stdin("open sesame\n").run().code(0);
    sandbox.write("home/.config/mailsetup/providers/lab.toml", "nmae = 'Lab'\n");
    sandbox.write("home/.config/mailsetup/targets/app.toml", "check = \"foo {{ hst }}\"\n");
    assert_eq!(sandbox.mailsetup(["secret", "--scope", "user"]).run().code(0).stdout, "open sesame\n");
    let check = sandbox.mailsetup(["check", "--scope", "user"]).run();
    assert!(check.stderr.contains("lab.toml:1") && check.code != Some(78), "{}", check.stderr);
    for command in ["list", "show", "undo"] {
        sandbox.mailsetup([command, "--scope", "user"]).run().code(0);
    }
}
