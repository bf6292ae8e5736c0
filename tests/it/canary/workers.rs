//! The program's own hook and the program's own runner, in a process of its own: a worker that panics with a file in its words, which
//! holds the password, ends its effect with an error, and none of those words come out.

use std::{
    process::Command,
    sync::{Arc, mpsc},
    time::Duration,
};

use mailsetup::{
    discover::Net,
    host::LOCK_LIMIT,
    phrase,
    plan::Scope,
    presets::{Catalog, Lang, Text},
    probe::SystemResolver,
    runner::{EgressTargets, Runner, crash},
    setup::{Effect, Msg, Outcome, SecretReader, Work},
};

use super::{CANARY, Search};
use crate::consumers::setup::order;

/// Names the file whose words the panic has.
const FILE: &str = "MAILSETUP_TEST_WORKER";

/// A runner that reads the file where it would look for its folders, and cannot take what is in it.
fn broken(path: String) -> Runner {
    let places = move |_: Scope| {
        let text = std::fs::read_to_string(&path).unwrap();
        let index = text.len();
        // What slicing inside a character says holds the text; and an error that quotes it.
        if text.starts_with('é') {
            panic!("{}", &text[1..index])
        } else {
            panic!("{:?}", text.parse::<u16>().map_err(|_| &text))
        }
    };
    Runner {
        catalog: Arc::new(Catalog::builtin()),
        lang: Lang::EN,
        places: Arc::new(places),
        net: Arc::new(Net::system),
        resolver: Arc::new(SystemResolver),
        egress: EgressTargets::default(),
        oauth: crate::support::web::oauth_way(),
        own_stores_only: true,
        lock_limit: LOCK_LIMIT,
        domain: Arc::new(|_| None),
        last_plan: Arc::default(),
    }
}

/// Not a test of its own: the process whose worker panics.
#[test]
fn worker_child() {
    let Ok(path) = std::env::var(FILE) else { return };
    crash::hook(|| Text::new(Lang::EN).get("crash"));
    let runner = broken(path);
    let (sender, inbox) = mpsc::channel();
    let reader = SecretReader { scope: Scope::User, run_as: mailsetup::mail::RunAs::NOBODY };
    for (generation, work) in [(1, Work::Plan(Box::new(order("one")))), (2, Work::Stores(reader))] {
        let cancel = runner.start(Effect { generation, work }, sender.clone());
        match inbox.recv_timeout(Duration::from_secs(20)).unwrap() {
            Msg::Finished(1, Outcome::Planned(Err(fault))) => eprintln!("ended: {}", Text::new(Lang::EN).say(&fault.phrase)),
            Msg::Finished(2, Outcome::Stores(_)) => eprintln!("ended: stores"),
            other => eprintln!("not ended: {}", matches!(other, Msg::Finished(..))),
        }
        drop(cancel);
    }
    // One that nobody guards says its place alone.
    let unguarded = std::thread::spawn(move || drop(runner.places.as_ref()(Scope::User)));
    assert!(unguarded.join().is_err());
    eprintln!("{}", Text::new(Lang::EN).say(&phrase!("crash")));
}

#[test]
fn a_worker_s_panic_ends_its_effect_and_says_nothing_of_the_file() {
    let mut search = Search::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("courrier");
    search.flows += 1;
    for text in [format!("password = {CANARY}\n"), format!("é {CANARY}"), format!("[mailer]\n{CANARY}é")] {
        std::fs::write(&path, text).unwrap();
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "canary::workers::worker_child", "--nocapture"])
            .env(FILE, &path)
            .env("RUST_BACKTRACE", "full")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&[output.stdout.clone(), output.stderr.clone()].concat()).into_owned();
        assert!(output.status.success() && said.matches("ended: ").count() == 2 && !said.contains("not ended"), "{said}");
        assert!(said.contains("workers.rs:"), "the place is said: {said}");
        search.look("a worker's panic", "standard output", &output.stdout);
        search.look("a worker's panic", "standard error", &output.stderr);
    }
    search.end("panics of workers");
}
