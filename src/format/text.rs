//! The ground of all formats: what can be wrong in a file or with a value, a text's lines, and the marks of our blocks.

use std::ops::Range;

/// What is wrong in a file, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub kind: FaultKind,
}

/// What keeps a file from being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// It is not UTF-8.
    NotUtf8,
    /// A quote is opened and never closed.
    OpenQuote,
    /// A setting without `=`.
    NoEquals,
    /// A line that begins with a blank and continues nothing.
    Stray,
    /// The consumer refuses lines of this length.
    LongLine,
    /// An account of this name was there already.
    AccountTwice,
    /// An account refers to one that is not there.
    AccountUnknown,
    /// Our opening mark has no closing one.
    BlockOpen,
    /// Our closing mark has no opening one.
    BlockClose,
    /// Our block is there twice.
    BlockTwice,
    /// Windows line ends, which the consumer takes as part of the values.
    Crlf,
    /// A rule above ours takes what ours is for.
    Outranked,
    /// The file gives one of our settings, or one that must not stay, a value in a way that is not changed here, and that counts.
    Rival,
    /// The consumer would not take the file.
    Syntax,
    /// The consumer takes it, but it is written in a way that is not changed here: a list, a reference, several documents.
    Unfamiliar,
}

impl Fault {
    pub(crate) const fn at(line: usize, kind: FaultKind) -> Self {
        Self { line, kind }
    }

    /// A fault at a place in a text.
    pub(crate) fn within(text: &str, at: usize, kind: FaultKind) -> Self {
        Self::at(line_of(text, at), kind)
    }
}

/// Why a value cannot be written so that the consumer reads it as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// It has a line break.
    LineBreak,
    /// It has another control character.
    Control(char),
    /// It has these characters, which cannot be written here.
    Characters(String),
    /// It ends with a blank, which the consumer drops.
    EdgeBlank,
    /// It is longer than this many bytes.
    TooLong(usize),
}

/// What opens a block of ours and what closes it, between the comment sign and the profile's name.
pub(crate) const BEGIN: &str = "BEGIN mailsetup: ";
pub(crate) const END: &str = "END mailsetup: ";

/// The name of a profile's account in a consumer that has several.
pub(crate) fn account(profile: &str) -> String {
    if profile == "default" { "mailsetup".to_owned() } else { format!("mailsetup-{profile}") }
}

/// The lines of a text with their places: number from 1, range without the line break, range with it.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = (usize, Range<usize>, Range<usize>)> {
    let (mut number, mut at) = (0, 0);
    std::iter::from_fn(move || {
        let whole = at..next_line(text, at);
        if whole.is_empty() {
            return None;
        }
        (number, at) = (number + 1, whole.end);
        // The last line may lack its end: what is added after it makes a line break of a lone carriage return.
        let line = &text.as_bytes()[whole.clone()];
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        Some((number, whole.start..whole.start + line.len(), whole))
    })
}

/// Where the blanks end that begin at a place.
pub(crate) fn after_blanks(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(rest.len())
}

/// The number of the line, from 1, that a place is on.
pub(crate) fn line_of(text: &str, at: usize) -> usize {
    text[..character(text, at)].matches('\n').count() + 1
}

/// Where the line of a place begins. The place may be within a character.
pub(crate) fn line_start(text: &str, at: usize) -> usize {
    let before = &text.as_bytes()[..at.min(text.len())];
    before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1)
}

/// Where the line after a place begins. The place may be within a character.
pub(crate) fn next_line(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    let rest = &text.as_bytes()[at..];
    rest.iter().position(|byte| *byte == b'\n').map_or(text.len(), |length| at + length + 1)
}

/// Where the character begins that a place is in.
fn character(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Where the first line begins that is neither empty nor a comment; the end of the text when there is none.
pub(crate) fn first_used_line(text: &str, comment: &str) -> usize {
    let is_used = |line: &str| !line.is_empty() && !line.starts_with(comment);
    lines(text).find(|(_, bare, _)| is_used(text[bare.clone()].trim())).map_or(text.len(), |(_, bare, _)| bare.start)
}

/// Whether every reader takes the value as it is, without any quotes.
pub(crate) fn is_plain(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_./:@%+,-".contains(&byte))
}

/// The value with a backslash before each of these characters.
pub(crate) fn escaped(value: &str, signs: &str) -> String {
    let escape = |character: char| signs.contains(character).then_some('\\');
    value.chars().flat_map(|character| escape(character).into_iter().chain([character])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts() {
        assert_eq!(account("default"), "mailsetup");
        assert_eq!(account("alerts"), "mailsetup-alerts");
    }
}
