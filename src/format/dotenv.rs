//! Environment files: `KEY=value`, perhaps with `export` before it and a comment after it; a quoted value may go on over
//! lines.
//!
//! `Dotenv` is what a POSIX shell, `node --env-file`, python-dotenv, dotenvy and Docker Compose read alike. Where they
//! differ, measured and from their sources (named in `node_env`, `python_dotenv`, `dotenvy` and `compose_env`): in single
//! quotes python-dotenv takes `\\` and `\'` as escapes and expands `${NAME}` all the same; dotenvy looks on for the end of a
//! value that ends with a backslash; only the shell has a way to write a single quote there. In double quotes the shell,
//! dotenvy and Compose expand `$`, the shell runs what is in backticks, and each has its own list of escapes.
//!
//! `DotenvSh` is for the shell alone: single quotes keep everything but the single quote itself, which is written `'\''`
//! (POSIX.1-2024, XCU 2.2.2).

use super::{
    doc::{FileDoc, FileEntry},
    file_format::{EntryText, FileFormat},
    kind::FileKind,
    text::{Fault, FaultKind, Unfit, after_blanks, is_plain, line_of, next_line},
};

/// An environment file that every common reader reads alike.
pub(crate) struct Dotenv;

impl FileFormat for Dotenv {
    fn word(&self) -> &'static str {
        "dotenv"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        entries(text, EnvDialect::Portable).map(FileDoc::flat)
    }

    fn kinds(&self) -> Option<&'static [FileKind]> {
        Some(&[FileKind::Shell])
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        quote(value)
    }

    /// Quotes and spacing are read differently by different readers.
    fn is_same(&self, there: EntryText<'_>, ours: EntryText<'_>) -> bool {
        there.body == ours.body
    }
}

/// An environment file for a POSIX shell.
pub(crate) struct DotenvSh;

impl FileFormat for DotenvSh {
    fn word(&self) -> &'static str {
        "dotenv-sh"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        entries(text, EnvDialect::Shell).map(FileDoc::flat)
    }

    fn kinds(&self) -> Option<&'static [FileKind]> {
        Some(&[FileKind::Shell])
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        Ok(quote_sh(value))
    }

    /// Quotes and spacing are read differently by different readers.
    fn is_same(&self, there: EntryText<'_>, ours: EntryText<'_>) -> bool {
        there.body == ours.body
    }
}

/// Who reads the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EnvDialect {
    /// What dotenv libraries have in common: quotes count where a value begins.
    Portable,
    /// A POSIX shell: quotes count everywhere.
    Shell,
}

fn entries(text: &str, dialect: EnvDialect) -> Result<Vec<FileEntry>, Fault> {
    if dialect == EnvDialect::Shell
        && let Some(at) = text.find("\r\n")
    {
        return Err(Fault::at(line_of(text, at), FaultKind::Crlf));
    }
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        match assignment(text, at, dialect)? {
            Some(entry) => {
                at = next_line(text, entry.body.end);
                found.push(entry);
            }
            None => at = next_line(text, at),
        }
    }
    Ok(found)
}

/// The assignment on the line that begins at `start`, if it is one.
fn assignment(text: &str, start: usize, dialect: EnvDialect) -> Result<Option<FileEntry>, Fault> {
    let mut from = after_blanks(text, start);
    if let Some(rest) = text[from..].strip_prefix("export")
        && rest.starts_with([' ', '\t'])
    {
        from = after_blanks(text, from + "export".len());
    }
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    let key_end = from + text.as_bytes()[from..].iter().take_while(|byte| is_name(byte)).count();
    let equals = if dialect == EnvDialect::Shell { key_end } else { after_blanks(text, key_end) };
    if key_end == from || !text[equals..].starts_with('=') {
        return Ok(None);
    }
    let at = if dialect == EnvDialect::Shell { equals + 1 } else { after_blanks(text, equals + 1) };
    let (value, length) = match dialect {
        EnvDialect::Shell => shell_word(&text[at..]),
        EnvDialect::Portable => portable_value(&text[at..]),
    }
    .ok_or_else(|| Fault::at(line_of(text, at), FaultKind::OpenQuote))?;
    Ok(Some(FileEntry::flat(&text[from..key_end], value, from..at + length)))
}

/// A value and how many bytes it takes; `None` when a quote is never closed.
fn portable_value(text: &str) -> Option<(String, usize)> {
    let line = &text[..text.bytes().position(|byte| byte == b'\n').unwrap_or(text.len())];
    if let Some(quote) = text.chars().next().filter(|first| matches!(first, '\'' | '"' | '`')) {
        let (value, length) = quoted(text, quote)?;
        let after = text[length..].split('\n').next().unwrap_or_default();
        let is_clean = after.trim_ascii().is_empty() || after.trim_start_matches([' ', '\t']).starts_with('#');
        // What directly follows a quoted value belongs to it for a shell, and goes when the value is replaced.
        let length = if is_clean { length } else { length + after.trim_ascii_end().len() };
        return Some((value, length));
    }
    let is_comment = |pair: &[u8]| matches!(pair, [b' ' | b'\t', b'#']);
    let end = line.as_bytes().windows(2).position(is_comment).map_or(line.len(), |at| at + 1);
    let value = line[..end].trim_ascii_end();
    Some((value.to_owned(), value.len()))
}

