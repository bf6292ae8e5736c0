//! What a server sends: framed with bounds, then taken apart (RFC 3501, 7 and 9). Lenient: what is not understood is left out.

use super::super::{ProbeFault, parse::first_bytes};

/// Longest line that is read, without its literals. A search that finds everything has long ones.
const LINE: usize = 64 * 1024;
/// Longest literal, in bytes: a header, or the beginning of a bounce.
const LITERAL: usize = 512 * 1024;
/// Deepest nesting of lists.
const DEPTH: usize = 16;

/// How a command or a connection went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    Ok,
    No,
    Bad,
    Bye,
    Preauth,
}

impl Condition {
    fn of(word: &[u8]) -> Option<Self> {
        let known: [(&[u8], Self); 5] =
            [(b"OK", Self::Ok), (b"NO", Self::No), (b"BAD", Self::Bad), (b"BYE", Self::Bye), (b"PREAUTH", Self::Preauth)];
        known.into_iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, condition)| condition)
    }
}

/// A part of untagged data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ImapToken {
    /// An atom, a number, a flag, or a section such as `BODY[HEADER]`; NIL too.
    Atom(Vec<u8>),
    /// A quoted string or a literal.
    Text(Vec<u8>),
    /// A list in parentheses.
    List(Vec<ImapToken>),
}

impl ImapToken {
    /// Its bytes; `None` for a list.
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Atom(bytes) | Self::Text(bytes) => Some(bytes),
            Self::List(_) => None,
        }
    }

    /// Its number, if it is one.
    pub(super) fn number(&self) -> Option<u32> {
        std::str::from_utf8(self.bytes()?).ok()?.parse().ok()
    }

    /// Whether it is this word, in whatever case.
    pub(super) fn is(&self, word: &str) -> bool {
        matches!(self, Self::Atom(bytes) if bytes.eq_ignore_ascii_case(word.as_bytes()))
    }
}

/// One response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Response {
    /// The server waits for more of a command; its text.
    Continue(Vec<u8>),
    /// A status; untagged without `tag`. `text` is what follows the condition, with the code in brackets.
    Status { tag: Option<Vec<u8>>, condition: Condition, text: Vec<u8> },
    /// Untagged data: `* 12 FETCH (..)` has a number, `* SEARCH 1 2` has none. The name is in upper case.
    Data { number: Option<u32>, name: String, tokens: Vec<ImapToken> },
}

impl Response {
    /// The words of a status code of this name: `12` of `[UIDNEXT 12]`.
    pub(super) fn code(&self, name: &str) -> Option<Vec<u8>> {
        let Self::Status { text, .. } = self else { return None };
        let inside = text.trim_ascii_start().strip_prefix(b"[")?;
        let inside = &inside[..inside.iter().position(|byte| *byte == b']')?];
        let (word, rest) = split_word(inside);
        word.eq_ignore_ascii_case(name.as_bytes()).then(|| rest.to_vec())
    }
}

/// The length of the first whole response; `None` when more bytes are needed.
///
/// # Errors
/// `NotImap` as soon as it cannot be a response, `TooLong` beyond a bound.
pub(super) fn whole(inbox: &[u8]) -> Result<Option<usize>, ProbeFault> {
    let is_ours = |byte: &u8| matches!(byte, b'*' | b'+') || byte.is_ascii_uppercase();
    if inbox.first().is_some_and(|first| !is_ours(first)) {
        return Err(ProbeFault::NotImap(first_bytes(inbox)));
    }
    let (mut end, mut lines) = (0, 0);
    loop {
        let rest = &inbox[end..];
        let Some(line) = rest.iter().take(LINE + 1).position(|byte| *byte == b'\n') else {
            return if rest.len() > LINE { Err(ProbeFault::TooLong) } else { Ok(None) };
        };
        lines += line + 1;
        if lines > LINE {
            return Err(ProbeFault::TooLong);
        }
        let text = trim_cr(&rest[..line]);
        if end == 0 && !is_response_line(text) {
            return Err(ProbeFault::NotImap(first_bytes(inbox)));
        }
        let literal = if end == 0 && is_free_text(text) { None } else { literal_length(text) };
        end += line + 1;
        match literal {
            None => return Ok(Some(end)),
            Some(length) if length > LITERAL => return Err(ProbeFault::TooLong),
            Some(length) => end += length,
        }
        if inbox.len() < end {
            return Ok(None);
        }
    }
}

