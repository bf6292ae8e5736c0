//! What is wrong with a TOML file, in our own words: the parser's are for programmers.

use crate::{phrase, phrase::Phrase};

/// Why a line is no TOML, by what the parser's message is about (`toml_parser::decoder`, `toml::de::parser`).
pub fn syntax(message: &str) -> Phrase {
    if message.contains("duplicate") {
        phrase!("toml-twice")
    } else if ["string", "quoted", "escape", "boolean"].iter().any(|about| message.contains(about)) {
        phrase!("toml-quotes")
    } else if message.contains("header") || message.contains("`]`") || message.contains("array") {
        phrase!("toml-brackets")
    } else {
        phrase!("toml-line")
    }
}

/// What a value has to be, by what serde's message says that it expected: ``invalid type: string "587", expected i64``.
pub(super) fn kind(message: &str) -> Phrase {
    let expected = message.rsplit_once("expected ").map_or("", |(_, expected)| expected);
    let is_about = |words: &[&str]| words.iter().any(|word| expected.contains(word));
    if is_about(&["string", "path", "borrowed"]) {
        phrase!("toml-text")
    } else if is_about(&["bool"]) {
        phrase!("toml-yes-no")
    } else if is_about(&["i64", "u64", "u32", "u16", "integer"]) {
        phrase!("toml-number")
    } else if is_about(&["sequence", "array"]) {
        phrase!("toml-list")
    } else {
        phrase!("toml-table")
    }
}

/// The line, from 1, of a place in a text, in bytes.
pub fn line_at(text: &[u8], at: usize) -> usize {
    text.iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}
