//! Secret stores: a file and a command.

use mailsetup::mail::{BoundSecret, SecretBinding};

use super::*;

fn secret(text: &str) -> Secret {
    Secret::new(text.into())
}

#[test]
fn a_file_keeps_exact_bytes_and_is_closed() {
    let home = Home::new();
    let text = " p\u{e9}\"'#$\\%\t\n";
    secrets::keep("default", &SecretPlace::File, &secret(text).into(), &home.places).unwrap();
    let path = home.places.secret("default");
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    let read = || secrets::read("default", &SecretPlace::File, &home.places);
    assert_eq!(read().unwrap().expose(), text);
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
    assert_eq!(read().unwrap().expose(), text);
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    let error = read().unwrap_err();
    assert_eq!(error.exit().code(), 77);
    let hint = error.hint().unwrap();
    assert_eq!(hint, mailsetup::phrase!("host-secret-open-hint", mode = "640", path = path.display()));
    secrets::forget("default", &SecretPlace::File, &home.places).unwrap();
    secrets::forget("default", &SecretPlace::File, &home.places).unwrap();
    assert_eq!(read().unwrap_err().exit().code(), 66);
}

#[test]
fn a_command_prints_it() {
    let home = Home::new();
    let place = |command: &str| SecretPlace::Command { command: command.into() };
    let read = |command: &str| secrets::read("default", &place(command), &home.places);
    assert_eq!(read("printf 'a b\\n'").unwrap().expose(), "a b");
    assert_eq!(read("exit 2").unwrap_err().phrase().id, "host-command-failed");
    assert_eq!(read("true").unwrap_err().phrase().id, "host-input-empty");
}

/// Two secrets, and whom each is for.
fn pair(number: u32) -> BoundSecret {
    let (word, host) = if number.is_multiple_of(2) { ("first", "smtp.first.test") } else { ("second", "smtp.second.test") };
    let bound = SecretBinding::new(host.parse().unwrap(), "me".parse().ok());
    BoundSecret { secret: secret(word), bound: Some(bound) }
}

/// The stores whose entry is a file of its own beside what says whom it is for.
fn in_files() -> Vec<SecretPlace> {
    let mut places = vec![SecretPlace::File];
    if secrets::systemd_available().is_ok() {
        places.push(SecretPlace::Systemd);
    } else {
        left_out("systemd-creds needs root here");
    }
    places
}

#[test]
fn who_reads_while_a_secret_changes_finds_one_pair_or_the_other() {
    for place in in_files() {
        let home = Home::in_memory();
        secrets::keep("default", &place, &pair(0), &home.places).unwrap();
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                (1..40).for_each(|number| secrets::keep("default", &place, &pair(number), &home.places).unwrap());
            });
            loop {
                let is_last = writer.is_finished();
                let found = secrets::read("default", &place, &home.places).unwrap();
                assert!(found == pair(0) || found == pair(1), "{place:?}: {found:?}");
                if is_last {
                    break;
                }
            }
        });
    }
}

/// Not a test of its own: changes a secret and whom it is for, for ever, until it is killed.
#[test]
fn pair_child() {
    let Some(folder) = std::env::var_os("MAILSETUP_TEST_PAIR") else { return };
    let places = places_at_home(Path::new(&folder));
    let is_file = std::env::var_os("MAILSETUP_TEST_STORE").is_some_and(|store| store == "file");
    let place = if is_file { SecretPlace::File } else { SecretPlace::Systemd };
    for number in 1.. {
        secrets::keep("default", &place, &pair(number), &places).unwrap();
    }
}

#[test]
fn a_kill_leaves_one_pair_or_the_other() {
    for place in in_files() {
        let home = Home::in_memory();
        secrets::keep("default", &place, &pair(0), &home.places).unwrap();
        for round in 0..12 {
            let beside = match place {
                SecretPlace::Systemd => home.places.credential_bound("default"),
                _ => home.places.bound("default"),
            };
            let before = std::fs::read(&beside).unwrap();
            let mut child = Command::new(std::env::current_exe().unwrap());
            child.args(["--exact", "host::stores::pair_child"]).env("MAILSETUP_TEST_PAIR", home.folder.path());
            child.env("MAILSETUP_TEST_STORE", place.store().as_str()).stdout(Stdio::null()).stderr(Stdio::null());
            let mut child = child.spawn().unwrap();
            let changed = || (std::fs::read(&beside).unwrap() != before).then_some(());
            assert!(crate::support::wait::until(changed).is_some(), "nothing was written");
            std::thread::park_timeout(Duration::from_micros(round * 170));
            child.kill().unwrap();
            child.wait().unwrap();
            let found = secrets::read("default", &place, &home.places).unwrap();
            assert!(found == pair(0) || found == pair(1), "{place:?}: {found:?}");
        }
    }
}
