//! The subject of a message, as a person reads it (RFC 5322, 2.2.3; RFC 2047).

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::mail::reply::printable;

/// The subject of a message, unfolded, decoded and safe for a terminal; empty without one.
pub(super) fn of(message: &[u8]) -> String {
    let mut subject: Option<Vec<u8>> = None;
    for line in message.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let folded = line.starts_with(b" ") || line.starts_with(b"\t");
        match &mut subject {
            Some(subject) if folded => subject.extend_from_slice(line),
            Some(_) => break,
            None if line.is_empty() => break,
            None => {
                subject = line
                    .split_at_checked(8)
                    .filter(|(name, _)| name.eq_ignore_ascii_case(b"subject:"))
                    .map(|(_, value)| value.to_vec());
            }
        }
    }
    let subject = subject.unwrap_or_default();
    printable(&decode(subject.trim_ascii()))
}

/// Decodes encoded words in UTF-8 or ASCII; others stay as they are. White space between two of them does not count.
fn decode(value: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(value.len());
    let mut space = Vec::new();
    let mut after_encoded = false;
    for piece in value.split_inclusive(|byte| matches!(byte, b' ' | b'\t')) {
        let word = piece.trim_ascii_end();
        if !word.is_empty() {
            let text = encoded_word(word);
            if !(after_encoded && text.is_some()) {
                decoded.append(&mut space);
            }
            space.clear();
            after_encoded = text.is_some();
            decoded.extend_from_slice(text.as_deref().unwrap_or(word));
        }
        space.extend_from_slice(&piece[word.len()..]);
    }
    decoded
}

fn encoded_word(word: &[u8]) -> Option<Vec<u8>> {
    let inner = word.strip_prefix(b"=?")?.strip_suffix(b"?=")?;
    let mut parts = inner.split(|byte| *byte == b'?');
    let (charset, encoding, text) = (parts.next()?, parts.next()?, parts.next()?);
    let known = charset.eq_ignore_ascii_case(b"utf-8") || charset.eq_ignore_ascii_case(b"us-ascii");
    if !known || parts.next().is_some() {
        return None;
    }
    match encoding {
        b"B" | b"b" => STANDARD.decode(text).ok(),
        b"Q" | b"q" => quoted(text),
        _ => None,
    }
}

/// The `Q` encoding (RFC 2047, 4.2).
fn quoted(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            b'_' => bytes.push(b' '),
            b'=' => {
                let [high, low, after @ ..] = rest else { return None };
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                bytes.push(u8::try_from(digit(high)? * 16 + digit(low)?).ok()?);
                rest = after;
            }
            byte => bytes.push(*byte),
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_as_people_read_them() {
        assert_eq!(of(b"From: a\r\nsubject: Test of\r\n mailsetup\r\nTo: b\r\n\r\nSubject: no\r\n"), "Test of mailsetup");
        assert_eq!(of(b"Subject: =?utf-8?b?w6l0w6k=?= =?UTF-8?Q?_=C3=A0_lire?= now\r\n\r\n"), "été à lire now");
        assert_eq!(of(b"Subject: =?utf-8?b?w6l0?=\r\n =?utf-8?b?w6k=?=\r\n\r\n"), "été");
        assert_eq!(of(b"Subject: =?utf-8?q?a_?=  =?utf-8?q?b?=\r\n\r\n"), "a b");
        assert_eq!(of(b"Subject: =?koi8-r?B?8A==?= \x1b[31m\r\n\r\n"), "=?koi8-r?B?8A==?= \\u{1b}[31m");
        assert_eq!(of("Subject: déjà\r\n\r\n".as_bytes()), "déjà");
        assert_eq!(of(b"From: a\r\n\r\nbody"), "");
    }
}
