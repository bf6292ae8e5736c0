//! Images that were made to hurt whoever writes into them: `--root` believes nothing that is below it, and nothing of this machine is
//! read, changed or run for it.

mod boots;
mod traps;

use std::{
    fs,
    os::unix::{
        ffi::OsStrExt as _,
        fs::{MetadataExt as _, PermissionsExt as _, chown, symlink},
    },
    path::{Path, PathBuf},
    process::Command,
};

use crate::support::{
    files::files_below,
    sandbox::{Output, Sandbox},
};
use traps::IMAGES;

/// What stands in a file of this machine that an image is after.
const VICTIM: &str = "the host's own\n";

/// A marker that nobody may leave: what an image says is never run.
const RAN: &str = "host/ran";

/// A profile as an image has it, with its store.
fn profile(store: &str) -> String {
    format!(
        "schema = 1\nenabled = true\n\n[sender]\naddress = 'ops@example.com'\n\n[smtp]\nhost = 'localhost'\nport = 1\n\
         security = 'tls'\nauth = 'plain'\nusername = 'ops'\nehlo = 'web1.example.com'\n\n[secret]\n{store}\n"
    )
}

/// An image in a sandbox, beside files of this machine.
struct Image {
    sandbox: Sandbox,
}

impl Image {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        sandbox.write("host/victim", VICTIM);
        sandbox.write("host/shadow", "root:hash-of-the-host\n");
        sandbox.write("host/profiles/default.toml", profile("store = 'file'"));
        sandbox.write("host/profiles/default.secret", "secret-of-the-host");
        sandbox.write("host/mailsetup/profiles/default.toml", profile("store = 'file'"));
        sandbox.write("host/providers/gmail.toml", "this is the host's\n");
        for folder in ["image/etc", "image/usr/bin", "image/root", "image/var/lib"] {
            fs::create_dir_all(sandbox.path(folder)).unwrap();
        }
        Self { sandbox }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.sandbox.path("image").join(name)
    }

    fn host(&self, name: &str) -> String {
        self.sandbox.path("host").join(name).display().to_string()
    }

    fn put(&self, name: &str, text: impl AsRef<[u8]>) {
        self.sandbox.write(format!("image/{name}"), text);
    }

    fn link(&self, to: impl AsRef<Path>, name: &str) {
        fs::create_dir_all(self.at(name).parent().unwrap()).unwrap();
        symlink(to, self.at(name)).unwrap();
    }

    fn special(&self, program: &str, name: &str, words: &[&str]) {
        fs::create_dir_all(self.at(name).parent().unwrap()).unwrap();
        assert!(Command::new(program).arg(self.at(name)).args(words).status().unwrap().success(), "{program}");
    }

    /// A write that is said to have been cut off, of one file.
    fn journal(&self, id: &str, state: &str, target: &str, copy: &str, more: &str) {
        let stamp = |text: &str| {
            let sum = sha256(text.as_bytes());
            format!(r#"{{"sha256": "{sum}", "mode": 420, "uid": 0, "gid": 0, "copy": "{copy}"}}"#)
        };
        let record = format!(
            r#"{{"schema": 1, "id": "{id}", "kind": "apply", "state": "{state}", "profile": "default", "when": "2026",
                "files": [{{"owner": "msmtp", "path": "{target}", "target": "{target}", "before": {}, "after": {}}}]{more}}}"#,
            stamp("evil"),
            stamp(VICTIM)
        );
        self.put("var/lib/mailsetup/journal/000001-x.json", record);
        self.put("var/lib/mailsetup/backups/000001-x/0.before", "evil");
    }

    /// What is on this machine beside the image.
    fn seen(&self) -> Vec<(PathBuf, Vec<u8>, u32)> {
        let of = |path: PathBuf| (path.clone(), fs::read(&path).unwrap(), path.metadata().unwrap().mode());
        files_below(&self.sandbox.path("host")).into_iter().map(of).collect()
    }

    fn run(&self, words: &[&str]) -> Output {
        let image = self.sandbox.path("image").display().to_string();
        let words = [words, &["--root", &image, "--scope", "system"]].concat();
        self.sandbox.mailsetup(words).stdin("typed-by-the-admin\n").run()
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    let mut child =
        Command::new("sha256sum").stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), bytes).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()[..64].to_owned()
}

/// A set-up that needs no server.
const SET_UP: &[&str] = &[
    "ops@example.com",
    "--host",
    "mail.example.com",
    "--port",
    "465",
    "--security",
    "tls",
    "--password-stdin",
    "--target",
    "msmtp",
    "--test",
    "none",
    "--yes",
];

/// What every image is subjected to: each command that reads or writes below a root.
fn commands() -> Vec<Vec<&'static str>> {
    let words = |command: &'static str| command.split(' ').collect::<Vec<_>>();
    let before = [
        "list",
        "show",
        "secret",
        "secret default",
        "check --timeout 1",
        "vault status",
        "vault export",
        "providers gmail",
        "targets msmtp",
        "export msmtp --print",
        "export msmtp",
        "edit --name Ops --test none --yes",
    ];
    let set_up = [SET_UP.to_vec(), [SET_UP, &["--run-as", "ann"]].concat()];
    let after = ["vault rotate", "undo", "remove default", "undo"];
    before.map(words).into_iter().chain(set_up).chain(after.map(words)).collect()
}

