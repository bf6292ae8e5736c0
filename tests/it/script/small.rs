//! The small commands: what they print, and that other programs can read it.

use serde_json::{Value, json};

use super::{super::support::sandbox::Sandbox, House, json_lines};

fn run(words: &[&str]) -> super::Output {
    Sandbox::new().mailsetup(words).run()
}

#[test]
fn the_demo_runs_as_a_script_and_writes_in_a_folder_of_its_own() {
    let sandbox = Sandbox::new();
    let out = sandbox.mailsetup(["--demo", "--yes", "--json"]).run().code(0);
    super::obeys_the_contract(&out.json());
    assert_eq!(out.json()["ok"], true);
    let files = out.json()["files"].as_array().unwrap().clone();
    let folder = sandbox.path("tmp/mailsetup-demo-");
    assert!(files.iter().all(|file| file["path"].as_str().unwrap().starts_with(folder.to_str().unwrap())), "{files:?}");
    assert!(out.stderr.contains(folder.to_str().unwrap()), "{}", out.stderr);
    assert!(!sandbox.path("home/.msmtprc").exists() && !sandbox.path("home/.config/mailsetup").exists());
}

#[test]
fn the_demo_keeps_out_of_the_machines_stores() {
    for more in
        [&["--secret-store=systemd"][..], &["--secret-store=keyring"], &["--secret-store=vault", "--vault-lock=systemd"]]
    {
        let sandbox = Sandbox::new();
        let out = sandbox.mailsetup([&["--demo", "--yes"], more].concat()).run().code(64);
        assert!(out.stderr.contains("not in the demo"), "{}", out.stderr);
        assert_eq!(std::fs::read_dir(sandbox.path("tmp")).unwrap().count(), 0, "{}", out.stderr);
    }
}

#[test]
fn detect_gives_one_line_an_address() {
    let out = run(&["detect", "--offline", "ops@gmail.com", "x@unknown.test", "nobody", "y@ovh.net", "--json"]).code(65);
    let lines = json_lines(&out);
    let of = |key: &str| lines.iter().map(|line| line[key].clone()).collect::<Vec<Value>>();
    assert_eq!(of("address"), ["ops@gmail.com", "x@unknown.test", "nobody", "y@ovh.net"]);
    assert_eq!(of("provider"), [json!("gmail"), Value::Null, Value::Null, json!("ovh")]);
    assert_eq!(of("source"), ["preset", "none", "none", "preset"]);
    for line in &lines {
        assert!(line["smtp"].is_array() && line["imap"].is_array() && line["warnings"].is_array(), "{line}");
        assert!(line["username"].is_string() || line["username"].is_null(), "{line}");
        for server in line["smtp"].as_array().unwrap() {
            assert!(server["host"].is_string() && server["port"].is_u64() && server["security"].is_string(), "{server}");
        }
    }
    let server = json!({"host": "smtp.gmail.com", "port": 465, "security": "tls", "check": "unchecked"});
    assert_eq!(lines[0]["smtp"][0], server);
    assert!(run(&["detect", "--offline", "ops@gmail.com"]).code(0).stdout.contains("smtp.gmail.com:465"));
}

#[test]
fn a_pasted_reply_is_explained() {
    let reply = "535-5.7.8 Username and Password not accepted. For more information, go to\n\
                 535 5.7.8 https://support.google.com/mail/?p=BadCredentials";
    let out = run(&["explain", "--json", reply]).code(0).json();
    assert!(["bad_credentials", "app_password_required"].contains(&out["cause"].as_str().unwrap()), "{out}");
    for key in ["title", "meaning", "steps", "links", "change", "certain"] {
        assert!(out.get(key).is_some(), "{key} in {out}");
    }
    let sandbox = Sandbox::new();
    let said = sandbox.mailsetup(["explain", "-"]).stdin("554 5.7.1 <x@y.test>: Relay access denied\n").run().code(0);
    assert!(said.stdout.starts_with("The server does not pass mail on"), "{}", said.stdout);
    let lines = "{\"id\": 1, \"reply\": \"421 4.7.0 Too many connections\"}\n{\"id\": \"b\", \"reply\": \"self signed certificate\", \"stage\": \"tls\"}\n";
    for nothing in ["", "\0\x01\x02", "hello"] {
        let said = sandbox.mailsetup(["explain", "-", "--json"]).stdin(nothing).run().code(0).json();
        assert_eq!(said["cause"], "unknown", "{nothing:?}");
    }
    let found = json_lines(&sandbox.mailsetup(["explain", "--jsonl"]).stdin(lines).run().code(0));
    assert_eq!((&found[0]["id"], &found[0]["cause"]), (&json!(1), &json!("too_many_connections")));
    assert_eq!((&found[1]["id"], &found[1]["cause"]), (&json!("b"), &json!("cert_self_signed")));
    assert!(run(&["explain", "--stage", "lunch", "x"]).code(64).stderr.contains("greeting"));
}

