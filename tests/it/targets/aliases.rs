//! Root's mail in aliases that people have: one line changes, and all of it comes back.

use std::{fs, path::PathBuf};

use mailsetup::{
    host::{self, Disk, WriteOptions},
    mail::{Profile, Setting},
    plan::{Change, Order, Places, Refusal, Scope, TargetChoice, compare, plan, read_back, root_mail},
    presets::Catalog,
};
use tempfile::TempDir;

use super::below;
use crate::consumers::setup::order;

const ADDRESS: &str = "ops@example.com";

/// A machine with one file of aliases.
struct Machine {
    folder: TempDir,
    places: Places,
    catalog: Catalog,
}

impl Machine {
    fn new(aliases: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let machine = Self { places: below(folder.path(), Scope::System), folder, catalog: Catalog::builtin() };
        for (path, text) in [("etc/aliases", aliases), ("etc/postfix/main.cf", b""), ("etc/dma/dma.conf", b"")] {
            machine.put(path, text);
        }
        machine
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn put(&self, path: &str, text: &[u8]) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), text).unwrap();
    }

    fn aliases(&self) -> String {
        fs::read_to_string(self.path("etc/aliases")).unwrap()
    }

    fn plan(&self, order: &Order) -> Result<mailsetup::plan::Plan, Refusal> {
        plan(order, &self.catalog, &self.places, &Disk::new(&self.places))
    }

    /// Applies an order and reads back what its targets understand; says whether anything changed.
    fn apply(&self, order: &Order) -> bool {
        let plan = self.plan(order).unwrap();
        host::apply(&plan, &self.places, &WriteOptions::default()).unwrap();
        for choice in &order.targets {
            let target = self.catalog.target(&choice.key).unwrap();
            let read = read_back(target, choice, &order.name, &self.places, &Disk::new(&self.places)).unwrap();
            assert_eq!(compare(order, &self.places, &read), [], "{}", choice.key);
            assert_eq!(
                read.get(Setting::RootMail),
                order.profile.root_mail.as_ref().map(ToString::to_string).as_deref(),
                "{}",
                choice.key
            );
        }
        plan.changes.iter().any(Change::is_needed)
    }
}

fn ordered(targets: &[&str], address: Option<&str>) -> Order {
    let mut order = order("one");
    order.scope = Scope::System;
    order.targets = targets.iter().map(|target| TargetChoice::new(*target)).collect();
    order.profile.root_mail = address.map(|address| address.parse().unwrap());
    order
}

fn sample(name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/aliases");
    fs::read_to_string(folder.join(name)).unwrap()
}

/// Each sample with the lines that go, and what stands in their place.
const SAMPLES: [(&str, &str, &str); 6] = [
    ("debian", "", "root: ops@example.com\n"),
    ("debian-installed", "root: admin\n", "root: ops@example.com\n"),
    ("windows", "root:\tann\r\n", "root: ops@example.com\r\n"),
    // A comment between is no part of it.
    (
        "continued",
        "Root: ann,\n    # on holiday until May\n\tbob,\n  carol@example.org\n",
        "root: ops@example.com\n    # on holiday until May\n",
    ),
    ("fedora", "", "root: ops@example.com\n"),
    ("list-server", "root: ann\n", "root: ops@example.com\n"),
];

/// What a target does not take, or takes otherwise, of these.
fn is_taken(target: &str, sample: &str) -> bool {
    match target {
        "msmtp" => !matches!(sample, "list-server" | "continued"),
        "dma" => !matches!(sample, "list-server" | "windows" | "continued"),
        _ => true,
    }
}

#[test]
fn one_line_changes_and_comes_back() {
    for target in ["postfix", "msmtp", "dma"] {
        for (name, gone, put) in SAMPLES.into_iter().filter(|(name, ..)| is_taken(target, name)) {
            let about = format!("{target}/{name}");
            let before = sample(name);
            // msmtp has no mailboxes: all that has no domain goes there.
            let others = |put: &str| match (target, put.split_once('\n')) {
                ("msmtp", Some((root, _))) => root.replacen("root", "default", 1) + "\n",
                _ => String::new(),
            };
            let with = |text: &str, put: &str| {
                let text = if gone.is_empty() { format!("{text}{put}") } else { text.replace(gone, put) };
                text + &others(put)
            };
            let machine = Machine::new(before.as_bytes());
            let mut order = ordered(&[target], Some(ADDRESS));
            assert!(machine.apply(&order), "{about}");
            assert_eq!(machine.aliases(), with(&before, put), "{about}");
            assert!(!machine.apply(&order), "{about} changes when it is applied again");
            assert_eq!(root_mail(&machine.aliases()).as_deref(), Some(ADDRESS), "{about}");
            host::undo(&machine.places, &WriteOptions::default()).unwrap();
            assert_eq!(machine.aliases(), before, "{about} after undo");

            // Written, changed, edited around, removed.
            machine.apply(&order);
            order.profile.root_mail = Some("night@example.com".parse().unwrap());
            assert!(machine.apply(&order), "{about}");
            assert_eq!(machine.aliases(), with(&before, &put.replace("ops@", "night@")), "{about}");
            machine.put("etc/aliases", format!("# mine\n{}", machine.aliases()).as_bytes());
            host::undo_all("default", &machine.places, &WriteOptions::default(), &|_| host::Alongside::default()).unwrap();
            assert_eq!(machine.aliases(), format!("# mine\n{before}"), "{about} after remove");
            let profile = fs::read_to_string(machine.path("etc/mailsetup/profiles/default.toml")).unwrap();
            assert_eq!(
                toml::from_str::<Profile>(&profile).unwrap().root_mail.as_ref().map(ToString::to_string).as_deref(),
                Some("night@example.com")
            );
        }
    }
}