/// Takes a whole response apart; `None` for one that says nothing that is known.
pub(super) fn parse(bytes: &[u8]) -> Option<Response> {
    if let Some(rest) = bytes.strip_prefix(b"+") {
        return Some(Response::Continue(rest.trim_ascii().to_vec()));
    }
    let (tag, rest) = split_word(bytes);
    let (word, text) = split_word(rest);
    let is_tagged = tag != b"*";
    if let Some(condition) = Condition::of(word) {
        return Some(Response::Status { tag: is_tagged.then(|| tag.to_vec()), condition, text: text.trim_ascii().to_vec() });
    }
    if is_tagged {
        return None;
    }
    let number = std::str::from_utf8(word).ok().and_then(|word| word.parse().ok());
    let (name, rest) = if number.is_some() { split_word(text) } else { (word, text) };
    let name = String::from_utf8_lossy(name).to_ascii_uppercase();
    Some(Response::Data { number, name, tokens: TokenReader { rest }.list(0) })
}

/// Whether a line begins as a response does: `*`, `+` or a tag, then more.
fn is_response_line(line: &[u8]) -> bool {
    let (tag, _) = split_word(line);
    line.first() == Some(&b'+')
        || tag == b"*"
        || (tag.iter().all(u8::is_ascii_alphanumeric) && Condition::of(split_word(split_word(line).1).0).is_some())
}

/// Whether a line ends in words for people, which may look like the announcement of a literal.
fn is_free_text(line: &[u8]) -> bool {
    line.first() == Some(&b'+') || Condition::of(split_word(split_word(line).1).0).is_some()
}

/// The length of the literal that a line announces at its end: `{12}`, `{12+}` or `~{12}`.
fn literal_length(line: &[u8]) -> Option<usize> {
    let inside = line.strip_suffix(b"}")?;
    let digits = &inside[inside.iter().rposition(|byte| *byte == b'{')? + 1..];
    let digits = digits.strip_suffix(b"+").unwrap_or(digits);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // A number beyond all bounds is one that is too long.
    Some(std::str::from_utf8(digits).ok()?.parse().unwrap_or(usize::MAX))
}

/// The first word, and what follows the blank behind it.
pub(super) fn split_word(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len());
    (&text[..end], text[end..].trim_ascii_start())
}

fn trim_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Reads tokens.
struct TokenReader<'a> {
    rest: &'a [u8],
}

