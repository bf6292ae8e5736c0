//! A set-up of a profile that is there: what it does not name stays, and a file stays with the profile that has it.

use super::House;

/// What its profile says.
fn profile(house: &House, name: &str) -> String {
    house.sandbox.read(format!("home/machine/etc/mailsetup/profiles/{name}.toml"))
}

#[test]
fn what_a_set_up_does_not_name_stays_as_the_profile_has_it() {
    let house = House::new();
    for (path, text) in [
        ("etc/passwd", "root:x:0:0::/root:/bin/sh\nweb:x:1701:1701::/:/bin/sh\n"),
        ("etc/group", "root:x:0:\nweb:x:1701:\n"),
        ("etc/aliases", "root: ann\n"),
        ("etc/postfix/main.cf", "mydestination = localhost\n"),
        ("etc/postfix/master.cf", include_str!("../../bed/postfix/debian-master.cf")),
    ] {
        house.sandbox.write(format!("home/machine/{path}"), text);
    }
    let map = house.sandbox.write("home/senders", "cron@host ops@example.com\n");
    let system = ["--root", "machine", "--scope", "system", "--test", "none", "--target", "postfix"];
    let named = [
        ["--run-as", "web"],
        ["--root-mail", "night@example.org"],
        ["--sender-map", map.to_str().unwrap()],
        ["--name", "Web One"],
        ["--reply-to", "team@example.org"],
    ];
    house.write(&[&system[..], named.as_flattened()].concat()).code(0);
    let whole = profile(&house, "default");
    for line in ["run_as = \"web\"", "root_mail = ", "sender_map = ", "name = \"Web One\"", "reply_to = "] {
        assert!(whole.contains(line), "{line}: {whole}");
    }
    let again = house.write(&system).code(0).json();
    assert_eq!(profile(&house, "default"), whole, "{again}");
    let command = again["equivalent"].as_str().unwrap();
    assert!(command.contains("--run-as web") && command.contains("--name 'Web One'"), "{command}");
    house.write(&[&system[..], &["--name", "Web Two"]].concat()).code(0);
    assert_eq!(profile(&house, "default"), whole.replace("Web One", "Web Two"));
    house.write(&[&system[..], &["--root-mail", "", "--run-as", "root", "--sender-map", ""]].concat()).code(0);
    let without = profile(&house, "default");
    assert!(!["run_as", "root_mail", "sender_map"].iter().any(|key| without.contains(key)), "{without}");
}

#[test]
fn an_image_keeps_its_own_authority() {
    let house = House::new();
    house.sandbox.write("home/machine/etc/passwd", "root:x:0:0::/root:/bin/sh\n");
    let ca = house.sandbox.path("home/ca.pem").display().to_string();
    let server = ["--provider", "custom", "--host", "smtp.example.test", "--port", "465", "--security", "tls"];
    let image = ["--root", "machine", "--scope", "system", "--test", "none", "--target", "msmtp", "--password-file", "pw"];
    let words = [&["ops@example.test"][..], &server, &image, &["--yes", "--json"]].concat();
    house.run(&[&words[..], &["--ca-file", &ca]].concat()).code(0);
    let whole = profile(&house, "default");
    assert!(whole.contains("ca_file = \"/etc/mailsetup/profiles/default.ca.pem\""), "{whole}");
    house.run(&words).code(0);
    assert_eq!(profile(&house, "default"), whole);
}

#[test]
fn a_removed_profile_leaves_nothing_to_the_next_of_its_name() {
    let house = House::new();
    house.write(&["--target", "dotenv=app.env", "--name", "Web One", "--reply-to", "team@example.org"]).code(0);
    house.run(&["remove", "default"]).code(0);
    house.write(&["--target", "dotenv=app.env"]).code(0);
    let text = house.sandbox.read("home/.config/mailsetup/profiles/default.toml");
    assert!(!text.contains("Web One") && !text.contains("team@example.org"), "{text}");
}

#[test]
fn a_store_stays_until_another_is_named() {
    let house = House::new();
    let store = || house.run(&["show", "--json"]).code(0).json()["secret"]["store"].clone();
    house.write(&["--secret-store", "vault"]).code(0);
    assert_eq!(store(), "vault");
    house.write(&[]).code(0);
    assert_eq!(store(), "vault");
    house.write(&["--secret-store", "file"]).code(0);
    assert_eq!(store(), "file");
}

#[test]
fn a_file_is_one_profile_s_also_where_another_would_write_the_same() {
    let house = House::new();
    let words = |name: &'static str| ["--profile", name, "--target", "dotenv=app.env"];
    house.write(&words("one")).code(0);
    let refused = house.write(&words("two")).code(78).stderr;
    assert!(refused.contains("profile one") && refused.contains("--take-over"), "{refused}");
    assert_eq!(house.write(&words("one")).code(0).json()["changed"], false, "it is its own file");
    house.write(&[&words("two")[..], &["--take-over"]].concat()).code(0);
    house.write(&words("two")).code(0);
    house.run(&["remove", "one"]).code(0);
    assert!(house.sandbox.path("home/app.env").exists());
    house.run(&["check", "two"]).code(0);
    house.run(&["remove", "two"]).code(0);
    assert!(!house.sandbox.path("home/app.env").exists());
}
