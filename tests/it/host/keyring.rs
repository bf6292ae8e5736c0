//! The desktop's keyring: one that answers, one that is locked, and buses that do not.

use mailsetup::{
    host::stores::KeyringFault,
    mail::{BoundSecret, SecretBinding},
    plan::Scope,
};

use super::*;

fn whom(host: &str) -> SecretBinding {
    SecretBinding::new(host.parse().unwrap(), "me".parse().ok())
}

/// Not a test of its own: asks the keyring that the environment names, in a child process.
#[test]
fn keyring_child() {
    let Some(wanted) = std::env::var_os("MAILSETUP_TEST_KEYRING") else { return };
    let started = Instant::now();
    let answer = secrets::keyring_available();
    assert_eq!(format!("{answer:?}"), wanted.to_string_lossy());
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    if answer.is_ok() {
        let home = Home::new();
        let place = SecretPlace::keyring(Scope::User.as_str(), "mailsetup-test");
        let read = || secrets::read("x", &place, &home.places);
        assert_eq!(read().unwrap_err().phrase().id, "host-secret-no-entry");
        let mut plan = home.plan(&[("app", "x")]);
        plan.keep = Some((
            place.clone(),
            BoundSecret { secret: Secret::new("p\u{e9} \"1\"".into()), bound: Some(whom("smtp.test")) },
        ));
        assert!(home.apply(&plan).unwrap().changed);
        assert_eq!(read().unwrap().expose(), "p\u{e9} \"1\"");
        assert_eq!(read().unwrap().bound, Some(whom("smtp.test")));
        let words = ["lookup", "service", "mailsetup", "username", "user/mailsetup-test"];
        let found = Command::new("secret-tool").args(words).output().unwrap().stdout;
        assert_eq!(found, "p\u{e9} \"1\"".as_bytes());
        let again = Plan { changes: home.plan(&[("app", "x")]).changes, ..plan.clone() };
        assert!(!home.apply(&again).unwrap().changed);

        let mut fails = home.plan(&[("app", "y")]);
        fails.keep = Some((
            place.clone(),
            BoundSecret { secret: Secret::new("second".into()), bound: Some(whom("smtp.other.test")) },
        ));
        fails.runs = vec![build(&home, "exit 1", None)];
        assert!(matches!(home.apply(&fails), Err(ApplyError::RolledBack(_))));
        assert_eq!(read().unwrap().expose(), "p\u{e9} \"1\"");
        assert_eq!(read().unwrap().bound, Some(whom("smtp.test")));
        home.undo().unwrap();
        assert_eq!(read().unwrap_err().phrase().id, "host-secret-no-entry");
    }
}

fn ask(child: &mut Command, address: Option<&str>, wanted: &Result<(), KeyringFault>) {
    child.args(["--exact", "host::keyring::keyring_child"]).env("MAILSETUP_TEST_KEYRING", format!("{wanted:?}"));
    if let Some(address) = address {
        child.env("DBUS_SESSION_BUS_ADDRESS", address);
    }
    let output = child.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
}

fn this() -> Command {
    Command::new(std::env::current_exe().unwrap())
}

#[test]
fn a_bus_that_accepts_and_never_answers_is_given_up() {
    let home = Home::new();
    let socket = home.path("bus");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    ask(&mut this(), Some(&format!("unix:path={}", socket.display())), &Err(KeyringFault::Silent));
}

#[test]
fn no_bus_at_all() {
    let home = Home::new();
    ask(&mut this(), Some(&format!("unix:path={}", home.path("none").display())), &Err(KeyringFault::NoBus));
}

#[test]
fn a_bus_without_a_keyring_and_a_real_one() {
    let has = |program: &str| Command::new("which").arg(program).output().is_ok_and(|output| output.status.success());
    if !["dbus-run-session", "gnome-keyring-daemon", "secret-tool"].into_iter().all(has) {
        left_out("needs dbus, gnome-keyring and libsecret-tools");
        return;
    }
    let home = Home::new();
    let exe = std::env::current_exe().unwrap();
    let sealed = |script: &str| {
        let mut command = Command::new("dbus-run-session");
        command.args(["--", "sh", "-c", script, "sh"]).arg(&exe);
        command.env("HOME", home.folder.path()).env("XDG_RUNTIME_DIR", home.folder.path());
        command.env("XDG_DATA_HOME", home.path("data")).env("XDG_CONFIG_HOME", home.path("config"));
        command.env_remove("DBUS_SESSION_BUS_ADDRESS").env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        command
    };
    let real = "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec \"$@\"";
    ask(&mut sealed(real), None, &Ok(()));
    let fresh = Home::new();
    let mut locked = sealed("exec \"$@\"");
    locked
        .env("HOME", fresh.folder.path())
        .env("XDG_RUNTIME_DIR", fresh.folder.path())
        .env("XDG_DATA_HOME", fresh.path("data"));
    ask(&mut locked, None, &Err(KeyringFault::Locked));

    // Without folders of services nothing is started on demand.
    home.put(
        "bus.conf",
        "<!DOCTYPE busconfig PUBLIC '-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN' \
         'http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd'><busconfig><type>session</type>\
         <listen>unix:tmpdir=/tmp</listen><policy context='default'><allow send_destination='*' eavesdrop='true'/>\
         <allow eavesdrop='true'/><allow own='*'/></policy></busconfig>",
    );
    let mut bare = Command::new("dbus-run-session");
    bare.arg("--config-file").arg(home.path("bus.conf")).arg("--").arg(&exe);
    ask(&mut bare, None, &Err(KeyringFault::NoService));
}
