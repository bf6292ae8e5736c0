//! Every flow that needs no terminal, with every way in and every store.

use std::{os::unix::fs::PermissionsExt as _, path::PathBuf};

use super::{CANARY, Search, relay::Relay, shims, talkative_consumer, watch::Watch};
use crate::support::{
    keyring::KeyringBus,
    sandbox::{Output, Run, Sandbox},
};

const USER: &str = "ops@example.com";

/// Where the password belongs, by store.
fn belongs(store: &str) -> &'static [&'static str] {
    match store {
        "file" => &[
            "home/pw",
            "home/.config/mailsetup/profiles/default.secret",
            "home/.config/mailsetup/profiles/two.secret",
            "home/.local/state/mailsetup/backups",
        ],
        _ => &["home/pw"],
    }
}

struct World {
    password: &'static str,
    sandbox: Sandbox,
    relay: Relay,
    shims: tempfile::TempDir,
    path: String,
    /// Where the key of `pass` is.
    gnupg: Option<PathBuf>,
    keyring: Option<KeyringBus>,
    /// The store is a variable: it is set for every command.
    is_variable: bool,
}

impl Drop for World {
    fn drop(&mut self) {
        // Its agent would stay.
        if self.gnupg.is_some() {
            self.tool("gpgconf", &["--kill", "all"]);
        }
    }
}

impl World {
    fn new() -> Self {
        Self::of(CANARY)
    }

    fn of(password: &'static str) -> Self {
        let sandbox = Sandbox::new();
        let shims_folder = tempfile::tempdir().unwrap();
        let bin = shims(shims_folder.path(), &["sh", "cat", "systemd-creds", "pass", "gpg", "msmtp", "postmap", "printenv"]);
        sandbox.write("home/pw", password);
        let path = format!(
            "{bin}:{}:/usr/bin:/bin",
            std::path::Path::new(env!("CARGO_BIN_EXE_mailsetup")).parent().unwrap().display()
        );
        Self {
            password,
            sandbox,
            relay: Relay::start(),
            shims: shims_folder,
            path,
            gnupg: None,
            keyring: None,
            is_variable: false,
        }
    }

    /// Makes a store of `pass`, with a key that needs no passphrase.
    fn with_pass(&mut self) {
        let gnupg = self.shims.path().join("gnupg");
        std::fs::create_dir(&gnupg).unwrap();
        std::fs::set_permissions(&gnupg, std::fs::Permissions::from_mode(0o700)).unwrap();
        self.gnupg = Some(gnupg);
        self.tool("gpg", &["--batch", "--passphrase", "", "--quick-generate-key", USER, "default", "default", "never"]);
        self.tool("pass", &["init", USER]);
    }

    fn tool(&self, program: &str, words: &[&str]) {
        self.at_home(self.sandbox.program(program, words)).run().code(0);
    }

    fn at_home(&self, run: Run) -> Run {
        let run = match &self.gnupg {
            Some(gnupg) => run.env("GNUPGHOME", gnupg),
            None => run,
        };
        let run = match &self.keyring {
            Some(bus) => run.env("DBUS_SESSION_BUS_ADDRESS", &bus.address),
            None => run,
        };
        if self.is_variable { run.env("RELAY_PW", self.password) } else { run }
    }

    fn words(&self) -> Vec<String> {
        let words =
            [USER, "--provider", "custom", "--host", "localhost", "--port", &self.relay.port, "--security", "none", "-v"];
        words.map(str::to_owned).to_vec()
    }

