//! The vault: what goes in comes out, a wrong key is told from damage, and a kill leaves the old or the new.

use mailsetup::{
    host::{
        stores::{StoreError, VaultFault},
        vault,
    },
    mail::{KeySlot, Keys},
};

use super::*;

/// What passwords are made of, as the world makes them.
pub(crate) fn tortures() -> Vec<String> {
    let plain =
        ["hunter2", " edge blanks ", "p@ss \"w\\ord#1", "'`$(id)`'", "p\u{e9}\u{1f510}\u{5bc6}\u{7801}", "a\tb", "%41&=+/"];
    let long = ["x".repeat(256), "\u{e9}\"' ".repeat(64)];
    plain.into_iter().map(str::to_owned).chain(long).collect()
}

fn secret(text: &str) -> Secret {
    Secret::new(text.into())
}

fn phrase(text: &str) -> Keys {
    Keys { passphrase: Some(secret(text)), slot: KeySlot::Passphrase, ..Keys::default() }
}

/// A home whose vault is locked so.
fn locked(keys: Keys) -> Home {
    let mut home = Home::new();
    home.places.keys = keys;
    home
}

fn keep(home: &Home, profile: &str, text: &str) {
    secrets::keep(profile, &SecretPlace::Vault, &secret(text).into(), &home.places).unwrap();
}

fn read(home: &Home, profile: &str) -> Result<String, StoreError> {
    secrets::read(profile, &SecretPlace::Vault, &home.places).map(|secret| secret.expose().to_owned())
}

#[test]
fn every_lock_gives_back_what_was_put_in_and_two_profiles_share_a_vault() {
    let key = tempfile::tempdir().unwrap();
    let key_file = Keys { key_file: Some(key.path().join("key")), slot: KeySlot::KeyFile, ..Keys::default() };
    for keys in [Keys::default(), key_file, phrase("correct horse")] {
        let home = locked(keys);
        for (index, text) in tortures().iter().enumerate() {
            keep(&home, "default", text);
            keep(&home, &format!("p{index}"), text);
            assert_eq!(read(&home, "default").unwrap(), *text);
        }
        for (index, text) in tortures().iter().enumerate() {
            assert_eq!(read(&home, &format!("p{index}")).unwrap(), *text);
        }
        secrets::forget("p0", &SecretPlace::Vault, &home.places).unwrap();
        secrets::forget("p0", &SecretPlace::Vault, &home.places).unwrap();
        assert_eq!(read(&home, "p0").unwrap_err().phrase().id, "host-secret-no-entry");
        assert_eq!(read(&home, "p1").unwrap(), tortures()[1]);
        assert_eq!(mode(&home.places.vault()), 0o600);
        let file = std::fs::read_to_string(home.places.vault()).unwrap();
        assert!(!file.contains("hunter2") && !file.contains("default"), "{file}");
    }
    assert_eq!(mode(&key.path().join("key")), 0o600);
}

#[test]
fn systemds_credentials_lock_a_vault_where_they_work() {
    if secrets::systemd_available().is_err() {
        left_out("systemd-creds needs root here");
        return;
    }
    let home = locked(Keys { slot: KeySlot::Systemd, ..Keys::default() });
    keep(&home, "default", "p\u{e9} \"1\"");
    assert_eq!(read(&home, "default").unwrap(), "p\u{e9} \"1\"");
    assert_eq!(vault::look_at(&home.places).unwrap().unwrap().key_slot, KeySlot::Systemd);
    vault::rotate(&home.places, &WriteOptions::default()).unwrap();
    assert_eq!(read(&home, "default").unwrap(), "p\u{e9} \"1\"");
}

