//! What a set-up leaves behind, and the commands that work on it.

use std::fs;

use serde_json::json;

use super::{House, keeps_quiet, mode, obeys_the_contract};
use crate::support::{
    fixture::{Mode, Step},
    pki::{self, Identity, Kind},
    server::Crowd,
};

const MINE: &str = "# mine, with a tab\t\ndefaults\ntimeout 60\n\naccount home\nhost mail.example.net\nfrom me@example.net\n\naccount default : home\n";

#[test]
fn a_set_up_writes_tests_and_is_repeated_without_a_change() {
    let house = House::new();
    let first = house.write(&["--target", "msmtp", "--target", "dotenv=app/.env"]).code(0);
    let document = first.json();
    obeys_the_contract(&document);
    assert_eq!(
        (&document["ok"], &document["changed"], &document["profile"]),
        (&json!(true), &json!(true), &json!("default"))
    );
    let stages: Vec<_> = document["stages"].as_array().unwrap().iter().map(|it| it["stage"].as_str().unwrap()).collect();
    assert_eq!(stages, ["dns", "connect", "tls", "greeting", "ehlo", "auth", "mail", "rcpt", "data"]);
    assert_eq!(document["smtp"]["port"], house.demo.tls_port());
    assert!(document["files"].as_array().unwrap().iter().all(|file| file["action"] == "created"), "{document}");
    keeps_quiet(&first, house.demo.password());

    // The live test, and one message from what each target's file says.
    let arrived = house.demo.arrived();
    assert_eq!(arrived.len(), 3);
    assert!(arrived.iter().all(|message| message.to == [house.demo.user()] && message.encrypted));
    let texts: Vec<_> = arrived.iter().map(|message| String::from_utf8_lossy(&message.bytes).into_owned()).collect();
    assert!(texts[1].contains("/home/.msmtprc") && texts[2].contains("app/.env"), "{texts:?}");

    let before = house.written();
    for (path, text) in &before {
        assert_eq!(mode(path), 0o600, "{}", path.display());
        let inline = path.ends_with("default.secret") || path.ends_with(".env");
        assert_eq!(text.contains(house.demo.password()), inline, "{}", path.display());
    }
    for path in house.files("home/.local/state").keys() {
        assert_eq!(mode(path), 0o600, "{}", path.display());
    }
    let again = house.write(&["--target", "msmtp", "--target", "dotenv=app/.env"]).code(0).json();
    assert_eq!((&again["ok"], &again["changed"]), (&json!(true), &json!(false)));
    assert!(again["files"].as_array().unwrap().iter().all(|file| file["action"] == "unchanged"), "{again}");
    assert_eq!(house.written(), before);
}

#[test]
fn the_time_of_the_last_test_alone_is_no_change() {
    let house = House::new();
    house.write(&["--target", "msmtp"]).code(0);
    let path = house.sandbox.path("home/.config/mailsetup/profiles/default.toml");
    let text = fs::read_to_string(&path).unwrap();
    // As an older version noted it there.
    let earlier = text + "\n[check]\nwhen = \"2020-01-18T07:00:00Z\"\nresult = \"ok\"\n";
    fs::write(&path, &earlier).unwrap();
    assert_eq!(house.write(&["--target", "msmtp"]).code(0).json()["changed"], false);
    assert_eq!(fs::read_to_string(&path).unwrap(), earlier);
    // With another change it is written anew.
    assert_eq!(house.write(&["--target", "msmtp", "--name", "Ops"]).code(0).json()["changed"], true);
    assert!(!fs::read_to_string(&path).unwrap().contains("2020-01-18"));
}

#[test]
fn a_dry_run_shows_everything_but_the_secret_and_writes_nothing() {
    let house = House::new();
    let rc = house.sandbox.write("home/.msmtprc", MINE);
    for more in [&["--dry-run", "--diff"][..], &["--dry-run", "--diff", "--json"]] {
        let words = [&["--password-file", "pw", "--target", "msmtp", "--target", "dotenv"][..], more].concat();
        let out = house.set_up(&words).run().code(0);
        let is_json = more.contains(&"--json");
        let shown = if is_json { out.json()["diff"].as_str().unwrap().to_owned() } else { out.stdout.clone() };
        assert!(shown.contains("+ account mailsetup") && shown.contains("+ SMTP_PASSWORD="), "{shown}");
        // Of a person's own lines the keys alone.
        assert!(shown.contains("  account default ...") && !shown.contains(": home"), "{shown}");
        keeps_quiet(&out, house.demo.password());
        if is_json {
            let document = out.json();
            obeys_the_contract(&document);
            assert_eq!((&document["changed"], document["files"].as_array().unwrap().len()), (&json!(true), 5));
        }
    }
    assert_eq!(house.written().into_iter().collect::<Vec<_>>(), [(rc, MINE.to_owned())]);
    assert!(house.files("home/.local/state").is_empty());
    assert!(house.demo.arrived().is_empty(), "and sends nothing");
}

