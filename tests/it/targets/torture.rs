//! Two hundred passwords and more through every target: identical when it is read back, or refused before writing.

use std::{collections::BTreeMap, thread};

use mailsetup::{
    plan::{Field, Refusal, compare, first_path, plan, read_back},
    presets::{Catalog, Target},
};

use super::{ordered, samples, scope};
use crate::consumers::{
    passwords::passwords,
    setup::{Memory, places},
};

#[test]
fn identical_or_refused_with_the_reason() {
    let catalog = Catalog::builtin();
    let refused: BTreeMap<&str, usize> = thread::scope(|scope| {
        let mut threads = Vec::new();
        for target in catalog.targets() {
            threads.push((target.key.as_str(), scope.spawn(|| refusals(&catalog, target))));
        }
        threads.into_iter().map(|(key, thread)| (key, thread.join().unwrap())).collect()
    });
    // A rule that becomes stricter is seen here.
    let carries_all = ["dotenv-sh", "git", "mutt", "neomutt", "s-nail", "nullmailer", "dma", "nextcloud", "django", "json"];
    for key in carries_all.into_iter().chain(["yaml", "toml", "systemd-env", "docker-env"]) {
        assert_eq!(refused[key], 0, "{key}");
    }
    let others = ["msmtp", "dotenv", "postfix", "alertmanager", "grafana", "gitea", "node-env", "python-dotenv"];
    let counts = others.map(|key| refused[key]);
    assert_eq!(counts, [1, 64, 3, 7, 7, 1, 1, 29]);
    assert_eq!(refused.len(), carries_all.len() + 4 + others.len());
}

/// How many passwords a target refuses; of the others each comes back as it was.
fn refusals(catalog: &Catalog, target: &Target) -> usize {
    let places = places(scope(target));
    let there = samples(&target.key).into_iter().next().map(|sample| sample.text).unwrap_or_default();
    let mut count = 0;
    for password in passwords() {
        let order = ordered(target, &password);
        let choice = &order.targets[0];
        let mut files = Memory::default();
        if target.files[0].must_exist {
            let path = first_path(target, choice, &places).unwrap();
            files.put(path, there.as_bytes(), 0o640);
        }
        match plan(&order, catalog, &places, &files) {
            Ok(plan) => {
                files.apply(&plan);
                let read = read_back(target, choice, &order.name, &places, &files).unwrap();
                assert_eq!(compare(&order, places.scope, &read), [], "{} {password:?}", target.key);
            }
            Err(refusal) => {
                count += 1;
                assert_eq!(refusal.field(), Some(Field::Password), "{} {password:?}: {refusal:?}", target.key);
                let is_reason = matches!(refusal, Refusal::CannotCarry { .. });
                assert!(is_reason, "{} {password:?}: {refusal:?}", target.key);
            }
        }
    }
    count
}
