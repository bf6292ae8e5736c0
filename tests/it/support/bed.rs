//! Real servers and real consumers: Postfix with Dovecot's SASL, msmtp, and a second Postfix that relays.
//!
//! What starts them is in `tests/bed/`; its README says what they accept and refuse.

mod relay;

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

pub(crate) use relay::Relay;

use super::sandbox::{Output, Sandbox};
use super::wait::{DEADLINE, until};

/// Who may log in, with the password that no quoting rule likes.
pub(crate) const ALICE: &str = "alice@example.test";
pub(crate) const PASSWORD: &str = "p@ss \"w\\ord#1";
/// Another who may, with a harmless password.
pub(crate) const BOB: &str = "bob@example.test";
pub(crate) const BOB_PASSWORD: &str = "secret123";

/// A third, whose mail goes through a sieve: what is sent to `carol+junk` is spam.
pub(crate) const CAROL: &str = "carol@example.test";
pub(crate) const CAROL_PASSWORD: &str = "secret456";

/// Where the scripts are.
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bed");

/// Says, past the test's captured output, what a test does not look at here: `tests/run` counts these lines. In the bed of
/// `tests/run` it fails.
#[track_caller]
pub(crate) fn left_out(what: impl std::fmt::Display) {
    assert!(std::env::var_os("MAILSETUP_BED").is_none(), "left out: {what}");
    say_left_out(what);
}

/// The same for what may be missing in the bed too.
pub(crate) fn say_left_out(what: impl std::fmt::Display) {
    drop(writeln!(std::io::stderr(), "left out: {what}"));
}

/// The servers, which run as long as the test process does.
pub(crate) struct Bed {
    /// Submission: STARTTLS, then AUTH.
    pub(crate) starttls_port: u16,
    /// Submissions: TLS from the first byte.
    pub(crate) tls_port: u16,
    /// IMAP: TLS from the first byte.
    pub(crate) imaps_port: u16,
    /// The authority that signed the servers' certificate (localhost, mail.example.test, 127.0.0.1, `::1`).
    pub(crate) ca_pem_path: PathBuf,
    /// The network namespace in which it is, as a file; none: the machine's own.
    pub(crate) netns: Option<String>,
    dir: PathBuf,
    /// Their standard input is what keeps the servers alive: the kernel closes it when the test process ends.
    _kept: Vec<Child>,
}

impl Bed {
    /// What is missing for the bed on this machine, if anything is.
    pub(crate) fn available() -> Result<(), String> {
        let there = |name: &str| ["/usr/sbin", "/usr/bin", "/sbin", "/bin"].iter().any(|d| Path::new(d).join(name).exists());
        let missing: Vec<_> =
            ["postfix", "dovecot", "msmtp", "openssl", "curl"].into_iter().filter(|name| !there(name)).collect();
        if !missing.is_empty() {
            return Err(format!("{} not installed; tests/run installs what is needed", missing.join(", ")));
        }
        if !is_root() && !as_root("true").status().is_ok_and(|s| s.success()) {
            return Err("Postfix starts as root only, and sudo asks for a password; tests/run asks for it first".into());
        }
        Ok(())
    }

