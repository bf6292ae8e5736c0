//! Mailers at work: what leaves by them when programs send as they do, before a relay that takes only the login's address and
//! before one that takes all.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    process::Stdio,
    sync::{Arc, Mutex},
    thread,
};

use super::CONSUMERS;
use crate::support::{
    bed::{as_root, left_out},
    sandbox::Sandbox,
};

pub(super) const ADDRESS: &str = "ops@example.com";

/// A message as it came to the relay.
#[derive(Debug, Clone, Default)]
pub(super) struct Taken {
    /// The envelope's sender.
    pub(super) envelope: String,
    /// The recipient.
    pub(super) to: String,
    /// The client tried a login before.
    pub(super) has_login: bool,
    /// The header, lines that are continued as one.
    header: Vec<String>,
}

impl Taken {
    pub(super) fn field(&self, name: &str) -> &str {
        let line = self.header.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_default()
    }

    /// Whether a relay takes it that takes nothing but the login's address, in the envelope and in From.
    fn is_strictly_right(&self) -> bool {
        let from = self.field("From");
        let address = from.split_whitespace().find(|word| word.contains('@')).unwrap_or_default();
        self.envelope == ADDRESS && address.trim_matches(['<', '>']) == ADDRESS && from.matches('@').count() == 1
    }
}

/// What a relay refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    Lax,
    /// Any other sender than the address, and a message whose From is another one.
    Strict,
    /// Addresses without a domain, in RCPT and in To, as Amazon SES does.
    Whole,
}

/// A relay on loopback that keeps what it takes.
pub(super) struct Relay {
    pub(super) port: u16,
    pub(super) taken: Arc<Mutex<Vec<Taken>>>,
}

impl Relay {
    /// The thread ends with the test.
    pub(super) fn start(is_strict: bool) -> Self {
        Self::in_manner(if is_strict { Manner::Strict } else { Manner::Lax })
    }

    /// One that takes whole addresses alone.
    pub(super) fn of_whole_addresses() -> Self {
        Self::in_manner(Manner::Whole)
    }

    fn in_manner(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let taken = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&taken);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = Arc::clone(&kept);
                thread::spawn(move || session(stream, manner, &kept));
            }
        });
        Self { port, taken }
    }

    /// What came of the way of this name.
    fn way(&self, name: &str) -> Option<Taken> {
        let subject = format!("way {name}");
        self.taken.lock().unwrap().iter().find(|taken| taken.field("Subject") == subject).cloned()
    }
}

fn session(mut stream: TcpStream, manner: Manner, kept: &Mutex<Vec<Taken>>) {
    let is_strict = manner == Manner::Strict;
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let mut say = |text: &str| drop(stream.write_all(format!("{text}\r\n").as_bytes()));
    let mut now = Taken::default();
    let mut has_login = false;
    let path = |line: &str| line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
    say("220 relay.test ESMTP");
    while let Some(line) = lines.next() {
        match line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase().as_str() {
            "MAIL" => {
                now = Taken { envelope: path(&line), has_login, ..Taken::default() };
                let is_right = !is_strict || now.envelope == ADDRESS || now.envelope.is_empty();
                say(if is_right { "250 2.1.0 ok" } else { "553 5.7.1 Sender address rejected: not owned by user" });
            }
            "RCPT" => {
                now.to = path(&line);
                let is_taken = manner != Manner::Whole || now.to.contains('@');
                say(if is_taken { "250 2.1.5 ok" } else { "501 5.1.3 Bad recipient address syntax" });
            }
            "DATA" => {
                say("354 go on");
                let mut in_header = true;
                for line in lines.by_ref().take_while(|line| line != ".") {
                    in_header &= !line.is_empty();
                    match now.header.last_mut().filter(|_| line.starts_with([' ', '\t'])) {
                        Some(last) if in_header => last.push_str(&line),
                        _ if in_header => now.header.push(line),
                        _ => {}
                    }
                }
                if is_strict && !now.envelope.is_empty() && !now.is_strictly_right() {
                    say("550 5.7.1 From header is not owned by user");
                } else if manner == Manner::Whole
                    && now.header.iter().any(|line| line.starts_with("To:") && !line.contains('@'))
                {
                    say("554 Transaction failed: Missing final '@domain'");
                } else {
                    kept.lock().unwrap().push(now.clone());
                    say("250 2.0.0 taken");
                }
            }
            "EHLO" => say("250-relay.test\r\n250 AUTH PLAIN"),
            "AUTH" => {
                has_login = true;
                say("235 2.7.0 welcome");
            }
            "QUIT" => return say("221 2.0.0 bye"),
            _ => say("250 2.0.0 ok"),
        }
    }
}

