//! One client's session, from greeting to goodbye (RFC 5321, RFC 3207, RFC 6409).

use std::{
    net::TcpStream,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    DemoFault, command,
    envelope::{MAX_MESSAGE, ReceivedEnvelope},
    identity::HOST,
    sandbox::Sandbox,
    wire::{Halt, IDLE, MAX_LINE, ServerWire},
};
use crate::mail::{Mechanism, Security};

/// How long a slow server takes for an answer.
const SLOWNESS: Duration = Duration::from_millis(1500);
/// Refusals in one session before the server closes it.
const MAX_REFUSALS: usize = 20;

/// A session and its state.
pub(super) struct ServerSession {
    pub(super) wire: ServerWire,
    pub(super) sandbox: Arc<Sandbox>,
    /// The fault that was set when the client connected.
    pub(super) fault: DemoFault,
    /// The mode of the port.
    security: Security,
    greeted: bool,
    /// The login, once there is one: whose, and by which mechanism.
    pub(super) login: Option<(String, Mechanism)>,
    pub(super) envelope: Option<ReceivedEnvelope>,
    refusals: usize,
}

impl ServerSession {
    /// Serves a client to the end.
    pub(super) fn serve(socket: TcpStream, security: Security, sandbox: Arc<Sandbox>) {
        let fault = sandbox.control.fault();
        let Ok(wire) = ServerWire::new(socket) else { return };
        let mut session = Self { wire, sandbox, fault, security, greeted: false, login: None, envelope: None, refusals: 0 };
        match session.run() {
            Ok(()) | Err(Halt::Closed) => {}
            Err(Halt::TimedOut) => session.wire.say(&format!("421 4.4.2 {HOST} Nothing came for too long, closing\r\n")),
            Err(Halt::TooLong) => session.wire.say("500 5.5.2 That was too long, closing\r\n"),
        }
        session.wire.close();
    }

    fn run(&mut self) -> Result<(), Halt> {
        if self.security == Security::Tls && self.wire.secure(self.sandbox.identity.config(self.fault)).is_err() {
            return Err(Halt::Closed);
        }
        if self.fault == DemoFault::Busy {
            self.reply(&format!("421 4.3.2 {HOST} Service busy, try again later"))?;
            return self.flush();
        }
        self.reply(&format!("220 {HOST} ESMTP mailsetup demo"))?;
        loop {
            let line = self.read_line()?;
            match std::str::from_utf8(&line) {
                Ok(line) => self.obey(line)?,
                Err(_) => self.reply("500 5.5.2 A command has to be UTF-8")?,
            }
        }
    }

    fn obey(&mut self, line: &str) -> Result<(), Halt> {
        let (verb, rest) = command::split(line);
        match verb.as_str() {
            // The bytes of a chunk follow whatever the reply is.
            "BDAT" => self.bdat(rest),
            "EHLO" | "HELO" => self.hello(&verb, rest),
            "NOOP" => self.reply("250 2.0.0 Ok"),
            "QUIT" => {
                self.reply(&format!("221 2.0.0 {HOST} Bye"))?;
                self.flush()?;
                Err(Halt::Closed)
            }
            "STARTTLS" => self.starttls(rest),
            "AUTH" => self.auth(rest),
            _ if self.needs_tls() => self.reply("530 5.7.0 Must issue a STARTTLS command first"),
            "MAIL" => self.mail(rest),
            "RCPT" => self.rcpt(rest),
            "DATA" => self.data(rest),
            "RSET" => {
                self.envelope = None;
                self.reply("250 2.0.0 Ok")
            }
            "VRFY" => self.reply("252 2.1.5 Send some mail, and it will be seen"),
            "HELP" => self.reply("214 2.0.0 EHLO STARTTLS AUTH MAIL RCPT DATA BDAT RSET NOOP QUIT"),
            _ => self.reply("500 5.5.1 Command not recognized"),
        }
    }

    fn hello(&mut self, verb: &str, name: &str) -> Result<(), Halt> {
        if name.is_empty() {
            return self.reply(&format!("501 5.5.4 Syntax: {verb} hostname"));
        }
        self.greeted = true;
        self.envelope = None;
        if verb == "HELO" {
            return self.reply(&format!("250 {HOST}"));
        }
        let mut reply =
            format!("250-{HOST}\r\n250-PIPELINING\r\n250-SIZE {MAX_MESSAGE}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n");
        reply.push_str("250-CHUNKING\r\n");
        if self.needs_tls() {
            reply.push_str("250-STARTTLS\r\n");
        } else if self.fault != DemoFault::LoginNotOffered {
            reply.push_str(&Self::auth_offer());
        }
        reply.push_str("250 ENHANCEDSTATUSCODES");
        self.reply(&reply)
    }

    fn starttls(&mut self, rest: &str) -> Result<(), Halt> {
        if self.security != Security::Starttls {
            return self.reply("502 5.5.1 STARTTLS is not offered here");
        }
        if self.wire.is_encrypted() {
            return self.reply("503 5.5.1 This is TLS already");
        }
        if !rest.is_empty() {
            return self.reply("501 5.5.4 STARTTLS takes no parameters");
        }
        if self.wire.has_input() {
            // What was sent in plain text must not be taken for something said inside TLS.
            self.reply("554 5.5.0 Something was sent behind STARTTLS in plain text")?;
            self.flush()?;
            return Err(Halt::Closed);
        }
        self.reply("220 2.0.0 Ready to start TLS")?;
        self.flush()?;
        self.wire.secure(self.sandbox.identity.config(self.fault)).map_err(|_| Halt::Closed)?;
        // Discard everything said before (RFC 3207, 4.2).
        self.greeted = false;
        Ok(())
    }

    /// Whether STARTTLS has to come first.
    pub(super) fn needs_tls(&self) -> bool {
        self.security == Security::Starttls && !self.wire.is_encrypted()
    }

    /// Whether EHLO or HELO has come; replies with an error if not.
    pub(super) fn is_greeted(&mut self) -> Result<bool, Halt> {
        if !self.greeted {
            self.reply("503 5.5.1 Send EHLO first")?;
        }
        Ok(self.greeted)
    }

    /// Holds back a reply, given without its final line break.
    pub(super) fn reply(&mut self, text: &str) -> Result<(), Halt> {
        self.wire.say(text);
        self.wire.say("\r\n");
        if text.starts_with('5') {
            self.refusals += 1;
        }
        if self.refusals >= MAX_REFUSALS {
            self.wire.say(&format!("421 4.7.0 {HOST} Too many errors, closing\r\n"));
            self.flush()?;
            return Err(Halt::Closed);
        }
        Ok(())
    }

    /// Sends what was held back: as late as possible, so that a pipelined group is answered at once (RFC 2920).
    pub(super) fn flush(&mut self) -> Result<(), Halt> {
        if self.fault == DemoFault::Slow && self.wire.has_output() {
            self.sandbox.control.pause(SLOWNESS);
        }
        self.wire.flush()
    }

    /// The next line without its line break; sends what was held back before waiting for the client.
    pub(super) fn read_line(&mut self) -> Result<Vec<u8>, Halt> {
        if !self.wire.has_line() {
            self.flush()?;
        }
        let mut line = self.wire.line(MAX_LINE, Instant::now() + IDLE)?;
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Ok(line)
    }
}
