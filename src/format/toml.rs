//! TOML 1.1 by the library that reads the profiles; headers are found by their lines. A literal string keeps everything but
//! the single quote; a basic string takes the rest, with escapes (TOML 1.0, "String").

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::{
    doc::{FileDoc, FileEntry, Group, Shape},
    file_format::{EntryText, FileFormat, is_same_kind},
    kind::FileKind,
    place::{Edit, Gap, section},
    text::{Fault, FaultKind, Unfit, lines},
};

/// TOML.
pub(crate) struct Toml;

impl FileFormat for Toml {
    fn word(&self) -> &'static str {
        "toml"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        doc(text)
    }

    fn kinds(&self) -> Option<&'static [FileKind]> {
        Some(&[FileKind::Toml, FileKind::Ini])
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        Ok(quote(value))
    }

    fn is_same(&self, there: EntryText<'_>, ours: EntryText<'_>) -> bool {
        is_same_kind(there, ours)
    }

    fn place(&self, gap: &Gap<'_>) -> Result<Vec<Edit>, Fault> {
        Ok(section::place(gap))
    }
}

fn doc(text: &str) -> Result<FileDoc, Fault> {
    let parsed = DeTable::parse(text)
        .map_err(|error| Fault::within(text, error.span().map_or(0, |span| span.start), FaultKind::Syntax))?;
    let mut doc = FileDoc::default();
    walk(&mut doc.entries, &mut Vec::new(), parsed.get_ref());
    doc.entries.sort_unstable_by_key(|entry| entry.body.start);
    doc.groups.push(Group { path: Vec::new(), head: 0..0, end: text.len(), shape: Shape::Section });
    // Where the values end that begin before a line: it may be one of theirs.
    let mut values = doc.entries.iter().map(|entry| entry.body.clone()).collect::<Vec<_>>().into_iter().peekable();
    let mut end = 0;
    for (_, bare, whole) in lines(text) {
        while let Some(value) = values.next_if(|value| value.start < bare.start) {
            end = end.max(value.end);
        }
        let line = text[bare.clone()].trim_ascii();
        if !line.starts_with('[') || bare.start < end {
            continue;
        }
        let is_list = line.starts_with("[[");
        doc.open_section(steps(line), whole);
        if let Some(group) = doc.groups.last_mut().filter(|_| is_list) {
            group.shape = Shape::Closed;
        }
    }
    Ok(doc)
}

/// The way that a header names, by the parser's own reading of it.
fn steps(header: &str) -> Vec<String> {
    let is_bare = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.');
    let name = header.trim_start_matches('[').trim_end_matches(']');
    if !name.is_empty() && name.chars().all(is_bare) {
        return name.split('.').map(str::to_owned).collect();
    }
    let mut found = Vec::new();
    let parsed = DeTable::parse(header).ok();
    let mut table = parsed.as_ref().map(toml::Spanned::get_ref);
    while let Some((key, value)) = table.and_then(|table| table.iter().next()) {
        found.push(key.get_ref().to_string());
        table = match value.get_ref() {
            DeValue::Table(inner) => Some(inner),
            DeValue::Array(list) => list.iter().next().and_then(|first| match first.get_ref() {
                DeValue::Table(inner) => Some(inner),
                _ => None,
            }),
            _ => None,
        };
    }
    found
}

fn walk(entries: &mut Vec<FileEntry>, path: &mut Vec<String>, table: &DeTable) {
    for (key, value) in table {
        let name = key.get_ref().to_string();
        let body: Range<usize> = key.span().start..value.span().end;
        let text = match value.get_ref() {
            DeValue::Table(inner) => {
                path.push(name);
                walk(entries, path, inner);
                path.pop();
                continue;
            }
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Integer(number) => Some(number.to_string()),
            DeValue::Float(number) => Some(number.to_string()),
            DeValue::Boolean(is_true) => Some(is_true.to_string()),
            DeValue::Datetime(when) => Some(when.to_string()),
            DeValue::Array(_) => None,
        };
        // Tables of a list have spans of their own, elsewhere.
        if text.is_some() || body.end > body.start {
            let path = path.iter().cloned().chain([name]).collect();
            entries.push(FileEntry { path, value: text, from: None, body, continued: Vec::new() });
        }
    }
}

fn quote(value: &str) -> String {
    if value.contains('\'') {
        format!("\"{}\"", value.replace('\\', r"\\").replace('"', "\\\""))
    } else {
        format!("'{value}'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_by_their_way() {
        let text = "a = 1 # c\n[smtp]\npass = 'x#'\nl = [\n  1,\n]\nm = \"\"\"\n[no]\n\"\"\"\n[x.\"y.z\"]\nk.v = \"\\u00e9\"\nt = { u = true }\n[[r]]\nq = 1\n";
        let doc = doc(text).unwrap();
        let found: Vec<_> = doc.entries.iter().filter_map(|it| Some((it.path.join("/"), it.value.as_deref()?))).collect();
        let expected = [("a", "1"), ("smtp/pass", "x#"), ("smtp/m", "[no]\n"), ("x/y.z/k/v", "é"), ("x/y.z/t/u", "true")];
        assert_eq!(found, expected.map(|(key, value)| (key.to_owned(), value)));
        let groups: Vec<_> = doc.groups.iter().map(|group| (group.path.join("/"), group.shape)).collect();
        let expected = [("", Shape::Section), ("smtp", Shape::Section), ("x/y.z", Shape::Section), ("r", Shape::Closed)];
        assert_eq!(groups, expected.map(|(path, shape)| (path.to_owned(), shape)));
        assert_eq!(&text[doc.entries[1].body.clone()], "pass = 'x#'");
        assert_eq!(super::doc("a = 1\nb = \n").unwrap_err(), Fault { line: 2, kind: FaultKind::Syntax });
    }

    #[test]
    fn literal_where_it_can_be() {
        assert_eq!(quote("a\\\"b\t#"), "'a\\\"b\t#'");
        assert_eq!(quote("it's \"\\"), "\"it's \\\"\\\\\"");
    }
}
