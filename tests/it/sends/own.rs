//! After writing, the program itself sends the test message: those of one person on this machine, and mail servers on machines
//! of their own, where mailsetup runs as root.

use std::{env, fs, os::unix::fs::PermissionsExt as _, process::Stdio};

use serde_json::{Value, json};

use super::CONSUMERS;
use crate::support::{
    bed::{ALICE, BOB, Bed, PASSWORD, as_root, left_out, unique},
    sandbox::{Output, Sandbox},
    wait::until,
};

/// The words of a set-up that sends to Bob, by a machine of this name.
fn words(bed: &Bed, security: &str, host: &str) -> Vec<String> {
    let port = if security == "tls" { bed.tls_port } else { bed.starttls_port }.to_string();
    let words = [ALICE, "--provider", "custom", "--host", "localhost", "--port", &port, "--security", security];
    let more = ["--username", ALICE, "--ehlo", host, "--test-to", BOB, "--yes", "--json", "--password-file", "pw"];
    words.into_iter().chain(more).map(str::to_owned).collect()
}

/// Waits for a message that a program sent from a machine of this name: its text, whatever the program made of the lines.
fn wait_for(bed: &Bed, host: &str, name: &str) {
    let wanted = format!("by {name}, with the settings in ");
    let bob = bed.mailbox("bob");
    let plain = |message: &String| message.replace("=\n", "").replace('\n', " ");
    let arrived =
        || bob.messages().iter().map(plain).any(|text| text.contains(host) && text.contains(&wanted)).then_some(());
    assert!(until(arrived).is_some(), "nothing of {name}'s from {host}");
}

#[test]
#[ignore = "needs Postfix and Dovecot, see tests/run"]
fn a_persons_programs_send_by_themselves() {
    let bed = Bed::start();
    let programs =
        [("msmtp", "msmtp"), ("git", "git send-email"), ("mutt", "mutt"), ("neomutt", "NeoMutt"), ("s-nail", "S-nail")];
    let mut programs = programs.to_vec();
    // No package of Debian's has it.
    let himalaya = env::var_os("MAILSETUP_BED_HIMALAYA").map(std::path::PathBuf::from);
    programs.extend(himalaya.as_ref().map(|_| ("himalaya", "Himalaya")));
    for security in ["starttls", "tls"] {
        let sandbox = Sandbox::new();
        sandbox.write("home/pw", format!("{PASSWORD}\n"));
        let host = format!("{}.example.com", unique(security));
        let mut words = words(bed, security, &host);
        words.extend(["--ca-file".to_owned(), bed.ca_pem_path.display().to_string()]);
        words.extend(programs.iter().flat_map(|(target, _)| ["--target".to_owned(), (*target).to_owned()]));
        let path = sandbox.environment()["PATH".as_ref() as &std::ffi::OsStr].to_str().unwrap().to_owned();
        let folder = himalaya.as_ref().and_then(|program| program.parent()).map(|folder| format!("{}:", folder.display()));
        let run = sandbox.mailsetup(words).env("PATH", format!("{}{path}", folder.unwrap_or_default()));
        let out = run.env("GIT_CONFIG_NOSYSTEM", "1").run().code(0);
        let document = out.json();
        for ((target, name), proof) in programs.iter().zip(document["proofs"].as_array().unwrap()) {
            assert_eq!((&proof["by"], &proof["sent"]), (&json!(target), &json!(true)), "{proof}\n{}", out.stderr);
            wait_for(bed, &host, name);
        }
        // Nothing is left of it but what was written.
        let left: Vec<_> = fs::read_dir(sandbox.path("home")).unwrap().map(|it| it.unwrap().file_name()).collect();
        let known = [".config", ".gitconfig", ".local", ".mailrc", ".msmtprc", ".muttrc", ".cache", "pw"];
        assert!(left.iter().all(|name| known.contains(&name.to_str().unwrap())), "{left:?}");
    }
}

/// A machine on which a mail server is at work.
struct Machine {
    sandbox: Sandbox,
    host: String,
}

impl Machine {
    fn new(name: &str) -> Self {
        let sandbox = Sandbox::new();
        fs::set_permissions(sandbox.path(""), fs::Permissions::from_mode(0o755)).unwrap();
        sandbox.write("home/pw", format!("{PASSWORD}\n"));
        Self { sandbox, host: format!("{}.example.com", unique(name)) }
    }

    /// Runs `before`, and then sets this server up, with the last word of its JSON; `None` where that cannot run here.
    fn set_up(&self, bed: &Bed, target: &str, before: &str, more: &[&str]) -> Option<(Output, Value)> {
        let mut command = as_root("env");
        command.args(env::var("MAILSETUP_BED_CACHE").ok().map(|cache| format!("MAILSETUP_BED_CACHE={cache}")));
        command.arg(format!("BED_CA={}", bed.ca_pem_path.display()));
        let mailsetup = env!("CARGO_BIN_EXE_mailsetup");
        let script = format!("{before}\nMAILSETUP_OFFLINE=yes exec {mailsetup} \"$@\"");
        command.args([format!("{CONSUMERS}/running").as_str(), target, "sh", "-c", &script, "sh"]);
        command.args(words(bed, "starttls", &self.host)).args(["--scope", "system", "--target", target]).args(more);
        let out = command.current_dir(self.sandbox.path("home")).stdin(Stdio::null()).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let out = Output { code: out.status.code(), stdout: text(&out.stdout), stderr: text(&out.stderr) };
        if out.code == Some(75) && out.stdout.is_empty() {
            left_out(format_args!("{target}: {}", out.stderr.trim()));
            return None;
        }
        let proof = out.json()["proofs"][0].clone();
        Some((out, proof))
    }
}

