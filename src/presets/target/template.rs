//! A minijinja template or expression, with its place in the preset's file.

use std::fmt;

use serde::Deserialize;
use toml::Spanned;

use crate::presets::{PresetFault, PresetSource};

/// A template or an expression as the preset has it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Spanned<String>")]
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

impl From<Spanned<String>> for Template {
    fn from(spanned: Spanned<String>) -> Self {
        Self { at: spanned.span().start, text: spanned.into_inner() }
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
        PresetFault { file: self.file.clone(), line: Some(first + within), cause: cause.into(), nearest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_within_a_long_string() {
        #[derive(Deserialize)]
        struct Two {
            long: Template,
            short: Template,
        }

        let text = "long = \"\"\"\na\nb\n\"\"\"\nshort = 'a\\nb'\n";
        let Two { long, short } = toml::from_str(text).unwrap();
        let source = PresetSource { file: "x.toml".into(), text: text.into() };
        let line = |template: &Template| source.fault(template, Some(2), String::new(), None).line;
        assert_eq!((long.as_str(), line(&long), line(&short)), ("a\nb\n", Some(3), Some(5)));
    }
}
