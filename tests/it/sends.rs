//! Real programs send by what mailsetup wrote: each target with a consumer in `tests/bed/consumers`, by STARTTLS and by
//! implicit TLS, and not to a server that a stranger's authority vouches for.

mod client_cert;
mod logins;
mod no_login;
mod own;
mod programs;
mod proxies;
mod readers;
mod relay;
mod senders;
mod tokens;
mod ways;

use std::{
    env, fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use mailsetup::{mail::Setting, presets::Catalog};

use super::support::{
    bed::{ALICE, BOB, BOB_PASSWORD, Bed, PASSWORD, as_root, left_out, message, say_left_out, unique},
    pki,
    sandbox::{Output, Sandbox},
    wait::until,
};

/// Where the consumers' scripts are.
const CONSUMERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bed/consumers");

/// How many of them send at the same time.
const SIDE_BY_SIDE: usize = 3;

/// A target, and the program that reads its files.
#[derive(Clone, Copy)]
struct Consumer {
    target: &'static str,
    script: &'static str,
    /// The one person's that has a home, or the whole machine's.
    scope: &'static str,
    /// A file as it is before, below the machine's root.
    before: Option<(&'static str, &'static str)>,
    /// Who sends, and the password.
    login: (&'static str, &'static str),
    /// What it says, in part, of a certificate that it does not trust.
    refusal: &'static str,
    /// Whether it may be missing: no package of Debian's has it.
    optional: bool,
    /// Whether it takes the port's number for the mode.
    by_port: bool,
    /// What mailsetup is told besides.
    with: &'static [&'static str],
    /// Its settings file, where the script does not know the name.
    file: Option<&'static str>,
    /// Who gets the message.
    mailbox: &'static str,
}

/// One that is called as its target is, and starts with what Debian installs.
const fn consumer(target: &'static str, scope: &'static str, refusal: &'static str) -> Consumer {
    Consumer {
        target,
        script: target,
        scope,
        before: None,
        login: (ALICE, PASSWORD),
        refusal,
        optional: false,
        by_port: false,
        with: &[],
        file: None,
        mailbox: "bob",
    }
}

/// Every alert goes to Bob at once.
const ALERTS: &str = "\
route:
  receiver: mail
  group_wait: 0s
receivers:
- name: mail
  email_configs:
  - to: 'bob@example.test'
";

/// The other layout of Debian's, on a machine that sent by itself.
const SPLIT: &str = "\
dc_eximconfig_configtype='internet'
dc_other_hostnames='host.example.test'
dc_local_interfaces='127.0.0.1'
dc_use_split_config='true'
dc_localdelivery='mail_spool'
";

