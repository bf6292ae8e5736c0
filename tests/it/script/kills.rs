//! Runs that are killed at every system call by which they change anything, with every store that has entries: after the next run
//! files and entries are together the older ones or the newer ones.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, time::Instant};

use crate::support::{
    bed::left_out,
    keyring::KeyringBus,
    sandbox::{Output, Sandbox},
};

/// What changes anything, and what starts what does.
const CALLS: &str = "rename,renameat,renameat2,unlink,unlinkat,link,linkat,mkdir,mkdirat,rmdir,symlink,symlinkat,fsync,fdatasync,\
                     fchmod,chmod,fchown,fchownat,ftruncate,flock,write,pwrite64,clone,clone3,fork,vfork,exit_group";

/// The older and the newer server, each with its password.
const PAIRS: [(&str, &str); 2] = [("mail.corp.test", "password-one"), ("smtp.other.test", "password-two")];

/// A home with a profile whose password is in a store.
struct Kept {
    sandbox: Sandbox,
    _keyring: Option<KeyringBus>,
    has_agent: bool,
}

impl Drop for Kept {
    fn drop(&mut self) {
        if self.has_agent {
            self.sandbox.program("gpgconf", ["--kill", "all"]).run();
        }
    }
}

impl Kept {
    fn new(store: &str) -> Self {
        let mut sandbox = Sandbox::new();
        let keyring = (store == "keyring").then(|| KeyringBus::start(&sandbox.path("keyring")));
        if let Some(bus) = &keyring {
            sandbox = sandbox.env("DBUS_SESSION_BUS_ADDRESS", &bus.address);
        }
        if store == "pass" {
            let gnupg = sandbox.path("gnupg");
            fs::create_dir(&gnupg).unwrap();
            fs::set_permissions(&gnupg, fs::Permissions::from_mode(0o700)).unwrap();
            sandbox = sandbox.env("GNUPGHOME", &gnupg);
            let key =
                ["--batch", "--passphrase", "", "--quick-generate-key", "ops@corp.test", "default", "default", "never"];
            sandbox.program("gpg", key).run().code(0);
            sandbox.program("pass", ["init", "ops@corp.test"]).run().code(0);
        }
        for (host, password) in PAIRS {
            sandbox.write(format!("home/{host}"), password);
        }
        let kept = Self { sandbox, _keyring: keyring, has_agent: store == "pass" };
        let server = ["ops@corp.test", "--provider", "custom", "--host", PAIRS[0].0, "--port", "465", "--security", "tls"];
        let more = ["--password-file", PAIRS[0].0, "--secret-store", store, "--target", "msmtp", "--test", "none", "--yes"];
        kept.run(&[&server[..], &more[..]].concat()).code(0);
        kept
    }

    fn run(&self, words: &[&str]) -> Output {
        self.sandbox.mailsetup(words).run()
    }

    /// Changes to the other server and password, and is killed at the call of this number; says whether it came to its end.
    fn change(&self, to: &str, call: usize) -> bool {
        let inject = format!("inject={CALLS}:signal=SIGKILL:when={call}");
        let strace =
            ["-qq", "-o", "/dev/null", "-e", &format!("trace={CALLS}"), "-e", &inject, "mailsetup"].map(str::to_owned);
        let edit = ["edit", "--host", to, "--password-file", to, "--test", "none", "--yes", "--json"].map(str::to_owned);
        self.sandbox.program("strace", strace.into_iter().chain(edit)).run().code == Some(0)
    }

    /// The server of the profile, that of the target, and the password that is handed out for it.
    fn state(&self) -> (String, String, String) {
        let profile = self.sandbox.read("home/.config/mailsetup/profiles/default.toml");
        let host = profile.lines().find_map(|line| line.strip_prefix("host = ")).unwrap().trim_matches('"').to_owned();
        let rc = self.sandbox.read("home/.msmtprc");
        let target = rc.lines().find_map(|line| line.trim().strip_prefix("host ")).unwrap().to_owned();
        let secret = self.run(&["secret", "default", "--for", &host]).stdout.trim().to_owned();
        (host, target, secret)
    }
}

#[test]
#[ignore = "long, see tests/run"]
fn long_killed_at_every_call_files_and_entries_stay_together() {
    if !Path::new("/usr/bin/strace").exists() {
        left_out("strace is not installed");
        return;
    }
    let mut stores = vec!["file", "vault"];
    for (store, can_be) in [
        ("systemd", mailsetup::host::stores::systemd_available().is_ok()),
        ("pass", Path::new("/usr/bin/pass").exists()),
        ("keyring", KeyringBus::can_be()),
    ] {
        if can_be { stores.push(store) } else { left_out(format_args!("the store {store}")) }
    }
    for store in stores {
        let (kept, started) = (Kept::new(store), Instant::now());
        let (mut cut_off, mut newer, mut at) = (0, 0, 0);
        for call in 1.. {
            let to = 1 - at;
            let is_done = kept.change(PAIRS[to].0, call);
            cut_off += usize::from(kept.run(&["show"]).stderr.contains("cut off"));
            kept.run(&["export", "dotenv=out.env"]).code(0);
            let (host, target, secret) = kept.state();
            at = PAIRS.iter().position(|pair| pair.0 == host).unwrap();
            assert_eq!((target.as_str(), secret.as_str()), PAIRS[at], "{store}, call {call}");
            newer += usize::from(at == to);
            if is_done {
                assert!(cut_off > 0, "{store}: no kill came in the middle of a write");
                let time = started.elapsed();
                eprintln!("{store}: {} kills, {cut_off} within a write, {newer} newer, in {time:?}: 0 apart", call - 1);
                break;
            }
        }
    }
}
