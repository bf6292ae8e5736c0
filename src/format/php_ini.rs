//! php.ini and the files beside it (php-src, `Zend/zend_ini_scanner.l`): `key = value`, comments with `;`. Sections only
//! group for the eye, except those of one host or path (`[HOST=`, `[PATH=`; PHP Manual, "php.ini sections"), beside which
//! nothing is changed here. A value in quotes may go on over lines.
//!
//! Written are double quotes; `$` would name a variable there, and what a backslash does depends on what follows.

use super::{
    doc::{FileDoc, FileEntry},
    file_format::FileFormat,
    kind::FileKind,
    text::{Fault, FaultKind, Unfit, next_line},
};

/// php.ini and what is beside it.
pub(crate) struct PhpIni;

impl FileFormat for PhpIni {
    fn word(&self) -> &'static str {
        "php-ini"
    }

    fn comment(&self) -> &'static str {
        ";"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        entries(text).map(FileDoc::flat)
    }

    fn kinds(&self) -> Option<&'static [FileKind]> {
        Some(&[FileKind::Ini])
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        quote(value)
    }
}

fn entries(text: &str) -> Result<Vec<FileEntry>, Fault> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let line = &text[at..next_line(text, at)];
        let content = line.trim_start();
        let start = at + line.len() - content.len();
        if content.starts_with('[') {
            let is_special = ["[host=", "[path="].iter().any(|special| content.to_ascii_lowercase().starts_with(special));
            if is_special {
                return Err(Fault::within(text, start, FaultKind::Unfamiliar));
            }
        }
        let Some(equals) = content.find('=').filter(|_| !content.starts_with([';', '['])) else {
            at += line.len();
            continue;
        };
        let raw = text[start + equals + 1..].trim_start_matches([' ', '\t']);
        let (value, length) = value(raw).ok_or_else(|| Fault::within(text, start, FaultKind::OpenQuote))?;
        let end = text.len() - raw.len() + length;
        found.push(FileEntry::flat(content[..equals].trim_end(), value, start..end));
        at = next_line(text, end);
    }
    Ok(found)
}

/// A value and how many bytes it takes; `None` when a quote is never closed.
fn value(raw: &str) -> Option<(String, usize)> {
    let Some(quote) = raw.chars().next().filter(|first| matches!(first, '\'' | '"')) else {
        let value = raw.split([';', '\n']).next().unwrap_or_default().trim_end();
        return Some((value.to_owned(), value.len()));
    };
    let mut value = String::new();
    let mut characters = raw.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            _ if character == quote => return Some((value, at + 1)),
            '\\' if quote == '"' => match characters.next()?.1 {
                escaped @ ('"' | '\\') => value.push(escaped),
                other => value.extend(['\\', other]),
            },
            _ => value.push(character),
        }
    }
    None
}

fn quote(value: &str) -> Result<String, Unfit> {
    let found: String = ['"', '\\', '$'].into_iter().filter(|sign| value.contains(*sign)).collect();
    if found.is_empty() { Ok(format!("\"{value}\"")) } else { Err(Unfit::Characters(found)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_all_sections() {
        let text = "; c\r\n[PHP]\r\nprecision = 14 ; digits\r\n;sendmail_path =\n[mail function]\n  sendmail_path=\"/usr/bin/x -a \\\"b\\\"; -t\"\n\
                    a.b = 'x\\'\nflag\ne =\n";
        let found = entries(text).unwrap();
        let pairs: Vec<_> = found.iter().map(|it| (it.path[0].as_str(), it.value.as_deref().unwrap())).collect();
        let expected = [("precision", "14"), ("sendmail_path", "/usr/bin/x -a \"b\"; -t"), ("a.b", "x\\"), ("e", "")];
        assert_eq!(pairs, expected);
        assert_eq!(&text[found[0].body.clone()], "precision = 14");
        assert_eq!(entries("a = 1\nb = \"x\n").unwrap_err(), Fault { line: 2, kind: FaultKind::OpenQuote });
        assert_eq!(entries("a = 1\n[PATH=/srv]\n").unwrap_err(), Fault { line: 2, kind: FaultKind::Unfamiliar });
    }

    #[test]
    fn double_quotes() {
        assert_eq!(quote("/usr/bin/msmtp -t; x").as_deref(), Ok("\"/usr/bin/msmtp -t; x\""));
        assert_eq!(quote("a\"$b"), Err(Unfit::Characters("\"$".into())));
    }
}
