//! A minijinja template or expression, with its place in the preset's file.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, SeqAccess, Visitor},
};

use crate::{
    mail::toml_read::PLACED,
    presets::{PresetFault, PresetSource},
};

/// A template or an expression as the preset has it.
#[derive(Clone, PartialEq, Eq)]
pub struct Template {
    text: String,
    /// Where its value begins in the file, in bytes.
    at: usize,
}

impl Template {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Another text in its place.
    pub(super) fn saying(&self, text: &str) -> Self {
        Self { text: text.to_owned(), at: self.at }
    }

    /// Its parts between stars; `\\*` is a star within one.
    pub(super) fn parts(&self) -> Vec<Self> {
        let mut parts = vec![String::new()];
        let mut signs = self.text.chars().peekable();
        while let Some(sign) = signs.next() {
            if sign == '*' {
                parts.push(String::new());
            } else if let Some(part) = parts.last_mut() {
                part.push(if sign == '\\' { signs.next_if_eq(&'*').unwrap_or(sign) } else { sign });
            }
        }
        parts.into_iter().map(|text| Self { text, at: self.at }).collect()
    }
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_newtype_struct(PLACED, PlacedText)
    }
}

/// Reads where a text begins, and the text.
struct PlacedText;

impl<'de> Visitor<'de> for PlacedText {
    type Value = Template;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Template, A::Error> {
        let (at, text) = (parts.next_element()?, parts.next_element()?);
        at.zip(text).map(|(at, text)| Template { text, at }).ok_or_else(|| A::Error::invalid_length(0, &self))
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

impl PresetSource {
    /// What is wrong with a template, `line` lines into it (from 1).
    pub fn fault(&self, template: &Template, line: Option<usize>, cause: String, nearest: Option<String>) -> PresetFault {
        let (before, value) = self.text.split_at_checked(template.at).unwrap_or_default();
        let first = before.matches('\n').count() + 1;
        // TOML drops the line break that follows the opening quotes of a long string; within a short one there is none.
        let within = match value.strip_prefix("\"\"\"").or_else(|| value.strip_prefix("'''")) {
            Some(long) => usize::from(long.starts_with(['\n', '\r'])) + line.unwrap_or(1) - 1,
            None => 0,
        };
        let line = (!self.text.is_empty()).then_some(first + within);
        PresetFault { file: self.file.clone(), line, cause: cause.into(), nearest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::toml_read;

    #[test]
    fn the_line_within_a_long_string() {
        #[derive(Deserialize)]
        struct Two {
            long: Template,
            short: Template,
        }

        let text = "long = \"\"\"\na\nb\n\"\"\"\nshort = 'a\\nb'\n";
        let Two { long, short } = toml_read::from_str(text).unwrap();
        let source = PresetSource { file: "x.toml".into(), text: text.to_owned() };
        let line = |template: &Template| source.fault(template, Some(2), String::new(), None).line;
        assert_eq!((long.as_str(), line(&long), line(&short)), ("a\nb\n", Some(3), Some(5)));
    }
}
