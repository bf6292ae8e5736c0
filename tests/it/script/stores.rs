//! The stores as a script, a cron job and a person at the terminal meet them.

use std::{fs, os::unix::fs::PermissionsExt as _, process::Command, time::Instant};

use super::{House, mode};
use crate::support::{bed::left_out, pty::Key, sandbox::Sandbox, wait::DEADLINE};

const PROFILE: &str = "home/.config/mailsetup/profiles/default";

/// Whether a program is there; in the bed of `tests/run` it has to be.
fn has(program: &str) -> bool {
    let is_there = Command::new("which").arg(program).output().is_ok_and(|output| output.status.success());
    if !is_there {
        left_out(format_args!("needs {program}"));
    }
    is_there
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[test]
fn a_vault_serves_scripts_and_a_passphrase_is_never_guessed() {
    let house = House::new();
    let password = house.demo.password().to_owned();
    house.write(&["--test", "login", "--secret-store", "vault", "--target", "msmtp"]).code(0);
    assert_eq!(mode(&house.sandbox.path("home/.config/mailsetup/vault")), 0o600);
    assert!(!house.sandbox.path(format!("{PROFILE}.secret")).exists());
    assert!(house.sandbox.read(format!("{PROFILE}.toml")).contains("store = \"vault\""));
    assert_eq!(house.run(&["secret"]).code(0).stdout, format!("{password}\n"));
    assert_eq!(house.run(&["vault", "status", "--json"]).code(0).json()["lock"], "machine");
    house.run(&["check"]).code(0);
    // Nothing changes when nothing is new.
    let again = house.write(&["--test", "login", "--secret-store", "vault", "--target", "msmtp"]).code(0);
    assert_eq!(again.json()["changed"], false);

    house.run(&["vault", "rotate"]).code(0);
    house.run(&["vault", "lock-with", "key-file"]).code(64);
    let said = house.run(&["vault", "lock-with", "key-file", "--new-key-file", "../key"]).code(0).stderr;
    assert!(said.contains("Not protected"), "{said}");
    assert_eq!(house.run(&["secret"]).code(0).stdout, format!("{password}\n"));

    house.sandbox.write("home/words", "correct horse\n");
    house.run(&["vault", "passphrase", "--new-passphrase-file", "words"]).code(0);
    let closed = house.run(&["secret"]).code(77);
    assert!(closed.stderr.contains("--vault-passphrase-file") && closed.stdout.is_empty(), "{}", closed.stderr);
    house.sandbox.write("home/wrong", "horse correct\n");
    let wrong = house.run(&["secret", "--vault-passphrase-file", "wrong"]).code(77).stderr;
    assert!(wrong.contains("The vault itself is whole"), "{wrong}");
    assert_eq!(house.run(&["secret", "--vault-passphrase-file", "words"]).code(0).stdout, format!("{password}\n"));
    let by_variable =
        house.sandbox.mailsetup(["secret"]).env("MAILSETUP_VAULT_PASSPHRASE_ENV", "WORDS").env("WORDS", "correct horse");
    assert_eq!(by_variable.run().code(0).stdout, format!("{password}\n"));
    let script = "exec 7<words; exec mailsetup secret --vault-passphrase-fd 7";
    assert_eq!(house.sandbox.program("sh", ["-c", script]).run().code(0).stdout, format!("{password}\n"));
    let all = house.run(&["vault", "export", "--vault-passphrase-file", "words"]).code(0).json();
    assert_eq!((all["profile"].as_str(), all["password"].as_str()), (Some("default"), Some(password.as_str())));
    // A target that fetches the secret when nobody is there is not written for a vault that wants somebody.
    let early = house.write(&["--test", "none", "--secret-store", "vault", "--profile", "two"]).code(77);
    assert!(early.json()["ok"] == false && !house.sandbox.path("home/.config/mailsetup/profiles/two.toml").exists());

    let mut bytes = fs::read(house.sandbox.path("home/.config/mailsetup/vault")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(house.sandbox.path("home/.config/mailsetup/vault"), bytes).unwrap();
    let damaged = house.run(&["secret", "--vault-passphrase-file", "words"]).code(65).stderr;
    assert!(damaged.contains("is damaged"), "{damaged}");
}

#[test]
fn a_person_types_the_passphrase_and_the_terminal_shows_nothing_of_it() {
    let house = House::new();
    house.write(&["--test", "none", "--secret-store", "vault"]).code(0);
    let terminal = house.sandbox.mailsetup(["vault", "passphrase"]).terminal(80, 24);
    for question in ["New passphrase", "Once more"] {
        terminal.wait_for(question);
        terminal.send("correct horse");
        terminal.key(Key::Enter);
    }
    assert_eq!(terminal.wait_exit(), 0);
    assert!(!terminal.ever_received("horse"));

    // Its output goes to a pipe, as a mail program's passwordeval reads it; the question goes to the terminal.
    let script = "mailsetup secret >got; echo ended $?";
    for (typed, ended) in [("correct horse", "ended 0"), ("horse correct", "ended 77")] {
        let terminal = house.sandbox.program("sh", ["-c", script]).terminal(80, 24);
        terminal.wait_for("Passphrase of the vault");
        terminal.send(typed);
        terminal.key(Key::Enter);
        terminal.wait_for(ended);
        assert!(!terminal.ever_received("horse"));
    }
    let terminal = house.sandbox.program("sh", ["-c", "mailsetup secret --no-input; echo ended $?"]).terminal(80, 24);
    terminal.wait_for("ended 77");
}

#[test]
fn systemds_credentials_hold_a_secret_for_root_and_for_units() {
    if !is_root() || !has("systemd-creds") {
        return;
    }
    let house = House::new();
    let password = house.demo.password().to_owned();
    house.write(&["--test", "login", "--secret-store", "systemd", "--target", "msmtp"]).code(0);
    let credential = house.sandbox.path(format!("{PROFILE}.cred"));
    assert_eq!(mode(&credential), 0o600);
    assert_eq!(house.run(&["secret"]).code(0).stdout, format!("{password}\n"));
    let drop_in = house.run(&["secret", "--drop-in"]).code(0).stdout;
    assert_eq!(drop_in, format!("[Service]\nLoadCredentialEncrypted=mailsetup-default:{}\n", credential.display()));
    // A unit has it decrypted in a folder of its own.
    house.sandbox.write("run/credentials/mailsetup-default", "from the unit");
    let unit = house.sandbox.mailsetup(["secret"]).env("CREDENTIALS_DIRECTORY", house.sandbox.path("run/credentials"));
    assert_eq!(unit.run().code(0).stdout, "from the unit\n");
    // What is bound to one profile opens for no other.
    fs::copy(&credential, house.sandbox.path("home/.config/mailsetup/profiles/two.cred")).unwrap();
    let profile = house.sandbox.read(format!("{PROFILE}.toml"));
    house.sandbox.write("home/.config/mailsetup/profiles/two.toml", profile);
    house.run(&["secret", "two"]).code(69);
    house.run(&["undo"]).code(0);
    assert!(!credential.exists());
}

/// A program of this name that stands first on the path and does this.
pub(super) fn shim(sandbox: &Sandbox, name: &str, script: &str) -> String {
    let path = sandbox.write(format!("shims/{name}"), format!("#!/bin/sh\n{script}\n"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:/usr/bin:/bin", path.parent().unwrap().display())
}

#[test]
fn a_store_that_is_not_there_or_never_answers_is_said_before_anything_is_sent() {
    let house = House::new();
    let words = ["--test", "send", "--yes", "--json", "--password-file", "pw", "--secret-store"];
    let run = |store: &str, path: &str| {
        let started = Instant::now();
        let out = house.set_up(&[&words[..], &[store]].concat()).env("PATH", path).run();
        assert!(started.elapsed() < DEADLINE / 2, "{store}: {:?}", started.elapsed());
        out.code(69).stderr
    };
    assert!(run("systemd", "/nonexistent").contains("systemd-creds is not installed"));
    assert!(run("pass", "/nonexistent").contains("pass is not installed"));
    let path = shim(&house.sandbox, "systemd-creds", "echo systemd 249; exit 0");
    assert!(run("systemd", &path).contains("needs systemd 250"));
    let path = shim(&house.sandbox, "systemd-creds", "exec sleep 600");
    assert!(run("systemd", &path).contains("needs systemd 250"));
    let path = shim(&house.sandbox, "pass", "exec sleep 600");
    assert!(run("pass", &path).contains("pass init"));
    assert!(house.demo.arrived().is_empty());
}

#[test]
fn roots_programs_are_not_those_of_whoever_became_root() {
    if !is_root() || !has("systemd-creds") {
        return;
    }
    let house = House::new();
    let marks =
        format!("touch {0}/called; env >>{0}/env; exec /usr/bin/systemd-creds \"$@\"", house.sandbox.path("home").display());
    let path = shim(&house.sandbox, "systemd-creds", &marks);
    shim(&house.sandbox, "msmtp", &marks);
    let program = [env!("CARGO_BIN_EXE_mailsetup")].map(str::to_owned).into_iter();
    let words = ["--password-file", "pw", "--yes", "--secret-store", "systemd", "--target", "msmtp"];
    let words = ["-m".to_owned()].into_iter().chain(program).chain(house.words(&words));
    // By itself: the sandbox would put the shims where root's programs are.
    house.sandbox.program("unshare", words).env("PATH", &path).env("PERL5LIB", "/nonexistent").run().code(0);
    assert!(!house.sandbox.path("home/called").exists());
}

#[test]
fn pass_keeps_what_a_person_wrote_below_the_password() {
    if !has("pass") || !has("gpg") {
        return;
    }
    let house = House::new();
    let gnupg = house.sandbox.path("gnupg");
    fs::create_dir(&gnupg).unwrap();
    fs::set_permissions(&gnupg, fs::Permissions::from_mode(0o700)).unwrap();
    let with = |run: crate::support::sandbox::Run| run.env("GNUPGHOME", &gnupg);
    let key = ["--batch", "--passphrase", "", "--quick-generate-key", "ops@example.test", "default", "default", "never"];
    with(house.sandbox.program("gpg", key)).run().code(0);
    with(house.sandbox.program("pass", ["init", "ops@example.test"])).run().code(0);
    let insert = with(house.sandbox.program("pass", ["insert", "-m", "mail/relay"]));
    insert.stdin("old\nuser: ops\n").run().code(0);

    let password = house.demo.password().to_owned();
    let words = [
        "--password-file",
        "pw",
        "--yes",
        "--json",
        "--test",
        "login",
        "--secret-store",
        "pass",
        "--pass-entry",
        "mail/relay",
    ];
    let out = with(house.set_up(&words)).run().code(0);
    assert_eq!(out.json()["changed"], true);
    assert_eq!(with(house.set_up(&words)).run().code(0).json()["changed"], false);
    let shown = with(house.sandbox.program("pass", ["show", "mail/relay"])).run().code(0).stdout;
    let whom = r#"mailsetup-for: {"hosts":["localhost"],"username":"demo@mailsetup.example"}"#;
    assert_eq!(shown, format!("{password}\nuser: ops\n{whom}\n"));
    assert_eq!(with(house.sandbox.mailsetup(["secret"])).run().code(0).stdout, format!("{password}\n"));

    for text in crate::host::vault::tortures() {
        house.sandbox.write("home/pw", &text);
        with(house.sandbox.mailsetup(["edit", "--password-file", "pw", "--test", "none", "--yes"])).run().code(0);
        assert_eq!(with(house.sandbox.mailsetup(["secret"])).run().code(0).stdout, format!("{text}\n"));
    }
    let kill = with(house.sandbox.program("gpgconf", ["--kill", "all"]));
    kill.run().code(0);
}
