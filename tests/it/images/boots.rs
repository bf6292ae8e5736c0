//! Images of Debian, made by debootstrap: each sends at its first boot, to a relay on loopback, or was refused with what it lacks.

use std::{
    env, fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use crate::support::{
    bed::{ALICE, BOB, Bed, PASSWORD, as_root, left_out, message, unique},
    sandbox::{Output, Sandbox},
};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bed/image");

/// What it looks like where nobody else's name is known.
const HOSTS: &str = "127.0.0.1 localhost\n";

/// A copy of the image that `tests/bed/image` makes, for one test.
struct Debian {
    sandbox: Sandbox,
    root: PathBuf,
    bed: &'static Bed,
}

impl Debian {
    /// `None`, said, where there is none to copy.
    fn new() -> Option<Self> {
        let sandbox = Sandbox::new();
        let (code, base) = script(&sandbox, &["make"]);
        if code != Some(0) {
            left_out(format_args!("images made by debootstrap: {}", base.trim()));
            return None;
        }
        let (code, root) = script(&sandbox, &["copy", base.trim()]);
        assert_eq!(code, Some(0), "{root}");
        sandbox.write("home/pw", format!("{PASSWORD}\n"));
        let image = Self { sandbox, root: root.trim().into(), bed: Bed::start() };
        image.put("etc/hosts", HOSTS);
        fs::copy(env!("CARGO_BIN_EXE_mailsetup"), image.at("usr/bin/mailsetup")).unwrap();
        Some(image)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// A new file: one of the image that is shared with others is not changed.
    fn put(&self, name: &str, text: &str) {
        drop(fs::remove_file(self.at(name)));
        fs::create_dir_all(self.at(name).parent().unwrap()).unwrap();
        fs::write(self.at(name), text).unwrap();
    }

    /// The words of a set-up of msmtp for the whole system.
    fn words(&self, ca_file: &Path) -> Vec<String> {
        let (port, ca_file) = (self.bed.starttls_port.to_string(), ca_file.display().to_string());
        let server = ["--provider", "custom", "--host", "localhost", "--port", &port, "--security", "starttls"];
        // The relay takes no sender but the login's.
        let login = ["--username", ALICE, "--senders", "one"];
        let rest = ["--ca-file", &ca_file, "--scope", "system", "--target", "msmtp", "--yes", "--json"];
        [&[ALICE][..], &server, &login, &rest].concat().into_iter().map(str::to_owned).collect()
    }

    /// A set-up from outside.
    fn set_up(&self, more: &[&str]) -> Output {
        let root = self.root.display().to_string();
        let more = [&["--root", &root, "--password-file", "pw"], more].concat();
        let words = self.words(&self.bed.ca_pem_path).into_iter().chain(more.into_iter().map(str::to_owned));
        self.sandbox.mailsetup(words).run()
    }

    /// A command in the image once it is started.
    fn boot(&self, command: &[&str], input: &str) -> Output {
        let root = self.root.display().to_string();
        let words = [&["boot", &root], command].concat();
        let mut run = as_root(SCRIPT);
        run.args(words).stdin(std::process::Stdio::piped());
        let mut child = run.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
        drop(std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()));
        let out = child.wait_with_output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Output { code: out.status.code(), stdout: text(&out.stdout), stderr: text(&out.stderr) }
    }

    /// msmtp sends from the started image, and it arrives.
    fn sends(&self, what: &str) -> String {
        let subject = unique(what);
        self.boot(&["msmtp", "-a", "default", BOB], &message(ALICE, BOB, &subject)).code(0);
        self.bed.mailbox("bob").wait_for(&subject)
    }
}

impl Drop for Debian {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.root));
    }
}

