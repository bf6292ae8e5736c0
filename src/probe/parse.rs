//! Parses replies, with bounds (RFC 5321, 4.2.1 and 4.5.3.1).

use super::ProbeFault;
use crate::mail::{Reply, reply::printable};

/// Longest line that is read; RFC 5321 allows 512 bytes.
const LINE: usize = 8 * 1024;
/// Most lines of one reply.
const LINES: usize = 512;
/// Most bytes of one reply.
const REPLY: usize = 256 * 1024;
/// How many bytes of a non-reply are shown.
const SHOWN: usize = 120;

/// Collects the lines of one reply after another.
#[derive(Default)]
pub(super) struct Parser {
    lines: Vec<Vec<u8>>,
    size: usize,
}

impl Parser {
    /// Takes whole lines out of `inbox` until a reply is complete; `None` when more bytes are needed. A line may end with a
    /// bare LF, and a code may have no text.
    ///
    /// # Errors
    /// `NotSmtp` as soon as a line cannot belong to a reply, which `inbox` then begins with; `TooLong` beyond a bound.
    pub(super) fn take(&mut self, inbox: &mut Vec<u8>) -> Result<Option<Reply>, ProbeFault> {
        let mut begin = 0;
        let mut complete = None;
        while complete.is_none() {
            let rest = &inbox[begin..];
            let end = rest.iter().take(LINE + 1).position(|byte| *byte == b'\n');
            if !is_reply_line(&rest[..end.unwrap_or(rest.len())], end.is_some()) {
                let fault = ProbeFault::NotSmtp(first_bytes(rest));
                inbox.drain(..begin);
                return Err(fault);
            }
            let Some(end) = end else {
                if rest.len() > LINE {
                    return Err(ProbeFault::TooLong);
                }
                break;
            };
            self.size += end + 1;
            if self.size > REPLY || self.lines.len() >= LINES {
                return Err(ProbeFault::TooLong);
            }
            complete = self.line(trim_cr(&rest[..end]));
            begin += end + 1;
        }
        inbox.drain(..begin);
        Ok(complete)
    }

    fn line(&mut self, line: &[u8]) -> Option<Reply> {
        let (code, text) = line.split_at(3);
        self.lines.push(text.get(1..).unwrap_or_default().to_vec());
        if text.first() == Some(&b'-') {
            return None;
        }
        self.size = 0;
        let code = code.iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
        Some(Reply { code, lines: std::mem::take(&mut self.lines) })
    }
}

/// Whether a line, as far as received, looks like a reply's: a code from 200 to 599, then its end, a space or a hyphen.
fn is_reply_line(line: &[u8], whole: bool) -> bool {
    let line = if whole { trim_cr(line) } else { line };
    line.iter().enumerate().take(4).all(|(index, byte)| match index {
        0 => matches!(byte, b'2'..=b'5'),
        1 | 2 => byte.is_ascii_digit(),
        _ => matches!(byte, b' ' | b'-') || (!whole && *byte == b'\r'),
    }) && (!whole || line.len() >= 3)
}

