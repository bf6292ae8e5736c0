//! Passwords through every target, as the real consumers read them: identical, or refused before writing.

mod applications;
mod code;
mod data;
mod environment;
mod git;
mod go_ini;
mod mail_programs;
pub(crate) mod passwords;
mod relay;
pub(crate) mod setup;

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    sync::OnceLock,
};

use mailsetup::{
    mail::{Security, Setting, profile::Trust},
    plan::{Order, Refusal, Scope, TargetChoice, first_path, plan},
    presets::Catalog,
};
use passwords::passwords;
use setup::{Memory, order};

use crate::support::{
    bed::{left_out, say_left_out},
    setup::places,
};

use crate::targets;

/// What a target did with a password: the text of its first file that has it, or the reason why not. Where the consumer has
/// to be installed, its file is the first of the samples.
fn written(target: &str, password: &str, change: impl FnOnce(&mut Order)) -> Result<Vec<String>, Refusal> {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    let catalog = CATALOG.get_or_init(Catalog::builtin);
    let preset = catalog.target(target).unwrap();
    let scope = targets::scope(preset);
    let mut order = order(password);
    order.targets = vec![TargetChoice { inline_secret: true, ..TargetChoice::new(target) }];
    change(&mut order);
    let mut files = Memory::default();
    if preset.files[0].must_exist {
        let there = targets::samples(target).into_iter().next().map(|sample| sample.text);
        let there = there.unwrap_or_else(|| "compatibility_level = 3.6\n".to_owned());
        files.put(first_path(preset, &order.targets[0], &places(scope)).unwrap(), there.as_bytes(), 0o640);
    }
    let plan = plan(&order, catalog, &places(scope), &files)?;
    let own = plan.changes.iter().filter(|change| change.owner == target);
    Ok(own.map(|change| String::from_utf8(change.after.clone().unwrap()).unwrap()).collect())
}

/// What a target makes of a file that is there.
fn over(target: &str, text: &str) -> String {
    let catalog = Catalog::builtin();
    let preset = catalog.target(target).unwrap();
    let (order, places) = (targets::ordered(preset, "p@ss #1"), places(targets::scope(preset)));
    let path = first_path(preset, &order.targets[0], &places).unwrap();
    let mut files = Memory::default();
    files.put(&path, text.as_bytes(), 0o600);
    let plan = plan(&order, &catalog, &places, &files).unwrap();
    let change = plan.changes.iter().find(|change| change.path == path).unwrap();
    String::from_utf8(change.after.clone().unwrap()).unwrap()
}

/// Every password that a target carries, with its files; the others must be refused for the password's sake.
fn carried(target: &str, change: impl Fn(&mut Order)) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    for password in passwords() {
        match written(target, &password, &change) {
            Ok(files) => found.push((password, files)),
            Err(refusal) => {
                assert_eq!(refusal.field(), Some(Setting::Password), "{target} {password:?}: {refusal:?}");
                assert!(matches!(refusal, Refusal::CannotCarry { .. }), "{target} {password:?}: {refusal:?}");
            }
        }
    }
    found
}

/// Debian's own Python, which has the modules that its packages bring; another one may come first in PATH.
const PYTHON: &str = "/usr/bin/python3";

/// What the bed does without: Debian has none, none that is new enough, or one that is large.
const OPTIONAL: [&str; 5] = ["docker", "node", "go", "javac", "himalaya"];

/// Whether a program is there; when not, says so past the test's captured output.
fn is_installed(program: &str, arguments: &[&str]) -> bool {
    let status = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let is_there = status.is_ok_and(|output| output.status.success());
    if !is_there {
        let what = format!("{program} {} does not run here", arguments.join(" "));
        if OPTIONAL.contains(&program) { say_left_out(what) } else { left_out(what) }
    }
    is_there
}

/// Writes one file for each password and returns their paths.
fn write_all(folder: &Path, texts: impl IntoIterator<Item = String>) -> Vec<PathBuf> {
    let write = |(index, text): (usize, String)| {
        let path = folder.join(format!("{index}.env"));
        fs::write(&path, text).unwrap();
        path
    };
    texts.into_iter().enumerate().map(write).collect()
}

