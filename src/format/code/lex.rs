//! Tokens of a program text.

use std::{borrow::Cow, ops::Range};

use crate::format::text::{Fault, FaultKind, line_of, lines, next_line};

/// A language, as far as its tokens go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::format) enum Language {
    Php,
    Python,
    Ruby,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::format) enum Token<'a> {
    /// A name, a number, a keyword.
    Word(Range<usize>),
    /// A string; without a value where it is put together at run time.
    Text { range: Range<usize>, value: Option<Cow<'a, str>> },
    /// Any other character, and where it is.
    Sign(usize, char),
    /// A line break.
    Break(usize),
}

impl Token<'_> {
    pub(in crate::format) fn range(&self) -> Range<usize> {
        match self {
            Self::Word(range) | Self::Text { range, .. } => range.clone(),
            Self::Sign(at, sign) => *at..at + sign.len_utf8(),
            Self::Break(at) => *at..at + 1,
        }
    }

    /// The character, when it is a sign.
    pub(in crate::format) const fn sign(&self) -> Option<char> {
        if let Self::Sign(_, sign) = self { Some(*sign) } else { None }
    }

    /// Whether it is this word.
    pub(in crate::format) fn is_word(&self, text: &str, word: &str) -> bool {
        matches!(self, Self::Word(range) if &text[range.clone()] == word)
    }

    /// Whether it is this word, in any case.
    pub(in crate::format) fn is_word_in_any_case(&self, text: &str, word: &str) -> bool {
        matches!(self, Self::Word(range) if text[range.clone()].eq_ignore_ascii_case(word))
    }
}

/// The tokens of a text, without comments and blanks.
///
/// # Errors
/// A string or a comment that is never closed.
pub(in crate::format) fn tokens(text: &str, language: Language) -> Result<Vec<Token<'_>>, Fault> {
    let mut found = Vec::new();
    let mut at = 0;
    let end = if language == Language::Ruby { end_of_program(text) } else { text.len() };
    while let Some(character) = text[at..].chars().next() {
        if matches!(character, ' ' | '\t') {
            at += 1;
            continue;
        }
        let rest = &text[at..];
        let is_php = language == Language::Php;
        let open = || Fault { line: line_of(text, at), kind: FaultKind::OpenQuote };
        if is_php && rest.starts_with("?>") {
            break;
        }
        if at == end {
            break;
        }
        // Most are words.
        if is_of_word(character) {
            let is_number = character.is_ascii_digit();
            let ends = |next: char| !(is_of_word(next) || is_number && next == '.');
            let length = rest.find(ends).unwrap_or(rest.len());
            let word = &rest[..length];
            let is_prefix = language == Language::Python && length < 3 && rest[length..].starts_with(['"', '\'']);
            if is_prefix && word.chars().all(|letter| "rRbBfFuU".contains(letter)) {
                let (value, string) = string(&rest[length..], word, language).ok_or_else(open)?;
                found.push(Token::Text { range: at..at + length + string, value });
                at += string;
            } else {
                found.push(Token::Word(at..at + length));
            }
            at += length;
        } else if (rest.starts_with('#') && !(is_php && rest.starts_with("#["))) || (is_php && rest.starts_with("//")) {
            at = next_line(text, at);
            // The break after a comment ends a statement as well.
            if text[..at].ends_with('\n') {
                found.push(Token::Break(at - 1));
            }
        } else if is_php && rest.starts_with("/*") {
            at += rest[2..].find("*/").ok_or_else(open)? + 4;
        } else if language == Language::Ruby && rest.starts_with("=begin") && (at == 0 || text[..at].ends_with('\n')) {
            at = next_line(text, at + rest.find("\n=end").ok_or_else(open)? + 1);
        } else if let Some(length) = heredoc(rest, language) {
            found.push(Token::Text { range: at..at + length, value: None });
            at += length;
        } else if matches!(character, '"' | '\'') {
            let (value, length) = string(rest, "", language).ok_or_else(open)?;
            found.push(Token::Text { range: at..at + length, value });
            at += length;
        } else {
            match character {
                '\n' => found.push(Token::Break(at)),
                // A line that goes on.
                '\\' if rest[1..].trim_start_matches('\r').starts_with('\n') => at += rest.find('\n').unwrap_or_default(),
                // What is added after it would belong to it.
                '\\' if !is_php && rest.len() == 1 => {
                    return Err(Fault { line: line_of(text, at), kind: FaultKind::Syntax });
                }
                _ if character.is_whitespace() => {}
                _ => found.push(Token::Sign(at, character)),
            }
            at += character.len_utf8();
        }
    }
    Ok(found)
}