#[test]
fn by_changed_a_message_goes_out_only_where_something_changes() {
    let house = House::new();
    let words = ["--target", "dotenv=app/.env", "--test", "changed"];
    let first = house.write(&words).code(0).json();
    obeys_the_contract(&first);
    assert_eq!((&first["changed"], &first["proofs"][0]["sent"]), (&json!(true), &json!(true)));
    assert_eq!(house.demo.arrived().len(), 1, "by what was written; before, the envelope alone is offered");
    let again = house.write(&words).code(0).json();
    assert_eq!((&again["ok"], &again["changed"], &again["proofs"][0]["sent"]), (&json!(true), &json!(false), &json!(null)));
    assert_eq!(house.demo.arrived().len(), 1);
    let stages: Vec<_> = again["stages"].as_array().unwrap().iter().map(|it| it["stage"].clone()).collect();
    assert_eq!(stages.last(), Some(&json!("rcpt")));
}

#[test]
fn a_consumer_that_is_stricter_than_our_check_is_named_before_anything_is_written() {
    // Of this authority no certificate names the key that signed it.
    let script = ["220 x ESMTP\r\n", "EHLO ", "250-x\r\n250 AUTH PLAIN\r\n", "QUIT"].into_iter().enumerate();
    let step = |(at, text): (usize, &str)| if at % 2 == 0 { Step::Send(text.into()) } else { Step::Expect(text.into()) };
    let identity = Identity::of(Kind::Good, "localhost");
    let server = Crowd::start(&identity, None, Mode::Implicit, script.map(step).collect());
    let (house, port) = (House::new(), server.address.port().to_string());
    house.sandbox.write("home/settings.py", "");
    house.sandbox.write("home/ca.pem", pki::ca_pem());
    let notes = |target: &str| {
        let words = ["ops@example.com", "--host", "localhost", "--port", &port, "--target", target];
        let words = [&words[..], &["--password-file", "pw", "--test", "connect", "--dry-run", "--yes", "--json"]].concat();
        // The authority is the system's: Django knows no other.
        let run = house.sandbox.mailsetup(words).env("SSL_CERT_FILE", house.sandbox.path("home/ca.pem"));
        run.run().code(0).json()["notes"].to_string()
    };
    assert!(notes("django=settings.py").contains("Python 3.13 and newer refuse this server"));
    assert!(!notes("msmtp").contains("Python"));
}

#[test]
fn check_tests_again_and_sees_drift() {
    let house = House::new();
    house.write(&["--target", "msmtp", "--test", "login"]).code(0);
    let out = house.run(&["check", "--json"]).code(0);
    obeys_the_contract(&out.json());
    assert!(house.demo.arrived().is_empty(), "the envelope alone is offered");
    let stages = out.json()["stages"].as_array().unwrap().clone();
    assert!(stages.iter().any(|stage| stage["stage"] == "rcpt" && stage["state"] == "passed"));
    house.run(&["check", "default", "--send"]).code(0);
    assert_eq!(house.demo.arrived().len(), 1);

    let rc = house.sandbox.path("home/.msmtprc");
    let text = fs::read_to_string(&rc).unwrap();
    fs::write(&rc, text.replace(&format!("port {}", house.demo.tls_port()), "port 2525")).unwrap();
    let out = house.run(&["check", "--json"]).code(78);
    assert_eq!(out.json()["ok"], false);
    assert!(out.json()["notes"][0].as_str().unwrap().contains("port"), "{}", out.stdout);
    assert!(out.stderr.contains("(msmtp): port no longer as the profile says"), "{}", out.stderr);
    let quiet = house.run(&["export", "msmtp", "-q"]).code(0);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
    house.run(&["check"]).code(0);

    house.demo.set_fault(mailsetup::demo::DemoFault::WrongPassword);
    let out = house.run(&["check", "--json"]).code(77);
    obeys_the_contract(&out.json());
    let listed = house.run(&["list", "--json"]).code(0).json();
    assert_eq!(listed["check"]["result"], out.json()["diagnosis"]["cause"]);
    assert_eq!(house.run(&["check", "nobody", "--json"]).code(66).json()["ok"], false);
}

