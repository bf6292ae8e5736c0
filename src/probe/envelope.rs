//! Sender, recipient and message (RFC 5321), in as few round trips as the server allows (RFC 2920, RFC 3030).

use std::{fmt::Write as _, io::ErrorKind};

use super::{
    Goal, Learned, OtherSender, Outgoing, ProbeFault, RefusedSender, Stage,
    record::words,
    resolve::ascii_host,
    session::{Session, positive},
};
use crate::mail::{Address, Reply};

/// Goes out in the same write as what precedes it; its reply is not awaited.
const QUIT: &[u8] = b"QUIT\r\n";
/// The code of a server that closes the connection (RFC 5321, 3.8).
const CLOSING: u16 = 421;
/// The end of the data.
const END: &[u8] = b".\r\n";

impl<'a> Session<'_, 'a> {
    /// Offers the envelope and resets it.
    pub(super) fn rehearse(&mut self) -> Result<(), ProbeFault> {
        self.begin(Stage::Mail);
        let message = self.message()?;
        let (mail, rcpt) = self.envelope(message)?;
        if self.offers(|offered| offered.pipelining) {
            let batch = [self.line(&mail)?, self.line(&rcpt)?, self.line("RSET")?, self.goodbye()].concat();
            self.send(&batch)?;
            self.accepted(&message.from)?;
            self.begin(Stage::Rcpt);
            self.accepted(&message.to)?;
        } else {
            self.mail_and_rcpt(message, &mail, &rcpt)?;
            let reset = [self.line("RSET")?, self.goodbye()].concat();
            self.send(&reset)?;
        }
        // Where more is asked, the reply to RSET comes first.
        if self.has_others() { self.reply().map(drop) } else { Ok(()) }
    }

    fn has_others(&self) -> bool {
        !self.record.attempt.others.is_empty()
    }

    /// Offers the addresses that other programs send from, and takes each back. A refusal for good counts; an acceptance proves
    /// nothing, since many servers judge From only when they have the message. A server that closes is left alone, and whatever
    /// else happens ends this, and this alone: the message went well.
    pub(super) fn try_others(&mut self) {
        let attempt = self.record.attempt;
        if attempt.goal < Goal::Rehearse {
            return;
        }
        for other in attempt.others.iter().filter(|other| other.from.local().is_ascii()) {
            self.extend();
            match self.offer(other) {
                Ok((_, reply)) if reply.code == CLOSING => return,
                Ok((stage, reply)) if reply.code / 100 == 5 => {
                    self.record.refused.push(RefusedSender { sender: other.clone(), reply, stage });
                }
                Ok(_) => {}
                Err(_) => return,
            }
        }
    }

    /// The reply that decides on an address: that to MAIL where it is a refusal, else that to RCPT; or one that closes.
    fn offer(&mut self, other: &OtherSender) -> Result<(Stage, Reply), ProbeFault> {
        let to = other.to.as_ref().unwrap_or(&self.message()?.to);
        let mut decisive = (Stage::Mail, self.ask(&format!("MAIL FROM:<{}>", path(&other.from)))?);
        if decisive.1.is_positive() {
            decisive = (Stage::Rcpt, self.ask(&format!("RCPT TO:<{}>", path(to)))?);
        }
        if decisive.1.code == CLOSING {
            return Ok(decisive);
        }
        let reset = self.ask("RSET")?;
        Ok(if reset.code == CLOSING { (decisive.0, reset) } else { decisive })
    }

    /// Sends the message.
    pub(super) fn deliver(&mut self) -> Result<(), ProbeFault> {
        self.begin(Stage::Mail);
        let message = self.message()?;
        let (mail, rcpt) = self.envelope(message)?;
        let pipelining = self.offers(|offered| offered.pipelining);
        match (pipelining, self.offers(|offered| offered.chunking)) {
            (true, true) => {
                let batch = [self.line(&mail)?, self.line(&rcpt)?, self.chunk(message)?, self.goodbye()].concat();
                self.send(&batch)?;
                self.accepted(&message.from)?;
                self.begin(Stage::Rcpt);
                self.accepted(&message.to)?;
                self.begin(Stage::Data);
            }
            (true, false) => {
                self.pipelined_data(message, &mail, &rcpt)?;
                let body = [self.body(message), self.goodbye()].concat();
                self.send(&body)?;
            }
            (false, true) => {
                self.mail_and_rcpt(message, &mail, &rcpt)?;
                self.begin(Stage::Data);
                let chunk = self.chunk(message)?;
                self.send(&chunk)?;
            }
            (false, false) => {
                self.mail_and_rcpt(message, &mail, &rcpt)?;
                self.begin(Stage::Data);
                ready(self.ask("DATA")?)?;
                let body = self.body(message);
                self.send(&body)?;
            }
        }
        let reply = positive(self.reply()?)?;
        self.record.pass(Some(Learned::Queued(words(&reply))), Some(reply));
        Ok(())
    }

    /// MAIL, RCPT and DATA in one write. A server may grant DATA although it refused an address; then send no content (RFC 2920,
    /// 3.1).
    fn pipelined_data(&mut self, message: &Outgoing, mail: &str, rcpt: &str) -> Result<(), ProbeFault> {
        let batch = [self.line(mail)?, self.line(rcpt)?, self.line("DATA")?].concat();
        self.send(&batch)?;
        if let Err(fault) = self.accepted(&message.from) {
            return Err(self.abandon(fault, 2));
        }
        self.begin(Stage::Rcpt);
        if let Err(fault) = self.accepted(&message.to) {
            return Err(self.abandon(fault, 1));
        }
        self.begin(Stage::Data);
        ready(self.reply()?)
    }

    /// Reads the replies that still follow a refusal, and ends DATA without content where it was granted.
    fn abandon(&mut self, fault: ProbeFault, replies: usize) -> ProbeFault {
        self.record.fail(&fault);
        if matches!(fault, ProbeFault::Reply(_)) {
            let mut last = None;
            for _ in 0..replies {
                last = self.reply().ok();
            }
            if last.is_some_and(|reply| ready(reply).is_ok()) {
                self.record.log.client(".");
                let end = [END.to_vec(), self.goodbye()].concat();
                // Report the refusal, whatever happens here.
                let _ = self.send(&end);
            }
        }
        fault
    }

    /// MAIL and RCPT one by one.
    fn mail_and_rcpt(&mut self, message: &Outgoing, mail: &str, rcpt: &str) -> Result<(), ProbeFault> {
        let line = self.line(mail)?;
        self.send(&line)?;
        self.accepted(&message.from)?;
        self.begin(Stage::Rcpt);
        let line = self.line(rcpt)?;
        self.send(&line)?;
        self.accepted(&message.to)
    }

    /// Takes the reply to MAIL or RCPT.
    fn accepted(&mut self, address: &Address) -> Result<(), ProbeFault> {
        let reply = positive(self.reply()?)?;
        self.record.pass(Some(Learned::Accepted(address.to_string())), Some(reply));
        Ok(())
    }

    fn message(&self) -> Result<&'a Outgoing, ProbeFault> {
        self.record.attempt.message.as_ref().ok_or(ProbeFault::Io(ErrorKind::InvalidInput))
    }

    /// The commands that name sender and recipient.
    fn envelope(&self, message: &Outgoing) -> Result<(String, String), ProbeFault> {
        let international = [&message.from, &message.to].iter().any(|address| !address.local().is_ascii());
        if international && !self.offers(|offered| offered.smtputf8) {
            return Err(ProbeFault::NoSmtputf8);
        }
        let mut mail = format!("MAIL FROM:<{}>", path(&message.from));
        if self.offers(|offered| offered.size.is_some()) {
            let _ = write!(mail, " SIZE={}", message.bytes.len());
        }
        if !message.bytes.is_ascii() && self.offers(|offered| offered.eight_bit_mime) {
            mail.push_str(" BODY=8BITMIME");
        }
        if international {
            mail.push_str(" SMTPUTF8");
        }
        Ok((mail, format!("RCPT TO:<{}>", path(&message.to))))
    }

    /// The message as a single, final chunk.
    fn chunk(&mut self, message: &Outgoing) -> Result<Vec<u8>, ProbeFault> {
        let command = self.line(&format!("BDAT {} LAST", message.bytes.len()))?;
        self.note_message(message);
        Ok([command, message.bytes.clone()].concat())
    }

    /// The message as DATA takes it, with its end.
    fn body(&mut self, message: &Outgoing) -> Vec<u8> {
        self.note_message(message);
        self.record.log.client(".");
        [dot_stuffed(&message.bytes), END.to_vec()].concat()
    }

    fn note_message(&mut self, message: &Outgoing) {
        self.record.log.note(format!("message: {} bytes", message.bytes.len()));
    }

    fn goodbye(&mut self) -> Vec<u8> {
        if self.has_others() {
            return Vec::new();
        }
        self.quit = true;
        self.record.log.client("QUIT");
        QUIT.to_vec()
    }
}

