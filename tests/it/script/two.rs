//! Two at once, and what is left afterwards: what a check found, and what somebody else does meanwhile.

use std::thread;

use std::os::unix::fs::MetadataExt as _;

use serde_json::json;

use super::{super::support::wait, House, mode, obeys_the_contract};

const CHECK: &str = "\n[check]\nwhen = 'x'\nresult = 'ok'\n[check.secured]\nhost = 'localhost'\n";

/// A profile whose password comes when the file `go` is there; `begun` says that somebody waits for it.
fn waiting(house: &House) {
    let (begun, go, pw) = (house.sandbox.path("begun"), house.sandbox.path("go"), house.sandbox.path("home/pw"));
    let command = format!(
        "touch '{}'; while [ ! -e '{}' ]; do sleep 0.02; done; cat '{}'",
        begun.display(),
        go.display(),
        pw.display()
    );
    house.sandbox.write("go", "");
    house.set_up(&["--password-command", &command, "--secret-store", "command", "--yes"]).run().code(0);
    std::fs::remove_file(&begun).unwrap();
    std::fs::remove_file(&go).unwrap();
}

#[test]
fn a_check_takes_nothing_back_that_was_done_meanwhile() {
    let house = House::new();
    waiting(&house);
    let check = house.sandbox.mailsetup(["check"]);
    let running = thread::spawn(move || check.run());
    wait::until(|| house.sandbox.path("begun").exists().then_some(())).expect("the check asks for the password");
    house.run(&["remove", "default"]).code(0);
    house.sandbox.write("go", "");
    running.join().unwrap().code(0);
    assert!(house.run(&["show"]).stdout.contains("enabled = false"));
    house.run(&["undo"]).code(0);
    let profile = house.sandbox.read("home/.config/mailsetup/profiles/default.toml");
    house.run(&["check"]).code(0);
    assert_eq!(house.sandbox.read("home/.config/mailsetup/profiles/default.toml"), profile, "a check writes no profile");
}

#[test]
fn what_a_test_found_is_of_the_settings_that_were_tested() {
    let house = House::new();
    house.write(&[]).code(0);
    let last = || house.run(&["list", "--json"]).code(0).json()["check"]["result"].clone();
    assert_eq!(last(), "ok");
    house.write(&["--target", "msmtp", "--test", "none"]).code(0);
    assert_eq!(last(), "ok", "another target is no other setting");
    house.write(&["--name", "Web", "--test", "none"]).code(0);
    assert!(last().is_null(), "{}", last());
    house.run(&["check"]).code(0);
    assert_eq!(last(), "ok");
    house.run(&["remove", "default", "--purge"]).code(0);
    assert!(!house.sandbox.path("home/.local/state/mailsetup/checks/default.toml").exists());
}

#[test]
fn what_an_older_profile_says_of_its_test_is_moved_before_it_is_written() {
    let house = House::new();
    let port = house.demo.starttls_port().to_string();
    let words = ["--port", &port, "--security", "starttls", "--test", "none"];
    house.write(&words).code(0);
    let path = "home/.config/mailsetup/profiles/default.toml";
    let older = house.sandbox.read(path) + CHECK + &format!("port = {port}\nsecurity = 'starttls'\n");
    house.sandbox.write(path, &older);
    let secured = || house.run(&["show", "--json"]).code(0).json()["check"]["secured"]["port"].to_string();
    assert_eq!(secured(), port);
    house.write(&words).code(0);
    assert_eq!(house.sandbox.read(path), older, "nothing changed, nothing is written");
    house.write(&[&words[..], &["--name", "Web"]].concat()).code(0);
    assert!(!house.sandbox.read(path).contains("[check]"));
    house.run(&["undo"]).code(0);
    house.run(&["check"]).code(0);
    assert_eq!(secured(), port);
    house.sandbox.write(path, older.replace("[check.secured]", "[check.secured]\n# older\n"));
    assert_eq!(secured(), port);
}

#[test]
fn a_result_that_cannot_be_kept_is_said_and_does_not_fail() {
    let house = House::new();
    house.write(&["--test", "none"]).code(0);
    house.sandbox.write("home/.local/state/mailsetup/checks", "no folder");
    let out = house.run(&["check", "--json"]).code(0);
    assert!(out.json()["notes"].to_string().contains("The result was not kept"), "{}", out.stdout);
    assert!(out.stderr.contains("The result was not kept"), "{}", out.stderr);
}