fn output(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What each target refuses, counted, so that a rule that becomes stricter is seen.
#[test]
fn each_target_carries_what_it_can() {
    let all = passwords().len();
    let refused = |target: &str| all - carried(target, |_| ()).len();
    assert!(all >= 200, "{all}");
    assert_eq!(refused("msmtp"), 1);
    assert_eq!(refused("dotenv-sh"), 0);
    assert_eq!(refused("postfix"), 3);
    assert_eq!(refused("dotenv"), 64);
    assert_eq!((refused("dotenvy"), refused("compose-env")), (0, 0));
}

/// msmtp logs in at a relay on loopback, with the password in the file and with one that it fetches.
#[test]
fn msmtp_logs_in_with_what_was_written() {
    if !is_installed("msmtp", &["--version"]) {
        return;
    }
    let relay = relay::Relay::start();
    let folder = tempfile::tempdir().unwrap();
    let rc = folder.path().join("msmtprc");
    let program = folder.path().join("mail setup");
    let stored = folder.path().join("secret");
    fs::write(&program, format!("#!/bin/sh\ncat '{}'\n", stored.display())).unwrap();
    private(&program, 0o700);
    let plain = |order: &mut Order| {
        order.profile.smtp.port = relay.port.to_string().parse().unwrap();
        order.profile.smtp.security = Security::None;
        order.profile.smtp.auth = "plain".parse().unwrap();
        order.program = vec![program.display().to_string()];
    };
    let mut inline = 0;
    for password in passwords() {
        for inline_secret in [true, false] {
            let text = written("msmtp", &password, |order| {
                plain(order);
                order.targets[0].inline_secret = inline_secret;
            });
            let Ok(text) = text else {
                assert!(inline_secret && password.len() > 480);
                continue;
            };
            inline += usize::from(inline_secret);
            fs::write(&rc, &text[0]).unwrap();
            private(&rc, 0o600);
            fs::write(&stored, format!("{password}\n")).unwrap();
            send(&rc, folder.path(), "nobody@example.com");
            let login = relay.login();
            assert_eq!(login.password, password, "in the file: {inline_secret}");
            assert_eq!(login.username, "ops@example.com");
            assert_eq!(login.sender, "ops@example.com");
            assert_eq!(login.ehlo, "web1.example.com");
        }
    }
    assert_eq!(inline, passwords().len() - 1);
    assert!(send(&rc, folder.path(), "root@example.com").success());
    relay.login();

    // An inherited password would win over passwordeval.
    let mut order = order("the right one");
    plain(&mut order);
    order.targets = vec![TargetChoice::new("msmtp")];
    let there = "defaults\npassword \"the wrong one\"\ntls on\naccount other\nhost other.test\n";
    let files = Memory::default().with("/home/ops/.msmtprc", there);
    let plan = plan(&order, &Catalog::builtin(), &places(Scope::User), &files).unwrap();
    fs::write(&rc, plan.changes.last().unwrap().after.as_ref().unwrap()).unwrap();
    fs::write(&stored, "the right one\n").unwrap();
    assert!(send(&rc, folder.path(), "root@example.com").success());
    assert_eq!(relay.login().password, "the right one");
}

/// What msmtp itself says of each kind of settings.
#[test]
fn msmtp_accepts_every_setting() {
    if !is_installed("msmtp", &["--version"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let rc = folder.path().join("msmtprc");
    for auth in ["auto", "plain", "login", "cram-md5", "scram-sha-1", "scram-sha-256", "xoauth2", "oauthbearer", "none"] {
        for (security, tls, said) in [
            (Security::Tls, Trust::default(), "tls_starttls = off\ntls_trust_file = system"),
            (Security::Starttls, trust("/x y/ca.pem", None), "tls_starttls = on\ntls_trust_file = /x y/ca.pem"),
            (Security::Tls, trust("", Some("0A")), "tls_fingerprint = 0A:0A:0A"),
            (Security::None, Trust::default(), "tls = off"),
        ] {
            let files = written("msmtp", "p@ss", |order| {
                order.profile.smtp.auth = auth.parse().unwrap();
                order.profile.smtp.security = security;
                order.profile.smtp.tls = tls.clone();
                // A token is fetched.
                order.targets[0].inline_secret = !order.profile.smtp.auth.takes_token();
                order.program = vec!["/bin/echo".to_owned()];
            });
            fs::write(&rc, &files.unwrap()[0]).unwrap();
            private(&rc, 0o600);
            let mut command = Command::new("msmtp");
            command.arg("-C").arg(&rc).args(["--pretend", "root@example.com"]).env_clear().env("HOME", folder.path());
            let text = output(&mut command);
            assert!(text.contains(said), "{text}");
            assert!(text.contains("using account default from"), "{text}");
        }
    }
}

fn trust(ca_file: &str, pin: Option<&str>) -> Trust {
    Trust {
        ca_file: Some(ca_file).filter(|path| !path.is_empty()).map(Into::into),
        pin_sha256: pin.map(|pair| pair.repeat(32).parse().unwrap()),
    }
}

fn private(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Sends as a program would; the relay refuses `nobody` right after the login, which saves the message.
fn send(rc: &Path, home: &Path, to: &str) -> ExitStatus {
    let mut command = Command::new("msmtp");
    command.arg("-C").arg(rc).arg(to).env_clear().env("HOME", home).env("PATH", "/usr/bin:/bin");
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"Subject: x\n\nx\n").unwrap();
    child.wait().unwrap()
}

#[test]
fn postmap_finds_what_was_written() {
    if !is_installed("postconf", &["-d", "mail_version"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().to_str().unwrap();
    let table = folder.path().join("sasl_passwd");
    // One table for all, each password under a port of its own.
    let mut expected = String::new();
    let (mut keys, mut rows) = (String::new(), String::new());
    for (port, password) in (1000..).zip(passwords()) {
        let Ok(files) = written("postfix", &password, |order| order.profile.smtp.port = port.to_string().parse().unwrap())
        else {
            continue;
        };
        fs::write(folder.path().join("main.cf"), &files[0]).unwrap();
        rows.push_str(&files[1]);
        keys.push_str(&format!("[127.0.0.1]:{port}\n"));
        expected.push_str(&format!("[127.0.0.1]:{port}\tops@example.com:{password}\n"));
    }
    fs::write(&table, rows).unwrap();
    let asked = folder.path().join("keys");
    fs::write(&asked, &keys).unwrap();
    let map = format!("texthash:{}", table.display());
    let mut postmap = Command::new("postmap");
    postmap.args(["-c", config, "-q", "-", &map]).stdin(fs::File::open(&asked).unwrap());
    assert_eq!(String::from_utf8(postmap.output().unwrap().stdout).unwrap(), expected);

    let settings =
        ["relayhost", "smtp_tls_security_level", "smtp_tls_wrappermode", "smtp_sasl_password_maps", "smtp_helo_name"];
    let found = output(Command::new("postconf").args(["-c", config, "-h"]).args(settings));
    let relayhost = keys.lines().last().unwrap();
    let meant = format!("{relayhost}\nsecure\nyes\ntexthash:/etc/postfix/sasl_passwd\nweb1.example.com\n");
    assert_eq!(found, meant);
}
