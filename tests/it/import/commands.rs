//! `--import` as a script gives it, and files that nobody should have.

use std::fs;

use mailsetup::demo::Demo;

use crate::support::sandbox::{Output, Sandbox};

/// A server to send by, whose settings are in a file.
struct World {
    sandbox: Sandbox,
    demo: Demo,
}

impl World {
    fn new() -> Self {
        let sandbox = Sandbox::new().env("MAILSETUP_EHLO", "web1.example.com");
        let demo = Demo::start().unwrap();
        sandbox.write("home/ca.pem", demo.ca_pem());
        Self { sandbox, demo }
    }

    /// msmtp's settings for the server, with these lines for the password.
    fn msmtprc(&self, password: &str) -> String {
        format!(
            "account default\nhost localhost\nport {}\ntls on\ntls_starttls off\ntls_trust_file ~/ca.pem\nauth on\nuser {user}\n\
             from {user}\n{password}\n",
            self.demo.tls_port(),
            user = self.demo.user()
        )
    }

    fn run(&self, words: &[&str]) -> Output {
        self.sandbox.mailsetup(words).run()
    }

    fn profile(&self) -> String {
        self.sandbox.read("home/.config/mailsetup/profiles/default.toml")
    }
}

#[test]
fn a_script_names_what_it_starts_from_and_sends() {
    let world = World::new();
    world.sandbox.write("home/.msmtprc", world.msmtprc(&format!("password \"{}\"", world.demo.password())));
    // Nothing is taken because it lies around.
    let missing = world.run(&["--yes", "--json"]).code(64).stderr;
    assert!(missing.contains("ADDRESS"), "{missing}");
    assert_eq!(world.run(&["--yes", "--import", "none"]).code(64).stderr, missing);

    let out = world.run(&["--import", "msmtp", "--yes", "--json"]).code(0);
    let document = out.json();
    assert_eq!((&document["ok"], &document["changed"]), (&true.into(), &true.into()), "{document}");
    assert!(!out.stdout.contains(world.demo.password()) && !out.stderr.contains(world.demo.password()));
    let ca_file = world.sandbox.path("home/ca.pem").display().to_string();
    let profile = world.profile();
    for line in [world.demo.user(), "host = \"localhost\"", "name = \"msmtp\"", "store = \"file\"", &ca_file] {
        assert!(profile.contains(line), "{line} in {profile}");
    }
    assert!(world.sandbox.read("home/.msmtprc").contains("account mailsetup\n"));
    assert_eq!(world.run(&["secret"]).code(0).stdout, format!("{}\n", world.demo.password()));
    assert_eq!(world.demo.arrived().len(), 2, "the test, and what was written");
}

#[test]
fn a_variable_and_an_answers_file_name_it_too_and_flags_win() {
    let world = World::new();
    let rc = world.msmtprc(&format!("password {}", world.demo.password()));
    world.sandbox.write("home/old/msmtprc", rc);
    world.sandbox.write("home/answers.toml", "import = \"msmtp=old/msmtprc\"\ntarget = \"dotenv\"\n");
    let run = world.sandbox.mailsetup(["--answers", "answers.toml", "--name", "Ops", "--yes"]);
    run.run().code(0);
    let env = world.sandbox.read("home/.env");
    assert!(env.contains("SMTP_HOST=localhost") && env.contains("Ops"), "{env}");
    // What was written there can be imported in its turn.
    let run = world.sandbox.mailsetup(["--yes", "--profile", "two", "--ca-file", "ca.pem", "--take-over"]);
    run.env("MAILSETUP_IMPORT", "dotenv=./.env").run().code(0);
    let two = world.sandbox.read("home/.config/mailsetup/profiles/two.toml");
    assert!(two.contains("name = \"Ops\"") && two.contains(&format!("port = {}", world.demo.tls_port())), "{two}");
    // A profile is edited as it is.
    let run = world.sandbox.mailsetup(["edit", "--name", "Edited", "--take-over", "--yes"]).env("MAILSETUP_IMPORT", "git");
    run.run().code(0);
}

