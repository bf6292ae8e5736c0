//! One message's way in: MAIL, RCPT, DATA and BDAT (RFC 5321, RFC 1870, RFC 3030, RFC 6152, RFC 6531).

use std::time::{Duration, Instant, SystemTime};

use super::{
    Arrived, DemoFault, command,
    envelope::{MAX_MESSAGE, ReceivedEnvelope},
    session::ServerSession,
    subject,
    wire::{Halt, IDLE},
};
use crate::mail::{Address, reply::escape};

/// The largest that is read to the end in order to refuse it.
const MAX_REFUSED: usize = 8 * MAX_MESSAGE;
/// How long a message may take on its way.
const MESSAGE_TIME: Duration = Duration::from_secs(5 * IDLE.as_secs());
const MAX_RECIPIENTS: usize = 100;

impl ServerSession {
    /// The MAIL command.
    pub(super) fn mail(&mut self, rest: &str) -> Result<(), Halt> {
        if !self.is_greeted()? {
            return Ok(());
        }
        if self.login.is_none() {
            return self.reply("530 5.7.0 Authentication required");
        }
        if self.envelope.is_some() {
            return self.reply("503 5.5.1 One MAIL at a time");
        }
        let Some(path) = command::path(rest, "FROM:") else {
            return self.reply("501 5.5.4 Syntax: MAIL FROM:<address>");
        };
        let mut smtputf8 = false;
        for (name, value) in &path.parameters {
            let fine = match name.as_str() {
                "SIZE" => match value.parse::<u64>() {
                    Ok(size) if size > MAX_MESSAGE as u64 => return self.too_big(),
                    size => size.is_ok(),
                },
                "BODY" => value.eq_ignore_ascii_case("7BIT") || value.eq_ignore_ascii_case("8BITMIME"),
                "SMTPUTF8" => {
                    smtputf8 = true;
                    value.is_empty()
                }
                "AUTH" => !value.is_empty(),
                _ => return self.reply("555 5.5.4 Unsupported parameter"),
            };
            if !fine {
                return self.reply("501 5.5.4 That value of a parameter is not understood");
            }
        }
        let from = if path.address.is_empty() {
            String::new()
        } else {
            let Some(sender) = self.address(path.address, smtputf8)? else { return Ok(()) };
            let shown = escape(&sender.to_string());
            if let Some((user, _)) = self.login.as_ref().filter(|_| self.fault == DemoFault::SenderRefused) {
                let user = escape(user);
                return self.reply(&format!("553 5.7.1 <{shown}>: Sender address rejected: not owned by user {user}"));
            }
            shown
        };
        self.envelope = Some(ReceivedEnvelope { from, to: Vec::new(), smtputf8, chunks: None });
        self.reply("250 2.1.0 Sender ok")
    }

    /// The RCPT command.
    pub(super) fn rcpt(&mut self, rest: &str) -> Result<(), Halt> {
        let Some(ReceivedEnvelope { smtputf8, chunks: None, ref to, .. }) = self.envelope else {
            return self.reply("503 5.5.1 Send MAIL first");
        };
        if to.len() >= MAX_RECIPIENTS {
            return self.reply("452 4.5.3 Too many recipients");
        }
        let Some(path) = command::path(rest, "TO:") else {
            return self.reply("501 5.5.4 Syntax: RCPT TO:<address>");
        };
        if !path.parameters.is_empty() {
            return self.reply("555 5.5.4 Unsupported parameter");
        }
        let recipient = if path.address.eq_ignore_ascii_case("postmaster") {
            path.address.to_owned()
        } else {
            let Some(recipient) = self.address(path.address, smtputf8)? else { return Ok(()) };
            recipient.to_string()
        };
        if let Some(envelope) = &mut self.envelope {
            envelope.to.push(escape(&recipient));
        }
        self.reply("250 2.1.5 Recipient ok")
    }

