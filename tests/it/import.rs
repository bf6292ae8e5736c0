//! Settings that programs have already: what is understood of the files that people have, and what becomes of it.

#[cfg(feature = "demo")]
mod commands;
mod conversation;
#[cfg(feature = "demo")]
mod terminals;

use std::{collections::BTreeMap, fs};

use mailsetup::{
    host::Disk,
    mail::Security,
    plan::{Places, Scope, TargetChoice, first_path, import, plan},
    presets::Catalog,
    setup::{Field, Import},
};
use serde::Deserialize;
use tempfile::TempDir;

use crate::{
    consumers::setup::Memory,
    support::setup::places,
    targets::{below, ordered, scope},
};

/// `tests/fixtures/import/*.toml`: files that people have, and the answers that they are.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// One line on what is shown here.
    about: String,
    target: String,
    #[serde(default)]
    scope: Place,
    /// There is no server in it.
    #[serde(default)]
    nothing: bool,
    /// Path to text: `~/` is the home folder, `./` the current one.
    files: BTreeMap<String, String>,
    /// The answers by key; beside them `secret` and `command`.
    #[serde(default)]
    answers: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Place {
    #[default]
    User,
    System,
}

/// A machine on which these files lie.
fn machine(scope: Scope, files: &BTreeMap<String, String>) -> (TempDir, Places) {
    let folder = tempfile::tempdir().unwrap();
    let places = below(folder.path(), scope);
    for (path, text) in files {
        let path = match (path.strip_prefix("~/"), path.strip_prefix("./")) {
            (Some(rest), _) => places.home.join(rest),
            (_, Some(rest)) => places.cwd.join(rest),
            _ => folder.path().join(path.trim_start_matches('/')),
        };
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    (folder, places)
}

/// What is imported for a target on a machine, where its files are.
fn imported(target: &str, places: &Places) -> Option<Import> {
    let catalog = Catalog::builtin();
    let target = catalog.target(target).unwrap();
    let found = import(target, &TargetChoice::new(&target.key), places, &Disk::new(places)).unwrap().unwrap();
    let path = found.choice.path.as_ref().map(|path| format!("={}", path.display())).unwrap_or_default();
    let word = format!("{}{path}", target.key);
    Import::new(word, target.name.clone(), found.path.display().to_string(), found.read, &catalog)
}

#[test]
fn files_that_people_have_become_answers() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/import");
    let mut count = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let case: Case =
            toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let scope = match case.scope {
            Place::User => Scope::User,
            Place::System => Scope::System,
        };
        let (_folder, places) = machine(scope, &case.files);
        let import = imported(&case.target, &places);
        assert_eq!(import.is_none(), case.nothing, "{name}: {}", case.about);
        let Some(import) = import else { continue };
        let mut answers: BTreeMap<String, String> =
            import.answers.iter().map(|(field, value)| (field.key().to_owned(), value.to_string())).collect();
        answers.extend(import.secret.map(|secret| ("secret".to_owned(), secret.expose().to_owned())));
        answers.extend(import.command.map(|command| ("command".to_owned(), command)));
        assert_eq!(answers, case.answers, "{name}: {}", case.about);
        *count.entry(case.target).or_insert(0) += 1;
    }
    let catalog = Catalog::builtin();
    for target in catalog.targets().filter(|target| target.import.is_some()) {
        assert!(count.get(&target.key).is_some_and(|count| *count >= 2), "{} has two files of somebody's", target.key);
    }
}

#[test]
fn what_mailsetup_writes_is_imported_as_it_was_meant() {
    let catalog = Catalog::builtin();
    // What sends through another offers a server of its own.
    for target in catalog.targets().filter(|target| target.import.is_some() && target.through.is_none()) {
        for (security, port) in [(Security::Tls, 465), (Security::Starttls, 587)] {
            let mut order = ordered(target, "p@ss-word");
            (order.profile.smtp.security, order.profile.smtp.port) = (security, port.to_string().parse().unwrap());
            order.profile.smtp.host = "mail.example.com".parse().unwrap();
            let (choice, places) = (&order.targets[0], places(scope(target)));
            let mut files = Memory::default();
            if target.files[0].must_exist {
                files.put(first_path(target, choice, &places).unwrap(), b"", 0o644);
            }
            files.apply(&plan(&order, &catalog, &places, &files).unwrap());
            let found = import(target, &TargetChoice::new(&target.key), &places, &files).unwrap().unwrap();
            let import = Import::new(target.key.clone(), target.name.clone(), String::new(), found.read, &catalog).unwrap();
            let value = |field: Field| import.answers.get(&field).map(ToString::to_string);
            let settings = [Field::Host, Field::Port, Field::Security, Field::Username].map(value);
            let port = port.to_string();
            let meant = ["mail.example.com", &port, security.as_str(), "ops@example.com"].map(|text| Some(text.to_owned()));
            assert_eq!(settings, meant, "{}", target.key);
            assert_eq!(import.secret, order.secret, "{}", target.key);
        }
    }
}
