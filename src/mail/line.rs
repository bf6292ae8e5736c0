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
        if line.chars().any(is_hidden) {
            return Err(LineFault::Control);
        }
        Ok(Self(line.to_owned()))
    }
}
