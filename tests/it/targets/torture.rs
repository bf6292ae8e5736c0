//! Two hundred passwords and more through every target: identical when it is read back, or refused before writing.

use std::{collections::BTreeMap, thread};

use mailsetup::{
    mail::Setting,
    plan::{Refusal, compare, first_path, plan, read_back},
    presets::{Catalog, Target},
};

use super::{needs_its_place, ordered, samples, scope};
use crate::{
    consumers::{passwords::passwords, setup::Memory},
    support::setup::places,
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
    // A rule that becomes stricter is seen here; a target that is not named came later and refuses what it has to.
    let counts = [
        ("msmtp", 1),
        ("dotenv", 64),
        ("postfix", 3),
        ("alertmanager", 7),
        ("grafana", 7),
        ("gitea", 1),
        ("node-env", 1),
        ("python-dotenv", 29),
        ("vaultwarden", 64),
        ("mastodon", 64),
        ("authentik", 72),
        ("nextcloud-env", 64),
        ("spring", 1),
        ("php", 1),
        ("discourse", 80),
        ("apprise", 8),
        ("django", 8),
        ("flask-mail", 8),
        ("django-environ", 8),
        ("home-assistant", 8),
        ("exim4", 4),
        ("opensmtpd", 3),
        ("ssmtp", 44),
        ("monit", 59),
    ];
    let all = [
        "aerc",
        "ansible",
        "compose-env",
        "dma",
        "docker-env",
        "dotenv-sh",
        "dotenvy",
        "ghost",
        "git",
        "gitlab",
        "himalaya",
        "json",
        "keycloak",
        "kubernetes",
        "laravel",
        "mutt",
        "neomutt",
        "nextcloud",
        "nextcloud-occ",
        "nodemailer",
        "nullmailer",
        "phpmailer",
        "s-nail",
        "smtp-url",
        "symfony",
        "systemd-credential",
        "systemd-env",
        "toml",
        "wordpress",
        "yaml",
    ];
    for (key, count) in counts.into_iter().chain(all.map(|key| (key, 0))) {
        assert_eq!(refused.get(key), Some(&count), "{key}");
    }
    assert!(refused.values().all(|count| *count < passwords().len()), "{refused:?}");
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
        if needs_its_place(target) {
            let path = first_path(target, choice, &places).unwrap();
            files.put(path, there.as_bytes(), 0o640);
        }
        match plan(&order, catalog, &places, &files) {
            Ok(plan) => {
                files.apply(&plan);
                let read = read_back(target, choice, &order.name, &places, &files).unwrap();
                assert_eq!(compare(&order, &places, &read), [], "{} {password:?}", target.key);
            }
            Err(refusal) => {
                count += 1;
                assert_eq!(refusal.field(), Some(Setting::Password), "{} {password:?}: {refusal:?}", target.key);
                let is_reason = matches!(refusal, Refusal::CannotCarry { .. });
                assert!(is_reason, "{} {password:?}: {refusal:?}", target.key);
            }
        }
    }
    count
}