/// Where what a Ruby program runs ends: the line `__END__` (Ruby's `doc/syntax/miscellaneous.rdoc`).
pub(in crate::format) fn end_of_program(text: &str) -> usize {
    let is_end = |bare: &Range<usize>| &text[bare.clone()] == "__END__";
    lines(text).map(|(_, bare, _)| bare).find(is_end).map_or(text.len(), |bare| bare.start)
}

fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// How long a string is that begins with `<<` and ends with a line that names its end; `None` when it is none.
fn heredoc(rest: &str, language: Language) -> Option<usize> {
    let behind = match language {
        Language::Php => rest.strip_prefix("<<<")?,
        Language::Ruby => rest.strip_prefix("<<")?.trim_start_matches(['-', '~']),
        Language::Python => return None,
    };
    let behind = behind.trim_start_matches([' ', '\t']).trim_start_matches(['\'', '"']);
    let name = &behind[..behind.find(|next| !is_of_word(next)).unwrap_or(behind.len())];
    if !name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
        return None;
    }
    let mut at = next_line(rest, 0);
    while at < rest.len() {
        let line = &rest[at..next_line(rest, at)];
        let content = line.trim_start();
        if content.strip_prefix(name).is_some_and(|tail| !tail.starts_with(is_of_word)) {
            return Some(at + line.len() - content.len() + name.len());
        }
        at = next_line(rest, at);
    }
    None
}

/// A string's value and its length with the quotes; `None` when it is never closed.
fn string<'a>(rest: &'a str, prefix: &str, language: Language) -> Option<(Option<Cow<'a, str>>, usize)> {
    let is_python = language == Language::Python;
    let is_triple = is_python && (rest.starts_with("'''") || rest.starts_with("\"\"\""));
    let quote = &rest[..if is_triple { 3 } else { 1 }];
    // Most are plain, and are what is written.
    let is_special = |byte| matches!(byte, b'\'' | b'"' | b'\\' | b'\n' | b'$' | b'{' | b'#');
    let plain = rest[1..].bytes().position(is_special).unwrap_or_default();
    if !is_triple && prefix.is_empty() && rest[1 + plain..].starts_with(quote) {
        return Some((Some(Cow::Borrowed(&rest[1..=plain])), plain + 2));
    }
    let is_single_line = is_python && quote.len() == 1;
    let is_raw = prefix.contains(['r', 'R']);
    let mut value = Some(String::new());
    let mut characters = rest.char_indices().skip(quote.len()).peekable();
    while let Some((at, character)) = characters.next() {
        if rest[at..].starts_with(quote) {
            let is_bytes = prefix.contains(['b', 'B', 'f', 'F']);
            return Some((value.filter(|_| !is_bytes).map(Cow::Owned), at + quote.len()));
        }
        match character {
            '\n' if is_single_line => return None,
            '\\' => {
                let (_, escaped) = characters.next()?;
                let meant = if is_raw { None } else { escape(escaped, quote, language) };
                match meant {
                    Some(Escape::Is(meant)) => value.iter_mut().for_each(|value| value.push(meant)),
                    Some(Escape::Unknown) => value = None,
                    None => value.iter_mut().for_each(|value| value.extend(['\\', escaped])),
                }
            }
            '$' | '{' if language == Language::Php && quote == "\"" => value = None,
            '#' if language == Language::Ruby
                && quote == "\""
                && characters.peek().is_some_and(|(_, next)| "{$@".contains(*next)) =>
            {
                value = None;
            }
            _ => value.iter_mut().for_each(|value| value.push(character)),
        }
    }
    None
}

enum Escape {
    Is(char),
    /// It means something that is not worked out here.
    Unknown,
}

/// What a backslash and this character are; `None`: both as they are.
fn escape(escaped: char, quote: &str, language: Language) -> Option<Escape> {
    let is_plain = quote == "'" && language != Language::Python;
    match escaped {
        '\\' => Some(Escape::Is('\\')),
        '\'' if is_plain || language != Language::Php => Some(Escape::Is('\'')),
        _ if is_plain => None,
        '"' => Some(Escape::Is('"')),
        'n' => Some(Escape::Is('\n')),
        't' => Some(Escape::Is('\t')),
        'r' => Some(Escape::Is('\r')),
        '$' if language == Language::Php => Some(Escape::Is('$')),
        // Ruby drops the backslash before any other sign; Python and PHP keep it.
        _ if language == Language::Ruby && !escaped.is_alphanumeric() => Some(Escape::Is(escaped)),
        _ if escaped.is_alphanumeric() || escaped == '\n' => Some(Escape::Unknown),
        _ => None,
    }
}