const CONSUMERS_OF: [Consumer; 24] = [
    consumer("msmtp", "user", "certificate verification failed"),
    consumer("msmtp", "system", "certificate verification failed"),
    Consumer { script: "git-send-email", ..consumer("git", "user", "certificate verify failed") },
    consumer("mutt", "user", "certificate"),
    consumer("neomutt", "user", "failed without a word"),
    consumer("s-nail", "user", "certificate"),
    Consumer { optional: true, ..consumer("himalaya", "user", "certificate") },
    consumer("dma", "system", ""),
    // On a fresh Debian a server of the installer's stands there.
    consumer("nullmailer", "system", "certificate is untrusted"),
    consumer("exim4", "system", "certificate verification failed"),
    Consumer {
        before: Some(("etc/exim4/update-exim4.conf.conf", SPLIT)),
        ..consumer("exim4", "system", "certificate verification failed")
    },
    consumer("opensmtpd", "system", "certificate"),
    // Of what a password may be, it carries little.
    Consumer { login: (BOB, BOB_PASSWORD), ..consumer("ssmtp", "system", "") },
    Consumer {
        before: Some(("etc/monit/conf.d/alert", "set daemon 5\nset alert bob@example.test\n")),
        by_port: true,
        ..consumer("monit", "system", "certificate")
    },
    Consumer {
        before: Some(("etc/postfix/main.cf", include_str!("../bed/postfix/debian-main.cf"))),
        ..consumer("postfix", "system", "certificate verification failed")
    },
    Consumer {
        before: Some(("srv/app/settings.py", "SECRET_KEY = \"x\"\n")),
        ..consumer("django", "user", "certificate verify failed")
    },
    consumer("flask-mail", "user", ""),
    Consumer {
        before: Some(("var/www/html/wp-config.php", "<?php\nrequire_once ABSPATH . 'wp-settings.php';\n")),
        ..consumer("wordpress", "system", "certificate verify failed")
    },
    Consumer {
        before: Some(("etc/prometheus/alertmanager.yml", ALERTS)),
        by_port: true,
        ..consumer("alertmanager", "system", "certificate signed by unknown authority")
    },
    Consumer {
        script: "php-mail",
        with: &["--target", "msmtp", "--run-as", "www-data"],
        ..consumer("php", "system", "certificate verification failed")
    },
    consumer("phpmailer", "user", "certificate verify failed"),
    Consumer { file: Some("srv/app/nodemailer.json"), ..consumer("nodemailer", "user", "certificate") },
    Consumer { with: &["--name", "Ops \"B\" & <Söhne>"], ..consumer("aerc", "user", "certificate") },
    // Who gets it stands in its file.
    Consumer { mailbox: "alice", ..consumer("apprise", "user", "certificate verify failed") },
];

impl Consumer {
    fn bed(&self) -> &'static Bed {
        if self.by_port { Bed::start_on_known_ports() } else { Bed::start() }
    }
}

/// What a target can do about certificates, as its preset says.
#[derive(Clone, Copy, PartialEq)]
enum Trust {
    /// A setting names the authority.
    Setting,
    /// The machine's authorities.
    Machine,
    /// It takes any certificate.
    Blind,
}

impl Trust {
    fn of(target: &str, catalog: &Catalog) -> Self {
        let target = catalog.target(target).unwrap();
        match (target.checks_certificates, target.ca_file) {
            (_, true) => Self::Setting,
            (true, false) => Self::Machine,
            (false, false) => Self::Blind,
        }
    }
}

/// Why a consumer was not proven.
enum Trouble {
    /// It cannot run here.
    Missing(String),
    Failed(String),
}

/// A machine on which the consumer has just been installed, and mailsetup has run.
struct Machine {
    sandbox: Sandbox,
    root: PathBuf,
    /// The servers, where they are those of the test bed.
    bed: Option<&'static Bed>,
}

