//! The test message, built by lettre.

use std::{
    hash::{BuildHasher, RandomState},
    time::{SystemTime, UNIX_EPOCH},
};

use lettre::message::{Body, Mailbox, Message, MessageBuilder, SinglePart, header};
use thiserror::Error;

use super::{Outgoing, resolve::ascii_host};
use crate::mail::{Address, profile::Sender};

/// Longest line that is sent unencoded (RFC 5322, 2.1.1).
const LINE: usize = 998;

/// The field of a test message that has its token.
pub(super) const TOKEN_FIELD: &str = "X-Mailsetup-Test";
/// The letters of base32 (RFC 4648, 6).
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What a message is found by, 16 letters of base32. Servers replace its ID, but no word of its subject.
///
/// # Errors
/// This machine has no random numbers.
pub fn token() -> Result<String, MessageFault> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| MessageFault::Random(error.to_string()))?;
    Ok(random.iter().map(|byte| char::from(BASE32[usize::from(byte % 32)])).collect())
}

/// What a test message says. The texts are already in the person's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageSpec {
    /// Sender, of the header and of the envelope.
    pub sender: Sender,
    /// Recipient.
    pub to: Address,
    /// The name of the sending machine.
    pub host: String,
    /// When it is sent.
    pub when: SystemTime,
    /// Subject.
    pub subject: String,
    /// What the message is found by: see [`token`].
    pub token: String,
    /// Plain text; lines end with `\n` or CRLF.
    pub body: String,
}

/// Why a message cannot be built.
#[derive(Debug, Error)]
pub enum MessageFault {
    /// An address does not fit into a header.
    #[error("the address {0} does not fit into a message header")]
    Address(String),
    /// This machine has no random numbers.
    #[error("random numbers: {0}")]
    Random(String),
    /// The library's error.
    #[error("the message cannot be built: {0}")]
    Build(#[source] lettre::error::Error),
}

/// Builds a test message: 7-bit on the wire, so that every server takes it.
///
/// # Errors
/// When an address does not fit into a header.
pub fn test_message(spec: &MessageSpec) -> Result<Outgoing, MessageFault> {
    let Sender { address, name, reply_to, .. } = &spec.sender;
    let name = name.as_deref().map(one_line).filter(|name| !name.is_empty());
    let mut builder = Message::builder()
        .from(mailbox(address, name)?)
        .to(mailbox(&spec.to, None)?)
        .subject(one_line(&spec.subject))
        .date(spec.when)
        .message_id(Some(message_id(spec)))
        .user_agent(format!("mailsetup/{} ({})", env!("CARGO_PKG_VERSION"), one_word(&spec.host)));
    if let Some(reply_to) = reply_to {
        builder = builder.reply_to(mailbox(reply_to, None)?);
    }
    let token = header::HeaderName::new_from_ascii_str(TOKEN_FIELD);
    let builder = builder.raw_header(header::HeaderValue::new(token, one_word(&spec.token)));
    let message = auto_submitted(builder).singlepart(text(&spec.body));
    let message = message.map_err(MessageFault::Build)?;
    Ok(Outgoing { from: address.clone(), to: spec.to.clone(), token: spec.token.clone(), bytes: message.formatted() })
}

fn mailbox(address: &Address, name: Option<String>) -> Result<Mailbox, MessageFault> {
    let fault = || MessageFault::Address(address.to_string());
    let domain = ascii_host(address.domain()).ok_or_else(fault)?;
    let address = lettre::Address::new(address.local(), domain).map_err(|_| fault())?;
    Ok(Mailbox::new(name, address))
}

/// Keeps holiday notices from answering a test (RFC 3834).
fn auto_submitted(builder: MessageBuilder) -> MessageBuilder {
    let name = header::HeaderName::new_from_ascii_str("Auto-Submitted");
    builder.raw_header(header::HeaderValue::new(name, "auto-generated".to_owned()))
}

fn text(body: &str) -> SinglePart {
    // lettre adds the final line break.
    let body = body.trim_end().to_owned();
    let plain = body.bytes().all(|byte| matches!(byte, b'\t' | b'\r' | b'\n' | b' '..=b'~'))
        && body.lines().all(|line| line.len() <= LINE);
    let encoding =
        if plain { header::ContentTransferEncoding::SevenBit } else { header::ContentTransferEncoding::QuotedPrintable };
    let body = Body::new_with_encoding(body.clone(), encoding).unwrap_or_else(|_| Body::new(body));
    SinglePart::builder().header(header::ContentType::TEXT_PLAIN).body(body)
}

/// Unique in time and among processes, at the sender's own domain.
fn message_id(spec: &MessageSpec) -> String {
    let time = spec.when.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let random = RandomState::new().hash_one(std::process::id());
    let domain = ascii_host(spec.sender.address.domain()).unwrap_or_else(|| spec.sender.address.domain().to_owned());
    format!("<{time:x}.{random:016x}@{domain}>")
}

/// Keeps line breaks and other control characters out of a header.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ").trim().to_owned()
}