#[test]
fn a_wrong_key_is_told_from_a_damaged_file_at_every_byte() {
    let mut home = locked(phrase("right"));
    keep(&home, "default", "sesame");
    home.places.keys = Keys::default();
    assert!(matches!(read(&home, "default"), Err(StoreError::Vault(VaultFault::NeedsPassphrase))));
    home.places.keys = phrase("wrong");
    let wrong = read(&home, "default").unwrap_err();
    assert!(matches!(wrong, StoreError::Vault(VaultFault::WrongPassphrase)), "{wrong:?}");
    assert_eq!(wrong.exit().code(), 77);

    // With the right passphrase and with the wrong one alike: damage is seen before any key is tried.
    let whole = std::fs::read(home.places.vault()).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        std::fs::write(home.places.vault(), &bytes).unwrap();
        home.places.keys = phrase(if at % 2 == 0 { "right" } else { "wrong" });
        let error = read(&home, "default").unwrap_err();
        assert!(matches!(error, StoreError::Vault(VaultFault::Damaged(_))), "byte {at}: {error:?}");
        assert_eq!(error.exit().code(), 65);
    }
    std::fs::write(home.places.vault(), &whole[..whole.len() / 2]).unwrap();
    assert!(matches!(read(&home, "default"), Err(StoreError::Vault(VaultFault::Damaged(_)))));
    std::fs::write(home.places.vault(), &whole).unwrap();
    home.places.keys = phrase("right");
    assert_eq!(read(&home, "default").unwrap(), "sesame");
}

#[test]
fn a_key_that_is_gone_another_or_open_to_all_is_named() {
    let mut home = Home::new();
    home.places.keys = Keys { key_file: Some(home.path("key")), slot: KeySlot::KeyFile, ..Keys::default() };
    keep(&home, "default", "sesame");
    home.places.keys = Keys::default();
    assert_eq!(read(&home, "default").unwrap(), "sesame", "the vault knows where its key is");

    home.put("other", &"k".repeat(40));
    home.put("short", "k");
    for (file, mode, id) in [
        ("other", 0o600, "vault-wrong-key"),
        ("short", 0o600, "vault-short-key"),
        ("other", 0o644, "vault-open"),
        ("none", 0o600, "host-read-missing"),
    ] {
        if home.path(file).exists() {
            std::fs::set_permissions(home.path(file), PermissionsExt::from_mode(mode)).unwrap();
        }
        home.places.keys.key_file = Some(home.path(file));
        assert_eq!(read(&home, "default").unwrap_err().phrase().id, id, "{file}");
    }
    std::fs::set_permissions(home.places.vault(), PermissionsExt::from_mode(0o644)).unwrap();
    assert_eq!(read(&home, "default").unwrap_err().phrase().id, "vault-open");

    let home = Home::new();
    keep(&home, "default", "sesame");
    assert_eq!(mode(&home.places.state.join("machine.key")), 0o600);
    // The configuration folder alone, as a thief of its backup has it.
    std::fs::remove_file(home.places.state.join("machine.key")).unwrap();
    assert_eq!(read(&home, "default").unwrap_err().phrase().id, "vault-wrong-machine");
    home.put(".local/state/mailsetup/machine.key", &"0".repeat(65));
    std::fs::set_permissions(home.places.state.join("machine.key"), PermissionsExt::from_mode(0o600)).unwrap();
    assert_eq!(read(&home, "default").unwrap_err().phrase().id, "vault-wrong-machine");
}

