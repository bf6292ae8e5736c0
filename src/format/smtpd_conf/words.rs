//! The words and statements of smtpd.conf (`yylex` in `parse.y`).

use std::{borrow::Cow, collections::BTreeMap};

use crate::format::text::{Fault, FaultKind, line_start};

/// What statements begin with, since OpenSMTPD 6.4.
const HEADS: [&str; 16] = [
    "action", "admd", "bounce", "ca", "filter", "include", "listen", "match", "mda", "mta", "pki", "proc", "queue", "smtp",
    "srs", "table",
];

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It may be a keyword.
    Bare,
    Quoted,
    /// `<name>`.
    Table,
    /// Between braces.
    Inner,
    Sign,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SmtpdWord<'a> {
    pub(super) kind: Kind,
    pub(super) text: Cow<'a, str>,
}

impl SmtpdWord<'_> {
    pub(super) fn is_sign(&self, sign: char) -> bool {
        self.kind == Kind::Sign && self.text.starts_with(sign)
    }
}

/// A statement: at most one a line, with those that continue it.
#[derive(Debug)]
pub(super) struct Statement<'a> {
    pub(super) words: Vec<SmtpdWord<'a>>,
    /// Where its line begins.
    pub(super) start: usize,
}

impl<'a> Statement<'a> {
    pub(super) fn is(&self, keyword: &str) -> bool {
        self.words[0].text == keyword
    }

    /// The word after a keyword.
    pub(super) fn after(&self, keyword: &str) -> Option<&SmtpdWord<'a>> {
        let is_keyword = |word: &SmtpdWord<'_>| word.kind == Kind::Bare && word.text == keyword;
        self.words.windows(2).find(|pair| is_keyword(&pair[0])).map(|pair| &pair[1])
    }
}

/// Every statement but the macros, which are put in where they are named.
pub(super) fn statements(text: &str) -> Result<Vec<Statement<'_>>, Fault> {
    let mut found = Vec::new();
    let mut macros: BTreeMap<Cow<'_, str>, Cow<'_, str>> = BTreeMap::new();
    let mut words: Vec<SmtpdWord<'_>> = Vec::new();
    let (mut at, mut start, mut depth) = (0, 0, 0_usize);
    loop {
        let rest = &text[at..];
        let Some(character) = rest.chars().next().filter(|character| *character != '\n' || depth > 0) else {
            let words = std::mem::take(&mut words);
            match words.as_slice() {
                [] => {}
                [name, sign, value @ ..] if sign.is_sign('=') => {
                    let value = value.first().map(|value| value.text.clone()).unwrap_or_default();
                    macros.insert(name.text.clone(), value);
                }
                [head, ..] if depth == 0 && head.kind == Kind::Bare && HEADS.contains(&head.text.as_ref()) => {
                    found.push(Statement { words, start: line_start(text, start) });
                }
                _ => return Err(Fault::within(text, start, FaultKind::Syntax)),
            }
            if rest.is_empty() {
                return Ok(found);
            }
            at += 1;
            continue;
        };
        if words.is_empty() {
            start = at;
        }
        let inner = |kind| if depth > 0 { Kind::Inner } else { kind };
        let mut put = |kind, text| words.push(SmtpdWord { kind, text });
        at += match character {
            ' ' | '\t' | '\n' => 1,
            '\\' => 1 + usize::from(rest[1..].starts_with('\n')),
            '\r' if rest[1..].starts_with('\n') => return Err(Fault::within(text, at, FaultKind::Crlf)),
            '#' => comment(rest),
            '\'' | '"' => {
                let (value, length) =
                    quoted(rest, character).ok_or_else(|| Fault::within(text, at, FaultKind::OpenQuote))?;
                put(inner(Kind::Quoted), value.into());
                length
            }
            '<' if rest.split('\n').next().is_some_and(|line| line.contains('>')) => {
                let name = rest[1..].split('>').next().unwrap_or_default();
                put(Kind::Table, name.trim().trim_matches(['"', '\'']).into());
                name.len() + 2
            }
            '{' | '}' => {
                depth = if character == '{' { depth + 1 } else { depth.saturating_sub(1) };
                1
            }
            '$' => {
                let name = rest[1..]
                    .split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
                    .next()
                    .unwrap_or_default();
                put(inner(Kind::Bare), macros.get(name).cloned().unwrap_or(rest[..=name.len()].into()));
                name.len() + 1
            }
            _ if character.is_ascii_alphanumeric() || matches!(character, ':' | '_') => {
                let ends = |letter: char| {
                    let is_sign = matches!(letter, '(' | ')' | '{' | '}' | '<' | '>' | '!' | '=' | '#' | ',' | '\\');
                    !letter.is_ascii_graphic() || is_sign
                };
                let length = rest.find(ends).unwrap_or(rest.len());
                put(inner(Kind::Bare), rest[..length].into());
                length
            }
            _ => {
                put(Kind::Sign, rest[..character.len_utf8()].into());
                character.len_utf8()
            }
        };
    }
}

/// How long a comment is; one that ends with a backslash goes on in the next line.
fn comment(text: &str) -> usize {
    let is_end = |(at, _): &(usize, &str)| !text[..*at].ends_with('\\');
    text.match_indices('\n').find(is_end).map_or(text.len(), |(at, _)| at)
}

/// What is between quotes, without its line breaks, and the bytes with the quotes.
fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            _ if character == quote => return Some((value, at + 1)),
            '\\' => {
                let is_escaped = |(_, next): &(usize, char)| *next == quote || matches!(next, ' ' | '\t' | '\n');
                match characters.next_if(is_escaped) {
                    Some((_, '\n')) => {}
                    Some((_, escaped)) => value.push(escaped),
                    None => value.push('\\'),
                }
            }
            '\n' => {}
            _ => value.push(character),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_and_their_words() {
        let text = "# c \\\n still a comment\nh = \"mail.test\"\naction \"a b\" relay \\\n  host $h auth < \"t\" > # c\n table x {\n  a = \"b#\\\" \\c\",\n from\n}\n";
        let found = statements(text).unwrap();
        let words = |at: usize| found[at].words.iter().map(|word| word.text.as_ref()).collect::<Vec<_>>();
        assert_eq!(words(0), ["action", "a b", "relay", "host", "mail.test", "auth", "t"]);
        assert_eq!(words(1), ["table", "x", "a", "=", "b#\" \\c", ",", "from"]);
        assert_eq!((found[0].words[6].kind, found[1].words[6].kind), (Kind::Table, Kind::Inner));
        assert_eq!(&text[found[1].start..found[1].start + 6], " table");
        let fault = |text: &str| statements(text).err().unwrap();
        assert_eq!(fault("listen on lo\naccept from local for any relay\n"), Fault { line: 2, kind: FaultKind::Syntax });
        assert_eq!(fault("match for any action \"x\n"), Fault { line: 1, kind: FaultKind::OpenQuote });
        assert_eq!(fault("table x {\na\n"), Fault { line: 1, kind: FaultKind::Syntax });
        assert_eq!(fault("listen on lo\r\n"), Fault { line: 1, kind: FaultKind::Crlf });
    }
}