fn one_word(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ':' | '[' | ']')).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::mail::TextLine;

    fn spec() -> MessageSpec {
        MessageSpec {
            sender: Sender {
                name: Some("Op\u{e9}rations, Bcc: eve@evil.test".parse().unwrap()),
                reply_to: Some("help@example.com".parse().unwrap()),
                ..Sender::new("ops@b\u{fc}cher.example".parse().unwrap())
            },
            to: "Ops@example.com".parse().unwrap(),
            host: "web1.example.com".into(),
            when: UNIX_EPOCH + Duration::from_secs(1_768_737_600),
            subject: "Essai d\u{2019}envoi\r\nX-Evil: 1 (K7QWERTY23456ABC)".into(),
            token: "K7QWERTY23456ABC".into(),
            body: format!("Envoy\u{e9} par web1.\n.\n{}\n\n", "x".repeat(2000)),
        }
    }

    #[test]
    fn a_proper_message() {
        let outgoing = test_message(&spec()).unwrap();
        let text = String::from_utf8(outgoing.bytes.clone()).unwrap();
        assert!(text.is_ascii() && text.ends_with("\r\n"), "{text}");
        assert!(text.split("\r\n").all(|line| line.len() <= LINE && !line.contains(['\r', '\n'])), "{text}");
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let head = head.replace("\r\n ", " ");
        let field = |name: &str| {
            let mut found = head.split("\r\n").filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            (found.next().unwrap_or_default().to_owned(), found.count())
        };
        assert_eq!(field("Date").0, "Sun, 18 Jan 2026 12:00:00 +0000");
        assert!(field("From").0.ends_with("<ops@xn--bcher-kva.example>") && field("From").0.contains("=?utf-8?b?"));
        assert_eq!((field("Reply-To").0.as_str(), field("To").0.as_str()), ("help@example.com", "Ops@example.com"));
        assert!(field("Subject").0.starts_with("Essai =?utf-8?b?"), "{head}");
        assert!(field("Message-ID").0.ends_with("@xn--bcher-kva.example>"), "{head}");
        assert_eq!(field("X-Mailsetup-Test").0, "K7QWERTY23456ABC");
        assert!(field("Subject").0.ends_with(" (K7QWERTY23456ABC)"), "{head}");
        assert_eq!(field("Auto-Submitted").0, "auto-generated");
        assert!(field("User-Agent").0.ends_with("(web1.example.com)"));
        assert_eq!(field("MIME-Version").0, "1.0");
        assert_eq!(field("Content-Type").0, "text/plain; charset=utf-8");
        assert_eq!(field("Content-Transfer-Encoding").0, "quoted-printable");
        assert_eq!((field("Bcc").1 + field("X-Evil").1, field("Bcc").0.as_str(), field("X-Evil").0.as_str()), (0, "", ""));
        assert!(body.starts_with("Envoy=C3=A9 par web1.\r\n"), "{body}");
        // A name of two lines is no name.
        assert!("Op\u{e9}rations,\r\nBcc: eve@evil.test".parse::<TextLine>().is_err());
    }

    #[test]
    fn tokens_are_words_of_base32_and_differ() {
        let [one, other] = [token().unwrap(), token().unwrap()];
        assert!(one.len() == 16 && one.bytes().all(|byte| BASE32.contains(&byte)), "{one}");
        assert_ne!(one, other);
    }

    #[test]
    fn plain_text_stays_plain_and_ids_differ() {
        let spec = MessageSpec { body: "Sent by web1.\r\nBye".into(), ..spec() };
        let first = test_message(&spec).unwrap().bytes;
        let text = String::from_utf8(first.clone()).unwrap();
        assert!(text.ends_with("\r\n\r\nSent by web1.\r\nBye\r\n") && text.contains("Content-Transfer-Encoding: 7bit"));
        assert_ne!(first, test_message(&spec).unwrap().bytes);
    }
}
