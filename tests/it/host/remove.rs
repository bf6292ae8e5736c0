//! `remove`: the system returns to what it had before.

use super::*;

const PROFILE: &str = "# my own comment\nschema = 1\nenabled = true\n\n[sender]\naddress = 'a@example.com'\n\n[smtp]\n\
    host = 'mail.example.com'\nport = 465\nsecurity = 'tls'\nauth = 'plain'\nusername = 'a'\nehlo = 'w.example.com'\n\n\
    [secret]\nstore = 'file'\n";

fn profile_file(name: &str) -> String {
    format!(".config/mailsetup/profiles/{name}.toml")
}

fn set_up(home: &Home, name: &str, secret: &str, files: &[(&str, &str)]) -> Applied {
    let secret_file = format!(".config/mailsetup/profiles/{name}.secret");
    let mut plan = home.plan(files);
    plan.name = name.into();
    plan.changes.insert(0, home.change("secret", &secret_file, Some(secret), 0o600));
    plan.changes.insert(1, home.change("profile", &profile_file(name), Some(PROFILE), 0o600));
    home.apply(&plan).unwrap()
}

#[test]
fn everything_outside_our_part_stays_byte_for_byte() {
    let home = Home::new();
    home.put("main.cf", "mine = 1\r\n\ttabs\t \n");
    set_up(&home, "default", "one", &[("main.cf", "mine = 1\r\n\ttabs\t \n# BEGIN\nx\n# END\n"), ("sasl", "one\n")]);
    set_up(&home, "default", "two", &[("main.cf", "mine = 1\r\n\ttabs\t \n# BEGIN\ny\nz\n# END\n"), ("sasl", "two\n")]);
    home.put("main.cf", "# new\nmine = 2\r\n\ttabs\t \n# BEGIN\ny\nz\n# END\nafter\n");

    let applied =
        host::undo_all("default", &home.places, &WriteOptions::default(), &|_| host::Alongside::default()).unwrap();
    assert_eq!(home.text("main.cf").as_deref(), Some("# new\nmine = 2\r\n\ttabs\t \nafter\n"));
    assert_eq!(home.text("sasl"), None);
    assert!(!home.places.secret("default").exists());
    let kept = home.text(&profile_file("default")).unwrap();
    assert_eq!(kept, PROFILE.replace("enabled = true", "enabled = false"));
    assert!(applied.files.iter().any(|file| file.action == FileAction::Removed && file.path == home.path("sasl")));
    assert!(
        !host::undo_all("default", &home.places, &WriteOptions::default(), &|_| host::Alongside::default()).unwrap().changed
    );

    home.undo().unwrap();
    assert_eq!(home.text("main.cf").as_deref(), Some("# new\nmine = 2\r\n\ttabs\t \n# BEGIN\ny\nz\n# END\nafter\n"));
    assert_eq!(home.text("sasl").as_deref(), Some("two\n"));
    assert_eq!(secrets::read("default", &SecretPlace::File, &home.places).unwrap().expose(), "two");
    assert_eq!(home.text(&profile_file("default")).as_deref(), Some(PROFILE));
    host::undo_all("default", &home.places, &WriteOptions::default(), &|_| host::Alongside::default()).unwrap();
    assert_eq!(home.text("sasl"), None);
}

#[test]
fn the_other_profile_in_the_same_file_stays() {
    let home = Home::new();
    set_up(&home, "a", "1", &[("rc", "# BEGIN a\n1\n# END a\n")]);
    set_up(&home, "b", "2", &[("rc", "# BEGIN a\n1\n# END a\n# BEGIN b\n2\n# END b\n")]);
    set_up(&home, "a", "3", &[("rc", "# BEGIN a\n3\n# END a\n# BEGIN b\n2\n# END b\n")]);
    host::undo_all("a", &home.places, &WriteOptions::default(), &|_| host::Alongside::default()).unwrap();
    assert_eq!(home.text("rc").as_deref(), Some("# BEGIN b\n2\n# END b\n"));
    assert!(home.places.secret("b").exists() && !home.places.secret("a").exists());
    host::undo_all("b", &home.places, &WriteOptions::default(), &|_| host::Alongside::default()).unwrap();
    assert_eq!(home.text("rc"), None);
}

#[test]
fn our_lines_edited_since_touch_nothing() {
    let home = Home::new();
    home.put("rc", "a\n");
    set_up(&home, "default", "1", &[("rc", "a\n# BEGIN\nx\n# END\n"), ("sasl", "1\n")]);
    home.put("rc", "a\n# BEGIN\nedited\n# END\n");
    let error =
        host::undo_all("default", &home.places, &WriteOptions::default(), &|_| host::Alongside::default()).unwrap_err();
    assert!(matches!(&error, ApplyError::Conflict(path, Some(_)) if *path == home.path("rc")), "{error:?}");
    assert_eq!(home.text("sasl").as_deref(), Some("1\n"));
    assert!(home.places.secret("default").exists());
    assert!(host::profiles::load("default", &home.places).unwrap().enabled);
}

#[test]
fn a_test_that_was_noted_in_the_profile_is_no_edit() {
    let home = Home::new();
    set_up(&home, "default", "1", &[]);
    let path = profile_file("default");
    let text = home.text(&path).unwrap() + "\n[check]\nwhen = '2026-11-05T10:11:12Z'\nresult = 'ok'\n";
    home.put(&path, &text);
    home.undo().unwrap();
    assert!(!home.path(&profile_file("default")).exists());
}

