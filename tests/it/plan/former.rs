//! After a change of the server, what was written for the former one and is no longer meant goes.

use std::{os::unix::fs::PermissionsExt, path::Path};

use mailsetup::{host::Disk, mail::kept_binding};

use super::*;

/// A target's file, written for one server and then for another; with what a person has in it.
fn moved(target: &str, scope: Scope, path: &str, mine: &str, files: Memory) -> (String, String) {
    let mut files = files.with(path, mine);
    let mut order = Order { scope, ..ordered(target) };
    order.targets[0].inline_secret = target != "git";
    order.profile.smtp.host = "smtp.old.test".parse().unwrap();
    let places = places(scope);
    files.apply(&planned(&order, &places, &files).unwrap());
    let before = text(&files, path);
    order.profile.smtp.host = "smtp.new.test".parse().unwrap();
    files.apply(&planned(&order, &places, &files).unwrap());
    (before, text(&files, path))
}

#[test]
fn the_former_servers_credential_goes_and_a_persons_own_stays() {
    let mine = "[credential \"smtp://mine.test:465\"]\n\thelper = store\n";
    let (before, after) = moved("git", Scope::User, "/home/ops/.gitconfig", mine, Memory::default());
    assert!(before.contains("credential \"smtp://smtp.old.test:465\"") && before.contains(mine), "{before}");
    assert!(after.contains("credential \"smtp://smtp.new.test:465\"") && after.contains(mine), "{after}");
    assert!(!after.contains("old.test"), "{after}");
}

#[test]
fn the_former_servers_password_goes_from_tables() {
    let main = || Memory::default().with("/etc/postfix/main.cf", "compatibility_level = 3.6\n");
    let mine = "[mine.test]:587 me:other\n";
    let (before, after) = moved("postfix", Scope::System, "/etc/postfix/sasl_passwd", mine, main());
    assert!(before.contains("[smtp.old.test]:465") && after.contains("[smtp.new.test]:465"), "{before}\n{after}");
    assert!(after.contains(mine) && !after.contains("old.test"), "{after}");
    let conf = Memory::default().with("/etc/dma/dma.conf", "\n");
    let (before, after) = moved("dma", Scope::System, "/etc/dma/auth.conf", "me|mine.test:other\n", conf);
    assert!(before.contains("smtp.old.test") && after.contains("smtp.new.test"), "{before}\n{after}");
    assert!(after.contains("me|mine.test:other\n") && !after.contains("old.test"), "{after}");
}

/// A target's file, written with a login and then without one; with what a person has in it.
fn without_login(target: &str, path: &str, mine: Option<&str>, files: Memory) -> (String, Option<String>) {
    let mut files = mine.map_or_else(Memory::default, |mine| Memory::default().with(path, mine)).joined(files);
    let mut order = Order { scope: Scope::System, ..ordered(target) };
    let places = places(Scope::System);
    files.apply(&planned(&order, &places, &files).unwrap());
    let before = text(&files, path);
    order.profile.smtp.auth = "none".parse().unwrap();
    (order.profile.smtp.username, order.profile.secret, order.secret) = (None, None, None);
    files.apply(&planned(&order, &places, &files).unwrap());
    let again = planned(&order, &places, &files).unwrap();
    assert!(!again.changes.iter().any(mailsetup::plan::Change::is_needed), "{:?}", again.changes);
    assert!(files.read("/etc/mailsetup/profiles/default.secret".as_ref()).unwrap().is_none());
    (before, files.read(path.as_ref()).unwrap().map(|file| String::from_utf8(file.into_bytes()).unwrap()))
}

#[test]
fn a_login_that_is_dropped_takes_its_password_along() {
    let main = Memory::default().with("/etc/postfix/main.cf", "compatibility_level = 3.6\n");
    let (before, after) = without_login("postfix", "/etc/postfix/sasl_passwd", Some("[mine.test]:587 me:other\n"), main);
    let after = after.unwrap();
    assert!(before.contains("ops@example.com:p@ss"), "{before}");
    assert!(after.contains("[mine.test]:587 me:other\n") && !after.contains("p@ss") && !after.contains("ops@"), "{after}");

    let conf = || Memory::default().with("/etc/dma/dma.conf", "\n");
    let (before, after) = without_login("dma", "/etc/dma/auth.conf", Some("me|mine.test:other\n"), conf());
    assert!(before.contains("ops@example.com|127.0.0.1:p@ss"), "{before}");
    assert_eq!(after.as_deref(), Some("me|mine.test:other\n"));
    let (_, after) = without_login("dma", "/etc/dma/auth.conf", None, conf());
    assert_eq!(after.as_deref().map(str::trim), Some(""));

    let conf = Memory::default().with("/etc/exim4/update-exim4.conf.conf", "dc_use_split_config='false'\n");
    let conf = conf.with("/etc/exim4/exim4.conf.template", "");
    let (before, after) = without_login("exim4", "/etc/exim4/passwd.client", Some("mine:me:other\n"), conf);
    let after = after.unwrap();
    assert!(before.contains("p@ss") && after.contains("mine:me:other\n") && !after.contains("p@ss"), "{before}{after}");
}