/// The log is the journal, and no file.
const JOURNAL: &str = "\
    rm /var/log/mail.log /dev/log; mkdir -p /run/systemd/journal /run/log/journal
    systemd-machine-id-setup >/dev/null 2>&1; /lib/systemd/systemd-journald </dev/null >/dev/null 2>&1 &
    timeout 10 sh -c 'until [ -S /run/systemd/journal/dev-log ]; do sleep 0.1; done'
    ln -s /run/systemd/journal/dev-log /dev/log; postfix stop 2>/dev/null; postfix start 2>/dev/null";

/// All mail leaves as the login's address.
const ONE: [&str; 2] = ["--senders", "one"];

/// What goes wrong where nobody but the mail server itself could tell.
const EVE: [(&str, &str); 2] = [
    ("postfix", "postconf -e sender_canonical_maps=static:eve@example.test"),
    ("dma", "echo 'MASQUERADE eve@example.test' >>/etc/dma/dma.conf"),
];

#[test]
#[ignore = "needs Postfix and Dovecot, see tests/run"]
fn mail_servers_send_by_themselves_and_say_what_became_of_it() {
    let bed = Bed::start();
    // The server takes the login's address alone: what cannot put it in place of cron's sends, and is not done.
    let mailers = [
        ("postfix", "Postfix", &ONE[..], 0),
        ("opensmtpd", "OpenSMTPD", &[], 77),
        ("nullmailer", "nullmailer", &[], 77),
        ("dma", "dma", &[], 77),
    ];
    for (target, name, more, code) in mailers {
        let machine = Machine::new(target);
        let Some((out, proof)) = machine.set_up(bed, target, "", more) else { continue };
        let out = out.code(code);
        assert_eq!((&proof["by"], &proof["sent"]), (&json!(target), &json!(true)), "{proof}\n{}", out.stderr);
        wait_for(bed, &machine.host, name);
        let document = out.json();
        let cron = document["proofs"].as_array().unwrap().iter().find(|proof| proof["way"] == "cron");
        assert!(cron.map_or(code == 0, |cron| cron["sent"] == (code == 0)), "{target}: {document}");
    }
    if let Some((out, proof)) = Machine::new("journal").set_up(bed, "postfix", JOURNAL, &ONE) {
        assert_eq!((&proof["by"], &proof["sent"]), (&json!("postfix"), &json!(true)), "{proof}\n{}", out.stderr);
    }
    // It rewrites the sender, and the server refuses that: the settings are good, and mail would be lost.
    for (target, before) in EVE {
        let Some((out, proof)) = Machine::new(target).set_up(bed, target, before, &[]) else { continue };
        let out = out.code(77);
        assert_eq!((&proof["by"], &proof["sent"], &proof["mailsetup_can"]), (&json!(target), &json!(false), &json!(true)));
        let said = proof["said"].as_str().unwrap();
        assert!(said.contains("553 5.7.1 <eve@example.test>: Sender address rejected"), "{said}");
        assert_eq!(proof["diagnosis"]["cause"], "sender_not_allowed", "{proof}");
        assert!(out.stderr.contains("It gave the message up."), "{}", out.stderr);
    }
}

#[test]
#[ignore = "needs Postfix and Dovecot, see tests/run"]
fn a_mail_server_that_does_not_run_or_says_nothing_is_no_proof() {
    let bed = Bed::start();
    // Nothing takes it out of the queue.
    let stop = "kill $(cat /run/bed/pid)";
    if let Some((out, proof)) = Machine::new("stopped").set_up(bed, "nullmailer", stop, &["--timeout", "2"]) {
        let out = out.code(75);
        assert_eq!((&proof["sent"], &proof["mailsetup_can"]), (&json!(false), &json!(true)), "{proof}");
        assert!(
            out.stderr.contains("The message is still in its queue: see whether nullmailer is running"),
            "{}",
            out.stderr
        );
    }
    if let Some((out, proof)) =
        Machine::new("down").set_up(bed, "postfix", "postfix stop 2>/dev/null", &["--senders", "one", "--timeout", "2"])
    {
        assert_eq!((&proof["sent"], &proof["diagnosis"]), (&json!(false), &Value::Null), "{proof}");
        assert!(out.code(75).stderr.contains("The message is still in its queue: see whether Postfix is running"));
    }
    // Without a log it is not known whether what left the queue was taken.
    if let Some((out, proof)) = Machine::new("silent").set_up(bed, "postfix", "rm /var/log/mail.log", &ONE) {
        let out = out.code(0);
        assert_eq!((&proof["by"], &proof["sent"]), (&json!("mailsetup"), &json!(true)), "{proof}");
        assert!(out.stderr.contains("Postfix took a message too, but neither its log nor its queue"), "{}", out.stderr);
    }
}