#[test]
fn a_profile_that_is_not_there() {
    let home = Home::new();
    let error = host::undo_all("none", &home.places, &WriteOptions::default(), &|_| host::Alongside::default()).unwrap_err();
    assert_eq!((error.phrase().id, error.exit().code()), ("host-no-profile", 66));
    assert_eq!(
        host::undo_all("../x", &home.places, &WriteOptions::default(), &|_| host::Alongside::default())
            .unwrap_err()
            .exit()
            .code(),
        64
    );
    assert!(!home.places.state.exists());
}

#[test]
fn a_purge_leaves_no_copy_of_the_password_and_others_wait_for_the_lock() {
    let home = Home::new();
    let profile = "schema = 1\nenabled = true\n\n[sender]\naddress = 'a@example.com'\n\n[smtp]\nhost = 'mail.example.com'\n\
        port = 465\nsecurity = 'tls'\nauth = 'plain'\nusername = 'a'\nehlo = 'w.example.com'\n\n[secret]\nstore = 'file'\n";
    for word in ["canary-one", "canary-two"] {
        let changes = vec![
            home.change("secret", ".config/mailsetup/profiles/default.secret", Some(word), 0o600),
            home.change("profile", ".config/mailsetup/profiles/default.toml", Some(profile), 0o600),
            home.change("app", "rc", Some(&format!("password {word}\n")), 0o600),
        ];
        home.apply(&Plan { changes, ..home.plan(&[]) }).unwrap();
    }
    host::undo_all("default", &home.places, &WriteOptions::default(), &|_| host::Alongside::default()).unwrap();
    let held = || {
        let files = files_below(home.folder.path());
        files.into_iter().filter(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).contains("canary-")).count()
    };
    assert!(held() > 0, "undo needs them");
    let purged = host::purge(None, None, &home.places, &WriteOptions::default()).unwrap();
    assert_eq!((purged.profiles, held()), (vec!["default".to_owned()], 0));
    assert!(!home.places.profile("default").exists() && home.state("journal").is_empty());

    let options = WriteOptions { lock_limit: Duration::ZERO, ..WriteOptions::default() };
    let session = host::begin(&home.places, &options).unwrap();
    let error = host::apply(&home.plan(&[("app", "x")]), &home.places, &options).unwrap_err();
    assert!(matches!(error, ApplyError::Journal(JournalError::Locked(Some(_)))), "{error:?}");
    host::apply_within(&home.plan(&[("app", "x")]), &session).unwrap();
    drop(session);
    let writers: Vec<_> = std::thread::scope(|scope| {
        let write = |number: u32| home.write(&[(&format!("app{number}"), "x")]).changed;
        let threads: Vec<_> = (0..20).map(|number| scope.spawn(move || write(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(writers.len() == 20 && writers.iter().all(|changed| *changed));
}

/// A change upon what another one leaves.
pub(super) fn upon(left: &Change, text: &str) -> Change {
    let mut change = left.clone();
    change.before.clone_from(&left.after);
    change.mode_before = left.after.as_ref().map(|_| left.mode);
    change.after = Some(text.into());
    change
}

#[test]
fn what_a_removal_writes_for_another_goes_with_that_one_or_with_the_removal() {
    let home = Home::new();
    home.put("rc", "mine\n");
    set_up(&home, "a", "1", &[("rc", "mine\nall = a\n")]);
    set_up(&home, "b", "2", &[("b", "of b\n")]);
    let before = (home.text("rc"), home.text("b"));
    let alongside = |changes: &[Change]| {
        let left = changes.iter().find(|change| change.path == home.path("rc")).unwrap();
        let rc = upon(left, "mine\nall = b\n");
        let b = home.change("app", "b", None, 0o600);
        host::Alongside { plans: vec![Plan { changes: vec![rc, b], ..Plan::new("b".into()) }], notes: Vec::new() }
    };
    let preview = host::undo_all_preview("a", &home.places, &alongside).unwrap();
    let rc = preview.changes.iter().find(|change| change.path == home.path("rc")).unwrap();
    assert_eq!(rc.after.as_deref(), Some(b"mine\nall = b\n".as_slice()));
    host::undo_all("a", &home.places, &WriteOptions::default(), &alongside).unwrap();
    assert_eq!((home.text("rc").as_deref(), home.text("b")), (Some("mine\nall = b\n"), None));
    // One undo takes all of it back.
    home.undo().unwrap();
    assert_eq!((home.text("rc"), home.text("b")), before);
    assert!(host::profiles::load("a", &home.places).unwrap().enabled);
    home.undo().unwrap();
    assert!(!home.places.profile("b").exists(), "then the write before");
    set_up(&home, "b", "2", &[("b", "of b\n")]);
    // What was written for the other is the other's.
    host::undo_all("a", &home.places, &WriteOptions::default(), &alongside).unwrap();
    host::undo_all("b", &home.places, &WriteOptions::default(), &|_| host::Alongside::default()).unwrap();
    assert_eq!((home.text("rc").as_deref(), home.text("b")), (Some("mine\n"), None));
    home.undo().unwrap();
    assert_eq!((home.text("rc").as_deref(), home.text("b")), (Some("mine\nall = b\n"), None));
    home.undo().unwrap();
    assert_eq!((home.text("rc"), home.text("b")), before);
}