#[test]
fn listings_are_lines_that_scripts_can_read() {
    for (command, known) in [("providers", "gmail"), ("targets", "msmtp")] {
        let lines = json_lines(&run(&[command, "--json"]).code(0));
        assert!(lines.iter().any(|line| line["key"] == known) && lines.iter().all(|line| line["name"].is_string()));
        assert!(run(&[command, known]).code(0).stdout.starts_with(known));
        assert!(run(&[command, "zzz"]).code(66).stderr.contains("zzz"));
    }
    // By the name of a program that reads it, and in full.
    let found = run(&["targets", "forgejo"]).code(0).stdout;
    assert!(found.starts_with("gitea  Gitea\n") && found.contains("/etc/gitea/app.ini (0640)"), "{found}");
    let found = run(&["targets", "alertmanager", "--lang", "fr"]).code(0).stdout;
    assert!(
        found.contains("tls seulement sur le port 465") && found.contains("amtool check-config /etc/prometheus/"),
        "{found}"
    );
    assert!(run(&["targets", "environ"]).code(0).stdout.lines().count() > 4);
    let house = House::new();
    assert_eq!(house.run(&["list"]).code(0).stdout, "");
    house.write(&["--profile", "one"]).code(0);
    house.write(&["--profile", "two", "--target", "msmtp"]).code(0);
    let lines = json_lines(&house.run(&["list", "--json"]).code(0));
    assert_eq!(lines.iter().map(|line| line["profile"].clone()).collect::<Vec<_>>(), ["one", "two"]);
    assert!(house.run(&["show", "two"]).code(0).stdout.contains("host = \"localhost\""));
    assert!(house.run(&["show", "tow"]).code(66).stderr.contains("two"));
    for words in [&["show", "two"][..], &["show", "two", "--json"], &["list"], &["list", "--json"]] {
        super::keeps_quiet(&house.run(words), house.demo.password());
    }
}

#[test]
fn what_is_generated_is_valid() {
    let page = run(&["generate", "man"]).code(0).stdout;
    assert!(page.contains(".TH mailsetup 1") && page.contains("\\-\\-password\\-file"), "{}", &page[..200]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(run(&["generate", "completions", shell]).code(0).stdout.contains("--password-stdin") || shell == "fish");
    }
    let sandbox = Sandbox::new();
    let script = run(&["generate", "completions", "bash"]).stdout;
    sandbox.program("bash", ["-n"]).stdin(script).run().code(0);
    let schema = run(&["generate", "schema"]).code(0).json();
    assert!(schema["properties"]["smtp"].is_object(), "{schema}");
    let answers = run(&["generate", "schema", "answers"]).code(0).json();
    assert_eq!(answers["properties"]["port"]["type"], "integer");
    assert!(answers["properties"].get("password").is_none());
}

#[test]
fn sentences_come_in_the_language_that_is_asked_for() {
    let sandbox = Sandbox::new();
    for run in [
        sandbox.mailsetup(["check", "--lang", "fr"]),
        sandbox.mailsetup(["check"]).env("LC_ALL", "fr_FR.UTF-8"),
        sandbox.mailsetup(["check"]).env("MAILSETUP_LANG", "fr").env("LC_ALL", "C"),
    ] {
        assert!(run.run().code(66).stderr.contains("profil"));
    }
    let out = run(&["--lang", "fr", "--json"]).code(64);
    assert!(out.stderr.contains("--password-file"), "{}", out.stderr);
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let sandbox = Sandbox::new();
    for words in ["generate completions bash", "generate man", "providers --json"] {
        let script = format!("{{ mailsetup {words}; echo $? >status; }} | true");
        let out = sandbox.program("sh", ["-c", &script]).run().code(0);
        assert_eq!((out.stderr.as_str(), sandbox.read("home/status").as_str()), ("", "0\n"), "{words}");
    }
}