#[test]
fn a_new_lock_and_a_new_key_keep_what_is_inside_and_the_old_ones_open_nothing() {
    let mut home = locked(phrase("old"));
    keep(&home, "a", "one");
    keep(&home, "b", "two");
    let sealed = |home: &Home| std::fs::read(home.places.vault()).unwrap();
    let first = sealed(&home);
    vault::rotate(&home.places, &WriteOptions::default()).unwrap();
    assert_ne!(sealed(&home), first);
    vault::change_slot(KeySlot::Passphrase, &phrase("new"), &home.places, &WriteOptions::default()).unwrap();
    let error = read(&home, "a").unwrap_err();
    assert!(matches!(error, StoreError::Vault(VaultFault::WrongPassphrase)), "{error:?}");
    assert!(vault::rotate(&home.places, &WriteOptions::default()).is_err());
    home.places.keys = phrase("new");
    vault::change_slot(KeySlot::Machine, &Keys::default(), &home.places, &WriteOptions::default()).unwrap();
    home.places.keys = Keys::default();
    let all: Vec<_> = vault::export(&home.places).unwrap();
    assert_eq!(all, [("a".to_owned(), secret("one")), ("b".to_owned(), secret("two"))]);

    // What an old copy gives away, passphrase and all, opens the old copy alone.
    let current = sealed(&home);
    std::fs::write(home.places.vault(), &first).unwrap();
    home.places.keys = phrase("old");
    assert_eq!(read(&home, "a").unwrap(), "one");
    std::fs::write(home.places.vault(), &current).unwrap();
    assert_eq!(vault::names(&home.places).unwrap(), [("a".to_owned(), None), ("b".to_owned(), None)]);

    home.places.root = Some(home.folder.path().to_owned());
    assert!(vault::change_slot(KeySlot::Machine, &Keys::default(), &home.places, &WriteOptions::default()).is_err());
}

/// Not a test of its own: changes passphrase and key for ever, in a child process that is killed.
#[test]
fn vault_child() {
    let Some(folder) = std::env::var_os("MAILSETUP_TEST_VAULT") else { return };
    let mut places = places_at_home(Path::new(&folder));
    for round in 0.. {
        let (old, new) = if round % 2 == 0 { ("old", "new") } else { ("new", "old") };
        places.keys = phrase(old);
        vault::change_slot(KeySlot::Passphrase, &phrase(new), &places, &WriteOptions::default()).unwrap();
    }
}

#[test]
fn a_kill_leaves_the_old_vault_or_the_new_one() {
    let home = locked(phrase("old"));
    keep(&home, "default", "sesame");
    let mut seen = std::collections::BTreeSet::new();
    for round in 0..6 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "host::vault::vault_child"])
            .env("MAILSETUP_TEST_VAULT", home.folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let before = std::fs::read(home.places.vault()).unwrap();
        let changed = crate::support::wait::until(|| (std::fs::read(home.places.vault()).unwrap() != before).then_some(()));
        assert!(changed.is_some(), "the vault never changed");
        // At another moment each time: while a key is derived, while a file is written.
        std::thread::park_timeout(Duration::from_millis(round * 23));
        child.kill().unwrap();
        child.wait().unwrap();
        let opened = ["old", "new"].into_iter().find(|phrase_of| {
            let places = Places { keys: phrase(phrase_of), ..home.places.clone() };
            secrets::read("default", &SecretPlace::Vault, &places).is_ok_and(|secret| secret.expose() == "sesame")
        });
        seen.insert(opened.expect("neither passphrase opens it"));
        if opened == Some("new") {
            let places = Places { keys: phrase("new"), ..home.places.clone() };
            vault::change_slot(KeySlot::Passphrase, &phrase("old"), &places, &WriteOptions::default()).unwrap();
        }
    }
    assert!(!seen.is_empty());
}

#[test]
fn a_plan_fills_the_vault_and_what_fails_or_is_taken_back_leaves_nothing_in_it() {
    let home = Home::new();
    let plan = |text: &str, app: &str| {
        let keep = Some((SecretPlace::Vault, secret(text).into()));
        Plan { keep, ..home.plan(&[("app", app)]) }
    };
    assert!(home.apply(&plan("first-word", "x")).unwrap().changed);
    assert!(!home.apply(&plan("first-word", "x")).unwrap().changed);
    let mut fails = plan("two", "y");
    fails.runs = vec![build(&home, "exit 1", None)];
    assert!(matches!(home.apply(&fails), Err(ApplyError::RolledBack(_))));
    assert_eq!(read(&home, "default").unwrap(), "first-word");
    home.undo().unwrap();
    assert_eq!(read(&home, "default").unwrap_err().phrase().id, "host-secret-no-entry");
    for file in home.state("") {
        assert!(!std::fs::read(&file).unwrap().windows(10).any(|bytes| bytes == b"first-word"), "{}", file.display());
    }
}

