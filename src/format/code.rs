//! Settings that are program text: enough of PHP, Python and Ruby to find assignments of plain values, and to pass over
//! comments, strings and what is between brackets.

pub(super) mod lex;
pub(super) mod members;

use std::ops::Range;

use lex::Token;

use super::doc::FileEntry;

/// The value that tokens are, when they are a single plain one.
pub(super) fn single(text: &str, tokens: &[Token<'_>]) -> Option<String> {
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    match tokens {
        [Token::Text { value, .. }] => value.as_deref().map(str::to_owned),
        [Token::Word(range)] => {
            let word = &text[range.clone()];
            let is = |names: &[&str]| names.iter().any(|name| word.eq_ignore_ascii_case(name));
            if is(&["true", "false"]) {
                return Some(word.to_ascii_lowercase());
            }
            if is(&["null", "none", "nil"]) { Some(String::new()) } else { is_number(word).then(|| word.to_owned()) }
        }
        _ => None,
    }
}

/// The statements of a language in which a line break or a semicolon ends one.
pub(super) fn statements<'a, 't>(tokens: &'a [Token<'t>]) -> impl Iterator<Item = &'a [Token<'t>]> {
    let mut rest = tokens;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let length = until(rest, |token| matches!(token, Token::Break(_)) || token.sign() == Some(';'));
        let statement = &rest[..length];
        rest = rest.get(length + 1..).unwrap_or_default();
        Some(statement)
    })
}

/// The setting that a statement makes.
pub(super) fn setting(text: &str, path: Vec<String>, statement: &[Token<'_>], value: &[Token<'_>]) -> Option<FileEntry> {
    Some(FileEntry { path, value: single(text, value), from: None, body: span(statement)?, continued: Vec::new() })
}

/// From the first to the last of these tokens.
pub(super) fn span(tokens: &[Token<'_>]) -> Option<Range<usize>> {
    Some(tokens.first()?.range().start..tokens.last()?.range().end)
}

/// How many tokens there are up to one outside of all brackets that `ends`.
pub(super) fn until(tokens: &[Token<'_>], ends: impl Fn(&Token<'_>) -> bool) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        if depth == 0 && ends(token) {
            return index;
        }
        match token.sign() {
            Some('(' | '[' | '{') => depth += 1,
            Some(')' | ']' | '}') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    tokens.len()
}

/// Single quotes, in which a backslash and a single quote are escaped by a backslash: that these two are escapes is all that PHP,
/// Ruby and Python have in common there, and nothing else is written.
pub(super) fn quote(value: &str) -> String {
    format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_quotes() {
        assert_eq!(quote("it's \\n $x #{y} \""), "'it\\'s \\\\n $x #{y} \"'");
    }
}