#[test]
fn whom_a_password_is_for_is_known_before_and_after_it_changes() {
    let places = places(Scope::User);
    let mut files = Memory::default();
    let mut order = order("first");
    files.apply(&planned(&order, &places, &files).unwrap());
    order.profile.smtp.host = "smtp.new.test".parse().unwrap();
    order.secret = Some(Secret::new("second".into()));
    let plan = planned(&order, &places, &files).unwrap();
    let bound = plan.changes.iter().position(|change| change.path == places.bound("default")).unwrap();
    let secret = plan.changes.iter().position(|change| change.path == places.secret("default")).unwrap();
    assert!(bound < secret);
    let text = std::str::from_utf8(plan.changes[bound].after.as_ref().unwrap()).unwrap();
    let host = |secret: &[u8]| kept_binding::of(text, secret).unwrap().hosts[0].to_string();
    assert_eq!((host(b"first"), host(b"second")), ("127.0.0.1".to_owned(), "smtp.new.test".to_owned()));
    files.apply(&plan);
    let again = planned(&order, &places, &files).unwrap();
    assert!(!again.changes.iter().any(mailsetup::plan::Change::is_needed), "{:?}", again.changes);
}

#[test]
fn the_program_that_is_run_for_the_password_is_looked_at_before() {
    let folder = tempfile::tempdir().unwrap();
    let root = std::fs::canonicalize(folder.path()).unwrap();
    let put = |path: &str, mode: u32| {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "").unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
        path
    };
    std::fs::set_permissions(&root, PermissionsExt::from_mode(0o755)).unwrap();
    let mut order = ordered("git");
    let places = places(Scope::User);
    let mut notes = |path: &Path| {
        order.profile.secret_command_path = Some(path.to_owned());
        let noted = plan(&order, &Catalog::builtin(), &places, &Disk::default());
        noted.map(|plan| {
            let ours = plan.notes.iter().map(|note| note.phrase.clone()).filter(|it| it.id.contains("program"));
            ours.map(|it| (it.id, Text::new(Lang::EN).say(&it))).collect::<Vec<_>>()
        })
    };
    let has = |notes: &[(&str, String)], id: &str| {
        notes.iter().any(|(found, said)| *found == id && said.contains("/usr/local/bin"))
    };
    put("target/CACHEDIR.TAG", 0o644);
    let built = notes(&put("target/debug/mailsetup", 0o755)).unwrap();
    // Temporary folders are everybody's.
    assert!(has(&built, "plan-note-program-build") && has(&built, "plan-note-program-open"), "{built:?}");
    put("other/debug/.cargo-lock", 0o644);
    assert!(has(&notes(&put("other/debug/mailsetup", 0o755)).unwrap(), "plan-note-program-build"));
    let link = root.join("link");
    std::os::unix::fs::symlink(root.join("target/debug/mailsetup"), &link).unwrap();
    assert!(has(&notes(&link).unwrap(), "plan-note-program-build"));
    assert!(!has(&notes(&put("bin/mailsetup", 0o755)).unwrap(), "plan-note-program-build"));
    assert_eq!(notes(Path::new("/bin/sh")).unwrap(), []);
    for missing in [root.join("none"), put("not-executable", 0o644)] {
        assert_eq!(notes(&missing), Err(Refusal::NoSecretProgram { path: missing.clone() }));
    }
    if rustix::process::geteuid().is_root() {
        let theirs = put("theirs/mailsetup", 0o755);
        std::os::unix::fs::chown(root.join("theirs"), Some(65534), None).unwrap();
        assert!(has(&notes(&theirs).unwrap(), "plan-note-program-foreign"));
    }
}