#[test]
fn what_a_program_would_not_read_is_refused_with_its_line() {
    for (target, name, line) in [("msmtp", "list-server", 3), ("dma", "list-server", 3), ("dma", "windows", 1)] {
        let machine = Machine::new(sample(name).as_bytes());
        match machine.plan(&ordered(&[target], Some(ADDRESS))).unwrap_err() {
            Refusal::Unparseable { path, fault } => {
                assert_eq!((path, fault.line), (machine.path("etc/aliases"), line), "{target}/{name}");
            }
            other => panic!("{target}/{name}: {other:?}"),
        }
    }
    match Machine::new(b"").plan(&ordered(&["postfix"], Some("/var/x@example.com"))).unwrap_err() {
        Refusal::CannotCarry { field: Some(Setting::RootMail), .. } => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_an_address_nobody_looks_at_aliases() {
    for broken in [&b"caf\xe9: root\n"[..], b"nonsense\n", sample("list-server").as_bytes()] {
        let machine = Machine::new(broken);
        let order = ordered(&["postfix", "msmtp", "dma", "nullmailer"], None);
        let plan = machine.plan(&order).unwrap();
        let said: Vec<_> = plan.changes.iter().filter(|change| change.path.ends_with("aliases")).collect();
        assert!(said.is_empty(), "{said:?}");
        assert!(!plan.runs.iter().any(|run| run.command == ["newaliases"]), "{:?}", plan.runs);
        host::apply(&plan, &machine.places, &WriteOptions::default()).unwrap();
        for choice in &order.targets {
            let target = machine.catalog.target(&choice.key).unwrap();
            let read = read_back(target, choice, "default", &machine.places, &Disk::new(&machine.places)).unwrap();
            assert_eq!(compare(&order, &machine.places, &read), [], "{}", choice.key);
        }
        assert_eq!(fs::read(machine.path("etc/aliases")).unwrap(), broken);
    }
}

#[test]
fn one_file_for_two_readers_is_written_once() {
    let machine = Machine::new(sample("debian").as_bytes());
    let order = ordered(&["postfix", "msmtp"], Some(ADDRESS));
    for targets in [["postfix", "msmtp"], ["msmtp", "postfix"]] {
        let plan = machine.plan(&ordered(&targets, Some(ADDRESS))).unwrap();
        let ours: Vec<_> = plan.changes.iter().filter(|change| change.path.ends_with("etc/aliases")).collect();
        // Postfix has to be told.
        assert!(ours.len() == 1 && ours[0].owner == "postfix", "{ours:?}");
        assert!(plan.runs.iter().any(|run| run.owner == "postfix" && run.command == ["newaliases"]));
    }
    assert!(machine.apply(&order) && !machine.apply(&order));
    host::undo(&machine.places, &WriteOptions::default()).unwrap();
    assert_eq!(machine.aliases(), sample("debian"));
}

#[test]
fn nullmailer_has_a_file_of_its_own() {
    for before in [None, Some("old@example.org"), Some("old@example.org,other@example.org\n")] {
        let machine = Machine::new(sample("list-server").as_bytes());
        if let Some(before) = before {
            machine.put("etc/nullmailer/adminaddr", before.as_bytes());
        }
        let text = || fs::read_to_string(machine.path("etc/nullmailer/adminaddr")).ok();
        let order = ordered(&["nullmailer"], Some(ADDRESS));
        assert!(machine.apply(&order) && !machine.apply(&order));
        assert_eq!(text().unwrap().trim_end(), ADDRESS);
        assert_eq!(machine.aliases(), sample("list-server"));
        host::undo(&machine.places, &WriteOptions::default()).unwrap();
        assert_eq!(text().as_deref(), before);
    }
}
