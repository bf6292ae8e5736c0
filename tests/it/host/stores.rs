//! Secret stores: a file and a command.

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
