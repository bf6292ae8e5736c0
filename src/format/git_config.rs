//! git's configuration (git-config(1), "Syntax" and "Values"; `get_value` and `parse_value` in git's `config.c`):
//! `[section]`, `[section "name"]`, `key = value`. In a value `\"`, `\\`, `\n`, `\t` and `\b` are escapes outside of quotes
//! too, `#` and `;` begin comments, and a backslash at the end of a line continues it. Sections and keys have no case.

use super::{
    doc::{FileDoc, FileEntry, Group, Shape},
    file_format::FileFormat,
    place::{Edit, Gap, section},
    text::{Fault, FaultKind, Unfit, after_blanks, next_line},
};

/// git's configuration.
pub(crate) struct GitConfig;

impl FileFormat for GitConfig {
    fn word(&self) -> &'static str {
        "git-config"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        doc(text)
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        Ok(quote(value))
    }

    fn place(&self, gap: &Gap<'_>) -> Result<Vec<Edit>, Fault> {
        Ok(section::place(gap))
    }
}

fn doc(text: &str) -> Result<FileDoc, Fault> {
    let mut doc = FileDoc::default();
    doc.groups.push(Group { path: Vec::new(), head: 0..0, end: text.len(), shape: Shape::Closed });
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    while at < text.len() {
        let rest = &text[at..];
        let fault = || Fault::within(text, at, FaultKind::Syntax);
        match rest.chars().next() {
            Some('#' | ';') => at = next_line(text, at),
            Some('[') => {
                let (path, length) = header(rest).ok_or_else(fault)?;
                // A key may follow on the header's own line.
                let line = &text[at + length..next_line(text, at)];
                let is_alone = line.trim_ascii().is_empty() || line.trim_ascii().starts_with(['#', ';']);
                let end = if is_alone { next_line(text, at) } else { at + length };
                doc.open_section(path, at..end);
                at = end;
            }
            Some(first) if first.is_ascii_alphabetic() => {
                let is_in_section = doc.groups.last().is_some_and(|group| !group.path.is_empty());
                let entry = entry(text, at, &doc).filter(|_| is_in_section).ok_or_else(fault)?;
                at = entry.after(text);
                doc.entries.push(entry);
            }
            Some(blank) if blank.is_ascii_whitespace() => at += 1,
            _ => return Err(fault()),
        }
    }
    Ok(doc)
}

/// A header's way, and how long it is.
fn header(text: &str) -> Option<(Vec<String>, usize)> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let length = text[1..].bytes().position(|byte| !is_name(byte))?;
    let name = text[1..=length].to_ascii_lowercase();
    let behind = &text[length + 1..];
    if behind.starts_with(']') && !name.is_empty() {
        return Some((vec![name], length + 2));
    }
    let quoted = behind.trim_start_matches([' ', '\t']);
    let mut characters = quoted.strip_prefix('"')?.char_indices();
    let mut sub = String::new();
    loop {
        match characters.next()? {
            (at, '"') => {
                let end = text.len() - quoted.len() + 1 + at + 1;
                return text[end..].starts_with(']').then(|| (vec![name, sub], end + 1));
            }
            (_, '\\') => sub.push(characters.next()?.1),
            (_, '\n') => return None,
            (_, character) => sub.push(character),
        }
    }
}

/// The key and value that begin at `start`, in the section that is open.
fn entry(text: &str, start: usize, doc: &FileDoc) -> Option<FileEntry> {
    let is_key = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let key_end = text[start..].bytes().position(|byte| !is_key(byte)).map_or(text.len(), |length| start + length);
    let path = doc.path_to(text[start..key_end].to_ascii_lowercase());
    let behind = after_blanks(text, key_end);
    let rest = &text[behind..];
    if !rest.starts_with('=') {
        let is_alone = rest.is_empty() || rest.starts_with(['\n', '\r', '#', ';']);
        // A key alone is switched on.
        return is_alone.then(|| FileEntry {
            path,
            value: Some("true".into()),
            from: None,
            body: start..key_end,
            continued: Vec::new(),
        });
    }
    let from = behind + 1;
    let (value, end) = value(text, from)?;
    let first_end = text[from..end].find('\n').map_or(end, |length| from + length);
    let mut continued = Vec::new();
    let mut line = next_line(text, from);
    while line < end {
        continued.push(line..next_line(text, line));
        line = next_line(text, line);
    }
    Some(FileEntry { path, value: Some(value), from: None, body: start..first_end, continued })
}