fn script(sandbox: &Sandbox, words: &[&str]) -> (Option<i32>, String) {
    let mut command = as_root("env");
    command.args(env::var("MAILSETUP_BED_CACHE").ok().map(|cache| format!("MAILSETUP_BED_CACHE={cache}")));
    let out = command.arg(SCRIPT).args(words).current_dir(sandbox.path("")).output().unwrap();
    let said = if out.status.success() { out.stdout } else { out.stderr };
    (out.status.code(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
#[ignore = "needs Postfix, Dovecot and debootstrap, see tests/run"]
fn one_that_was_written_from_outside_sends_at_its_first_boot() {
    let Some(image) = Debian::new() else { return };
    let here = rustix::system::uname().nodename().to_string_lossy().into_owned();
    // debootstrap copied this machine's name.
    assert_eq!(fs::read_to_string(image.at("etc/hostname")).unwrap().trim(), here);
    let out = image.set_up(&[]).code(0);
    assert_eq!(out.json()["status"], "image", "{}", out.stdout);
    let rc = fs::read_to_string(image.at("etc/msmtprc")).unwrap();
    assert!(!rc.contains(&here) && !rc.contains(&image.root.display().to_string()), "{rc}");
    let arrived = image.sends("from outside");
    assert!(!arrived.contains(&format!("from {here} ")), "{arrived}");
    image.boot(&["mailsetup", "check", "--drift"], "").code(0);
    // Cron finds no sendmail there until there is one.
    image.boot(&["mailsetup", "check", "--send"], "").code(77);
    symlink("/usr/bin/msmtp", image.at("usr/sbin/sendmail")).unwrap();
    image.boot(&["mailsetup", "check", "--send"], "").code(0);
}

#[test]
#[ignore = "needs Postfix, Dovecot and debootstrap, see tests/run"]
fn one_that_was_written_from_inside_sends_and_locks_nothing_by_what_is_not_there_yet() {
    let Some(image) = Debian::new() else { return };
    fs::copy(&image.bed.ca_pem_path, image.at("root/ca.pem")).unwrap();
    image.put("root/pw", &format!("{PASSWORD}\n"));
    image.put("etc/machine-id", "uninitialized\n");
    let words = image.words(Path::new("/root/ca.pem"));
    let words: Vec<&str> = words.iter().map(String::as_str).chain(["--ehlo", "web7.example.org"]).collect();
    let inside =
        |more: &[&str]| image.boot(&[&["mailsetup"], &words[..], &["--password-file", "/root/pw"], more].concat(), "");
    let locked = inside(&["--secret-store", "vault"]);
    assert_eq!(locked.code, Some(64), "{}{}", locked.stdout, locked.stderr);
    assert!(locked.stdout.contains("was not started yet"), "{}", locked.stdout);
    assert!(!image.at("etc/mailsetup/vault").exists());
    let out = inside(&[]).code(0);
    let proof = &out.json()["proofs"][0];
    assert_eq!((&proof["by"], &proof["read_by"]), (&"msmtp".into(), &"msmtp".into()), "{proof}");
    image.put("etc/machine-id", "0123456789abcdef0123456789abcdef\n");
    image.sends("from inside");
}

#[test]
#[ignore = "needs Postfix, Dovecot and debootstrap, see tests/run"]
fn one_without_the_program_is_refused_with_what_it_lacks() {
    let Some(image) = Debian::new() else { return };
    for file in ["usr/bin/msmtp", "usr/bin/mailsetup"] {
        fs::remove_file(image.at(file)).unwrap();
    }
    let out = image.set_up(&[]).code(78);
    let message = out.json()["error"]["message"].to_string();
    assert!(message.contains("msmtp") && message.contains("mailsetup (/usr/bin/mailsetup)"), "{message}");
    assert!(!image.at("etc/mailsetup").exists() && !image.at("etc/msmtprc").exists());
    // Prepared in spite of it, it sends once it has them.
    image.set_up(&["--unproven"]).code(0);
    let (code, other) = script(&image.sandbox, &["make"]);
    assert_eq!(code, Some(0), "{other}");
    fs::copy(Path::new(other.trim()).join("usr/bin/msmtp"), image.at("usr/bin/msmtp")).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_mailsetup"), image.at("usr/bin/mailsetup")).unwrap();
    image.sends("prepared");
}
