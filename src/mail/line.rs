//! One line of text: display names, login names, commands, paths.

use std::str::FromStr;

use super::{
    reply::is_hidden,
    value::{ValueFault, text_value},
};
use crate::{phrase, phrase::Phrase};

/// A line of text that is not empty and has no hidden characters; blanks at both ends are taken off.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextLine(String);

text_value!(TextLine, "text");

/// Why a text is no such line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineFault {
    /// There is nothing but blanks.
    Empty,
    /// It has a control character, or another that is not seen.
    Control,
}

impl ValueFault for LineFault {
    fn phrase(&self) -> Phrase {
        match self {
            Self::Empty => phrase!("invalid-empty"),
            Self::Control => phrase!("invalid-control"),
        }
    }
}

impl FromStr for TextLine {
    type Err = LineFault;

    fn from_str(typed: &str) -> Result<Self, LineFault> {
        let line = typed.trim();
        if line.is_empty() {
            return Err(LineFault::Empty);
        }
        if has_hidden(line) {
            return Err(LineFault::Control);
        }
        Ok(Self(line.to_owned()))
    }
}

/// Whether a line has hidden characters that say nothing where they stand. Between letters beyond ASCII or emoji, ZERO WIDTH
/// NON-JOINER and JOINER are spelling (Unicode 16, 23.2), as is VARIATION SELECTOR-16 after an emoji.
fn has_hidden(line: &str) -> bool {
    let is_sign = |character: &char| !character.is_ascii() && !character.is_whitespace() && !is_hidden(*character);
    let mut before = None;
    let mut ahead = line.chars().peekable();
    while let Some(character) = ahead.next() {
        let is_spelling = match character {
            '\u{200c}' | '\u{200d}' => {
                before.is_some_and(|before| is_sign(&before) || before == '\u{fe0f}') && ahead.peek().is_some_and(is_sign)
            }
            '\u{fe0f}' => before.is_some_and(|before| is_sign(&before)),
            _ => false,
        };
        if is_hidden(character) && !is_spelling {
            return true;
        }
        before = Some(character);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joiners_are_spelling_between_letters_and_emoji_alone() {
        for name in ["می\u{200c}خواهم", "श\u{200d}र", "👩\u{200d}💻 Ops", "❤\u{fe0f}\u{200d}🔥", "Zoë"] {
            assert_eq!(name.parse::<TextLine>().unwrap(), name);
        }
        for name in [
            "a\u{200d}b",
            "é\u{200d}",
            "\u{200c}é",
            "é\u{200d}\u{200d}é",
            "é\u{200c} é",
            "a\u{fe0f}",
            "é\u{202e}é",
            "🏴\u{e0067}",
            "é\u{200b}é",
        ] {
            assert_eq!(name.parse::<TextLine>(), Err(LineFault::Control), "{name:?}");
        }
    }
}
