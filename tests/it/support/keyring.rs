//! A keyring that is open, on a bus of its own.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, Command, Stdio},
};

/// A bus on which a keyring answers, as long as this is.
pub(crate) struct KeyringBus {
    bus: Child,
    pub(crate) address: String,
}

impl KeyringBus {
    /// Whether what it needs is installed.
    pub(crate) fn can_be() -> bool {
        let is_there = |program: &str| Path::new("/usr/bin").join(program).exists();
        cfg!(feature = "keyring") && ["dbus-daemon", "gnome-keyring-daemon"].into_iter().all(is_there)
    }

    /// Starts both; the keyring keeps its files in this folder, which is made.
    pub(crate) fn start(folder: &Path) -> Self {
        let mut bus = Command::new("dbus-daemon");
        bus.args(["--session", "--nofork", "--print-address=1"]).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut bus = bus.spawn().unwrap();
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let address = address.trim().to_owned();
        fs::create_dir(folder).unwrap();
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
        // It goes into the background when it answers.
        let mut keyring = Command::new("gnome-keyring-daemon");
        keyring.args(["--unlock", "--components=secrets"]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        keyring.env("DBUS_SESSION_BUS_ADDRESS", &address);
        keyring.envs(["HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"].map(|name| (name, folder)));
        let mut keyring = keyring.spawn().unwrap();
        keyring.stdin.take().unwrap().write_all(b"opens it").unwrap();
        assert!(keyring.wait().unwrap().success());
        Self { bus, address }
    }
}

impl Drop for KeyringBus {
    fn drop(&mut self) {
        // The keyring ends with its bus.
        self.bus.kill().unwrap();
        self.bus.wait().unwrap();
    }
}
