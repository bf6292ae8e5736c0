//! What a server offers: the keywords of an EHLO reply (RFC 5321, 4.1.1.1).

use crate::mail::Reply;

/// What EHLO offered (RFC 5321 and the extensions' own RFCs).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a keyword that is offered or not")]
pub struct Capabilities {
    /// STARTTLS, RFC 3207.
    pub starttls: bool,
    /// A keyword is overwritten, as `XXXXXXXA`: a device on the way changes what the server says (Cisco PIX "fixup").
    pub masked: bool,
    /// PIPELINING, RFC 2920.
    pub pipelining: bool,
    /// CHUNKING, RFC 3030.
    pub chunking: bool,
    /// 8BITMIME, RFC 6152.
    pub eight_bit_mime: bool,
    /// SMTPUTF8, RFC 6531.
    pub smtputf8: bool,
    /// SIZE, RFC 1870: the limit in bytes, 0 for an unstated one.
    pub size: Option<u64>,
    /// Mechanisms after AUTH, upper case, in the server's order; `None` when AUTH is not offered.
    pub auth: Option<Vec<String>>,
}

impl Capabilities {
    /// Reads the lines after the first. Case does not matter; `AUTH=` is the form of servers older than RFC 2554.
    pub(super) fn from_reply(reply: &Reply) -> Self {
        let mut found = Self::default();
        for line in reply.lines.iter().skip(1) {
            let line = String::from_utf8_lossy(line).to_ascii_uppercase();
            let mut words = line.split(|c: char| c.is_ascii_whitespace() || c == '=').filter(|word| !word.is_empty());
            match words.next() {
                Some("STARTTLS") => found.starttls = true,
                Some("PIPELINING") => found.pipelining = true,
                Some("CHUNKING") => found.chunking = true,
                Some("8BITMIME") => found.eight_bit_mime = true,
                Some("SMTPUTF8") => found.smtputf8 = true,
                Some("SIZE") => found.size = Some(words.next().and_then(|word| word.parse().ok()).unwrap_or(0)),
                Some("AUTH") => {
                    let mechanisms = found.auth.get_or_insert_default();
                    for word in words {
                        let word = crate::mail::reply::escape(word);
                        if !mechanisms.contains(&word) {
                            mechanisms.push(word);
                        }
                    }
                }
                Some(word) if is_masked(word) => found.masked = true,
                _ => {}
            }
        }
        found
    }
}

/// Whether a keyword was overwritten, letter by letter, by a device that inspects SMTP.
fn is_masked(word: &str) -> bool {
    word.starts_with("XXXX") && word.bytes().all(|byte| matches!(byte, b'X' | b'A'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_old_forms() {
        let lines: [&[u8]; 9] = [
            b"AUTH.test PIPELINING",
            b"pipelining",
            b"Size 1000",
            b"AUTH=LOGIN PLAIN",
            b"auth PLAIN cram-md5",
            b"x\xff",
            b"XXXXXXXA",
            b"",
            b"8bitMime",
        ];
        let reply = Reply { code: 250, lines: lines.map(<[u8]>::to_vec).to_vec() };
        let found = Capabilities::from_reply(&reply);
        assert_eq!(
            found,
            Capabilities {
                masked: true,
                pipelining: true,
                eight_bit_mime: true,
                size: Some(1000),
                auth: Some(["LOGIN", "PLAIN", "CRAM-MD5"].map(str::to_owned).to_vec()),
                ..Capabilities::default()
            }
        );
    }
}