#[test]
fn a_secret_that_moves_leaves_nothing_where_it_was() {
    let home = Home::new();
    let file = ".config/mailsetup/profiles/default.secret";
    home.apply(&Plan { changes: vec![home.change("secret", file, Some("hunter2"), 0o600)], ..home.plan(&[]) }).unwrap();
    let gone = home.change("secret", file, None, 0o600);
    let keep = Some((SecretPlace::Vault, secret("hunter2").into()));
    home.apply(&Plan { changes: vec![gone], keep, ..home.plan(&[]) }).unwrap();
    assert_eq!(read(&home, "default").unwrap(), "hunter2");
    assert!(home.state("backups").iter().all(|copy| std::fs::read(copy).unwrap() != b"hunter2"));
    home.undo().unwrap();
    assert_eq!(home.text(file).as_deref(), Some("hunter2"), "it is still known");
    assert_eq!(read(&home, "default").unwrap_err().phrase().id, "host-secret-no-entry");

    let home = Home::new();
    keep_and_move(&home);
}

#[test]
fn an_undo_that_cannot_bring_the_secret_back_is_refused() {
    let home = Home::new();
    let file = ".config/mailsetup/profiles/default.secret";
    let own = |text| vec![home.change("secret", file, text, 0o600)];
    home.apply(&Plan { changes: own(Some("hunter2")), ..home.plan(&[("app", "a\n")]) }).unwrap();
    let keep = Some((SecretPlace::Vault, secret("hunter3").into()));
    let changes = [own(None), vec![home.change("app", "app", Some("b\n"), 0o600)]].concat();
    home.apply(&Plan { changes, keep, ..home.plan(&[]) }).unwrap();
    let error = home.undo().unwrap_err();
    assert!(matches!(&error, ApplyError::SecretGone(profile, _) if profile == "default"), "{error:?}");
    assert_eq!((home.text("app").as_deref(), home.text(file)), (Some("b\n"), None), "nothing is changed");
    assert_eq!(read(&home, "default").unwrap(), "hunter3");
}

#[test]
fn records_of_a_secret_that_has_moved_are_still_joined() {
    let home = Home::new();
    let file = ".config/mailsetup/profiles/default.secret";
    let own = |text| vec![home.change("secret", file, text, 0o600)];
    home.apply(&Plan { changes: own(Some("hunter2")), ..home.plan(&[]) }).unwrap();
    home.apply(&Plan { changes: own(Some("hunter3")), ..home.plan(&[]) }).unwrap();
    let keep = Some((SecretPlace::Vault, secret("hunter3").into()));
    home.apply(&Plan { changes: own(None), keep, ..home.plan(&[]) }).unwrap();
    for number in 0..9 {
        home.apply(&home.plan(&[("rc", &format!("{number}\n"))])).unwrap();
    }
    assert_eq!(home.state("journal").len(), 5);
    let held = |copy: &std::path::PathBuf| std::fs::read(copy).unwrap().starts_with(b"hunter");
    assert!(!home.state("backups").iter().any(held));
    for _ in 0..5 {
        home.undo().unwrap();
    }
    assert_eq!((home.text("rc"), home.text(file)), (None, None));
    assert!(matches!(home.undo(), Err(ApplyError::NothingToUndo)));
}

fn keep_and_move(home: &Home) {
    keep(home, "default", "hunter2");
    let file = home.change("secret", ".config/mailsetup/profiles/default.secret", Some("hunter2"), 0o600);
    let plan = Plan { changes: vec![file], former: Some(SecretPlace::Vault), ..home.plan(&[]) };
    let applied = home.apply(&plan).unwrap();
    assert_eq!(applied.notes[0].id, "host-entry-forgotten");
    assert_eq!(read(home, "default").unwrap_err().phrase().id, "host-secret-no-entry");
}