#[test]
fn of_two_first_set_ups_at_once_the_second_takes_no_profiles_place() {
    let house = House::new();
    let (begun, go) = (house.sandbox.path("begun"), house.sandbox.path("go"));
    // The password comes late: which profiles there are was looked at before.
    let own = house.sandbox.write(
        "own/msmtprc",
        format!(
            "account default\ntls on\ntls_starttls off\nhost localhost\nport {}\nauth on\nuser ops\nfrom {}\n\
             passwordeval touch {}; while [ ! -e {} ]; do sleep 0.02; done; echo x\n",
            house.demo.tls_port(),
            house.demo.user(),
            begun.display(),
            go.display()
        ),
    );
    std::fs::set_permissions(&own, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let word = format!("msmtp={}", own.display());
    let slow = house.sandbox.mailsetup(["--import", &word, "--test", "none", "--yes"]);
    let running = thread::spawn(move || slow.run());
    wait::until(|| begun.exists().then_some(())).expect("the first is under way");
    let other =
        ["me@gmail.com", "--provider", "gmail", "--target", "dotenv", "--password-file", "pw", "--yes", "--test", "none"];
    house.run(&other).code(0);
    let before = house.written();
    house.sandbox.write("go", "");
    let refused = running.join().unwrap().code(64);
    assert!(refused.stderr.contains("me@gmail.com") && refused.stderr.contains("--profile"), "{}", refused.stderr);
    assert_eq!(house.written(), before);
}

/// The words for the demo's other port.
fn other_port(house: &House) -> [String; 4] {
    ["--port", &house.demo.starttls_port().to_string(), "--security", "starttls"].map(str::to_owned)
}

fn with<'a>(port: &'a [String; 4], more: &[&'a str]) -> Vec<&'a str> {
    port.iter().map(String::as_str).chain(more.iter().copied()).collect()
}

#[test]
fn a_target_that_is_not_named_is_written_along_until_an_edit_takes_it_back() {
    let house = House::new();
    house.write(&["--target", "msmtp"]).code(0);
    let port = other_port(&house);
    house.write(&with(&port, &["--target", "dotenv=app.env"])).code(0);
    let rc = || house.sandbox.read("home/.msmtprc");
    assert!(rc().contains(&port[1]), "what is not named gets the new port too: {}", rc());
    let listed = || house.run(&["list", "--json"]).code(0).json()["targets"].clone();
    let app = house.sandbox.path("home/app.env");
    let both = json!([{"name": "msmtp"}, {"name": "dotenv", "path": app}]);
    assert_eq!(listed(), both);
    // The two take turns: nothing changes any more.
    for named in ["msmtp", "dotenv=app.env"] {
        assert_eq!(house.write(&with(&port, &["--target", named, "--test", "none"])).code(0).json()["changed"], false);
    }
    let words = ["edit", "--target", "dotenv=app.env", "--test", "none", "--yes"];
    let would = house.run(&[&words[..], &["--dry-run", "--json"]].concat()).code(0).json();
    assert_eq!((&would["changed"], listed()), (&json!(true), both.clone()));
    house.run(&words).code(0);
    assert!(!house.sandbox.path("home/.msmtprc").exists(), "taken back: {}", rc());
    assert_eq!(listed(), json!([{"name": "dotenv", "path": app}]));
    house.run(&["undo"]).code(0);
    assert!(rc().contains(&port[1]));
    assert_eq!(listed(), both);
}

#[test]
fn a_file_that_is_gone_is_named_and_apply_writes_it_again() {
    let house = House::new();
    house.write(&["--target", "msmtp", "--target", "dotenv=app.env"]).code(0);
    house.run(&["check", "--drift"]).code(0);
    let app = house.sandbox.path("home/app.env");
    std::fs::remove_file(&app).unwrap();
    let document = house.write(&["--target", "msmtp", "--test", "none"]).code(0).json();
    assert_eq!(document["orphaned"], json!([{"name": "dotenv", "path": app}]));
    assert!(!app.exists());
    house.demo.set_fault(mailsetup::demo::DemoFault::WrongPassword);
    let drift = house.run(&["check", "--drift", "--json"]).code(1).json();
    obeys_the_contract(&drift);
    assert_eq!(drift["drift"], json!([{"target": "dotenv", "path": app, "state": "missing", "fields": []}]));
    assert_eq!(drift["orphaned"], document["orphaned"]);
    let would = house.run(&["apply", "--dry-run"]).code(0).stdout;
    assert!(would.contains("+ SMTP_PASSWORD=") && !would.contains(house.demo.password()), "{would}");
    assert!(!app.exists());
    assert_eq!(house.run(&["apply", "--json"]).code(0).json()["changed"], true);
    assert!(app.exists());
    std::fs::set_permissions(&app, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let text = std::fs::read_to_string(house.sandbox.path("home/.msmtprc")).unwrap();
    house.sandbox.write("home/.msmtprc", text.replace("localhost", "elsewhere.test"));
    let said = house.run(&["check", "--drift"]).code(1).stderr;
    assert!(said.contains("(msmtp): host") && said.contains("mailsetup apply default"), "{said}");
    house.run(&["apply", "--all"]).code(0);
    house.run(&["check", "--drift", "--all"]).code(0);
}

#[test]
fn apply_writes_each_profile_of_a_file_that_has_two() {
    let house = House::new();
    house.write(&["--profile", "one", "--target", "msmtp"]).code(0);
    house.write(&["--profile", "two", "--target", "msmtp"]).code(0);
    let rc = house.sandbox.path("home/.msmtprc");
    for words in [&["apply", "--all"][..], &["apply", "two", "--json"]] {
        std::fs::remove_file(&rc).unwrap();
        house.run(words).code(0);
        assert!(house.sandbox.read("home/.msmtprc").contains("mailsetup-two"), "{words:?}");
        house.run(&["check", "two", "--drift"]).code(0);
        assert_eq!(house.run(&["apply", "one", "--json"]).code(0).json()["changed"], words.len() == 3, "{words:?}");
        house.run(&["check", "--drift", "--all"]).code(0);
    }
}

#[test]
fn drift_is_not_under_the_headline_that_mail_goes_out() {
    let house = House::new();
    house.write(&["--target", "dotenv=app.env", "--test", "none"]).code(0);
    std::fs::remove_file(house.sandbox.path("home/app.env")).unwrap();
    let said = house.run(&["check"]).code(78).stderr;
    assert!(said.contains("app.env (dotenv) is missing") && !said.contains("mail goes out"), "{said}");
    assert!(!said.contains(": host"), "a missing file is no other host: {said}");
}

#[test]
fn a_file_with_room_for_one_profile_is_taken_over_only_when_that_is_said() {
    let house = House::new();
    house.write(&["--profile", "one", "--target", "dotenv=app.env", "--target", "msmtp"]).code(0);
    let port = other_port(&house);
    let words = with(&port, &["--profile", "two", "--target", "dotenv=app.env", "--target", "msmtp"]);
    let refused = house.write(&words).code(78);
    assert!(refused.stderr.contains("profile one") && refused.stderr.contains("--take-over"), "{}", refused.stderr);
    house.write(&[&words[..], &["--force"]].concat()).code(78);
    let document = house.write(&[&words[..], &["--take-over"]].concat()).code(0).json();
    assert!(document["equivalent"].as_str().unwrap().contains("--take-over"));
    let app = || house.sandbox.read("home/app.env");
    let drift = house.run(&["check", "one", "--drift", "--json"]).code(1).json();
    assert_eq!(drift["drift"][0]["target"], "dotenv", "msmtp has room for both: {drift}");
    // What another profile has by now is left to it.
    house.run(&["apply", "one"]).code(0);
    assert!(app().contains(&port[1]));
    house.run(&["remove", "one"]).code(0);
    assert!(app().contains(&port[1]));
    house.run(&["remove", "two"]).code(0);
    assert!(!house.sandbox.path("home/app.env").exists(), "{}", app());
}

#[test]
fn what_would_be_undone_removed_and_exported_is_shown_and_not_done() {
    let house = House::new();
    house.write(&["--target", "msmtp"]).code(0);
    let before = house.files("home");
    for words in [&["undo"][..], &["remove", "default"], &["export", "dotenv"], &["apply"]] {
        let out = house.run(&[words, &["--dry-run", "--json"]].concat()).code(0);
        let document = out.json();
        assert_eq!(document["changed"], words != ["apply"], "{words:?}: {document}");
        assert!(document["diff"].is_string(), "{document}");
        assert!(!out.stdout.contains(house.demo.password()));
        house.run(&[words, &["--dry-run"]].concat()).code(0);
    }
    assert_eq!(house.files("home"), before);
    assert_eq!(house.run(&["remove", "nobody", "--if-exists", "--dry-run", "--json"]).code(0).json()["changed"], false);
}

#[test]
fn files_follow_to_another_user_or_nothing_is_changed() {
    if !rustix::process::geteuid().is_root() {
        crate::support::bed::left_out("only root gives files away");
        return;
    }
    let house = House::new();
    house.sandbox.write(
        "home/machine/etc/passwd",
        "root:x:0:0::/root:/bin/sh\nweb:x:1701:1701::/:/bin/sh\nops:x:1702:1702::/:/bin/sh\n",
    );
    house.sandbox.write("home/machine/etc/group", "root:x:0:\nweb:x:1701:\nops:x:1702:\n");
    house.sandbox.write("home/machine/usr/bin/msmtp", "");
    let words = ["--root", "machine", "--scope", "system", "--test", "none", "--target", "msmtp"];
    let whose = |file: &str| {
        let meta = std::fs::metadata(house.sandbox.path("home/machine/etc").join(file)).unwrap();
        (meta.uid(), meta.gid())
    };
    let files = ["mailsetup/profiles/default.toml", "mailsetup/profiles/default.secret"];
    for (user, gid) in [("web", 1701), ("ops", 1702)] {
        house.write(&[&words[..], &["--run-as", user]].concat()).code(0);
        assert!(files.iter().all(|file| whose(file) == (0, gid)), "{user}: {:?}", files.map(whose));
    }
    let rc = house.sandbox.path("home/machine/etc/msmtprc");
    assert_eq!((whose("msmtprc"), mode(&rc)), ((0, 1702), 0o640));
    // A file that a person gave to somebody else does not follow, and nothing is changed.
    std::os::unix::fs::chown(&rc, Some(0), Some(1701)).unwrap();
    house
        .sandbox
        .write("home/machine/etc/passwd", house.sandbox.read("home/machine/etc/passwd") + "app:x:1703:1703::/:/bin/sh\n");
    house.sandbox.write("home/machine/etc/group", house.sandbox.read("home/machine/etc/group") + "app:x:1703:\n");
    let refused = house.write(&[&words[..], &["--run-as", "app"]].concat()).code(78);
    assert!(refused.stderr.contains("msmtprc"), "{}", refused.stderr);
    assert_eq!(whose(files[1]), (0, 1702));
    house.write(&[&words[..], &["--run-as", "root"]].concat()).code(0);
    assert_eq!(mode(&house.sandbox.path("home/machine/etc").join(files[1])), 0o600);
}

#[test]
fn root_sees_both_scopes_and_is_told_which() {
    if !rustix::process::geteuid().is_root() {
        crate::support::bed::left_out("only root has two scopes");
        return;
    }
    let house = House::new();
    house.write(&["--profile", "mine"]).code(0);
    let run = |words: &[&str]| house.sandbox.mailsetup(words).env_remove("MAILSETUP_SCOPE").run();
    let listed = run(&["list"]).code(0);
    assert!(listed.stdout.contains("mine") && listed.stdout.contains("--scope user"), "{}", listed.stdout);
    assert_eq!(run(&["list", "--json"]).code(0).json()["scope"], "user");
    for words in [&["show", "mine"][..], &["check", "mine"], &["check"], &["remove", "mine"]] {
        let said = run(words).code(0).stderr;
        assert!(
            said.contains("root’s own scope") || said.contains("Root’s own scope") || said.contains("Of root"),
            "{said}"
        );
    }
    let dry = house.set_up(&["--password-file", "pw", "--dry-run", "--test", "none"]).env_remove("MAILSETUP_SCOPE").run();
    assert!(dry.code(0).stderr.contains("For root alone: --scope user"));
}

#[test]
fn senders_stay_as_the_profile_has_them_until_they_are_named() {
    let house = House::new();
    let senders = || house.sandbox.read("home/.config/mailsetup/profiles/default.toml").contains("senders = \"one\"");
    house.write(&["--target", "msmtp", "--senders", "one"]).code(0);
    assert!(senders());
    let again = house.write(&["--target", "msmtp"]).code(0).json();
    assert!(senders(), "{again}");
    assert_eq!(again["changed"], false, "{again}");
    house.write(&["--target", "msmtp", "--senders", "any"]).code(0);
    assert!(!senders());
    assert!(!house.sandbox.read("home/.msmtprc").contains("allow_from_override"));
}

#[test]
fn msmtp_has_a_default_account_whatever_the_first_profile_is_called_and_whichever_goes() {
    let house = House::new();
    let rc = || house.sandbox.read("home/.msmtprc");
    house.write(&["--profile", "mm", "--target", "msmtp"]).code(0);
    assert!(rc().contains("account default : mailsetup-mm"), "{}", rc());
    let port = other_port(&house);
    house.write(&with(&port, &["--profile", "default", "--target", "msmtp"])).code(0);
    assert_eq!(rc().matches("account default").count(), 1, "{}", rc());
    house.run(&["remove", "mm"]).code(0);
    assert!(rc().contains("account default : mailsetup\n") && !rc().contains("mailsetup-mm"), "{}", rc());
    house.run(&["check", "default", "--drift"]).code(0);
    house.run(&["remove", "default"]).code(0);
    assert!(!house.sandbox.path("home/.msmtprc").exists());
}
