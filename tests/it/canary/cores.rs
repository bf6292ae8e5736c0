//! What is left of a program that crashes while it holds the password: no core, and nothing in a panic's words.

use std::{
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{Child, Command, Stdio},
};

use crate::support::setup::conversation;
use crate::support::setup::places_at_home;
use mailsetup::{
    mail::{Keys, Secret},
    presets::Catalog,
    setup::{AnswerSource, Field, GivenSecret, SetupFacts, SetupOptions},
};
use rustix::process::{Pid, Signal};

use super::{CANARY, Search, relay::Relay};
use crate::support::{sandbox::Sandbox, wait::until};

/// A program that would leave a core, in a folder of its own; it ends by a crash as soon as it is `ready`.
fn crash(script: &str, folder: &Path, sandbox: &Sandbox, ready: impl Fn(&Child) -> bool) -> std::process::ExitStatus {
    let mut child = Command::new("sh")
        .args(["-c", &format!("ulimit -c unlimited || exit 99; {script}")])
        .current_dir(folder)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", sandbox.path("home"))
        .env("XDG_CONFIG_HOME", sandbox.path("home/.config"))
        .env("XDG_STATE_HOME", sandbox.path("home/.local/state"))
        .env("MAILSETUP_SCOPE", "user")
        .env("MAILSETUP_OFFLINE", "yes")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    assert!(until(|| ready(&child).then_some(())).is_some(), "never ready: {script}");
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    rustix::process::kill_process(pid, Signal::ABORT).unwrap();
    child.wait().unwrap()
}

fn runs(child: &Child, program: &str) -> bool {
    let name = std::fs::read_to_string(format!("/proc/{}/comm", child.id())).unwrap_or_default();
    name.trim() == program
}

#[test]
fn a_crash_leaves_no_core() {
    let mut search = Search::new();
    let (sandbox, folder, relay) = (Sandbox::new(), tempfile::tempdir().unwrap(), Relay::start());
    sandbox.write("home/pw", CANARY);
    let mailsetup = env!("CARGO_BIN_EXE_mailsetup");
    // It waits for the answer to its login, with the password in its memory.
    relay.be_silent(true);
    let script = format!(
        "exec {mailsetup} ops@example.com --provider custom --host localhost --port {} --security none --password-file {} --yes",
        relay.port,
        sandbox.path("home/pw").display()
    );
    let logged_in = |child: &Child| runs(child, "mailsetup") && sockets(child) > 0;
    let status = crash(&script, folder.path(), &sandbox, logged_in);
    assert_eq!((status.signal(), status.core_dumped()), (Some(Signal::ABORT.as_raw()), false));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    search.flows += 1;
    search.places += 4;
    search.files("crash", &sandbox, &["home/pw"]);

    // The same crash of another program leaves one here, so the test would have seen it; where the system keeps none, it says so.
    let status = crash("exec sleep 600", folder.path(), &sandbox, |child| runs(child, "sleep"));
    if !status.core_dumped() {
        eprintln!("this system leaves no core of any program");
    }
    search.end("a crash");
}

/// How many sockets a process has open.
fn sockets(child: &Child) -> usize {
    let open = std::fs::read_dir(format!("/proc/{}/fd", child.id()));
    let is_socket = |entry: std::fs::DirEntry| {
        std::fs::read_link(entry.path()).is_ok_and(|to| to.to_string_lossy().starts_with("socket:"))
    };
    open.map_or(0, |open| open.flatten().map(is_socket).filter(|is| *is).count())
}

/// Not a test of its own: panics with all that holds the password in its words, in a child process.
#[test]
fn panic_child() {
    if std::env::var_os("MAILSETUP_TEST_PANIC").is_none() {
        return;
    }
    let facts = SetupFacts { host_name: "web1".into(), cwd: "/".into(), ..SetupFacts::default() };
    let options = SetupOptions { brief: true, yes: true, ..SetupOptions::default() };
    let mut setup = conversation(facts, options);
    let answers = [
        (Field::Address, "ops@example.com"),
        (Field::Provider, "custom"),
        (Field::Host, "localhost"),
        (Field::Port, "25"),
        (Field::Security, "none"),
        (Field::Test, "none"),
        (Field::Targets, "dotenv"),
        (Field::Scope, "user"),
    ];
    for (field, value) in answers {
        setup.give(field, value, AnswerSource::Flag).unwrap();
    }
    let secret = Secret::new(CANARY.to_owned());
    setup.give_secret(GivenSecret { secret: secret.clone(), flag: None });
    let order = setup.rehearsal().unwrap();
    let home = crate::host::Home::new();
    let disk = mailsetup::host::Disk::new(&places_at_home(Path::new("/nonexistent")));
    let places = places_at_home(&home.path("x"));
    let plan = mailsetup::plan::plan(&order, &Catalog::builtin(), &places, &disk).unwrap();
    let keys = Keys { passphrase: Some(secret.clone()), ..Keys::default() };
    panic!("{setup:?} {order:?} {plan:?} {keys:?} {secret:?} {:?} {:?}", setup.status(), plan.changes);
}

#[test]
fn a_panic_says_nothing() {
    let mut search = Search::new();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "canary::cores::panic_child", "--nocapture"])
        .envs([("MAILSETUP_TEST_PANIC", "1"), ("RUST_BACKTRACE", "full")])
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&said);
    assert!(!output.status.success() && text.contains("Secret(..)") && text.contains("Plan"), "{text}");
    search.flows += 1;
    search.places += 4;
    search.look("panic", "its words", &said);
    search.end("a panic");
}
