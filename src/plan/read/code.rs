//! Settings that are program text: enough of PHP, Python and Ruby to find assignments of plain values, and to pass over
//! comments, strings and what stands between brackets.

mod lex;
mod php;
mod python;
mod ruby;

use std::ops::Range;

use lex::Token;
pub(super) use php::{array as php_array, defines as php_defines};
pub(super) use python::doc as python;
pub(super) use ruby::doc as ruby;

use super::Entry;

/// The value that tokens are, when they are a single plain one.
fn single(text: &str, tokens: &[Token]) -> Option<String> {
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    match tokens {
        [Token::Text { value, .. }] => value.clone(),
        [Token::Word(range)] => {
            let word = &text[range.clone()];
            match word.to_ascii_lowercase().as_str() {
                is @ ("true" | "false") => Some(is.to_owned()),
                "null" | "none" | "nil" => Some(String::new()),
                _ => is_number(word).then(|| word.to_owned()),
            }
        }
        _ => None,
    }
}

/// The statements of a language in which a line break or a semicolon ends one.
fn statements<'a>(text: &'a str, tokens: &'a [Token]) -> impl Iterator<Item = &'a [Token]> {
    let mut rest = tokens;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let length = until(text, rest, |token| matches!(token, Token::Break(_)) || token.sign(text) == Some(';'));
        let statement = &rest[..length];
        rest = rest.get(length + 1..).unwrap_or_default();
        Some(statement)
    })
}

/// The setting that a statement makes.
fn setting(text: &str, path: Vec<String>, statement: &[Token], value: &[Token]) -> Option<Entry> {
    Some(Entry { path, value: single(text, value), from: None, body: span(statement)?, continued: Vec::new() })
}

/// From the first to the last of these tokens.
fn span(tokens: &[Token]) -> Option<Range<usize>> {
    Some(tokens.first()?.range().start..tokens.last()?.range().end)
}

/// How many tokens there are up to one outside of all brackets that `ends`.
fn until(text: &str, tokens: &[Token], ends: impl Fn(&Token) -> bool) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        if depth == 0 && ends(token) {
            return index;
        }
        match token.sign(text) {
            Some('(' | '[' | '{') => depth += 1,
            Some(')' | ']' | '}') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    tokens.len()
}
