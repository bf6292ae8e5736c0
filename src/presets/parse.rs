//! Parsing of preset files: a fault says where it is, and names the nearest known word.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{PresetCause, PresetFault};
use crate::{
    mail::{
        reply::escape_lines,
        toml_read::{self, TomlError},
        word::nearest,
    },
    packed::PackedEntries,
};

/// How many unknown keys a person's own file may have.
const MOST_UNKNOWN: usize = 20;

/// The file that a preset was read from, for the lines of faults that are found later.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PresetSource {
    /// A path of the person's, or the built-in file's name.
    pub file: String,
    /// Its text; empty for a built-in file, of which no faults are left to find: tests do.
    pub text: String,
}

impl PresetSource {
    /// What is wrong with the value at `path`, such as `match.0.stage.1`.
    pub fn fault_at(&self, path: &str, cause: impl Into<PresetCause>) -> PresetFault {
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

    /// The paths of lists that are there and empty.
    pub(super) fn empty_lists(&self) -> Vec<String> {
        let mut found = Vec::new();
        if let Ok(table) = DeTable::parse(&self.text) {
            table.get_ref().iter().for_each(|(key, value)| find_empty(key.get_ref(), value.get_ref(), &mut found));
        }
        found
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
    toml_read::from_str(source).map_err(|error| fault_of(file, source, error))
}

/// Reads a built-in file that was packed.
pub(super) fn read<T: DeserializeOwned>(file: &str, table: PackedEntries) -> Result<T, PresetFault> {
    toml_read::from_packed(table).map_err(|error| fault_of(file, "", error))
}

/// Parses a person's own file. A key that is not known is a fault, and is passed over; with any other fault nothing is read.
/// What a terminal must not get is escaped in every value: nothing that is made of them has to do it again.
pub(super) fn parse_own<T: DeserializeOwned>(source: &PresetSource) -> (Option<T>, Vec<PresetFault>) {
    let fault = |error: TomlError| fault_of(&source.file, &source.text, error);
    let mut table = match DeTable::parse(&source.text) {
        Ok(table) => table,
        Err(error) => return (None, vec![fault(error.into())]),
    };
    table.get_mut().iter_mut().for_each(|(_, value)| make_visible(value));
    let mut faults = Vec::new();
    loop {
        let error = match toml_read::from_table(table.clone()) {
            Ok(preset) => return (Some(preset), faults),
            Err(error) => error,
        };
        let at = error.span().map(|span| span.start);
        let is_removed = unknown_word(error.message()).zip(at).is_some_and(|(key, at)| remove_key(table.get_mut(), key, at));
        faults.push(fault(error));
        if !is_removed || faults.len() > MOST_UNKNOWN {
            return (None, faults);
        }
    }
}

/// What the parser says, with its line and the nearest known word.
fn fault_of(file: &str, source: &str, error: TomlError) -> PresetFault {
    let line = error.span().map(|span| line_at(source, span.start));
    let nearest = nearest_key(error.message());
    PresetFault { file: file.to_owned(), line, cause: PresetCause::Toml(Arc::new(error)), nearest }
}

/// Looks for empty lists in the value at `path`.
fn find_empty(path: &str, value: &DeValue<'_>, found: &mut Vec<String>) {
    match value {
        DeValue::Array(items) if items.is_empty() => found.push(path.to_owned()),
        DeValue::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| find_empty(&format!("{path}.{at}"), item.get_ref(), found));
        }
        DeValue::Table(table) => {
            table.iter().for_each(|(key, value)| find_empty(&format!("{path}.{}", key.get_ref()), value.get_ref(), found));
        }
        _ => {}
    }
}

/// Escapes what a terminal must not get.
fn make_visible(value: &mut Spanned<DeValue<'_>>) {
    match value.get_mut() {
        DeValue::String(text) => {
            let visible = escape_lines(text);
            if visible != **text {
                *text = visible.into();
            }
        }
        DeValue::Array(items) => items.iter_mut().for_each(make_visible),
        DeValue::Table(table) => table.iter_mut().for_each(|(_, value)| make_visible(value)),
        _ => {}
    }
}

