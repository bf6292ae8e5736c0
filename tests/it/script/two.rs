//! Two at once, and what is left afterwards: what a check found, and what somebody else does meanwhile.

use std::thread;

use super::{super::support::wait, House};

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
