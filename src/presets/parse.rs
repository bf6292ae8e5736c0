//! Parsing of preset files: a fault says where it is, and names the nearest known word.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::PresetFault;
use crate::mail::word::nearest;

/// The file that a preset was read from, for the lines of faults that are found later.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PresetSource {
    /// A path of the person's, or the built-in file's name.
    pub file: String,
    /// Its text.
    pub text: Cow<'static, str>,
}

impl PresetSource {
    /// What is wrong with the value at `path`, such as `match.0.stage.1`.
    pub fn fault_at(&self, path: &str, cause: impl Into<String>) -> PresetFault {
        PresetFault { file: self.file.clone(), line: self.line_of(path), cause: cause.into(), nearest: None }
    }

    /// The word at `path` is none of the known ones; `what` says what it should be, as `stage`.
    pub fn unknown_at<'a>(
        &self,
        path: &str,
        what: &str,
        word: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> PresetFault {
        let known: Vec<&str> = known.into_iter().collect();
        let mut cause = format!("unknown {what} `{word}`");
        // A long list says less than the nearest word.
        if (1..=30).contains(&known.len()) {
            cause = format!("{cause}, expected one of `{}`", known.join("`, `"));
        }
        let nearest = nearest(&word.to_lowercase(), known).map(str::to_owned);
        PresetFault { nearest, ..self.fault_at(path, cause) }
    }

    /// The line of the value at `path`, or of what the path leads to first.
    fn line_of(&self, path: &str) -> Option<usize> {
        let table = DeTable::parse(&self.text).ok()?;
        let (first, rest) = path.split_once('.').unwrap_or((path, ""));
        let mut value: &Spanned<DeValue<'_>> = table.get_ref().get(first)?;
        for step in rest.split('.').filter(|step| !step.is_empty()) {
            let inner = step.parse::<usize>().map_or_else(|_| value.get_ref().get(step), |at| value.get_ref().get(at));
            match inner {
                Some(inner) => value = inner,
                None => break,
            }
        }
        Some(line_at(&self.text, value.span().start))
    }
}

/// Parses a TOML file; a fault says where and names the nearest known key.
///
/// # Errors
/// What is wrong, with the line.
pub fn parse<T: DeserializeOwned>(file: &str, source: &str) -> Result<T, PresetFault> {
    toml::from_str(source).map_err(|error| {
        let line = error.span().map(|span| line_at(source, span.start));
        PresetFault { file: file.to_owned(), line, cause: error.message().to_owned(), nearest: nearest_key(error.message()) }
    })
}

/// The line, from 1, of a place in a text, in bytes.
fn line_at(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}

/// The known word that is nearest to the unknown one, from serde's ``unknown field `x`, expected one of `a`, `b` ``, or
/// `variant` for a word in a value.
fn nearest_key(message: &str) -> Option<String> {
    let rest = message.strip_prefix("unknown field `").or_else(|| message.strip_prefix("unknown variant `"))?;
    let (unknown, known) = rest.split_once('`')?;
    let known = known.split('`').skip(1).step_by(2);
    nearest(&unknown.to_lowercase(), known).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presets::{Provider, Target};

    #[test]
    fn an_unknown_key_names_file_line_and_the_nearest() {
        let source = "name = 'X'\ncategory = 'relay'\nchecked = '2026-11'\n\n[en]\nsumary = 'x'\n[fr]\nsummary = 'x'\n";
        let fault = parse::<Provider>("x.toml", source).unwrap_err();
        assert_eq!((fault.line, fault.nearest.as_deref()), (Some(6), Some("summary")));
    }

    #[test]
    fn an_unknown_word_names_file_line_and_the_nearest() {
        let source = "name = 'X'\n\n[[file]]\nid = 'x'\nmode = '0600'\nmerge = 'keys'\nformat = 'yalm'\ntemplate = ''\n";
        let fault = parse::<Target>("x.toml", source).unwrap_err();
        assert_eq!((fault.line, fault.nearest.as_deref()), (Some(7), Some("yaml")));
    }

    #[test]
    fn a_value_has_its_line() {
        let text = "ask = 'x'\nmatch = [\n  { any = ['a'] },\n  { stage = ['b',\n     'c'] },\n]\n[en]\nsteps = [\n  'd',\n]\n[[variant]]\nask = 'e'\n";
        let source = PresetSource { file: "x.toml".into(), text: text.into() };
        for (path, line) in [
            ("ask", 1),
            ("match.0.any", 3),
            ("match.1.stage.1", 5),
            ("match.1.stage.7", 4),
            ("en.steps.0", 9),
            ("variant.0.ask", 12),
        ] {
            assert_eq!(source.line_of(path), Some(line), "{path}");
        }
        let fault = source.unknown_at("match.1.stage.1", "stage", "conect", ["dns", "connect"]);
        assert_eq!(fault.to_string(), "x.toml:5: unknown stage `conect`, expected one of `dns`, `connect`");
        assert_eq!(fault.nearest.as_deref(), Some("connect"));
    }
}
