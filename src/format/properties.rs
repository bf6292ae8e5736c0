//! Java's .properties (`java.util.Properties.load`, its API documentation; Spring Boot, Keycloak): the key ends at `=`, `:`
//! or a blank; blanks before the value go, those after it stay; a backslash escapes, and at the end of a line continues it.
//!
//! Letters beyond ASCII are written as `\uXXXX`, which every version reads: before Java 9 the files were Latin-1 (JEP 226).
//! Spring and Keycloak expand `${NAME}`, which cannot be escaped in a way that both read.

use std::{borrow::Cow, fmt::Write as _};

use super::{
    doc::{FileDoc, FileEntry, Rival},
    file_format::FileFormat,
    kind::FileKind,
    place::{Edit, Gap},
    text::{Fault, FaultKind, Unfit, lines},
};

/// Java's .properties (Spring Boot, Keycloak).
pub(crate) struct Properties;

impl FileFormat for Properties {
    fn word(&self) -> &'static str {
        "properties"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        let (first, further) = text.split_at(first_document(text));
        let entries = entries(text)?;
        let mut doc = FileDoc::flat(entries);
        if !further.is_empty() {
            let later = doc.entries.extract_if(.., |entry| entry.body.start >= first.len());
            doc.rivals = later.map(|entry| Rival { path: entry.path, at: entry.body.start, always: true }).collect();
        }
        Ok(doc)
    }

    fn kinds(&self) -> Option<&'static [FileKind]> {
        Some(&[FileKind::Properties])
    }

    /// Into the first document: a later one may hold for some profiles alone.
    fn place(&self, gap: &Gap<'_>) -> Result<Vec<Edit>, Fault> {
        Ok(vec![gap.lines_at(first_document(gap.text), &gap.missing_lines())])
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        quote(value)
    }

    /// The dots belong to the key.
    fn steps(&self, key: &str) -> Vec<String> {
        vec![key.to_owned()]
    }
}

/// Where the first document ends: Spring divides a file by lines of `#---` or `!---` (Spring Boot reference, "Working With
/// Multi-Document Files").
fn first_document(text: &str) -> usize {
    let is_mark = |line: &str| matches!(line.trim_end(), "#---" | "!---");
    lines(text).find(|(_, bare, _)| is_mark(&text[bare.clone()])).map_or(text.len(), |(_, bare, _)| bare.start)
}

/// The key as Spring compares it: what is in brackets is a step like any other ("Relaxed Binding").
fn canonical(key: &str) -> String {
    if key.starts_with("spring.") { key.replace(".[", ".").replace('[', ".").replace(']', "") } else { key.to_owned() }
}

fn entries(text: &str) -> Result<Vec<FileEntry>, Fault> {
    let mut found: Vec<FileEntry> = Vec::new();
    let mut rows = lines(text);
    while let Some((number, bare, _)) = rows.next() {
        let line = &text[bare.clone()];
        let content = line.trim_start_matches([' ', '\t', '\u{c}']);
        if content.is_empty() || content.starts_with(['#', '!']) {
            continue;
        }
        let start = bare.start + line.len() - content.len();
        let (mut logical, mut continued) = (Cow::Borrowed(content), Vec::new());
        while goes_on(&logical) {
            logical.to_mut().pop();
            let Some((_, bare, whole)) = rows.next() else { break };
            logical.to_mut().push_str(text[bare].trim_start_matches([' ', '\t', '\u{c}']));
            continued.push(whole);
        }
        let fault = Fault::at(number, FaultKind::Syntax);
        let (key, value) = split(&logical);
        let (key, value) = (unescaped(key).ok_or(fault)?, unescaped(value).ok_or(fault)?);
        found.push(FileEntry { continued, ..FileEntry::flat(canonical(&key), value, start..bare.end) });
    }
    Ok(found)
}

/// Whether an odd number of backslashes ends the line.
fn goes_on(line: &str) -> bool {
    (line.len() - line.trim_end_matches('\\').len()) % 2 == 1
}

fn split(line: &str) -> (&str, &str) {
    let mut is_escaped = false;
    let end = line.char_indices().find(|(_, character)| {
        let ends = !is_escaped && matches!(character, '=' | ':' | ' ' | '\t' | '\u{c}');
        is_escaped = !is_escaped && *character == '\\';
        ends
    });
    let Some((end, _)) = end else { return (line, "") };
    let blanks = |text: &'static str| move |character: char| text.contains(character);
    let rest = line[end..].trim_start_matches(blanks(" \t\u{c}"));
    let rest = rest.strip_prefix(['=', ':']).unwrap_or(rest);
    (&line[..end], rest.trim_start_matches(blanks(" \t\u{c}")))
}

fn unescaped(text: &str) -> Option<String> {
    if !text.contains('\\') {
        return Some(text.to_owned());
    }
    let mut value = Vec::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let mut utf16 = [0; 2];
        if character != '\\' {
            value.extend_from_slice(character.encode_utf16(&mut utf16));
            continue;
        }
        match characters.next() {
            Some('u') => value.push(u16::from_str_radix(characters.as_str().get(..4)?, 16).ok()?),
            Some(escaped) => {
                let meant = match escaped {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'f' => '\u{c}',
                    other => other,
                };
                value.extend_from_slice(meant.encode_utf16(&mut utf16));
                continue;
            }
            None => continue,
        }
        characters.nth(3);
    }
    String::from_utf16(&value).ok()
}

fn quote(value: &str) -> Result<String, Unfit> {
    if value.contains("${") {
        return Err(Unfit::Characters("${".into()));
    }
    let mut quoted = String::with_capacity(value.len());
    for (at, character) in value.char_indices() {
        match character {
            '\\' => quoted.push_str(r"\\"),
            '\t' => quoted.push_str(r"\t"),
            ' ' if at == 0 => quoted.push_str(r"\ "),
            ' '..='~' => quoted.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let _ = write!(quoted, "\\u{unit:04x}");
                }
            }
        }
    }
    Ok(quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_java_reads() {
        let text = "# c\n! c\nspring.mail.host = h.test \r\n a\\ b:c\nk v w\nlong=a\\\n   b\np=\\ x\\u00e9\\\\\\ud83d\\udd11\nalone\n";
        let found = entries(text).unwrap();
        let pairs: Vec<_> = found.iter().map(|it| (it.path[0].as_str(), it.value.as_deref().unwrap())).collect();
        let expected =
            [("spring.mail.host", "h.test "), ("a b", "c"), ("k", "v w"), ("long", "ab"), ("p", " xé\\🔑"), ("alone", "")];
        assert_eq!(pairs, expected);
        assert_eq!(&text[found[1].body.clone()], "a\\ b:c");
        assert_eq!(entries("a=1\nb=\\u12\n").unwrap_err(), Fault { line: 2, kind: FaultKind::Syntax });
    }

    #[test]
    fn escapes() {
        assert_eq!(quote("  a\\b#=: é🔑").as_deref(), Ok("\\  a\\\\b#=: \\u00e9\\ud83d\\udd11"));
        assert_eq!(quote("${x}"), Err(Unfit::Characters("${".into())));
    }
}