    /// The program, with the password by this way in.
    fn run(&self, way: &str, words: &[&str]) -> Run {
        let flags: &[&str] = match way {
            "stdin" => &["--password-stdin"],
            "file" => &["--password-file", "pw"],
            "fd" => &["--password-fd", "7"],
            "env" => &["--password-env", "RELAY_PW"],
            "command" => &["--password-command", "cat pw"],
            _ => &[],
        };
        let words: Vec<String> = words.iter().chain(flags).map(|word| (*word).to_owned()).collect();
        let run = match way {
            "fd" => {
                let script = ["-c".to_owned(), "exec 7<pw; exec mailsetup \"$@\"".to_owned(), "sh".to_owned()];
                self.sandbox.program("/bin/sh", script.into_iter().chain(words))
            }
            _ => self.sandbox.mailsetup(words),
        };
        let run = self.at_home(run.env("PATH", &self.path));
        match way {
            "stdin" => run.stdin(self.password),
            "env" => run.env("RELAY_PW", self.password),
            _ => run,
        }
    }

    fn set_up(&self, way: &str, more: &[&str]) -> Output {
        let words = self.words();
        let words: Vec<&str> = words.iter().map(String::as_str).chain(more.iter().copied()).collect();
        self.run(way, &words).run()
    }

    fn notes(&self, search: &mut Search) {
        for path in crate::support::files::files_below(&self.shims.path().join("notes")) {
            search.look("a program on the path", &path.display().to_string(), &std::fs::read(&path).unwrap());
            std::fs::remove_file(path).unwrap();
        }
    }
}

#[test]
fn scripts_with_every_store_and_every_way_in() {
    let mut search = Search::new();
    let watch = Watch::begin();
    let mut stores = vec![
        ("stdin", "file"),
        ("file", "vault"),
        ("env", "vault"),
        ("fd", "file"),
        ("command", "command"),
        ("env", "file"),
    ];
    if mailsetup::host::stores::systemd_available().is_ok() {
        stores.push(("stdin", "systemd"));
    }
    if ["pass", "gpg"].iter().all(|program| std::path::Path::new("/usr/bin").join(program).exists()) {
        stores.push(("fd", "pass"));
    }
    if KeyringBus::can_be() {
        stores.push(("file", "keyring"));
    }
    for (way, store) in stores {
        let mut world = World::new();
        match store {
            "pass" => world.with_pass(),
            "keyring" => world.keyring = Some(KeyringBus::start(&world.shims.path().join("keyring"))),
            _ => {}
        }
        through(&world, (way, store), &mut search, Some(&watch));
    }
    search.end("scripts");
}

/// Where the store is a variable, the programs that ask for the password have it: not their environments, but all else is searched.
#[test]
fn a_script_whose_store_is_a_variable() {
    const PASSWORD: &str = "Amsel%7+ \"\u{e9}\\ variable&=/43";
    let mut search = Search::of(PASSWORD);
    let mut world = World::of(PASSWORD);
    world.is_variable = true;
    through(&world, ("env", "env"), &mut search, None);
    search.end("a variable");
}