impl Machine {
    fn set_up(consumer: &Consumer, security: &str, trust: Trust, authority: &[u8]) -> Result<Self, Trouble> {
        let bed = consumer.bed();
        let sandbox = Sandbox::new();
        let root = sandbox.path("machine");
        // Other users than who runs the tests read their settings there.
        fs::set_permissions(sandbox.path(""), fs::Permissions::from_mode(0o755)).unwrap();
        for folder in ["home/u", "srv/app"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        let machine = Self { sandbox, root, bed: Some(bed) };
        let root = machine.root.to_str().unwrap();
        let fresh = machine.run(consumer, "fresh", &[consumer.script, root], "")?;
        if fresh.code != Some(0) {
            return Err(Trouble::Failed(format!("fresh ended with {:?}: {}", fresh.code, fresh.stderr)));
        }
        if let Some((file, text)) = consumer.before {
            machine.sandbox.write(Path::new("machine").join(file), text);
        }

        let ca_file = machine.sandbox.write("ca.pem", authority).display().to_string();
        let port = if security == "tls" { bed.tls_port } else { bed.starttls_port }.to_string();
        let (sender, password) = consumer.login;
        let mut words = vec![sender, "--provider", "custom", "--host", "localhost", "--port", &port, "--security", security];
        words.extend(["--username", sender, "--password-stdin", "--scope", consumer.scope, "--target", consumer.target]);
        words.extend(["--test", "none", "--yes"]);
        words.extend(consumer.with);
        if consumer.scope == "system" {
            words.extend(["--root", root, "--image-program", env!("CARGO_BIN_EXE_mailsetup")]);
        }
        match trust {
            Trust::Setting => words.extend(["--ca-file", &ca_file]),
            Trust::Machine => {
                machine.sandbox.write("machine/usr/local/share/ca-certificates/bed.crt", authority);
            }
            Trust::Blind => {}
        }
        let home = machine.root.join("home/u");
        let run = machine.sandbox.mailsetup(words).stdin(format!("{password}\n")).cwd(machine.root.join("srv/app"));
        let run = run.env("MAILSETUP_EHLO", "web1.example.com").env("HOME", &home);
        let run = run.env("XDG_CONFIG_HOME", home.join(".config")).env("XDG_DATA_HOME", home.join(".local/share"));
        let out = run.env("XDG_STATE_HOME", home.join(".local/state")).run();
        match out.code {
            Some(0) => Ok(machine),
            code => Err(Trouble::Failed(format!("mailsetup ended with {code:?}: {}", out.stderr))),
        }
    }

    /// One person's, where mailsetup has run with these words, before a server of the test's own. `files` are put there first.
    fn of_person(consumer: &Consumer, files: &[(&str, &str)], words: &[&str]) -> Self {
        let sandbox = Sandbox::new();
        let root = sandbox.path("machine");
        fs::set_permissions(sandbox.path(""), fs::Permissions::from_mode(0o755)).unwrap();
        for folder in ["home/u", "srv/app"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        for (file, text) in consumer.before.iter().chain(files) {
            let path = sandbox.write(Path::new("machine").join(file), text);
            fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        let home = root.join("home/u");
        let all = [ALICE, "--provider", "custom", "--scope", "user", "--target", consumer.target, "--yes"];
        let run =
            sandbox.mailsetup(all.iter().chain(words)).cwd(root.join("srv/app")).env("MAILSETUP_EHLO", "web1.example.com");
        let run = run.env("HOME", &home).env("XDG_CONFIG_HOME", home.join(".config"));
        let run = run.env("XDG_DATA_HOME", home.join(".local/share")).env("XDG_STATE_HOME", home.join(".local/state"));
        run.run().code(0);
        Self { sandbox, root, bed: None }
    }

    /// Has the consumer send a message with this subject.
    fn send(&self, consumer: &Consumer, to: &str, subject: &str) -> Result<Output, Trouble> {
        let (sender, _) = consumer.login;
        self.run(consumer, consumer.script, &[self.root.to_str().unwrap(), sender, to], &message(sender, to, subject))
    }

    /// A script of the consumers', which has its own deadlines.
    fn run(&self, consumer: &Consumer, name: &str, words: &[&str], input: &str) -> Result<Output, Trouble> {
        let mut command = as_root("env");
        // sudo passes none of these on.
        for passed in ["MAILSETUP_BED_CACHE", "MAILSETUP_BED_HIMALAYA"] {
            command.args(env::var(passed).ok().map(|value| format!("{passed}={value}")));
        }
        command.args(consumer.file.map(|file| format!("BED_FILE={file}")));
        command.args(self.bed.and_then(|bed| bed.netns.as_ref()).map(|netns| format!("BED_NETNS={netns}")));
        command.args(["BED_ACCOUNT=mailsetup", &format!("{CONSUMERS}/{name}")]).args(words);
        command.current_dir(&self.root).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Who cannot run here does not read it.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        let out = child.wait_with_output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match out.status.code() {
            Some(75) => Err(Trouble::Missing(text(&out.stderr))),
            code => Ok(Output { code, stdout: text(&out.stdout), stderr: text(&out.stderr) }),
        }
    }
}

/// One consumer in one mode.
fn attempt(consumer: &Consumer, security: &str, trust: Trust) -> Result<(), Trouble> {
    let bed = consumer.bed();
    let name = format!("{}-{}-{security}", consumer.target, consumer.scope);
    let stranger = unique(&format!("stranger-{name}"));
    if trust != Trust::Blind {
        let out = Machine::set_up(consumer, security, trust, &pki::ca_pem())?.send(consumer, BOB, &stranger)?;
        if matches!(out.code, None | Some(0)) || !out.stderr.contains(consumer.refusal) {
            return Err(Trouble::Failed(format!("with a stranger's authority: {:?}, {}", out.code, out.stderr)));
        }
    }
    arrives(consumer, security, trust, BOB, &name)?;
    if bed.mailbox(consumer.mailbox).messages().iter().any(|message| message.contains(&stranger)) {
        return Err(Trouble::Failed("arrived with a stranger's authority".to_owned()));
    }
    Ok(())
}

/// What the consumer sends to `to` arrives in its mailbox.
fn arrives(consumer: &Consumer, security: &str, trust: Trust, to: &str, name: &str) -> Result<(), Trouble> {
    let bed = consumer.bed();
    let subject = unique(name);
    let authority = fs::read(&bed.ca_pem_path).unwrap();
    let out = Machine::set_up(consumer, security, trust, &authority)?.send(consumer, to, &subject)?;
    if out.code != Some(0) {
        return Err(Trouble::Failed(format!("does not send: {:?}, {}", out.code, out.stderr)));
    }
    let mailbox = bed.mailbox(consumer.mailbox);
    let arrived = until(|| mailbox.messages().iter().any(|message| message.contains(&subject)).then_some(()));
    arrived.ok_or_else(|| Trouble::Failed("says that it sent, and nothing arrived".to_owned()))
}

#[test]
#[ignore = "needs Postfix and Dovecot, see tests/run"]
fn roots_mail_arrives_where_it_was_led() {
    Bed::start();
    let catalog = Catalog::builtin();
    let leads = |target: &str| catalog.target(target).unwrap().read.has(Setting::RootMail);
    let consumers: Vec<_> = CONSUMERS_OF.iter().filter(|it| it.scope == "system" && leads(it.target)).collect();
    assert!(consumers.len() >= 4, "msmtp, dma, nullmailer, Postfix");
    let mut failed = Vec::new();
    for consumer in consumers {
        let name = format!("root-{}", consumer.target);
        let trust = Trust::of(consumer.target, &catalog);
        let consumer = Consumer { with: &["--root-mail", BOB], ..*consumer };
        match arrives(&consumer, "starttls", trust, "root", &name) {
            Ok(()) => {}
            Err(Trouble::Missing(why)) => left_out(format_args!("{name}: {}", why.trim())),
            Err(Trouble::Failed(why)) => failed.push(format!("{name}: {why}")),
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
#[ignore = "needs Postfix and Dovecot, see tests/run"]
fn real_programs_send_by_what_was_written() {
    Bed::start();
    let catalog = Catalog::builtin();
    let attempts: Vec<_> = CONSUMERS_OF.iter().flat_map(|it| [(it, "starttls"), (it, "tls")]).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut failed = Vec::new();
        while let Some(&(consumer, security)) = attempts.get(next.fetch_add(1, Ordering::Relaxed)) {
            let case = format!("{} ({}, {security})", consumer.target, consumer.scope);
            match attempt(consumer, security, Trust::of(consumer.target, &catalog)) {
                Ok(()) => {}
                Err(Trouble::Missing(why)) if consumer.optional => {
                    say_left_out(format_args!("{case}: {}", why.trim()));
                }
                Err(Trouble::Missing(why)) => left_out(format_args!("{case}: {}", why.trim())),
                Err(Trouble::Failed(why)) => failed.push(format!("{case}: {why}")),
            }
        }
        failed
    };
    let failed: Vec<String> = thread::scope(|scope| {
        let workers: Vec<_> = (0..SIDE_BY_SIDE).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
