//! The session up to a secured and understood server: greeting, EHLO, STARTTLS, TLS.

use std::{io::ErrorKind, time::Instant};

use super::{
    Capabilities, CertificateFacts, Learned, ProbeFault, Stage,
    client::ShownClient,
    parse::first_bytes,
    record::{Record, words},
    resolve::ascii_host,
    scram::ChannelBinding,
    tls,
    wire::{HandshakeFault, Wire},
};
use crate::mail::{Reply, Security};

/// A certificate that expires within so many days is worth a warning.
const EXPIRES_SOON: i64 = 14;

/// A conversation with a server.
pub(super) struct Session<'r, 'a> {
    pub(super) record: &'r mut Record<'a>,
    pub(super) wire: Wire,
    /// QUIT has been sent.
    pub(super) quit: bool,
}

impl<'r, 'a> Session<'r, 'a> {
    pub(super) const fn new(record: &'r mut Record<'a>, wire: Wire) -> Self {
        Self { record, wire, quit: false }
    }

    /// Up to EHLO, inside TLS where the endpoint has it.
    pub(super) fn open(&mut self) -> Result<(), ProbeFault> {
        match self.record.attempt.endpoint.security {
            Security::Tls => {
                self.secure(b"")?;
                self.greeting()?;
                self.ehlo()
            }
            Security::Starttls => {
                self.greeting()?;
                self.ehlo()?;
                self.starttls()?;
                let ehlo = self.ehlo_command();
                self.secure(&bytes(&ehlo)?)?;
                self.record.log.client(&ehlo);
                self.begin(Stage::Ehlo);
                let reply = self.reply()?;
                self.offered(reply)
            }
            Security::None => {
                self.greeting()?;
                self.ehlo()
            }
        }
    }

    /// Closes, with QUIT if the server still listens.
    pub(super) fn end(self, fault: Option<&ProbeFault>) {
        let polite = match fault {
            None
            | Some(
                ProbeFault::Reply(_)
                | ProbeFault::NoStarttls
                | ProbeFault::StarttlsGone
                | ProbeFault::ClearLogin
                | ProbeFault::NoAuth
                | ProbeFault::NoCommonMechanism
                | ProbeFault::NoSmtputf8,
            ) => !self.quit,
            Some(_) => false,
        };
        if polite {
            self.record.log.client("QUIT");
        }
        self.record.round_trips = self.wire.round_trips();
        self.wire.close(if polite { b"QUIT\r\n" } else { b"" });
    }

    fn greeting(&mut self) -> Result<(), ProbeFault> {
        self.begin(Stage::Greeting);
        let reply = positive(self.reply()?)?;
        self.record.pass(Some(Learned::Greeting(words(&reply))), Some(reply));
        Ok(())
    }

    /// Our EHLO name.
    fn name(&self) -> String {
        let name = &self.record.attempt.ehlo;
        ascii_host(name).unwrap_or_else(|| name.clone())
    }

    fn ehlo_command(&self) -> String {
        format!("EHLO {}", self.name())
    }

    fn ehlo(&mut self) -> Result<(), ProbeFault> {
        self.begin(Stage::Ehlo);
        let reply = self.ask(&self.ehlo_command())?;
        self.offered(reply)
    }

    /// Takes the reply to EHLO; falls back to HELO if the server does not know EHLO (RFC 5321, 3.2).
    fn offered(&mut self, reply: Reply) -> Result<(), ProbeFault> {
        let helo = matches!(reply.code, 500 | 502);
        let reply = if helo { self.ask(&format!("HELO {}", self.name()))? } else { reply };
        let reply = positive(reply)?;
        let capabilities = if helo { Capabilities::default() } else { Capabilities::from_reply(&reply) };
        self.record.offered = Some(capabilities.clone());
        let learned = Some(Learned::Offered { capabilities, helo });
        if helo {
            self.record.warn(learned, Some(reply));
        } else {
            self.record.pass(learned, Some(reply));
        }
        Ok(())
    }

    fn starttls(&mut self) -> Result<(), ProbeFault> {
        self.begin(Stage::Starttls);
        if !self.offers(|offered| offered.starttls) {
            let gone = self.record.attempt.had_starttls || self.offers(|offered| offered.masked);
            return Err(if gone { ProbeFault::StarttlsGone } else { ProbeFault::NoStarttls });
        }
        let reply = positive(self.ask("STARTTLS")?)?;
        // Bytes after the reply came in clear text and could pass for a reply inside TLS (RFC 3207, 4.2; CVE-2021-38371).
        if self.wire.has_unread() {
            return Err(ProbeFault::Injected);
        }
        self.record.offered = None;
        self.record.pass(None, Some(reply));
        Ok(())
    }