#[test]
fn edit_changes_what_is_given_and_keeps_the_rest() {
    let house = House::new();
    house.write(&["--target", "msmtp", "--name", "Ops", "--imap-host", "imap.example.test"]).code(0);
    let port = house.demo.starttls_port().to_string();
    let words = ["edit", "--port", &port, "--security", "starttls", "--yes", "--json"];
    let document = house.run(&words).code(0).json();
    obeys_the_contract(&document);
    assert_eq!(document["smtp"]["security"], "starttls");
    let shown = house.run(&["show", "--json"]).json();
    assert_eq!((&shown["sender"]["name"], &shown["imap"]["host"]), (&json!("Ops"), &json!("imap.example.test")));
    assert!(house.sandbox.read("home/.msmtprc").contains(&format!("port {port}\n")));
    assert_eq!(house.run(&words).code(0).json()["changed"], false);

    // Another source of the password is another store, and the file of the former one goes.
    house.run(&["edit", "default", "--password-command", "cat pw", "--yes"]).code(0);
    assert!(!house.sandbox.path("home/.config/mailsetup/profiles/default.secret").exists());
    assert_eq!(house.run(&["secret"]).stdout.trim_end(), house.demo.password());
    house.run(&["undo"]).code(0);
    assert!(house.sandbox.path("home/.config/mailsetup/profiles/default.secret").exists());

    assert!(house.run(&["edit", "--port", "abc", "--yes"]).code(64).stderr.contains("--port: “abc”"));
    assert!(house.run(&["edit", "defualt", "--yes"]).code(66).stderr.contains("default"));
    assert!(house.run(&["edit"]).code(64).stderr.contains("--yes"));
}

#[test]
fn undo_puts_everything_back_byte_for_byte() {
    let house = House::new();
    house.sandbox.write("home/.msmtprc", MINE);
    let nothing = house.written();
    house.write(&["--target", "msmtp"]).code(0);
    let first = house.written();
    house.write(&["--target", "msmtp", "--target", "dotenv", "--name", "Ops"]).code(0);
    let out = house.run(&["undo", "--json"]).code(0);
    assert_eq!((out.json()["ok"].clone(), house.written()), (json!(true), first));
    house.run(&["undo"]).code(0);
    assert_eq!(house.written(), nothing);
    let out = house.run(&["undo", "--json"]);
    assert!(out.code != Some(0) && out.json()["ok"] == false, "{out:?}");
}

#[test]
fn remove_takes_back_what_was_written_and_can_be_undone() {
    let house = House::new();
    let rc = house.sandbox.write("home/.msmtprc", MINE);
    house.write(&["--target", "msmtp", "--target", "dotenv"]).code(0);
    let written = house.written();
    assert!(house.sandbox.read("home/.msmtprc").starts_with(MINE));
    let document = house.run(&["remove", "default", "--json"]).code(0).json();
    assert_eq!((&document["ok"], &document["changed"]), (&json!(true), &json!(true)));
    let left = house.written();
    let profile = house.sandbox.path("home/.config/mailsetup/profiles/default.toml");
    assert_eq!(left.keys().collect::<Vec<_>>(), [&profile, &rc]);
    assert_eq!(left[&rc], MINE);
    assert!(left[&profile].contains("enabled = false"));
    for words in [&["secret"][..], &["check"]] {
        assert!(house.run(words).code(78).stderr.contains("was removed"));
    }
    assert!(house.run(&["list"]).stdout.contains("removed"));
    house.run(&["undo"]).code(0);
    assert_eq!(house.written(), written);
    house.run(&["check"]).code(0);
    assert_eq!(house.run(&["remove", "nobody", "--json"]).code(66).json()["ok"], false);
}

#[test]
fn export_writes_one_more_target_or_prints_it() {
    let house = House::new();
    house.write(&[]).code(0);
    let before = house.written();
    let printed = house.run(&["export", "dotenv", "--print"]).code(0).stdout;
    assert_eq!(house.written(), before);
    assert!(printed.contains("SMTP_HOST=localhost\n"), "{printed}");
    let document = house.run(&["export", "dotenv=app.env", "--json"]).code(0).json();
    assert_eq!((&document["ok"], &document["changed"]), (&json!(true), &json!(true)));
    assert_eq!(house.sandbox.read("home/app.env"), printed);
    assert_eq!(mode(&house.sandbox.path("home/app.env")), 0o600);
    let targets = house.run(&["show", "--json"]).json()["target"].clone();
    assert_eq!(targets[0]["name"], "dotenv");
    assert!(house.run(&["export", "dotenvv"]).code(64).stderr.contains("dotenv"));
}

