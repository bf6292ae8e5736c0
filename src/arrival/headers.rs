//! The header block of a message, as it was saved or pasted.

use std::borrow::Cow;

/// How much of a text is looked at, in bytes: headers of real messages have some tens of kilobytes.
const LONGEST: usize = 1024 * 1024;
/// How many fields are read.
const MOST_FIELDS: usize = 2000;

/// Fields of which a message that was sent has one at least; the table above the headers in Gmail's "Show original" has none.
const TELLING: [&str; 8] = [
    "received",
    "authentication-results",
    "arc-authentication-results",
    "received-spf",
    "return-path",
    "message-id",
    "date",
    "dkim-signature",
];

/// There are no headers of a message in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoMessage;

/// A field, unfolded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HeaderField {
    /// The name, in lower case.
    pub(super) name: String,
    /// The value without its line breaks, trimmed.
    pub(super) value: String,
}

/// Reads the first header block.
///
/// What people paste is not always as it was sent: blank lines and a byte order mark before it, a line of an mbox, and lines that lost
/// the blank by which they continue the one above.
///
/// # Errors
/// No block begins with headers that a message has.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<HeaderField>, NoMessage> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = text(bytes.get(..LONGEST).unwrap_or(bytes));
    // A lone CR ends a line too: it must not hide one.
    let lines = text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'));
    let mut fields: Vec<HeaderField> = Vec::new();
    for line in lines {
        if line.trim().is_empty() {
            if is_message(&fields) {
                break;
            }
            fields.clear();
        } else if let Some((name, value)) = field(line) {
            if fields.len() == MOST_FIELDS {
                break;
            }
            fields.push(HeaderField { name: name.to_ascii_lowercase(), value: value.trim().to_owned() });
        } else if let Some(last) = fields.last_mut() {
            last.value.push(' ');
            last.value.push_str(line.trim());
        }
    }
    if is_message(&fields) { Ok(fields) } else { Err(NoMessage) }
}

/// Text as UTF-8 where it is, else as Latin-1.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect()),
    }
}

fn is_message(fields: &[HeaderField]) -> bool {
    fields.iter().any(|field| TELLING.contains(&field.name.as_str()))
}

/// Takes a line apart that begins a field (RFC 5322, 2.2; blanks before the colon: 4.5).
fn field(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let name = if line.starts_with([' ', '\t']) { return None } else { name.trim_end() };
    (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic())).then_some((name, value))
}

/// The value of the topmost field of that name.
pub(super) fn first<'a>(fields: &'a [HeaderField], name: &str) -> Option<&'a str> {
    fields.iter().find(|field| field.name == name).map(|field| field.value.as_str())
}

/// The domain of the first address in a value such as `"Shop, of X" <ops@example.org> (comment)`, in lower case and ASCII.
pub(super) fn domain_of(value: &str) -> Option<String> {
    let mut plain = String::new();
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for character in value.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted || depth > 0 => escaped = true,
            '"' if depth == 0 => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            '>' if !quoted && depth == 0 => break,
            // A name goes before its address; addresses are set apart by commas.
            '<' if !quoted && depth == 0 => plain.clear(),
            ',' if !quoted && depth == 0 && plain.contains('@') => break,
            _ if quoted || depth > 0 => {}
            _ => plain.push(character),
        }
    }
    domain(plain.rsplit_once('@')?.1)
}

/// A domain in lower case and ASCII; `None` for what cannot be one.
pub(super) fn domain(name: &str) -> Option<String> {
    let name = name.trim().trim_end_matches('.').to_lowercase();
    let ascii = idna::domain_to_ascii(&name).unwrap_or(name);
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    (!ascii.is_empty() && ascii.len() < 254 && ascii.chars().all(is_name)).then_some(ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<(String, String)> {
        read(text.as_bytes()).unwrap().into_iter().map(|field| (field.name, field.value)).collect()
    }

    #[test]
    fn headers_as_people_paste_them() {
        let wanted = [("received".to_owned(), "from a by b".to_owned()), ("subject".to_owned(), "x".to_owned())];
        for text in [
            "Received: from a\r\n\tby b\r\nSubject: x\r\n\r\nDate: no\r\n",
            "\u{feff}\n\nFrom ops@a.test Mon Nov 30\nReceived: from a\n by b\nSubject : x",
            "From:\tA <a@b.test>\nSPF:\tPASS\n\nReceived: from a\nby b\nSubject: x\n",
            "Received: from a\rby b\nSubject: x\n",
        ] {
            assert_eq!(values(text), wanted, "{text:?}");
        }
        for nothing in ["", "hello", "From: x\nTo: y\n\nbody", "\0\x01", "%PDF-1.4\nDate"] {
            assert_eq!(read(nothing.as_bytes()), Err(NoMessage), "{nothing:?}");
        }
    }

    #[test]
    fn the_domain_of_an_address() {
        for (value, domain) in [
            ("ops@Example.org", Some("example.org")),
            ("\"a@b.test, c\" <ops@example.org>, x@y.test", Some("example.org")),
            ("(x@y.test) ops@example.org (z@y.test), x@y.test", Some("example.org")),
            ("Ops <ops@m\u{fc}ller.de>", Some("xn--mller-kva.de")),
            ("<>", None),
            ("nobody", None),
        ] {
            assert_eq!(domain_of(value).as_deref(), domain, "{value}");
        }
    }
}