/// Takes a key away, which is at this place in the file.
fn remove_key(table: &mut DeTable<'_>, key: &str, at: usize) -> bool {
    let is_here = table.keys().any(|name| name.get_ref() == key && name.span().contains(&at));
    if is_here {
        return table.remove(key).is_some();
    }
    table.iter_mut().any(|(_, value)| remove_below(value, key, at))
}

/// The same in a value.
fn remove_below(value: &mut Spanned<DeValue<'_>>, key: &str, at: usize) -> bool {
    match value.get_mut() {
        DeValue::Array(items) => items.iter_mut().any(|item| remove_below(item, key, at)),
        DeValue::Table(table) => remove_key(table, key, at),
        _ => false,
    }
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

/// The key that serde does not know.
fn unknown_word(message: &str) -> Option<&str> {
    Some(message.strip_prefix("unknown field `")?.split_once('`')?.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presets::{Cause, Provider, Target};

    /// The line of a fault, and the nearest word.
    type Place = (Option<usize>, Option<String>);

    fn own<T: DeserializeOwned>(text: &str) -> (Option<T>, Vec<Place>) {
        let (preset, faults) = parse_own(&PresetSource { file: "x.toml".into(), text: text.to_owned() });
        (preset, faults.into_iter().map(|fault| (fault.line, fault.nearest)).collect())
    }

    #[test]
    fn an_unknown_key_of_ones_own_is_named_and_passed_over_wherever_it_is() {
        let text = "name = 'X'\ncategory = 'relay'\nchecked = '2026-11'\ndomain = ['x.test']\n\
                    smtp = [{ host = 'h', port = 25, security = 'tls', prot = 1 }]\n[password]\nspecail = 'no'\n\
                    [en]\nsummary = 'x'\nsumary = 'y'\n[frr]\nsummary = 'x'\n";
        let (provider, mut faults) = own::<Provider>(text);
        let provider = provider.unwrap();
        assert_eq!((provider.smtp.len(), provider.words.iter().count()), (1, 1));
        faults.sort();
        let said = |line, near: &str| (Some(line), Some(near.to_owned()));
        let expected = [said(4, "domains"), said(5, "port"), said(7, "special"), said(10, "summary"), said(11, "fr")];
        assert_eq!(faults, expected);
        let cause = "checked = '2026-11'\n[[match]]\ncode = ['5xx']\nanny = ['x']\n[[variant]]\nwhen = { prot = [1], port = [25] }\n\
                     [variant.en]\ntitel = 'x'\n[en]\ntitle = 'T'\nmeaning = 'M'\nsteps = ['S']\ntell = 'W'\n";
        let (cause, faults) = own::<Cause>(cause);
        assert_eq!((cause.unwrap().patterns[0].code.len(), faults.len()), (1, 3), "{faults:?}");
    }

    #[test]
    fn what_is_lacking_ends_it_beside_the_slip_that_made_it_so() {
        let (provider, faults) =
            own::<Provider>("nmae = 'X'\ncategory = 'relay'\nchecked = '2026-11'\n[en]\nsummary = 'x'\n");
        assert!(provider.is_none());
        assert_eq!(faults[0], (Some(1), Some("name".to_owned())));
        let many: String = (0..50).map(|at| format!("k{at} = 1")).collect::<Vec<_>>().join("\n");
        assert!(own::<Provider>(&many).0.is_none());
    }

    #[test]
    fn no_value_of_ones_own_can_move_a_cursor() {
        let text = "name = \"a\\u001b[2J\"\ncategory = 'relay'\nchecked = '2026-11'\ndomains = ['\u{202e}\u{e0041}\u{9b}']\n[en]\nsummary = 'é\u{a0}x'\n";
        let provider = own::<Provider>(text).0.unwrap();
        assert_eq!(provider.name, "a\\u{1b}[2J");
        assert_eq!(provider.domains, ["\\u{202e}\\u{e0041}\\u{9b}"]);
        assert_eq!(provider.guidance(crate::presets::Lang::EN).summary, "é\u{a0}x");
    }

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
        let source = PresetSource { file: "x.toml".into(), text: text.to_owned() };
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