/// What is between a pair of quotes, and the bytes with both of them. Escapes count only in double quotes.
fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut characters = text.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            _ if character == quote => return Some((value, at + 1)),
            '\\' if quote == '"' => match characters.next()?.1 {
                escaped @ ('\\' | '"' | '$' | '`') => value.push(escaped),
                other => value.extend(['\\', other]),
            },
            _ => value.push(character),
        }
    }
    None
}

/// A shell word: quoted and bare parts up to a blank, a line break or an operator.
fn shell_word(text: &str) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        match character {
            '\'' | '"' => {
                let (part, length) = quoted(&text[at..], character)?;
                value.push_str(&part);
                at += length;
            }
            '\\' => {
                let escaped = text[at + 1..].chars().next()?;
                value.push(escaped);
                at += 1 + escaped.len_utf8();
            }
            ' ' | '\t' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')' => break,
            _ => {
                value.push(character);
                at += character.len_utf8();
            }
        }
    }
    Some((value, at))
}

fn quote(value: &str) -> Result<String, Unfit> {
    if value.is_empty() || is_plain(value) {
        return Ok(value.to_owned());
    }
    if fits_single(value) {
        return Ok(format!("'{value}'"));
    }
    if !value.contains(['"', '$', '`', '\\']) {
        return Ok(format!("\"{value}\""));
    }
    Err(Unfit::Characters(in_the_way(value)))
}

fn fits_single(value: &str) -> bool {
    !value.contains('\'') && !value.contains(r"\\") && !value.contains("${") && !value.ends_with('\\')
}

/// The characters that, together, leave no common way.
fn in_the_way(value: &str) -> String {
    if value.contains('\'') {
        ['\'', '"', '$', '`', '\\'].into_iter().filter(|character| value.contains(*character)).collect()
    } else if value.contains("${") {
        "${".to_owned()
    } else {
        "\\".to_owned()
    }
}

pub(super) fn quote_sh(value: &str) -> String {
    if is_plain(value) || value.is_empty() { value.to_owned() } else { format!("'{}'", value.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str, dialect: EnvDialect) -> Vec<(String, String)> {
        entries(text, dialect).unwrap().into_iter().map(|entry| (entry.path.join("/"), entry.value.unwrap())).collect()
    }

    #[test]
    fn portable() {
        let text = "# c\nA=1 # note\nexport B = 'x #y'\nKEY=\"-----BEGIN\nA=2\n-----END\" # k\nN=it's\r\nE=\nC=a#b\n";
        let expected =
            [("A", "1"), ("B", "x #y"), ("KEY", "-----BEGIN\nA=2\n-----END"), ("N", "it's"), ("E", ""), ("C", "a#b")];
        let found = pairs(text, EnvDialect::Portable);
        assert_eq!(found, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
        let fault = entries("A=1\nB='x\n", EnvDialect::Portable).unwrap_err();
        assert_eq!(fault, Fault { line: 2, kind: FaultKind::OpenQuote });
    }

    #[test]
    fn shell() {
        let text = "A='it'\\''s'\"\\$x\"y z=1\nif true; then\nexport B=a\\ b # c\nfi\n";
        assert_eq!(pairs(text, EnvDialect::Shell), [("A".into(), "it's$xy".into()), ("B".into(), "a b".into())]);
        assert_eq!(entries("A=1\r\n", EnvDialect::Shell).unwrap_err(), Fault { line: 1, kind: FaultKind::Crlf });
    }

    #[test]
    fn the_common_ground() {
        assert_eq!(quote("smtp.example.com").as_deref(), Ok("smtp.example.com"));
        assert_eq!(quote("").as_deref(), Ok(""));
        assert_eq!(quote("p@ss \"w\\ord#1$x`").as_deref(), Ok("'p@ss \"w\\ord#1$x`'"));
        assert_eq!(quote("it's #1!").as_deref(), Ok("\"it's #1!\""));
    }

    #[test]
    fn beyond_it() {
        assert_eq!(quote("it's $5"), Err(Unfit::Characters("'$".into())));
        assert_eq!(quote("a\\"), Err(Unfit::Characters("\\".into())));
        assert_eq!(quote(r"a\\b"), Err(Unfit::Characters("\\".into())));
        assert_eq!(quote("${a}"), Err(Unfit::Characters("${".into())));
    }

    #[test]
    fn single_quotes() {
        assert_eq!(quote_sh("smtp.example.com"), "smtp.example.com");
        assert_eq!(quote_sh(""), "");
        assert_eq!(quote_sh("~"), "'~'");
        assert_eq!(quote_sh(r"it's $HOME `\"), r"'it'\''s $HOME `\'");
    }
}