#[test]
fn an_image_is_written_below_its_root() {
    let house = House::new();
    fs::create_dir_all(house.sandbox.path("home/image/etc")).unwrap();
    let more = ["--root", "image", "--scope", "system", "--target", "msmtp"];
    let document = house.write(&more).code(0).json();
    let paths: Vec<_> = house.written().into_keys().collect();
    let image = house.sandbox.path("home/image");
    assert!(paths.iter().all(|path| path.starts_with(&image)), "{paths:?}");
    assert!(house.sandbox.read("home/image/etc/msmtprc").contains("secret default --scope system --for localhost"));
    let again = document["equivalent"].as_str().unwrap();
    assert!(again.starts_with("mailsetup '--root=image' demo@"), "{again}");
    house.run(&["check", "--root", "image", "--scope", "system"]).code(0);
    house.run(&["remove", "default", "--root", "image", "--scope", "system"]).code(0);
    assert!(!house.sandbox.path("home/image/etc/msmtprc").exists());
}

#[test]
fn relative_paths_are_written_as_absolute_ones() {
    let house = House::new();
    house.write(&["--target", "msmtp", "--target", "dotenv=app.env"]).code(0);
    let ca = house.sandbox.path("home/ca.pem").display().to_string();
    for file in ["home/.msmtprc", "home/app.env", "home/.config/mailsetup/profiles/default.toml"] {
        assert!(house.sandbox.read(file).contains(&ca), "{file}");
    }
    house.sandbox.mailsetup(["check"]).cwd(house.sandbox.path("tmp")).run().code(0);
}

#[test]
fn a_password_that_git_would_commit_is_named_with_the_line_that_keeps_it_out() {
    let house = House::new();
    let words = ["--target", "dotenv=app/.env", "--test", "none"];
    // A folder that git, where it is installed, takes for no repository: the files are read.
    fs::create_dir_all(house.sandbox.path("home/.git")).unwrap();
    let said = |document: &serde_json::Value| document["notes"].to_string();
    let planned = [&["--password-file", "pw", "--dry-run", "--json"][..], &words].concat();
    let before = said(&house.set_up(&planned).run().code(0).json());
    assert!(before.contains("/home/app/.env") && before.contains("/home/.gitignore: /app/.env"), "{before}");
    // The password's own file lies there too; what only names the command that prints it does not hold it.
    let after = said(&house.write(&[&words[..], &["--target", "msmtp"]].concat()).code(0).json());
    assert!(after.contains("/app/.env") && after.contains("default.secret") && !after.contains("msmtprc"), "{after}");
    house.sandbox.write("home/.gitignore", "/app/.env\n.config/\n");
    let ignored = said(&house.write(&words).code(0).json());
    assert!(!ignored.contains(".gitignore"), "{ignored}");
}

#[test]
fn git_itself_is_asked_where_it_is_installed() {
    let house = House::new();
    let git = |words: &[&str]| house.sandbox.program("git", words).run();
    if std::process::Command::new("git").arg("--version").output().is_err() {
        crate::support::bed::left_out("git is not installed");
        return;
    }
    git(&["init", "--quiet", "."]).code(0);
    house.sandbox.write("home/excluded", ".env\n.config/\n");
    let words = ["--target", "dotenv=app/.env", "--test", "none"];
    let said = |words: &[&str]| house.write(words).code(0).json()["notes"].to_string();
    assert!(said(&words).contains("/home/.gitignore: /app/.env"));
    // By a setting that only git reads.
    git(&["config", "core.excludesFile", &house.sandbox.path("home/excluded").display().to_string()]).code(0);
    assert!(!said(&words).contains(".gitignore"));
    git(&["add", "--force", "app/.env"]).code(0);
    let tracked = said(&words);
    assert!(tracked.contains("git rm --cached -- 'app/.env'"), "{tracked}");
}

#[test]
fn what_takes_no_path_needs_no_current_folder() {
    let house = House::new();
    house.write(&["--target", "msmtp"]).code(0);
    let gone = |words: &str| {
        let script = format!("mkdir gone && cd gone && rmdir ../gone && exec mailsetup {words}");
        house.sandbox.program("sh", ["-c", &script]).run()
    };
    assert_eq!(gone("secret").code(0).stdout.trim_end(), house.demo.password());
    for words in ["show", "list", "check --drift"] {
        gone(words).code(0);
    }
    assert!(gone("export dotenv=.env").code(66).stderr.contains("The current folder is gone"));
    gone("undo").code(0);
    assert!(!house.sandbox.path("home/.msmtprc").exists());
}
