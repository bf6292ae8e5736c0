//! Many at once: all are done and none is lost, and whatever else runs, the last word of a person stands.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::{House, json_lines};
use crate::support::{
    sandbox::{Output, Run},
    wait,
};

/// How many run at once.
const CROWD: usize = 40;

/// At how many moments of a write others come in.
const MOMENTS: u32 = 6;

const PROFILE: &str = "home/.config/mailsetup/profiles/default.toml";
const JOURNAL: &str = "home/.local/state/mailsetup/journal";

/// A set-up that writes, and waits for others that do.
fn written(house: &House, more: &[&str]) -> Run {
    let words = ["--password-file", "pw", "--yes", "--json", "--test", "login", "--lock-timeout", "300"];
    house.set_up(&[&words[..], more].concat())
}

#[test]
#[ignore = "long, see tests/run"]
fn long_forty_runs_at_once_are_all_done_and_none_is_lost() {
    for profiles in [1, CROWD] {
        let house = House::new();
        let started = Instant::now();
        let runs: Vec<_> = (0..CROWD)
            .map(|number| {
                let (profile, file) = (format!("p{}", number % profiles), format!("dotenv=app{number}.env"));
                let run = written(&house, &["--profile", &profile, "--target", "msmtp", "--target", &file]);
                thread::spawn(move || run.run())
            })
            .collect();
        for run in runs {
            run.join().unwrap().code(0);
        }
        let listed = json_lines(&house.run(&["list", "--json"]).code(0));
        assert_eq!(listed.len(), profiles, "{listed:?}");
        let targets: usize = listed.iter().map(|profile| profile["targets"].as_array().unwrap().len()).sum();
        assert_eq!(targets, CROWD + profiles, "{listed:?}");
        let rc = house.sandbox.read("home/.msmtprc");
        for profile in &listed {
            let name = profile["profile"].as_str().unwrap();
            assert_eq!(rc.matches(&format!("secret {name} ")).count(), 1, "{name}: {rc}");
            assert_eq!(house.run(&["secret", name]).code(0).stdout.trim_end(), house.demo.password());
            house.run(&["check", name, "--drift"]).code(0);
        }
        for number in 0..CROWD {
            let text = house.sandbox.read(format!("home/app{number}.env"));
            assert!(text.contains("SMTP_HOST=localhost"), "{number}: {text}");
        }
        eprintln!("{CROWD} runs at once on {profiles} profiles: all done, none lost, in {:?}", started.elapsed());
    }
}

/// What a person says, and how it is seen that it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Name(&'static str),
    Remove,
    Undo,
    Vault,
}

impl Word {
    fn run(self, house: &House) -> Run {
        match self {
            Self::Name(name) => written(house, &["--target", "msmtp", "--name", name]),
            Self::Vault => written(house, &["--target", "msmtp", "--secret-store", "vault"]),
            Self::Remove => house.sandbox.mailsetup(["remove", "default", "--lock-timeout", "300"]),
            Self::Undo => house.sandbox.mailsetup(["undo", "--lock-timeout", "300"]),
        }
    }

    /// Fails unless it is how things are; `before` is the profile before the write that an undo takes back.
    fn stands(self, house: &House, before: &str, at: &str) {
        let profile = house.sandbox.read(PROFILE);
        let has_rc = house.sandbox.path("home/.msmtprc").exists();
        if self == Self::Remove {
            assert!(profile.contains("enabled = false") && !has_rc, "{at}: {profile}");
            assert_ne!(house.run(&["secret"]).code, Some(0), "{at}");
            return;
        }
        assert!(profile.contains("enabled = true") && has_rc, "{at}: {profile}");
        let secret = house.run(&["secret"]);
        assert_eq!(secret.stdout.trim_end(), house.demo.password(), "{at}: {} {profile}", secret.stderr);
        let has_file = house.sandbox.path("home/.config/mailsetup/profiles/default.secret").exists();
        match self {
            Self::Name(name) => assert!(profile.contains(&format!("name = \"{name}\"")) && has_file, "{at}: {profile}"),
            Self::Vault => assert!(profile.contains("store = \"vault\"") && !has_file, "{at}: {profile}"),
            _ => assert_eq!(profile, before, "{at}"),
        }
        house.run(&["check", "--drift"]).code(0);
    }
}

/// A profile that was written twice; returns it as it was the first time.
fn twice(house: &House) -> String {
    written(house, &["--target", "msmtp", "--name", "Before"]).run().code(0);
    let before = house.sandbox.read(PROFILE);
    written(house, &["--name", "Begun"]).run().code(0);
    before
}

const WORDS: [Word; 4] = [Word::Name("Last"), Word::Remove, Word::Undo, Word::Vault];

#[test]
#[ignore = "long, see tests/run"]
fn long_what_checks_find_takes_back_no_persons_word() {
    let (mut rounds, checks) = (0, Arc::new(AtomicUsize::new(0)));
    for word in WORDS {
        for moment in 0..MOMENTS {
            let house = House::new();
            let before = twice(&house);
            let is_over = Arc::new(AtomicBool::new(false));
            let others: Vec<_> = [&["check"][..], &["check", "--send"], &["check", "--drift"], &["secret"]]
                .into_iter()
                .map(|words| {
                    let (sandbox, is_over, checks) = (house.sandbox.clone(), Arc::clone(&is_over), Arc::clone(&checks));
                    thread::spawn(move || {
                        while !is_over.load(Ordering::SeqCst) {
                            ended(&sandbox.mailsetup(words).run());
                            checks.fetch_add(1, Ordering::SeqCst);
                        }
                    })
                })
                .collect();
            let until = Instant::now() + Duration::from_millis(30) * moment;
            while let Some(left) = until.checked_duration_since(Instant::now()) {
                thread::park_timeout(left);
            }
            word.run(&house).run().code(0);
            is_over.store(true, Ordering::SeqCst);
            for other in others {
                other.join().unwrap();
            }
            word.stands(&house, &before, &format!("{word:?} at moment {moment}"));
            rounds += 1;
        }
    }
    eprintln!("{rounds} words of a person among {} checks and secrets: each stands", checks.load(Ordering::SeqCst));
}

/// Fails for a program that did not end by itself, or by a fault of ours.
fn ended(out: &Output) {
    assert!(out.code.is_some_and(|code| code != 70 && code != 101), "{:?} {}", out.code, out.stderr);
}

#[test]
#[ignore = "long, see tests/run"]
fn long_of_two_persons_the_last_word_stands() {
    let mut rounds = 0;
    for first in WORDS {
        for last in WORDS {
            // Nothing to take back twice, and nothing to remove of what is not there.
            if first == Word::Remove && matches!(last, Word::Remove | Word::Undo)
                || (first, last) == (Word::Undo, Word::Undo)
            {
                continue;
            }
            let house = House::new();
            twice(&house);
            let begun = house.sandbox.read(PROFILE);
            // Who holds the lock has written of it there.
            let records = || std::fs::read_dir(house.sandbox.path(JOURNAL)).unwrap().count();
            let known = records();
            let run = match first {
                Word::Name(_) => Word::Name("First"),
                other => other,
            }
            .run(&house);
            let running = thread::spawn(move || run.run());
            let is_at_work = || (records() > known).then_some(());
            wait::until(is_at_work).expect("the first writes");
            last.run(&house).run().code(0);
            running.join().unwrap().code(0);
            last.stands(&house, &begun, &format!("{last:?} after {first:?}"));
            rounds += 1;
        }
    }
    eprintln!("{rounds} pairs of a person's words at once: the last one stands");
}