fn trim_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The first line of foreign bytes, truncated and safe for a terminal. A TLS record is named as such (RFC 8446, B.1).
pub(super) fn first_bytes(bytes: &[u8]) -> String {
    if let [20..=24, 3, 0..=4, ..] = bytes {
        return format!("TLS record: {}", printable(&bytes[..bytes.len().min(SHOWN)]));
    }
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = trim_cr(line);
    printable(&line[..line.len().min(SHOWN)])
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn collect(parser: &mut Parser, inbox: &mut Vec<u8>, replies: &mut Vec<Reply>) -> Result<(), ProbeFault> {
        while let Some(reply) = parser.take(inbox)? {
            replies.push(reply);
        }
        Ok(())
    }

    fn all(bytes: &[u8]) -> Result<Vec<Reply>, ProbeFault> {
        let (mut parser, mut inbox, mut replies) = (Parser::default(), Vec::new(), Vec::new());
        for byte in bytes {
            inbox.push(*byte);
            replies.extend(parser.take(&mut inbox)?);
        }
        let mut whole = bytes.to_vec();
        let mut parser = Parser::default();
        for reply in &replies {
            assert_eq!(parser.take(&mut whole)?.as_ref(), Some(reply), "byte by byte and at once must agree");
        }
        Ok(replies)
    }

    #[test]
    fn replies_in_every_legal_form() {
        let replies = all(b"220\r\n250-a b\r\n250-\r\n250 \xe9\n354-x\n354\n").unwrap();
        let form: Vec<_> = replies.iter().map(|reply| (reply.code, reply.lines.len())).collect();
        assert_eq!(form, [(220, 1), (250, 3), (354, 2)]);
        assert_eq!(replies[0].lines, [b""]);
        assert_eq!(replies[1].lines, [&b"a b"[..], b"", b"\xe9"]);
        assert_eq!(all(b"250-a\r\n250 b").unwrap(), []);
    }

    #[test]
    fn what_is_no_reply() {
        let shown = |bytes: &[u8]| match all(bytes) {
            Err(ProbeFault::NotSmtp(text)) => text,
            other => panic!("{other:?}"),
        };
        let whole = |bytes: &[u8]| match Parser::default().take(&mut bytes.to_vec()) {
            Err(ProbeFault::NotSmtp(text)) => text,
            other => panic!("{other:?}"),
        };
        assert_eq!(whole(b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n"), "HTTP/1.1 400 Bad Request");
        assert_eq!(whole(b"* OK IMAP4rev1 ready\r\n"), "* OK IMAP4rev1 ready");
        assert_eq!(whole(b"\x15\x03\x01\x00\x02\x02\x46"), "TLS record: \\u{15}\\u{3}\\u{1}\\u{0}\\u{2}\\u{2}F");
        assert_eq!(shown(b"2x"), "2x");
        assert_eq!(shown(b"\r\n"), "");
        assert_eq!(whole(b"22\r\n"), "22");
        assert_eq!(whole(b"2200 x\r\n"), "2200 x");
        assert_eq!(whole(b"220\rx\r\n"), "220\\rx");
        assert_eq!(whole(b"650 x\r\n"), "650 x");
    }

    #[test]
    fn bounds() {
        let parse = |bytes: Vec<u8>| Parser::default().take(&mut { bytes });
        let line = [b"250 ".to_vec(), vec![b'x'; LINE]].concat();
        assert_eq!(parse(line.clone()), Err(ProbeFault::TooLong));
        assert_eq!(parse([line, b"\r\n".to_vec()].concat()), Err(ProbeFault::TooLong));
        assert_eq!(parse(b"250-x\r\n".repeat(LINES + 1)), Err(ProbeFault::TooLong));
        let broad = [b"250-".to_vec(), vec![b'x'; LINE - 100], b"\r\n".to_vec()].concat();
        assert_eq!(parse(broad.repeat(REPLY / LINE + 2)), Err(ProbeFault::TooLong));
        assert_eq!(parse(broad.repeat(3)), Ok(None));
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_pieces(
            bytes in vec(prop_oneof![Just(b'2'), Just(b'5'), Just(b'0'), Just(b'-'), Just(b' '), Just(b'\r'), Just(b'\n'), any::<u8>()], 0..60),
            cuts in vec(1_usize..20, 1..60),
        ) {
            let mut rest = &bytes[..];
            let (mut parser, mut inbox, mut replies, mut fault) = (Parser::default(), Vec::new(), Vec::new(), false);
            for cut in cuts.into_iter().cycle() {
                if rest.is_empty() || fault {
                    break;
                }
                let (piece, behind) = rest.split_at(cut.min(rest.len()));
                inbox.extend_from_slice(piece);
                rest = behind;
                fault = collect(&mut parser, &mut inbox, &mut replies).is_err();
            }
            let (mut whole, mut at_once) = (bytes.clone(), Vec::new());
            let same = collect(&mut Parser::default(), &mut whole, &mut at_once).is_err();
            prop_assert_eq!((replies, fault), (at_once, same));
        }
    }
}
