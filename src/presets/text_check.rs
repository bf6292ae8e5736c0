//! What is wrong with the sentences of a person's own text file, beyond what the Fluent parser sees: ids that no sentence has,
//! ids that are there twice, and arguments that the sentence is not given.

use std::collections::{BTreeMap, BTreeSet};

use super::{PresetFault, builtin};
use crate::mail::word::nearest;

/// A sentence in its file.
struct TextEntry<'a> {
    id: &'a str,
    /// From 1.
    line: usize,
    text: String,
}

/// What is wrong in a text file called `name`.
pub(super) fn slips(name: &str, source: &str) -> Vec<PresetFault> {
    let known = known_arguments();
    let mut seen = BTreeMap::new();
    let mut faults = Vec::new();
    for entry in entries(source) {
        let fault = |line, cause: String, nearest: Option<&str>| PresetFault {
            file: name.to_owned(),
            line: Some(line),
            cause: cause.into(),
            nearest: nearest.map(str::to_owned),
        };
        if let Some(first) = seen.insert(entry.id, entry.line) {
            faults.push(fault(
                entry.line,
                format!("`{}` is there already, in line {first}: the first one counts", entry.id),
                None,
            ));
        }
        let Some(arguments) = known.get(entry.id) else {
            let near = nearest(entry.id, known.keys().copied());
            faults.push(fault(entry.line, format!("unknown sentence `{}`", entry.id), near));
            continue;
        };
        for (line, argument) in
            given_arguments(&entry).into_iter().filter(|(_, argument)| !arguments.contains(argument.as_str()))
        {
            let near = nearest(&argument, arguments.iter().map(String::as_str));
            faults.push(fault(line, format!("unknown argument `${argument}` of `{}`", entry.id), near));
        }
    }
    faults
}

/// The arguments that each sentence is given, as far as the built-in texts use them.
fn known_arguments() -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut known: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for file in builtin::TEXTS {
        for entry in file.messages().flat_map(|(_, source)| entries(source)) {
            known.entry(entry.id).or_default().extend(given_arguments(&entry).into_iter().map(|(_, name)| name));
        }
    }
    known
}

/// The sentences of a file: an id at the beginning of a line, and what follows up to the next line that is not indented.
fn entries(source: &str) -> Vec<TextEntry<'_>> {
    let mut entries: Vec<TextEntry<'_>> = Vec::new();
    let mut is_open = false;
    for (at, line) in source.lines().enumerate() {
        let begins_anew = !line.is_empty() && !line.starts_with([' ', '}', '[', '*', '.', '\t']);
        if begins_anew {
            let id = line.split_once('=').map(|(id, _)| id.trim_end());
            let id = id.filter(|id| id.starts_with(|c: char| c.is_ascii_alphabetic()) && !id.contains([' ', '{']));
            is_open = id.is_some();
            entries.extend(id.map(|id| TextEntry { id, line: at + 1, text: String::new() }));
        }
        if let Some(entry) = entries.last_mut().filter(|_| is_open) {
            entry.text.push_str(line);
            entry.text.push('\n');
        }
    }
    entries
}

/// The arguments that a sentence uses, `$name` between braces and outside quotes, with their lines.
fn given_arguments(entry: &TextEntry<'_>) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let (mut depth, mut is_quoted, mut line) = (0_usize, false, entry.line);
    for (at, sign) in entry.text.char_indices() {
        match sign {
            '\n' => (is_quoted, line) = (false, line + 1),
            '"' if depth > 0 => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '$' if depth > 0 => {
                let is_part = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
                let name: String = entry.text[at + 1..].chars().take_while(is_part).collect();
                found.push((line, name));
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presets::builtin::tests::text_of;

    #[test]
    fn slips_have_their_line_and_the_nearest() {
        let source = "# mine\ncli-preset = Das $fault geht nicht: { $fualt }\n\ncli-preset = { $fault }\nclipreset = x\n-brand = y\n\
                      stale-none = { $months ->\n    [one] ein\n   *[other] { \"$x\" } { $mnths }\n}\n    .attribute = { $months }\n";
        let found = slips("de.ftl", source);
        let places: Vec<_> = found.iter().map(|fault| (fault.line.unwrap(), fault.nearest.as_deref())).collect();
        assert_eq!(places, [(2, Some("fault")), (4, None), (5, Some("cli-preset")), (9, Some("months"))], "{found:#?}");
        assert!(found[1].cause.to_string().contains("line 2"), "{found:?}");
    }

    #[test]
    fn the_built_in_texts_have_none() {
        for file in builtin::TEXTS {
            assert_eq!(slips(file.key, &text_of(&format!("text/{}.ftl", file.key))), [], "{}", file.key);
        }
    }
}
