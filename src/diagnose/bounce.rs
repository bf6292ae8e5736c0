//! Finds in a returned message what the server said of it: delivery status notifications (RFC 3464), also in encoded parts, and
//! the words of mailers that return mail without one.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Where the returned message itself begins: what stands behind is no evidence. Lower case.
const RETURNED: &[&str] = &[
    "content-type: message/rfc822",
    "content-type: text/rfc822-headers",
    "content-type: message/global",
    "--- below this line is a copy of the message",
    "------ this is a copy of ",
    "----- original message -----",
    "below is a copy of the original message",
    "this report relates to a message you sent with the following header",
    "----- message header follows",
    "----- unsent message follows",
    "--- the header of the original message",
    "original message headers:",
    "ursprungliche nachrichtenkopfzeilen:",
    "ursprüngliche nachrichtenkopfzeilen:",
    "ursprüngliche nachrichtenköpfe:",
    "kopfzeilen der ursprünglichen nachricht:",
    "en-têtes de message d'origine",
    "en-têtes du message d'origine",
    "en-têtes de message d’origine",
];

/// What the servers said in a bounce; the text itself where it is none.
pub(super) fn diagnostic(text: &str) -> Cow<'_, str> {
    let lower = text.to_ascii_lowercase();
    let is_bounce = ["diagnostic-code:", "message/delivery-status", "content-transfer-encoding:", "final-recipient:"]
        .iter()
        .any(|mark| lower.contains(mark))
        || RETURNED.iter().any(|mark| lower.contains(mark));
    if !is_bounce {
        return Cow::Borrowed(text);
    }
    let plain = before_the_message(&decoded(text));
    let said = reported(&plain);
    if said.is_empty() { Cow::Owned(plain) } else { Cow::Owned(said) }
}

/// The text without the message that came back.
fn before_the_message(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for line in text.lines() {
        let lower = line.to_lowercase();
        if !kept.trim().is_empty() && RETURNED.iter().any(|mark| lower.contains(mark)) {
            break;
        }
        kept.push_str(line);
        kept.push('\n');
    }
    kept
}

/// What the report says of recipients that got nothing: their diagnostic codes, else their status codes.
fn reported(text: &str) -> String {
    let (mut codes, mut states) = (String::new(), String::new());
    let mut delivered = false;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((name, value)) = line.split_once(':') else {
            delivered &= !line.trim().is_empty();
            continue;
        };
        let mut value = value.trim().to_owned();
        while let Some(more) = lines.next_if(|next| next.starts_with([' ', '\t']) && !next.trim().is_empty()) {
            value.push('\n');
            value.push_str(more.trim());
        }
        match name.trim().to_ascii_lowercase().as_str() {
            "action" => delivered = ["delivered", "relayed", "expanded"].contains(&value.to_ascii_lowercase().as_str()),
            "diagnostic-code" if !delivered => {
                let said = value.split_once(';').map_or(value.as_str(), |(_, said)| said);
                codes.push_str(said.trim());
                codes.push('\n');
            }
            "status" if !delivered && !value.starts_with('2') => {
                states.push_str(&value);
                states.push('\n');
            }
            _ => {}
        }
    }
    // A code alone says less than the sentences around it.
    if codes.chars().filter(char::is_ascii_alphabetic).count() >= 8 { codes + &states } else { String::new() }
}

/// The text with its encoded parts read: base64 and quoted-printable (RFC 2045, 6).
fn decoded(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut encoding = Encoding::Plain;
    let mut in_body = false;
    let mut body = String::new();
    for line in text.lines() {
        if line.starts_with("--") && in_body {
            plain.push_str(&encoding.read(&body));
            (encoding, in_body) = (Encoding::Plain, false);
            body.clear();
        } else if !in_body && line.trim().is_empty() {
            in_body = encoding != Encoding::Plain;
        } else if !in_body && let Some(value) = header(line, "content-transfer-encoding") {
            encoding = Encoding::of(value);
        }
        if in_body {
            body.push_str(line);
            body.push('\n');
        } else {
            plain.push_str(line);
            plain.push('\n');
        }
    }
    plain + &encoding.read(&body)
}

/// The value of a header line of that name.
fn header<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (found, value) = line.split_once(':')?;
    found.eq_ignore_ascii_case(name).then(|| value.trim())
}

/// How a part is encoded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Plain,
    Base64,
    Quoted,
}

impl Encoding {
    fn of(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "base64" => Self::Base64,
            "quoted-printable" => Self::Quoted,
            _ => Self::Plain,
        }
    }

    /// The part's text; as it stands where it is not so encoded.
    fn read(self, body: &str) -> String {
        match self {
            Self::Plain => body.to_owned(),
            Self::Base64 => {
                let packed: String = body.split_ascii_whitespace().collect();
                let whole = packed.get(..packed.len() / 4 * 4).unwrap_or(&packed);
                STANDARD.decode(whole).map_or_else(|_| body.to_owned(), |bytes| super::clean::decode(&bytes) + "\n")
            }
            Self::Quoted => super::clean::decode(&unquoted(body)),
        }
    }
}

/// Quoted-printable text as bytes.
fn unquoted(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        let hex =
            tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok()).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (first, hex, tail) {
            (b'=', _, [b'\n', after @ ..] | [b'\r', b'\n', after @ ..]) => rest = after,
            (b'=', Some(byte), [_, _, after @ ..]) => {
                bytes.push(byte);
                rest = after;
            }
            _ => bytes.push(*first),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n--b\n\
        Content-Type: text/plain\n\nYour message could not be delivered.\n\n--b\nContent-Type: message/delivery-status\n\n\
        Reporting-MTA: dns; web1\n\nFinal-Recipient: rfc822; fine@example.org\nAction: delivered\nStatus: 2.0.0\n\n\
        Final-Recipient: rfc822; a@example.org\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 5.2.2 The mailbox is\n  \
        over its quota\n\n--b\nContent-Type: message/rfc822\n\nSubject: no such user\n";

    #[test]
    fn the_diagnostic_code_is_what_was_said() {
        assert_eq!(diagnostic(REPORT), "552 5.2.2 The mailbox is\nover its quota\n5.2.2\n");
    }

    #[test]
    fn encoded_parts_are_read() {
        let status =
            "Final-Recipient: rfc822; a@example.org\nAction: failed\nDiagnostic-Code: smtp; 550 5.1.1 user unknown\n";
        let text = format!(
            "Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n{}\n--b--\n",
            STANDARD.encode(status)
        );
        assert_eq!(diagnostic(&text), "550 5.1.1 user unknown\n");
        let quoted = "Content-Transfer-Encoding: quoted-printable\n\nDiagnostic-Code: smtp; 550 5.7.1 Zugriff verweigert f=C3=BCr=\n a\n";
        assert_eq!(diagnostic(quoted), "550 5.7.1 Zugriff verweigert für a\n");
    }

    #[test]
    fn what_is_no_bounce_stays_as_it_is() {
        assert_eq!(diagnostic("550 5.1.1 no such user"), "550 5.1.1 no such user");
        assert_eq!(unquoted("a=3=\r\nb=C3=A9="), b"a=3b\xc3\xa9=");
    }
}