    /// The DATA command and what follows it.
    pub(super) fn data(&mut self, rest: &str) -> Result<(), Halt> {
        if !rest.is_empty() {
            return self.reply("501 5.5.4 DATA takes no parameters");
        }
        match &self.envelope {
            None => return self.reply("503 5.5.1 Send MAIL first"),
            Some(ReceivedEnvelope { chunks: Some(_), .. }) => return self.reply("503 5.5.1 DATA cannot follow BDAT"),
            Some(envelope) if envelope.to.is_empty() => return self.reply("554 5.5.1 No valid recipients"),
            Some(_) => {}
        }
        self.reply("354 End data with <CR><LF>.<CR><LF>")?;
        self.flush()?;
        let deadline = Instant::now() + MESSAGE_TIME;
        let (mut message, mut size, mut whole) = (Vec::new(), 0, true);
        loop {
            let line = self.wire.line(MAX_MESSAGE, deadline)?;
            // Only CRLF.CRLF ends a message: anything else allows SMTP smuggling (https://sec-consult.com/blog/detail/smtp-smuggling-spoofing-e-mails-worldwide/).
            if whole && line == b".\r\n" {
                break;
            }
            let text = if whole { line.strip_prefix(b".").unwrap_or(&line) } else { &line };
            whole = line.ends_with(b"\r\n");
            size += text.len();
            if size > MAX_REFUSED {
                return Err(Halt::TooLong);
            }
            if size <= MAX_MESSAGE {
                message.extend_from_slice(text);
            }
        }
        if size > MAX_MESSAGE { self.too_big() } else { self.take(message) }
    }

    /// The BDAT command and its chunk.
    pub(super) fn bdat(&mut self, rest: &str) -> Result<(), Halt> {
        let chunk = command::chunk(rest).filter(|(size, _)| *size <= MAX_REFUSED as u64);
        let Some((size, last)) = chunk else {
            // The number of bytes to skip is unknown, or too large.
            self.reply("501 5.5.4 Syntax: BDAT size [LAST], and not that much")?;
            self.flush()?;
            return Err(Halt::Closed);
        };
        let ready = self.envelope.as_ref().is_some_and(|envelope| !envelope.to.is_empty());
        let mut message = self.envelope.as_mut().and_then(|envelope| envelope.chunks.take()).unwrap_or_default();
        let fits = u64::try_from(MAX_MESSAGE - message.len()).is_ok_and(|room| size <= room);
        self.read_chunk(size, (ready && fits).then_some(&mut message))?;
        if !ready {
            return self.reply(match self.envelope {
                None => "503 5.5.1 Send MAIL first",
                Some(_) => "554 5.5.1 No valid recipients",
            });
        }
        if !fits {
            return self.too_big();
        }
        if last {
            return self.take(message);
        }
        if let Some(envelope) = &mut self.envelope {
            envelope.chunks = Some(message);
        }
        self.reply(&format!("250 2.0.0 {size} bytes taken"))
    }

    /// Reads a chunk of that many bytes into `message`, or past it.
    fn read_chunk(&mut self, size: u64, mut message: Option<&mut Vec<u8>>) -> Result<(), Halt> {
        let deadline = Instant::now() + MESSAGE_TIME;
        let mut left = usize::try_from(size).map_err(|_| Halt::TooLong)?;
        while left > 0 {
            if !self.wire.has_input() {
                self.flush()?;
            }
            let bytes = self.wire.some(left, deadline)?;
            left -= bytes.len();
            if let Some(message) = message.as_deref_mut() {
                message.extend_from_slice(&bytes);
            }
        }
        Ok(())
    }

    /// Keeps the complete message.
    fn take(&mut self, message: Vec<u8>) -> Result<(), Halt> {
        let (Some(envelope), Some((user, mechanism))) = (self.envelope.take(), self.login.clone()) else {
            return self.reply("503 5.5.1 Send MAIL first");
        };
        let arrived = Arrived {
            id: String::new(),
            from: envelope.from,
            to: envelope.to,
            subject: subject::of(&message),
            bytes: message,
            when: SystemTime::now(),
            encrypted: self.wire.is_encrypted(),
            authenticated_as: escape(&user),
            mechanism,
        };
        match self.sandbox.mailbox.deliver(arrived) {
            Some(id) => self.reply(&format!("250 2.0.0 Ok: queued as {id}")),
            None => self.reply("452 4.3.1 The mailbox of the demo is full"),
        }
    }

    fn too_big(&mut self) -> Result<(), Halt> {
        self.envelope = None;
        self.reply(&format!("552 5.3.4 Message too big, at most {MAX_MESSAGE} bytes"))
    }

    /// The address of a path; replies with an error if it is not one.
    fn address(&mut self, address: &str, smtputf8: bool) -> Result<Option<Address>, Halt> {
        if !address.is_ascii() && !smtputf8 {
            self.reply("553 5.6.7 Address needs SMTPUTF8")?;
            return Ok(None);
        }
        let parsed = address.parse().ok();
        if parsed.is_none() {
            self.reply("501 5.1.3 Bad address syntax")?;
        }
        Ok(parsed)
    }
}