#[test]
fn a_command_for_the_password_is_run_and_goes_on() {
    let world = World::new();
    world.sandbox.write("home/pw", world.demo.password());
    world.sandbox.write("home/.msmtprc", world.msmtprc("passwordeval \"cat ~/pw\""));
    world.run(&["--import", "msmtp", "--target", "dotenv", "--yes"]).code(0);
    let profile = world.profile();
    assert!(profile.contains("store = \"command\"") && profile.contains("command = \"cat ~/pw\""), "{profile}");
    assert!(!world.sandbox.path("home/.config/mailsetup/profiles/default.secret").exists());

    fs::remove_file(world.sandbox.path("home/pw")).unwrap();
    let said = world.run(&["--import", "msmtp", "--profile", "two", "--yes"]).code(66).stderr;
    assert!(said.contains("password command failed"), "{said}");
    // Another password was given: the command is not asked.
    world.sandbox.write("home/other", world.demo.password());
    world.run(&["--import", "msmtp", "--profile", "two", "--password-file", "other", "--yes"]).code(0);
    assert!(world.sandbox.read("home/.config/mailsetup/profiles/two.toml").contains("store = \"file\""));
}

#[test]
fn an_image_is_read_below_its_root_and_its_commands_are_not_run() {
    let world = World::new();
    world
        .sandbox
        .write("root/etc/msmtprc", "account default\nhost mail.example.org\nauth on\nuser a\npasswordeval touch ../ran\n");
    let words = ["--root", "../root", "--scope", "system", "--import", "msmtp", "a@example.org", "--test", "none", "--yes"];
    let said = world.run(&words).code(64).stderr;
    assert!(said.contains("--password-file"), "{said}");
    world.sandbox.write("home/pw", "x");
    world.run(&[&words[..], &["--password-file", "pw"]].concat()).code(0);
    let profile = world.sandbox.read("root/etc/mailsetup/profiles/default.toml");
    assert!(profile.contains("mail.example.org"), "{profile}");
    assert!(!world.sandbox.path("ran").exists());
}

#[test]
fn what_is_not_there_or_not_understood_is_named() {
    let world = World::new();
    world.sandbox.write("home/open.env", "SMTP_HOST=x\n\nSMTP_PASS='x\n");
    world.sandbox.write("home/empty.env", "A=1\n");
    world.sandbox.write("home/large.env", vec![b'x'; 10 * 1024 * 1024]);
    for (word, exit, said) in [
        ("msmtp", 66, &["~/.msmtprc", "--import msmtp=PATH"][..]),
        ("dotenv=other/.env", 66, &["~/other/.env"]),
        ("dotenv=open.env", 65, &["open.env", "line 3", "mend this line"]),
        ("dotenv=empty.env", 78, &["~/empty.env", "--import dotenv=PATH"]),
        ("dotenv=large.env", 66, &["large.env"]),
        ("dotenv=.", 66, &["cannot be read"]),
        ("postfix", 64, &["whole system", "--scope system"]),
        ("mutt", 64, &["“mutt”", "msmtp, dotenv"]),
        ("\u{1b}[31m", 64, &["\\u{1b}[31m"]),
    ] {
        let out = world.run(&["--import", word, "--yes", "--json"]).code(exit);
        for words in said {
            assert!(out.stderr.contains(words), "{words} in {}", out.stderr);
        }
        assert_eq!(out.json()["ok"], false);
    }
}

#[test]
fn nothing_hostile_gets_out_of_a_file() {
    let world = World::new();
    let long = format!("SMTP_HOST=mail.example.org\nSMTP_USER={}\n", "x".repeat(900_000));
    let escapes = "SMTP_HOST=mail.example.org\nSMTP_PORT=\u{1b}[2J\nSMTP_USER=\"\u{1b}]0;evil\u{7}a@b.example\"\nSMTP_FROM=\
                   \"\u{202e}a@b.example\"\nSMTP_FROM_NAME=\"x\u{9b}31m\"\nSMTP_PASS=\"\0\"\n";
    for (text, exit) in [(long.as_bytes(), 64), (escapes.as_bytes(), 64), (&[0; 4096], 78), (b"SMTP_HOST=\xff\xfe\n", 78)] {
        world.sandbox.write("home/.env", text);
        let out = world.run(&["--import", "dotenv", "--yes", "--json", "-v"]).code(exit);
        let is_safe = |said: &str| !said.chars().any(|c| c.is_control() && c != '\n') && !said.contains('\u{202e}');
        assert!(is_safe(&out.stderr) && is_safe(&out.stdout), "{out:?}");
        assert!(exit != 64 || out.stderr.contains("ADDRESS"), "{}", out.stderr);
    }
}