/// A value, and where it ends.
fn value(text: &str, from: usize) -> Option<(String, usize)> {
    // Most are plain, and are what is written.
    let line = &text[from..next_line(text, from)];
    if !line.bytes().any(|byte| matches!(byte, b'"' | b'\\' | b'#' | b';' | b'\r')) {
        let value = line.trim_matches([' ', '\t', '\n']);
        let blanks = line.len() - line.trim_start_matches([' ', '\t', '\n']).len();
        return Some((value.to_owned(), if value.is_empty() { from } else { from + blanks + value.len() }));
    }
    let (mut value, mut blanks, mut end, mut is_quoted) = (String::new(), String::new(), from, false);
    let mut characters = text[from..].char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '\n' if is_quoted => return None,
            '\n' => break,
            '\r' if text[from + at..].starts_with("\r\n") => {}
            '#' | ';' if !is_quoted => break,
            ' ' | '\t' if !is_quoted => {
                if !value.is_empty() {
                    blanks.push(character);
                }
            }
            _ => {
                value.push_str(&std::mem::take(&mut blanks));
                match character {
                    '"' => is_quoted = !is_quoted,
                    '\\' => match characters.next()?.1 {
                        '\n' => {}
                        '\r' if characters.next_if(|(_, next)| *next == '\n').is_some() => {}
                        'n' => value.push('\n'),
                        't' => value.push('\t'),
                        'b' => value.push('\u{8}'),
                        escaped @ ('"' | '\\') => value.push(escaped),
                        _ => return None,
                    },
                    _ => value.push(character),
                }
                end = characters.peek().map_or(text.len(), |(next, _)| from + next);
            }
        }
    }
    (!is_quoted).then_some((value, end))
}

fn quote(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', r"\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_git_reads() {
        let text = "# c\n[User]\n\tName = A  B ; c\n[sendemail \"a\\\"b\"] smtpPass = \"p \\\"w\\\\#\" # c\r\n\tx=a\\\n  b\n[core]\n\tbare\n\
                    \te =\n\tz = \"a\"b\"c \"\n";
        let doc = doc(text).unwrap();
        let found: Vec<_> = doc.entries.iter().map(|it| (it.path.join("/"), it.value.clone().unwrap())).collect();
        let expected = [
            ("user/name", "A  B"),
            ("sendemail/a\"b/smtppass", "p \"w\\#"),
            ("sendemail/a\"b/x", "a  b"),
            ("core/bare", "true"),
            ("core/e", ""),
            ("core/z", "abc "),
        ];
        assert_eq!(found, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
        assert_eq!(&text[doc.entries[0].body.clone()], "Name = A  B");
        assert_eq!(&text[doc.entries[1].body.clone()], "smtpPass = \"p \\\"w\\\\#\"");
        assert_eq!(&text[doc.entries[2].continued[0].clone()], "  b\n");
        assert_eq!(&text[doc.entries[4].body.clone()], "e =");
    }

    #[test]
    fn what_git_refuses() {
        for (text, line) in
            [("[a\n", 1), ("[a]\nx = \"b\n", 2), ("x = 1\n", 1), ("[a]\n\nx = \\q\n", 3), ("[a]\n- = 1\n", 2)]
        {
            assert_eq!(doc(text).unwrap_err(), Fault { line, kind: FaultKind::Syntax }, "{text}");
        }
    }

    #[test]
    fn double_quotes() {
        assert_eq!(quote(""), "\"\"");
        assert_eq!(quote("p@ss \"w\\ord#1"), r#""p@ss \"w\\ord#1""#);
    }
}