#[test]
fn undo_and_remove_bring_files_and_entries_back_together() {
    let home = Home::new();
    let profile = |host: &str| {
        format!(
            "schema = 1\nenabled = true\n\n[sender]\naddress = 'a@example.com'\n\n[smtp]\nhost = '{host}'\nport = 465\n\
             security = 'tls'\nauth = 'plain'\nusername = 'a'\nehlo = 'w.example.com'\n\n[secret]\nstore = 'vault'\n"
        )
    };
    let path = ".config/mailsetup/profiles/default.toml";
    let write = |host: &str, text: &str| {
        let changes = vec![home.change("profile", path, Some(&profile(host)), 0o600)];
        let keep = Some((SecretPlace::Vault, secret(text).into()));
        home.apply(&Plan { changes, keep, ..home.plan(&[]) }).unwrap();
    };
    let now = || (home.text(path).map(|text| text.contains("new.example")), read(&home, "default").ok());
    write("old.example", "first-word");
    write("new.example", "second-word");
    assert_eq!(now(), (Some(true), Some("second-word".into())));
    assert_eq!(vault::export(&home.places).unwrap().len(), 1, "what is set aside is no profile's");
    home.undo().unwrap();
    assert_eq!(now(), (Some(false), Some("first-word".into())));
    host::undo_all("default", &home.places, &WriteOptions::default(), &|_| host::Alongside::default()).unwrap();
    assert_eq!(now(), (Some(false), None));
    home.undo().unwrap();
    assert_eq!(now(), (Some(false), Some("first-word".into())));
    home.undo().unwrap();
    assert_eq!(now(), (None, None));

    // Out of the store, and back.
    write("old.example", "first-word");
    let former = Some(SecretPlace::Vault);
    home.apply(&Plan { former, ..home.plan(&[("app", "x")]) }).unwrap();
    assert_eq!(read(&home, "default").unwrap_err().phrase().id, "host-secret-no-entry");
    home.undo().unwrap();
    assert_eq!(now(), (Some(false), Some("first-word".into())));
}

/// Not a test of its own: applies a plan whose entry does not fit any more, under a limit to the size of files.
#[test]
fn full_child() {
    let Some(folder) = std::env::var_os("MAILSETUP_TEST_FULL").map(PathBuf::from) else { return };
    let home = Home::of(&folder);
    let keep = Some((SecretPlace::Vault, secret("second-word").into()));
    let error = home.apply(&Plan { keep, ..home.plan(&[("app", "new\n")]) }).unwrap_err();
    assert!(matches!(&error, ApplyError::RolledBack(_)), "{error:?}");
}

#[test]
fn a_vault_that_cannot_be_written_changes_nothing() {
    let home = Home::new();
    home.put("app", "old\n");
    keep(&home, "default", "first-word");
    (0..16).for_each(|number| keep(&home, &format!("p{number}"), &"x".repeat(8000)));
    let before = std::fs::read(home.places.vault()).unwrap();
    let script = "trap '' XFSZ; ulimit -f 64; exec \"$0\" --exact host::vault::full_child";
    let mut child = Command::new("/bin/sh");
    child.args(["-c", script]).arg(std::env::current_exe().unwrap()).env("MAILSETUP_TEST_FULL", home.folder.path());
    let output = child.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    assert_eq!(std::fs::read(home.places.vault()).unwrap(), before);
    assert_eq!((home.text("app").as_deref(), read(&home, "default").unwrap().as_str()), (Some("old\n"), "first-word"));
    assert!(host::recover(&home.places, &WriteOptions::default()).unwrap().is_empty());
    assert!(home.state("journal").is_empty() && home.state("backups").is_empty());
    assert_eq!(files_below(&home.places.config).len(), 1);
}