/// Every command of a script, from the dry run to the undo of a removal.
fn through(world: &World, (way, store): (&str, &str), search: &mut Search, watch: Option<&Watch>) {
    let flow = |name: &str| format!("{name} by {way} into {store}");
    let belongs = belongs(store);
    let step = |search: &mut Search, name: &str, out: &Output, code: i32| {
        assert_eq!(out.code, Some(code), "{}: {}\n{}", flow(name), out.stdout, out.stderr);
        search.said(&flow(name), out);
        search.files(&flow(name), &world.sandbox, belongs);
        if let Some(watch) = watch {
            search.processes(watch);
            world.notes(search);
        }
    };
    let common = ["--secret-store", store, "--target", "msmtp"];
    let with = |more: &[&'static str]| [&common[..], more].concat();
    step(search, "dry run", &world.set_up(way, &with(&["--dry-run"])), 0);
    step(search, "diff", &world.set_up(way, &with(&["--dry-run", "--diff", "--json"])), 0);
    world.relay.be_hostile(true);
    step(search, "refused", &world.set_up(way, &with(&["--yes", "--report", "one.txt"])), 77);
    step(search, "refused, JSON", &world.set_up(way, &with(&["--yes", "--json", "--report", "two.txt"])), 77);
    step(search, "forced", &world.set_up(way, &with(&["--yes", "--force", "--profile", "two"])), 0);
    world.run("", &["remove", "two"]).run().code(0);
    world.relay.be_hostile(false);
    step(search, "set-up", &world.set_up(way, &with(&["--yes", "--diff", "--report", "three.txt"])), 0);
    step(search, "again", &world.set_up(way, &with(&["--yes", "--json"])), 0);
    for words in [
        &["check", "--json"][..],
        &["check", "--send", "-v", "--report", "four.txt"],
        &["list"],
        &["show"],
        &["show", "--json"],
        &["export", "msmtp=other.rc", "--print"],
        &["export", "msmtp=other.rc"],
        &["vault", "status"],
        &["edit", "--name", "Ops", "--yes", "--json"],
        &["list", "--json"],
    ] {
        step(search, &words.join(" "), &world.run("", words).run(), 0);
    }
    world.relay.be_hostile(true);
    step(search, "failed check", &world.run("", &["check", "--report", "five.txt"]).run(), 77);
    step(search, "failed check, JSON", &world.run("", &["check", "--json"]).run(), 77);
    world.relay.be_hostile(false);
    // The one command that is there to print it; all else is searched.
    let out = world.run("", &["secret"]).run().code(0);
    assert_eq!(out.stdout, format!("{}\n", world.password), "{way} {store}");
    step(search, "secret", &Output { stdout: String::new(), ..out }, 0);
    step(search, "undo", &world.run("", &["undo"]).run(), 0);
    step(search, "remove", &world.run("", &["remove", "default"]).run(), 0);
    step(search, "undo of remove", &world.run("", &["undo"]).run(), 0);
}

#[test]
fn a_consumer_that_says_it() {
    let mut search = Search::new();
    let (watch, folder) = (Watch::begin(), tempfile::tempdir().unwrap());
    let talkative = talkative_consumer(folder.path());
    for store in ["file", "vault"] {
        let mut world = World::new();
        world.path = format!("{talkative}:{}", world.path);
        for more in [&["--report", "one.txt"][..], &["--json", "--report", "two.txt"], &["--lang", "fr"]] {
            let flow = format!("{store} {}", more.join(" "));
            let out = world.set_up("file", &[&["--secret-store", store, "--target", "msmtp", "--yes"], more].concat());
            assert_eq!(out.code, Some(77), "{flow}: {}\n{}", out.stdout, out.stderr);
            assert!(out.stderr.contains("you sent ***") && out.stderr.contains("msmtp: hex ***"), "{flow}: {}", out.stderr);
            search.said(&flow, &out);
            search.files(&flow, &world.sandbox, belongs(store));
            search.processes(&watch);
            world.notes(&mut search);
        }
    }
    search.end("a consumer that says it");
}

#[test]
fn wrong_words_and_the_demo() {
    let mut search = Search::new();
    let watch = Watch::begin();
    let world = World::new();
    world.sandbox.write("home/answers.toml", "host = \"localhost\"\nsecruity = \"none\"\n");
    for (words, code) in [
        (&["--demo", "--yes", "--json", "--report", "demo.txt"][..], 77),
        (&["--demo", "--yes", "-v"], 77),
        (&["--demo", "--dry-run", "--test", "none"], 0),
        (&["--answers", "answers.toml", "--yes"], 65),
        (&["nobody", "--yes"], 64),
        (
            &[
                "ops@example.com",
                "--host",
                "localhost",
                "--port",
                "1",
                "--provider",
                "custom",
                "--security",
                "none",
                "--yes",
            ],
            69,
        ),
        (&["ops@example.com", "--provider", "custom", "--host", "localhost", "--target", "nothing", "--yes"], 64),
    ] {
        let out = world.run("file", words).run();
        assert_eq!(out.code, Some(code), "{words:?}: {}\n{}", out.stdout, out.stderr);
        search.said(&words.join(" "), &out);
        search.files(&words.join(" "), &world.sandbox, &["home/pw", "tmp"]);
        search.processes(&watch);
    }
    world.notes(&mut search);
    search.end("wrong words and the demo");
}