impl TokenReader<'_> {
    /// Tokens up to the end of the list, or of everything.
    fn list(&mut self, depth: usize) -> Vec<ImapToken> {
        let mut tokens = Vec::new();
        while let Some((&first, behind)) = self.rest.split_first() {
            match first {
                b')' => {
                    self.rest = behind;
                    // One too many closes nothing.
                    if depth > 0 {
                        break;
                    }
                }
                b'(' => {
                    self.rest = behind;
                    if depth >= DEPTH {
                        continue;
                    }
                    tokens.push(ImapToken::List(self.list(depth + 1)));
                }
                b'"' => {
                    self.rest = behind;
                    tokens.push(ImapToken::Text(self.quoted()));
                }
                _ if first.is_ascii_whitespace() => self.rest = behind,
                _ => tokens.push(self.atom()),
            }
        }
        tokens
    }

    fn quoted(&mut self) -> Vec<u8> {
        let mut text = Vec::new();
        while let Some((&byte, behind)) = self.rest.split_first() {
            self.rest = behind;
            match byte {
                b'"' => break,
                b'\\' => {
                    text.extend(self.rest.first());
                    self.rest = self.rest.get(1..).unwrap_or_default();
                }
                _ => text.push(byte),
            }
        }
        text
    }

    /// An atom, with what stands in its brackets, or a literal.
    fn atom(&mut self) -> ImapToken {
        if let Some(literal) = self.literal() {
            return ImapToken::Text(literal);
        }
        let mut inside = false;
        let is_end = |byte: u8, inside: bool| {
            byte == b'\r' || byte == b'\n' || (!inside && matches!(byte, b' ' | b'\t' | b'(' | b')' | b'"'))
        };
        let mut end = 0;
        while let Some(byte) = self.rest.get(end).filter(|byte| !is_end(**byte, inside)) {
            inside = (inside || *byte == b'[') && *byte != b']';
            end += 1;
        }
        let (atom, rest) = self.rest.split_at(end.max(1));
        self.rest = rest;
        ImapToken::Atom(atom.to_vec())
    }

    /// A literal, when one begins here.
    fn literal(&mut self) -> Option<Vec<u8>> {
        let begin = self.rest.strip_prefix(b"~").unwrap_or(self.rest);
        if begin.first() != Some(&b'{') {
            return None;
        }
        let line = begin.iter().position(|byte| *byte == b'\n')?;
        let length = literal_length(trim_cr(&begin[..line]))?;
        let text = begin.get(line + 1..)?.get(..length)?;
        self.rest = &begin[line + 1 + length..];
        Some(text.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn atom(text: &str) -> ImapToken {
        ImapToken::Atom(text.as_bytes().to_vec())
    }

    #[test]
    fn data_with_strings_of_every_kind() {
        let bytes = b"* LIST (\\HasNoChildren \\Junk) \"/\" \"a \\\"b\\\\\"\r\n";
        assert_eq!(whole(bytes), Ok(Some(bytes.len())));
        let flags = ImapToken::List(vec![atom("\\HasNoChildren"), atom("\\Junk")]);
        let tokens = vec![flags, ImapToken::Text(b"/".to_vec()), ImapToken::Text(b"a \"b\\".to_vec())];
        assert_eq!(parse(bytes), Some(Response::Data { number: None, name: "LIST".into(), tokens }));

        let bytes = b"* 7 FETCH (BODY[HEADER.FIELDS (SUBJECT)] {9}\r\nA: b)\r\n\r\n UID 9)\r\n* OK\r\n";
        let end = bytes.len() - 6;
        assert_eq!(whole(bytes), Ok(Some(end)));
        assert_eq!(whole(&bytes[..end - 1]), Ok(None));
        let tokens =
            [atom("BODY[HEADER.FIELDS (SUBJECT)]"), ImapToken::Text(b"A: b)\r\n\r\n".to_vec()), atom("UID"), atom("9")];
        let tokens = vec![ImapToken::List(tokens.to_vec())];
        assert_eq!(parse(&bytes[..end]), Some(Response::Data { number: Some(7), name: "FETCH".into(), tokens }));
    }

    #[test]
    fn statuses_and_their_codes() {
        let status = parse(b"A3 ok [UIDNEXT 4392] Predicted {5}\r\n").unwrap();
        assert_eq!(status.code("uidnext").as_deref(), Some(&b"4392"[..]));
        assert_eq!(status.code("UIDVALIDITY"), None);
        let free = b"* OK see {5}\r\n";
        assert_eq!(whole(free), Ok(Some(free.len())));
        assert_eq!(parse(b"+ idling\r\n"), Some(Response::Continue(b"idling".to_vec())));
        assert_eq!(
            parse(b"* 3 EXISTS\r\n"),
            Some(Response::Data { number: Some(3), name: "EXISTS".into(), tokens: vec![] })
        );
        assert_eq!(parse(b"A3 SEARCH 1\r\n"), None);
    }

    #[test]
    fn what_is_no_response() {
        for bytes in
            [&b"220 mail.test ESMTP\r\n"[..], b"\x15\x03\x01\x00", b"HTTP/1.1 400 Bad\r\n", b"-ERR\r\n", b"SSH-2.0-x\r\n"]
        {
            assert!(matches!(whole(bytes), Err(ProbeFault::NotImap(_))), "{bytes:?}");
        }
        let literal = format!("* 1 FETCH (X {{{}}}\r\n", LITERAL + 1);
        assert_eq!(whole(literal.as_bytes()), Err(ProbeFault::TooLong));
        assert_eq!(whole(b"* 1 FETCH (X {99999999999999999999999}\r\n"), Err(ProbeFault::TooLong));
        assert_eq!(whole(&[b"* ".to_vec(), vec![b'x'; LINE]].concat()), Err(ProbeFault::TooLong));
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken_apart(bytes in vec(prop_oneof![
            Just(b'*'), Just(b' '), Just(b'('), Just(b')'), Just(b'"'), Just(b'\\'), Just(b'{'), Just(b'}'), Just(b'['), Just(b']'), Just(b'3'),
            Just(b'\r'), Just(b'\n'), any::<u8>()
        ], 0..80)) {
            let framed = [b"* 1 FETCH ".to_vec(), bytes].concat();
            if let Ok(Some(end)) = whole(&framed) {
                prop_assert!(end <= framed.len());
                let _ = parse(&framed[..end]);
            }
            let _ = parse(&framed);
        }
    }
}