/// Writes the settings of a mailer and has programs send by them; `None` where it cannot run here.
fn send(mailer: &str, senders: &str, is_strict: bool, more: &[&str]) -> Option<Relay> {
    let relay = Relay::start(is_strict);
    let sandbox = Sandbox::new();
    fs::set_permissions(sandbox.path(""), fs::Permissions::from_mode(0o755)).unwrap();
    let root = sandbox.path("machine");
    let script = |name: &str, words: &[&str]| {
        let mut command = as_root("env");
        command.args(std::env::var("MAILSETUP_BED_CACHE").ok().map(|cache| format!("MAILSETUP_BED_CACHE={cache}")));
        command.args([format!("BED_MAILER={mailer}"), format!("{CONSUMERS}/{name}")]).args(words);
        let out = command.current_dir("/").stdin(Stdio::null()).output().unwrap();
        (out.status.code(), String::from_utf8_lossy(&out.stderr).into_owned())
    };
    sandbox.write("machine/etc/aliases", "root: bob@example.net\n");
    sandbox.write(
        "machine/etc/postfix/main.cf",
        "mydestination = localhost, host.example.test\ninet_interfaces = loopback-only\n",
    );
    sandbox.write("machine/etc/postfix/master.cf", include_str!("../../bed/postfix/debian-master.cf"));
    sandbox.write(
        "machine/etc/exim4/update-exim4.conf.conf",
        "dc_eximconfig_configtype='local'\ndc_other_hostnames='host.example.test'\ndc_local_interfaces='127.0.0.1 ; ::1'\n\
         dc_use_split_config='true'\ndc_hide_mailname='true'\ndc_readhost='other.test'\ndc_localdelivery='mail_spool'\n",
    );
    let port = relay.port.to_string();
    let mut words = vec![ADDRESS, "--provider", "custom", "--host", "127.0.0.1", "--port", &port, "--security", "none"];
    words.extend(["--auth", "none", "--scope", "system", "--root", root.to_str().unwrap(), "--target", mailer]);
    words.extend(["--test", "none", "--root-mail", "bob@example.net", "--senders", senders, "--yes"]);
    sandbox.mailsetup(words.into_iter().chain(more.iter().copied())).run().code(0);
    match script("senders", &[root.to_str().unwrap(), ADDRESS, "bob@example.net"]) {
        (Some(0), _) => Some(relay),
        (Some(75), why) => {
            left_out(format_args!("{mailer}: {}", why.trim()));
            None
        }
        (code, why) => panic!("{mailer}, {senders}: {code:?} {why}"),
    }
}

const WAYS: [&str; 7] = ["cron", "cronie", "bsd-mailx", "mailutils", "fail2ban", "php", "own"];

#[test]
#[ignore = "needs mailers, see tests/run"]
fn whatever_a_program_says_one_sender_leaves() {
    for mailer in ["msmtp", "postfix", "exim4"] {
        let Some(relay) = send(mailer, "one", true, &[]) else { continue };
        for way in WAYS {
            let taken = relay.way(way).unwrap_or_else(|| panic!("{mailer}: {way} did not leave"));
            assert!(taken.is_strictly_right(), "{mailer}, {way}: {taken:?}");
            assert_eq!(taken.field("Reply-To"), "team@example.org", "{mailer}, {way}");
            assert_eq!(taken.to, "bob@example.net", "{mailer}, {way}");
        }
        // Who sent it, and that it came from this machine, is beside the address.
        let from = relay.way("cron").unwrap().field("From").to_owned();
        let names = [("postfix", "\"Cron Daemon ("), ("exim4", "\"root (")];
        let name = names.iter().find(|(known, _)| *known == mailer).map_or("", |(_, name)| *name);
        assert!(from.starts_with(name) && (name.is_empty() || from.ends_with(")\" <ops@example.com>")), "{mailer}: {from}");
        // A mailer's own bounce would come back for ever if it had a sender.
        let bounce =
            relay.taken.lock().unwrap().iter().find(|taken| taken.to == ADDRESS || taken.to == "app@example.com").cloned();
        assert_eq!(bounce.map(|bounce| bounce.envelope), (mailer != "msmtp").then(String::new), "{mailer}");
    }
}

#[test]
#[ignore = "needs mailers, see tests/run"]
fn senders_of_the_domain_stay_and_others_do_not() {
    for mailer in ["postfix", "exim4"] {
        let Some(relay) = send(mailer, "domain", false, &[]) else { continue };
        for way in WAYS {
            let taken = relay.way(way).unwrap_or_else(|| panic!("{mailer}: {way} did not leave"));
            if way == "own" {
                assert_eq!((taken.envelope.as_str(), taken.field("From")), ("app@example.com", "App <app@example.com>"));
            } else {
                assert!(taken.is_strictly_right(), "{mailer}, {way}: {taken:?}");
            }
        }
    }
}

#[test]
#[ignore = "needs mailers, see tests/run"]
fn a_name_and_a_list_are_carried() {
    let sandbox = Sandbox::new();
    let list = sandbox.write("senders", "# f\nfail2ban@host guard@example.com\n");
    for mailer in ["postfix", "exim4"] {
        if let Some(relay) = send(mailer, "one", false, &["--name", "Wache \"web1\" ü"]) {
            let from = relay.way("fail2ban").unwrap().field("From").to_owned();
            assert!(from.starts_with("=?utf-8?b?") && from.ends_with(" <ops@example.com>"), "{mailer}: {from}");
        }
        if let Some(relay) = send(mailer, "one", true, &["--name", "Ops Team"]) {
            assert_eq!(relay.way("cron").unwrap().field("From"), "\"Ops Team\" <ops@example.com>", "{mailer}");
        }
        let Some(relay) = send(mailer, "one", false, &["--sender-map", list.to_str().unwrap()]) else { continue };
        let taken = relay.way("fail2ban").unwrap();
        assert_eq!(taken.envelope, "guard@example.com", "{mailer}");
        assert!(taken.field("From").ends_with("guard@example.com") || taken.field("From").ends_with("<guard@example.com>"));
        assert!(relay.way("cron").unwrap().is_strictly_right(), "{mailer}");
    }
}

#[test]
#[ignore = "needs mailers, see tests/run"]
fn without_a_rule_senders_leave_as_they_are() {
    for mailer in ["msmtp", "postfix", "exim4"] {
        let Some(relay) = send(mailer, "any", false, &[]) else { continue };
        let taken = relay.way("fail2ban").unwrap();
        // Postfix completes the name of the machine.
        let is_own =
            taken.envelope.starts_with("fail2ban@host") && taken.field("From").starts_with("Fail2Ban <fail2ban@host");
        assert!(is_own, "{mailer}: {taken:?}");
    }
}
