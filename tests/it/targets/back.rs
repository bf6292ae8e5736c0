//! Written, written again, changed, edited around and taken back, on disk: the file is what it was, with a person's edits.

use std::{fs, path::Path};

use mailsetup::{
    host::{self, Disk, WriteOptions},
    mail::{Secret, SecretPlace, Security},
    plan::{Change, Order, Places, first_path, plan},
    presets::{Catalog, Target},
};

use super::{below, ordered, samples, scope};

fn apply(order: &Order, catalog: &Catalog, places: &Places) -> bool {
    let plan = plan(order, catalog, places, &Disk::new(places)).unwrap();
    let is_needed = plan.changes.iter().any(Change::is_needed);
    host::apply(&plan, places, &WriteOptions::default()).unwrap();
    is_needed
}

/// A line of a person's own behind the first one.
fn edited(text: &str, target: &Target) -> String {
    let line_break = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let Some((first, rest)) = text.split_once('\n') else { return text.to_owned() };
    format!("{first}\n{} mine, written later{line_break}{rest}", target.files[0].comment_sign())
}

#[test]
fn undo_and_remove_leave_what_was_there() {
    let catalog = Catalog::builtin();
    let mut seen = 0;
    for target in catalog.targets() {
        for sample in samples(&target.key).iter().filter(|sample| !sample.name.ends_with("-refused")) {
            // The system's credentials are refused below a root, and no user is known there.
            if ordered(target, "x").profile.secret == Some(SecretPlace::Systemd) || target.needs_run_as {
                continue;
            }
            seen += 1;
            let about = format!("{}/{}", target.key, sample.name);
            let folder = tempfile::tempdir().unwrap();
            let places = below(folder.path(), scope(target));
            // What is common to all readers of .env has no way to write the first, Discourse none for the second, ssmtp few.
            let orders = ["one #'\"\\ two", "one #\"$\\ two", "one #\"$ two", "one:two"];
            let orders = orders.map(|password| ordered(target, password));
            let can = |order: &Order| plan(order, &catalog, &places, &Disk::new(&places)).is_ok();
            let path = first_path(target, &orders[0].targets[0], &places).unwrap();
            put(&path, &sample.text);
            let mut order = orders.into_iter().find(can).unwrap();

            assert!(apply(&order, &catalog, &places), "{about}");
            assert!(!apply(&order, &catalog, &places), "{about} changes when it is applied again");
            let written = text(&path);
            assert_ne!(written, sample.text, "{about}");
            host::undo(&places, &host::WriteOptions::default()).unwrap();
            assert_eq!(text(&path), sample.text, "{about} after undo");

            // Written, changed, edited around, removed.
            apply(&order, &catalog, &places);
            order.secret = Some(Secret::new("another:one".into()));
            order.profile.smtp.port = "587".parse().unwrap();
            order.profile.smtp.security = Security::Starttls;
            assert!(apply(&order, &catalog, &places), "{about}");
            // What was one line is one line of ours then: there is nothing beside it to edit.
            let edited = |text: &str| if sample.text.contains('\n') { edited(text, target) } else { text.to_owned() };
            put(&path, &edited(&text(&path)));
            let before = text(&path);
            host::undo_all("default", &places, &host::WriteOptions::default(), &|_| host::Alongside::default())
                .unwrap_or_else(|error| panic!("{about}: {error:?}\n{before}"));
            assert_eq!(text(&path), edited(&sample.text), "{about} after edit and remove");
            for file in target.files.iter().skip(1) {
                let seen = file.user.as_ref().or(file.system.as_ref()).unwrap();
                let other = folder.path().join(seen.trim_start_matches(['.', '/']));
                assert!(!other.exists(), "{about}: {} is left", other.display());
            }
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn our_own_lines_edited_since_are_a_conflict() {
    let catalog = Catalog::builtin();
    for (key, old) in [
        ("gitea", "PASSWD = "),
        ("alertmanager", "smtp_hello: "),
        ("nextcloud", "'mail_domain' => "),
        ("json", "\"host\": "),
    ] {
        let target = catalog.target(key).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let places = below(folder.path(), scope(target));
        let order = ordered(target, "one");
        let path = first_path(target, &order.targets[0], &places).unwrap();
        put(&path, &samples(key)[0].text);
        apply(&order, &catalog, &places);
        let changed = text(&path).replace(old, &format!("{old} "));
        put(&path, &changed);
        host::undo_all("default", &places, &host::WriteOptions::default(), &|_| host::Alongside::default()).unwrap_err();
        assert_eq!(text(&path), changed, "{key}");
    }
}

fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}