    /// The handshake. `early` is sent together with its last message.
    pub(super) fn secure(&mut self, early: &[u8]) -> Result<(), ProbeFault> {
        self.begin(Stage::Tls);
        let attempt = self.record.attempt;
        let client = ShownClient::new(attempt.client.clone());
        let version = self.record.bounds.version;
        let (connection, shown) = tls::connection(&attempt.trust, client.clone(), &attempt.endpoint.host, version)?;
        let done = self.wire.handshake(connection, client, early);
        let leaf = shown.certificate();
        let facts = leaf.as_deref().map(CertificateFacts::of);
        self.record.certificate.clone_from(&facts);
        match done {
            Err(HandshakeFault::Wire(fault)) => return Err(fault),
            Err(HandshakeFault::Tls { error, first }) => {
                return Err(tls::fault(&error, &self.record.log.redacted(&first), leaf.as_deref()));
            }
            Ok(()) => {}
        }
        let version = self.wire.tls_version().unwrap_or_default();
        self.record.log.note(format!("TLS {version}"));
        let Some(certificate) = facts.map(Box::new) else {
            return Err(ProbeFault::Tls { text: "no certificate".to_owned(), not_tls: false });
        };
        let pinned = attempt.trust.pin.is_some();
        let soon = certificate.days_left < EXPIRES_SOON && !pinned;
        let learned = Some(Learned::Secured { version, certificate, pinned });
        if soon {
            self.record.warn(learned, None);
        } else {
            self.record.pass(learned, None);
        }
        Ok(())
    }

    /// Begins a stage, with its own deadline.
    pub(super) fn begin(&mut self, stage: Stage) {
        let until = self.record.begin(stage);
        self.wire.set_deadline(until);
    }

    /// Gives what follows as much time as a stage has.
    pub(super) fn extend(&mut self) {
        self.wire.set_deadline(self.record.deadline(Instant::now()));
    }

    /// Whether a password may be sent now: inside TLS, to this machine, or with a person's consent.
    pub(super) fn may_log_in(&self) -> bool {
        let attempt = self.record.attempt;
        let stays_here = attempt.endpoint.is_loopback() && attempt.proxy.is_none() && self.wire.is_local();
        self.is_secure() || stays_here || attempt.allow_plaintext
    }

    /// What ties a login to this TLS connection.
    pub(super) fn channel_binding(&self) -> Option<ChannelBinding> {
        self.wire.channel_binding()
    }

    /// Whether the connection is inside TLS.
    pub(super) fn is_secure(&self) -> bool {
        self.wire.tls_version().is_some()
    }

    /// Whether the last EHLO made an offer.
    pub(super) fn offers(&self, what: impl FnOnce(&Capabilities) -> bool) -> bool {
        self.record.offered.as_ref().is_some_and(what)
    }

    /// Makes sure that the server has said nothing by itself. All that was asked has been answered by now: what has come already
    /// would pass for the answer to what is said next.
    pub(super) fn nothing_unasked(&mut self) -> Result<(), ProbeFault> {
        if self.wire.has_spoken_early() { Err(ProbeFault::Injected) } else { Ok(()) }
    }

    /// A command as bytes, logged in the transcript.
    pub(super) fn line(&mut self, command: &str) -> Result<Vec<u8>, ProbeFault> {
        self.nothing_unasked()?;
        self.record.log.client(command);
        bytes(command)
    }

    /// Sends a command and waits for the reply.
    pub(super) fn ask(&mut self, command: &str) -> Result<Reply, ProbeFault> {
        let line = self.line(command)?;
        self.send(&line)?;
        self.reply()
    }

    /// Sends bytes that the caller has logged.
    pub(super) fn send(&mut self, bytes: &[u8]) -> Result<(), ProbeFault> {
        self.nothing_unasked()?;
        self.wire.send(bytes)
    }

    /// Waits for a reply, removes secrets that the server repeats, and logs it.
    pub(super) fn reply(&mut self) -> Result<Reply, ProbeFault> {
        match self.wire.reply() {
            Ok(reply) => {
                let reply = self.record.log.redacted_reply(&reply);
                self.record.log.server(&reply);
                Ok(reply)
            }
            Err(ProbeFault::NotSmtp(_)) => {
                // Redact before truncating: a truncated secret would not be found.
                let text = first_bytes(&self.record.log.redacted(self.wire.unread()));
                self.record.log.garbage(&text);
                Err(ProbeFault::NotSmtp(text))
            }
            Err(fault) => Err(fault),
        }
    }
}

/// A command as bytes. Line breaks would add commands and are refused.
fn bytes(command: &str) -> Result<Vec<u8>, ProbeFault> {
    if command.contains(['\r', '\n', '\0']) {
        return Err(ProbeFault::Io(ErrorKind::InvalidInput));
    }
    Ok(format!("{command}\r\n").into_bytes())
}

/// A reply of the 2xx class; any other is a fault.
pub(super) fn positive(reply: Reply) -> Result<Reply, ProbeFault> {
    if reply.is_positive() { Ok(reply) } else { Err(ProbeFault::Reply(reply)) }
}