/// The reply to DATA that lets the message begin.
fn ready(reply: Reply) -> Result<(), ProbeFault> {
    if reply.code == 354 { Ok(()) } else { Err(ProbeFault::Reply(reply)) }
}

/// An address as the envelope takes it: an international domain as `xn--`.
fn path(address: &Address) -> String {
    let domain = ascii_host(address.domain()).unwrap_or_else(|| address.domain().to_owned());
    format!("{}@{domain}", address.local())
}

/// Doubles leading dots and ends the last line (RFC 5321, 4.5.2).
fn dot_stuffed(message: &[u8]) -> Vec<u8> {
    let mut stuffed = Vec::with_capacity(message.len() + 8);
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            stuffed.push(b'.');
        }
        stuffed.extend_from_slice(line);
    }
    if !stuffed.is_empty() && !stuffed.ends_with(b"\r\n") {
        stuffed.extend_from_slice(b"\r\n");
    }
    stuffed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_doubled_and_the_end_is_ended() {
        assert_eq!(dot_stuffed(b".\r\na\r\n..b\r\nc.\r\n"), b"..\r\na\r\n...b\r\nc.\r\n");
        assert_eq!(dot_stuffed(b"a"), b"a\r\n");
        assert_eq!(dot_stuffed(b""), b"");
    }

    #[test]
    fn international_domains() {
        assert_eq!(path(&"ops@bücher.example".parse().unwrap()), "ops@xn--bcher-kva.example");
    }
}
