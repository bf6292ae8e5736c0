//! Whom a secret belongs to: it goes to the server and login that it was given for, and to nobody else.

use super::*;

#[test]
fn programs_get_the_secret_for_its_own_host_alone() {
    let house = House::new();
    house.write(&["--target", "msmtp", "--test", "login"]).code(0);
    let password = format!("{}\n", house.demo.password());
    assert!(house.sandbox.read("home/.msmtprc").contains(" secret default --scope user --for localhost"));
    assert_eq!(house.run(&["secret", "default", "--for", "localhost"]).code(0).stdout, password);
    assert_eq!(house.run(&["secret"]).code(0).stdout, password);
    let other = house.run(&["secret", "default", "--for", "smtp.corp.test"]).code(77);
    assert!(other.stdout.is_empty() && other.stderr.lines().count() == 1, "{}", other.stderr);
    // A profile that was led elsewhere does not lead its secret there.
    let path = "home/.config/mailsetup/profiles/default.toml";
    let led = house.sandbox.read(path).replace("\"localhost\"", "\"smtp.corp.test\"");
    house.sandbox.write(path, &led);
    for words in [&["secret"][..], &["secret", "--for", "smtp.corp.test"], &["check"], &["export", "dotenv"]] {
        let refused = house.run(words).code(77);
        assert!(!refused.stdout.contains(password.trim()) && refused.stderr.contains("localhost"), "{}", refused.stderr);
    }
    // One of an older version belongs to the profile's server as it is.
    fs::remove_file(house.sandbox.path("home/.config/mailsetup/profiles/default.for")).unwrap();
    assert_eq!(house.run(&["secret", "--for", "smtp.corp.test"]).code(0).stdout, password);
}

#[test]
fn git_gets_the_password_of_its_host_and_user_alone() {
    let house = House::new();
    house.write(&["--target", "msmtp", "--test", "login"]).code(0);
    let user = house.demo.user();
    let ask = |host: &str, user: &str| {
        let words = ["secret", "default", "--for", "localhost", "--git-credential"];
        let request = format!("protocol=smtp\nhost={host}\nusername={user}\n\n");
        house.sandbox.mailsetup(words).stdin(request).run()
    };
    assert_eq!(ask("localhost:465", user).code(0).stdout, format!("{}\n", house.demo.password()));
    assert!(ask("smtp.corp.test:465", user).code(77).stdout.is_empty());
    assert!(ask("localhost:465", "somebody@else.test").code(77).stdout.is_empty());
}

#[test]
fn a_second_set_up_does_not_take_a_profiles_place_unasked() {
    let house = House::new();
    house.write(&["--target", "msmtp", "--test", "login"]).code(0);
    let before = house.written();
    let other =
        ["me@gmail.com", "--provider", "gmail", "--target", "git", "--password-file", "pw", "--yes", "--test", "none"];
    let refused = house.run(&other).code(64);
    assert!(
        refused.stderr.contains("--profile gmail") && refused.stderr.contains("--profile default"),
        "{}",
        refused.stderr
    );
    assert_eq!(house.written(), before);
    house.run(&[&other[..], &["--profile", "gmail"]].concat()).code(0);
    assert_eq!(house.run(&["secret", "--for", "localhost"]).code(0).stdout, format!("{}\n", house.demo.password()));
    // The same once more is a change of the same profile.
    house.write(&["--target", "msmtp", "--test", "login"]).code(0);
}

#[test]
fn a_known_password_goes_elsewhere_by_a_word_alone() {
    let house = House::new();
    house.write(&["--target", "msmtp", "--test", "login"]).code(0);
    let edit = |more: &[&str]| house.run(&[&["edit", "default", "--yes", "--json", "--test", "none"], more].concat());
    for more in [&["--host", "127.0.0.1"][..], &["--username", "ops"], &["--provider", "gmail", "--username", "ops"]] {
        let refused = edit(more).code(64);
        assert!(refused.stderr.contains("--reuse-secret"), "{}", refused.stderr);
        assert!(!refused.stderr.contains(house.demo.password()));
    }
    // Another port of the same server is no other server.
    edit(&["--port", "2465"]).code(0);
    edit(&["--host", "127.0.0.1", "--reuse-secret"]).code(0);
    assert_eq!(house.run(&["secret", "--for", "127.0.0.1"]).code(0).stdout, format!("{}\n", house.demo.password()));
    house.run(&["secret", "--for", "localhost"]).code(77);
}
