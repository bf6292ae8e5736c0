//! An environment file for systemd's `EnvironmentFile=` (systemd.exec(5); `parse_env_file_internal` in `src/basic/env-file.c`).

use super::{
    doc::FileEntry,
    env_lines::EnvFile,
    text::{Fault, FaultKind, escaped, is_plain, next_line},
};

/// An environment file for systemd's `EnvironmentFile=`.
pub(crate) const SYSTEMD_ENV: EnvFile = EnvFile { word: "systemd-env", entries, quote: |value| Ok(quote(value)) };

/// systemd's `EnvironmentFile=` (systemd.exec(5); `parse_env_file_internal`): quotes count everywhere in a value, and may go
/// on over lines; in double quotes a backslash escapes `"`, `\`, a backtick and `$`; outside it escapes any character.
fn entries(text: &str) -> Result<Vec<FileEntry>, Fault> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let line = &text[at..next_line(text, at)];
        let content = line.trim_start();
        let start = at + line.len() - content.len();
        let equals = content.find('=').filter(|_| !content.starts_with(['#', ';']));
        let Some(equals) = equals else {
            at += line.len();
            continue;
        };
        let from = start + equals + 1;
        let (value, length) = value_of(&text[from..]).ok_or_else(|| Fault::within(text, start, FaultKind::OpenQuote))?;
        found.push(FileEntry::flat(content[..equals].trim(), value, start..from + length));
        at = next_line(text, from + length);
    }
    Ok(found)
}

/// A value and how many bytes it takes.
fn value_of(text: &str) -> Option<(String, usize)> {
    let (mut value, mut kept, mut length, mut quote) = (String::new(), 0, 0, None);
    let mut characters = text.char_indices();
    while let Some((_, character)) = characters.next() {
        let is_blank = matches!(character, ' ' | '\t' | '\r');
        match (character, quote) {
            ('\n', None) => break,
            (_, Some(open)) if character == open => quote = None,
            ('\'' | '"', None) => quote = Some(character),
            ('\\', Some('"')) => match characters.next()?.1 {
                escaped @ ('"' | '\\' | '`' | '$') => value.push(escaped),
                '\n' => {}
                other => value.extend(['\\', other]),
            },
            ('\\', None) => value.extend(characters.next().map(|(_, escaped)| escaped).filter(|it| *it != '\n')),
            // Blanks around an unquoted value go.
            _ if quote.is_none() && is_blank && value.is_empty() => {}
            _ => value.push(character),
        }
        if quote.is_some() || !is_blank {
            kept = value.len();
            length = characters.offset();
        }
    }
    value.truncate(kept);
    quote.is_none().then_some((value, length))
}

/// systemd: double quotes, with the escapes that every version takes; in single quotes they differ about the backslash.
fn quote(value: &str) -> String {
    if is_plain(value) || value.is_empty() {
        return value.to_owned();
    }
    format!("\"{}\"", escaped(value, "\"\\`$"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(entries: &[FileEntry]) -> Vec<(&str, &str)> {
        entries.iter().map(|it| (it.path[0].as_str(), it.value.as_deref().unwrap())).collect()
    }

    #[test]
    fn systemd_has_quotes() {
        let text = "; c\nA = x y \nB=\"a \\\"\\\\\\$ \\n\"\nC='q\\'\\''w'\nD=a\\ b\\\nc\nE=\nF=\"x\ny\"\n";
        let found = entries(text).unwrap();
        let expected = [("A", "x y"), ("B", "a \"\\$ \\n"), ("C", "q\\'w"), ("D", "a bc"), ("E", ""), ("F", "x\ny")];
        assert_eq!(pairs(&found), expected);
        assert_eq!(&text[found[0].body.clone()], "A = x y");
        assert_eq!(entries("A='x\n").unwrap_err(), Fault { line: 1, kind: FaultKind::OpenQuote });
    }

    #[test]
    fn double_quotes() {
        assert_eq!(quote("it's \"$x`\\"), "\"it's \\\"\\$x\\`\\\\\"");
    }
}
