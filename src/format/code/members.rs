//! Arrays and dicts that program text holds: their members, one in the other.

use crate::format::{
    code::{
        lex::{Language, Token},
        single, span, until,
    },
    doc::{FileDoc, FileEntry, Group, Shape},
    text::{Fault, FaultKind},
};

/// No settings are nested deeper than this; each level is gone over once more.
const DEEPEST: usize = 32;

/// The tokens that open an array or a dict: `[` or `array (` in PHP, `{` in Python.
pub(in crate::format) fn opening(text: &str, tokens: &[Token<'_>], language: Language) -> Option<usize> {
    match tokens {
        [first, ..] if language == Language::Python => (first.sign() == Some('{')).then_some(0),
        [first, ..] if first.sign() == Some('[') => Some(0),
        [word, open, ..] if word.is_word(text, "array") && open.sign() == Some('(') => Some(1),
        _ => None,
    }
}

/// A member's key, and what follows the sign between it and the value.
fn member<'a, 't>(tokens: &'a [Token<'t>], language: Language) -> Option<(&'a str, &'a [Token<'t>])> {
    match tokens {
        [Token::Text { value: Some(key), .. }, colon, rest @ ..] if language == Language::Python => {
            (colon.sign() == Some(':')).then_some((key.as_ref(), rest))
        }
        [Token::Text { value: Some(key), .. }, equals, arrow, rest @ ..] => {
            ((equals.sign(), arrow.sign()) == (Some('='), Some('>'))).then_some((key.as_ref(), rest))
        }
        _ => None,
    }
}

/// The members of the array whose bracket is the first token; how many tokens it takes.
///
/// # Errors
/// It is never closed, or nested too deep.
pub(in crate::format) fn members(
    text: &str,
    tokens: &[Token<'_>],
    path: &mut Vec<String>,
    start: usize,
    language: Language,
    doc: &mut FileDoc,
) -> Result<usize, Fault> {
    let head = start..tokens[0].range().end;
    if path.len() > DEEPEST {
        return Err(Fault::within(text, head.start, FaultKind::Unfamiliar));
    }
    let group = doc.groups.len();
    doc.groups.push(Group { path: path.clone(), head, end: 0, shape: Shape::Brackets });
    let is_end = |token: &Token<'_>| matches!(token.sign(), Some(')' | ']' | '}'));
    let mut at = 1;
    loop {
        let Some(first) = tokens.get(at) else {
            return Err(Fault::within(text, tokens[0].range().start, FaultKind::Syntax));
        };
        if is_end(first) {
            doc.groups[group].end = first.range().start;
            return Ok(at + 1);
        }
        let length = until(&tokens[at..], |token| token.sign() == Some(',') || is_end(token));
        let found = &tokens[at..at + length];
        if let Some((key, rest)) = member(found, language) {
            path.push(key.to_owned());
            let own = found[0].range().start;
            if let Some(open) = opening(text, rest, language) {
                members(text, &rest[open..], path, own, language, doc)?;
            } else {
                let body = own..span(found).map_or(own, |span| span.end);
                let value = single(text, rest);
                doc.entries.push(FileEntry { path: path.clone(), value, from: None, body, continued: Vec::new() });
            }
            path.pop();
        }
        at += length;
        at += usize::from(tokens.get(at).is_some_and(|token| token.sign() == Some(',')));
    }
}