    /// The servers, started by the first who asks.
    ///
    /// For tests marked `#[ignore = "needs Postfix and Dovecot, see tests/run"]`: fails where they are missing.
    pub(crate) fn start() -> &'static Self {
        static BED: OnceLock<Bed> = OnceLock::new();
        BED.get_or_init(|| {
            Self::available().unwrap_or_else(|why| panic!("the test bed cannot run: {why}"));
            Self::serve(Vec::new(), None)
        })
    }

    /// Others on ports 587 and 465, in a network of their own: for what takes the port's number for the mode.
    pub(crate) fn start_on_known_ports() -> &'static Self {
        static BED: OnceLock<Bed> = OnceLock::new();
        BED.get_or_init(|| {
            Self::available().unwrap_or_else(|why| panic!("the test bed cannot run: {why}"));
            let (netns, ready) = start("netns", None, [""; 0]);
            Self::serve(vec![netns], Some(word(&ready, "netns").to_owned()))
        })
    }

    /// A network with nothing but loopback, by its file, as long as the process runs.
    #[cfg(feature = "demo")]
    pub(crate) fn network() -> (Child, PathBuf) {
        let (netns, ready) = start("netns", None, [""; 0]);
        let file = word(&ready, "netns").into();
        (netns, file)
    }

    fn serve(mut kept: Vec<Child>, netns: Option<String>) -> Self {
        let dir = tempfile::Builder::new().prefix("mailsetup-bed-").tempdir().unwrap().keep();
        let (servers, ready) = start("servers", netns.as_deref(), [&dir]);
        kept.push(servers);
        Self {
            starttls_port: word(&ready, "starttls").parse().unwrap(),
            tls_port: word(&ready, "tls").parse().unwrap(),
            imaps_port: word(&ready, "imaps").parse().unwrap(),
            ca_pem_path: word(&ready, "ca").into(),
            netns,
            dir,
            _kept: kept,
        }
    }

    /// What has arrived for Alice.
    pub(crate) fn inbox(&self) -> Inbox {
        self.mailbox("alice")
    }

    /// What has arrived for `alice` or `bob`, with any `+detail`.
    pub(crate) fn mailbox(&self, name: &str) -> Inbox {
        Inbox { dir: self.dir.join("mail").join(name) }
    }

    /// Lets one more log in, with any password, and send as this address, which nobody has yet.
    pub(crate) fn add_user(&self, address: &str, password: &str) {
        let line = format!("{address}:{{PLAIN.b64}}{}::::::\n", BASE64_STANDARD.encode(password));
        fs::write(self.dir.join("users").join(address), line).unwrap();
    }

    /// An access token for XOAUTH2 or OAUTHBEARER, good for an hour.
    pub(crate) fn token(&self, address: &str) -> String {
        self.long_token(address, 0)
    }

    /// An access token that is longer by about so many characters.
    pub(crate) fn long_token(&self, address: &str, longer: usize) -> String {
        let key = BASE64_STANDARD.decode(fs::read(self.dir.join("jwt/default/HS256/default")).unwrap()).unwrap();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let groups = "x".repeat(longer * 3 / 4);
        let claims = serde_json::json!({
            "iss": "mailsetup-tests", "sub": address, "email": address, "iat": now, "exp": now + 3600, "groups": groups,
        });
        let mut token = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
        write!(token, ".{}", BASE64_URL_SAFE_NO_PAD.encode(claims.to_string())).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(token.as_bytes());
        format!("{token}.{}", BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    /// What the servers wrote to their logs.
    pub(crate) fn log(&self) -> String {
        logs(&self.dir)
    }
}

/// A Maildir.
pub(crate) struct Inbox {
    dir: PathBuf,
}

impl Inbox {
    /// The names of the messages' files, which end with their flags.
    pub(crate) fn names(&self) -> Vec<String> {
        let files = ["new", "cur"].into_iter().filter_map(|sub| fs::read_dir(self.dir.join(sub)).ok()).flatten();
        files.map(|file| file.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }

    /// Every message in it, as it arrived.
    pub(crate) fn messages(&self) -> Vec<String> {
        let files = ["new", "cur"].into_iter().filter_map(|sub| fs::read_dir(self.dir.join(sub)).ok()).flatten();
        files.map(|file| String::from_utf8_lossy(&fs::read(file.unwrap().path()).unwrap()).into_owned()).collect()
    }

    /// Waits for the message that holds `text`: use [`unique`] text, since all tests share the mailbox.
    #[track_caller]
    pub(crate) fn wait_for(&self, text: &str) -> String {
        until(|| self.messages().into_iter().find(|message| message.contains(text)))
            .unwrap_or_else(|| panic!("no message with {text:?} in {}", self.dir.display()))
    }
}

/// Sends a message by msmtp with this configuration file, from the sandbox.
pub(crate) fn send_by_msmtp(sandbox: &Sandbox, config: &Path, to: &str, message: &str) -> Output {
    sandbox.program("msmtp", ["-C".as_ref(), config.as_os_str(), "--".as_ref(), to.as_ref()]).stdin(message).run()
}

/// A message with this subject, which serves to find it again.
pub(crate) fn message(from: &str, to: &str, subject: &str) -> String {
    format!("From: {from}\nTo: {to}\nSubject: {subject}\n\nSent by a test.\n")
}

/// Text that no other test of this run uses.
pub(crate) fn unique(what: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{what}-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// A command that runs as root; nobody is asked for a password here.
pub(crate) fn as_root(program: impl AsRef<std::ffi::OsStr>) -> Command {
    if is_root() {
        return Command::new(program);
    }
    let mut sudo = Command::new("sudo");
    sudo.arg("-n").arg(program);
    sudo
}

/// What stands behind `NAME=` in what a script said.
fn word<'a>(ready: &'a str, name: &str) -> &'a str {
    let word = ready.split_whitespace().find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
    word.unwrap_or_else(|| panic!("no {name} in {ready:?}"))
}

/// Starts a script of the bed, and waits for the line that it says when it is ready.
fn start<P: AsRef<Path>>(script: &str, netns: Option<&str>, args: impl IntoIterator<Item = P>) -> (Child, String) {
    let mut command = as_root("env");
    command.args(netns.map(|netns| format!("BED_NETNS={netns}"))).arg(format!("{SCRIPTS}/{script}"));
    command.args(args.into_iter().map(|a| a.as_ref().to_owned())).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let (tx, rx) = mpsc::channel();
    thread::spawn(move || tx.send(stdout.lines().next()));
    match rx.recv_timeout(DEADLINE * 2) {
        Ok(Some(Ok(line))) => (child, line),
        Ok(_) => panic!("{script} ended without being ready: {:?}", child.wait()),
        Err(e) => panic!("{script} was not ready in time: {e}"),
    }
}

fn logs(dir: &Path) -> String {
    let files = fs::read_dir(dir.join("log")).into_iter().flatten();
    files.map(|file| String::from_utf8_lossy(&fs::read(file.unwrap().path()).unwrap()).into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::sandbox::{Output, Sandbox};
    use super::{ALICE, BOB, BOB_PASSWORD, Bed, PASSWORD, Relay, message, send_by_msmtp, unique};

    /// Sends by curl, a client that knows nothing of us.
    fn curl(bed: &Bed, url: &str, login: &[&str], from: &str, to: &str, subject: &str) -> Output {
        let text = message(from, to, subject).replace('\n', "\r\n");
        let args = ["-sSv", "--max-time", "20", "--ssl-reqd", "--cacert", bed.ca_pem_path.to_str().unwrap(), "--url", url];
        let envelope = ["--mail-from", from, "--mail-rcpt", to, "-T", "-"];
        Sandbox::new().program("curl", args.iter().chain(login).chain(&envelope)).stdin(text).run()
    }

    #[test]
    #[ignore = "needs Postfix and Dovecot, see tests/run"]
    fn the_servers_take_every_mechanism_on_both_ports() {
        let bed = Bed::start();
        let (plain, token) = (format!("{ALICE}:{PASSWORD}"), bed.token(ALICE));
        for url in [format!("smtp://localhost:{}", bed.starttls_port), format!("smtps://localhost:{}", bed.tls_port)] {
            for mechanism in ["PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2", "OAUTHBEARER"] {
                let option = format!("AUTH={mechanism}");
                let login = match mechanism {
                    "XOAUTH2" | "OAUTHBEARER" => {
                        vec!["--user", ALICE, "--oauth2-bearer", &token, "--login-options", &option]
                    }
                    _ => vec!["--user", &plain, "--login-options", &option],
                };
                let subject = unique(mechanism);
                curl(bed, &url, &login, ALICE, BOB, &subject).code(0);
                let arrived = bed.mailbox("bob").wait_for(&subject);
                assert!(
                    arrived.contains("(using TLSv1.") && arrived.contains("Return-Path: <alice@example.test>"),
                    "{arrived}"
                );
            }
        }
    }

    #[test]
    #[ignore = "needs Postfix and Dovecot, see tests/run"]
    fn the_servers_refuse_what_they_should() {
        let bed = Bed::start();
        let url = format!("smtps://localhost:{}", bed.tls_port);
        let right = format!("{BOB}:{BOB_PASSWORD}");
        let refused = |login: &[&str], from, to| curl(bed, &url, login, from, to, "refused").stderr;
        assert!(refused(&["--user", "bob@example.test:wrong"], BOB, ALICE).contains("< 535 5.7.8 "));
        let sender = refused(&["--user", &right], ALICE, BOB);
        assert!(sender.contains("< 553 5.7.1 <alice@example.test>: Sender address rejected: not owned by"), "{sender}");
        assert!(refused(&[], BOB, "x@elsewhere.test").contains("< 554 5.7.1 <x@elsewhere.test>: Relay access denied"));
        assert!(refused(&[], BOB, ALICE).contains("< 554 5.7.1 <alice@example.test>: Recipient address rejected"));
        assert!(refused(&["--user", &right], BOB, "nobody@example.test").contains("< 550 5.1.1 "));
        assert!(bed.log().contains("Relay access denied"));
    }

    #[test]
    #[ignore = "needs Postfix and Dovecot, see tests/run"]
    fn msmtp_sends_for_a_user_with_any_password() {
        let bed = Bed::start();
        let sandbox = Sandbox::new();
        for (n, password) in
            [" both ends ", "a:b\\\"'#$%{}`~", "p\u{e4}\u{df}w\u{f6}rt\u{20ac}", PASSWORD].iter().enumerate()
        {
            let user = format!("user{n}@example.test");
            bed.add_user(&user, password);
            let config = sandbox.write(
                "home/.msmtprc",
                format!(
                    "account default\nhost localhost\nport {}\nauth on\ntls on\ntls_starttls on\ntls_trust_file {}\n\
                     from {user}\nuser {user}\npassword \"{password}\"\n",
                    bed.starttls_port,
                    bed.ca_pem_path.display()
                ),
            );
            fs::set_permissions(&config, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
            let subject = unique("msmtp");
            send_by_msmtp(&sandbox, &config, ALICE, &message(&user, ALICE, &subject)).code(0);
            assert!(bed.inbox().wait_for(&subject).contains(&format!("Return-Path: <{user}>")));
        }
    }

    fn relay(bed: &Bed, port: u16, more: &str, password: &str) -> Relay {
        let machine = Sandbox::new();
        let root = machine.path("machine");
        Relay::fresh_machine(&root);
        let main = machine
            .read("machine/etc/postfix/main.cf")
            .replace("relayhost =\n", &format!("relayhost = [localhost]:{port}\n"));
        let main = main.replace("smtp_tls_security_level = may", "smtp_tls_security_level = verify");
        let main = main.replace("/etc/ssl/certs/ca-certificates.crt", bed.ca_pem_path.to_str().unwrap());
        machine.write(
            "machine/etc/postfix/main.cf",
            format!(
                "{main}smtp_sasl_auth_enable = yes\nsmtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd\n\
                 smtp_sasl_tls_security_options = noanonymous\n{more}"
            ),
        );
        machine.write("machine/etc/postfix/sasl_passwd", format!("[localhost]:{port} {ALICE}:{password}\n"));
        Relay::start(&root)
    }

    #[test]
    #[ignore = "needs Postfix and Dovecot, see tests/run"]
    fn a_second_postfix_relays_by_written_settings() {
        let bed = Bed::start();
        for (port, more) in [(bed.starttls_port, ""), (bed.tls_port, "smtp_tls_wrappermode = yes\n")] {
            let relay = relay(bed, port, more, PASSWORD);
            let subject = unique("relayed");
            relay.send(ALICE, BOB, &message(ALICE, BOB, &subject));
            let arrived = bed.mailbox("bob").wait_for(&subject);
            assert!(arrived.contains("by host.example.test (Postfix"), "{arrived}");
        }
    }

    #[test]
    #[ignore = "needs Postfix and Dovecot, see tests/run"]
    fn a_second_postfix_says_why_it_cannot_relay() {
        let bed = Bed::start();
        let relay = relay(bed, bed.starttls_port, "", "wrong");
        relay.send(ALICE, BOB, &message(ALICE, BOB, &unique("never")));
        let line = relay.wait_for_log("status=deferred");
        assert!(line.contains("SASL authentication failed"), "{}", relay.log());
        assert!(relay.log().contains("535 5.7.8"));
    }
}