#[test]
fn nothing_of_this_machine_is_read_changed_or_run_for_an_image() {
    let commands = commands();
    let mut runs = 0;
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let work = || {
            let mut runs = 0;
            while let Some((name, make)) = IMAGES.get(next.fetch_add(1, std::sync::atomic::Ordering::SeqCst)) {
                for command in &commands {
                    let image = Image::new();
                    make(&image);
                    let before = image.seen();
                    let out = image.run(command);
                    let at = format!("{name}: {command:?}\n{}{}", out.stdout, out.stderr);
                    assert_eq!(image.seen(), before, "{at}");
                    assert!(!image.sandbox.path(RAN).exists(), "{at}");
                    assert!(out.code.is_some_and(|code| code != 101) && !out.stderr.contains("panicked"), "{at}");
                    for word in ["EVIL", "hash-of-the-host", "secret-of-the-host", "\u{1b}[31m"] {
                        assert!(!out.stdout.contains(word) && !out.stderr.contains(word), "{word}: {at}");
                    }
                    runs += 1;
                }
            }
            runs
        };
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        runs += threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>();
    });
    eprintln!("{} images, {runs} commands: nothing of this machine was touched", IMAGES.len());
    assert_eq!(runs, IMAGES.len() * commands.len());
}

#[test]
fn what_is_refused_says_why_and_what_the_links_of_an_image_mean_stays_inside() {
    let image = Image::new();
    let store = format!("store = 'command'\ncommand = 'touch {}'", image.host("ran"));
    image.put("etc/mailsetup/profiles/default.toml", profile(&store));
    let out = image.run(&["secret"]).code(78);
    assert!(out.stderr.contains("“command”") && out.stderr.contains("this machine"), "{}", out.stderr);

    let image = Image::new();
    image.journal("000001-x", "begun", &image.host("victim"), "0.before", "");
    let out = image.run(&["undo"]).code(78);
    assert!(out.stderr.contains("000001-x.json") && out.stderr.contains("target"), "{}", out.stderr);

    // A second name of a file of this machine gives nobody its content.
    let image = Image::new();
    image.put("etc/mailsetup/profiles/default.toml", profile("store = 'file'"));
    fs::hard_link(image.sandbox.path("host/shadow"), image.at("etc/mailsetup/profiles/default.secret")).unwrap();
    fs::set_permissions(image.sandbox.path("host/shadow"), fs::Permissions::from_mode(0o600)).unwrap();
    for command in [&["secret"][..], &["check"]] {
        let out = image.run(command).code(77);
        assert!(out.stderr.contains("second name") && !out.stdout.contains("hash-of-the-host"), "{}", out.stderr);
    }

    // What was cut off in the image itself is said before it is put back.
    let image = Image::new();
    image.put("etc/x", VICTIM);
    image.journal("000001-x", "begun", &image.at("etc/x").display().to_string(), "0.before", "");
    let said = image.run(SET_UP).code(0).stderr;
    let (first, then) = (said.find("image/etc/x").unwrap(), said.find("was put back").unwrap());
    assert!(first < then, "{said}");
    assert_eq!(fs::read_to_string(image.at("etc/x")).unwrap(), "evil");

    // An absolute link leads where it leads the machine whose root it is.
    let image = Image::new();
    fs::remove_dir_all(image.at("etc")).unwrap();
    fs::create_dir_all(image.at("usr/etc")).unwrap();
    image.link("/usr/etc", "etc");
    image.run(SET_UP).code(0);
    assert!(fs::read_to_string(image.at("usr/etc/msmtprc")).unwrap().contains("mail.example.com"));
    assert!(image.at("usr/etc/mailsetup/profiles/default.toml").is_file());
    image.run(&["remove", "default"]).code(0);
    assert!(!image.at("usr/etc/msmtprc").exists());

    let image = Image::new();
    image.put("etc/mailsetup/providers/gmail.toml", "key = 'gmail'\n");
    let out = image.run(&["providers", "gmail"]).code(0);
    assert!(out.stderr.contains("etc/mailsetup/providers") && out.stderr.contains("belongs to the image"), "{}", out.stderr);
}

#[test]
fn an_image_that_others_can_lead_elsewhere_is_refused() {
    let said = |place: &str, bits: Option<u32>| {
        let image = Image::new();
        image.put("etc/mailsetup/profiles/default.toml", profile("store = 'file'"));
        match bits {
            Some(bits) => fs::set_permissions(image.at(place), fs::Permissions::from_mode(bits)).unwrap(),
            None => chown(image.at(place), Some(12_345), None).unwrap(),
        }
        let out = image.run(&["show"]).code(77);
        let path = image.at(place).display().to_string();
        assert!(out.stderr.contains(path.trim_end_matches('/')), "{}", out.stderr);
        assert!(!out.stderr.contains("--scope system"), "{}", out.stderr);
    };
    for place in ["", "etc", "etc/mailsetup", "etc/mailsetup/profiles"] {
        said(place, Some(0o777));
        if rustix::process::geteuid().is_root() {
            said(place, None);
        }
    }
}
