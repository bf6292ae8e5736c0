//! S-nail's .mailrc (s-nail(1), "Shell-style argument quoting"): `set name=value`, `set name`, `set noname`, `unset name`;
//! what is in `account` and `define` blocks is not in force. A carriage return is part of a value (measured with 14.9.24).

use std::ops::Range;

use super::{
    doc::{FileDoc, FileEntry},
    dotenv::quote_sh,
    file_format::FileFormat,
    shell_words::{Rules, commands, logical, word},
    text::{Fault, FaultKind, Unfit},
};

/// S-nail's .mailrc.
pub(crate) struct Mailrc;

impl FileFormat for Mailrc {
    fn word(&self) -> &'static str {
        "mailrc"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        entries(text).map(FileDoc::flat)
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        Ok(quote_sh(value))
    }

    fn keys(&self, text: &str, _doc: &FileDoc, lines: &Range<usize>) -> Vec<Range<usize>> {
        commands(text, lines)
    }
}

const RULES: Rules = Rules { separators: "", hash_within: false, equals: false };
/// Of a name: it ends before the equals sign as well.
const NAME: Rules = Rules { equals: true, ..RULES };

fn entries(text: &str) -> Result<Vec<FileEntry>, Fault> {
    if let Some(at) = text.find("\r\n") {
        return Err(Fault::within(text, at, FaultKind::Crlf));
    }
    let mut found = Vec::new();
    let mut is_within = false;
    for (_, line) in logical(text) {
        let line = line.trim();
        if is_within {
            is_within = line != "}";
            continue;
        }
        let Some((command, mut rest)) = word(line, &RULES) else { continue };
        match command.text.as_deref() {
            Some("account" | "define") => is_within = line.ends_with('{'),
            Some(kind @ ("set" | "unset")) => {
                while let Some((name, behind)) = word(rest, &NAME) {
                    let name = name.text.unwrap_or_default();
                    rest = behind;
                    let (name, value) = match (behind.strip_prefix('='), kind) {
                        (Some(value), _) => {
                            // Nothing after the sign, or a blank: an empty value.
                            let is_empty = value.is_empty() || value.starts_with([' ', '\t']);
                            let next = if is_empty { None } else { word(value, &RULES) };
                            rest = next.as_ref().map_or(value, |(_, behind)| behind);
                            (name.as_str(), next.map_or(Some(String::new()), |(word, _)| word.text))
                        }
                        (None, "unset") => (name.as_str(), Some(String::new())),
                        (None, _) => match name.strip_prefix("no") {
                            Some(name) => (name, Some("no".to_owned())),
                            None => (name.as_str(), Some("yes".to_owned())),
                        },
                    };
                    found.push(FileEntry { value, ..FileEntry::flat(name, String::new(), 0..0) });
                }
            }
            // "vput ! NAME COMMAND": the rest of the line is for the shell, and the variable what it prints (s-nail(1), "vput").
            Some("vput") => {
                let Some((run, behind)) = word(rest, &RULES).filter(|(run, _)| run.text.as_deref() == Some("!")) else {
                    continue;
                };
                drop(run);
                let Some((name, command)) = word(behind, &RULES) else { continue };
                found.push(FileEntry {
                    path: vec![name.text.unwrap_or_default()],
                    value: Some(command.trim().to_owned()),
                    from: Some("command"),
                    body: 0..0,
                    continued: Vec::new(),
                });
            }
            _ => {}
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_in_force() {
        let text = "# c\nset v15-compat from='it'\\''s me' x=\"a \\\"b\\\"\"\naccount old {\n  set mta=no\n}\nset mta=smtps://u:p%40@h:465 \\\n \
                    smtp-auth=plain # c\nunset from2\nset e= nosave\n";
        let found: Vec<_> = entries(text).unwrap().into_iter().map(|it| (it.path[0].clone(), it.value.unwrap())).collect();
        let expected = [
            ("v15-compat", "yes"),
            ("from", "it's me"),
            ("x", "a \"b\""),
            ("mta", "smtps://u:p%40@h:465"),
            ("smtp-auth", "plain"),
            ("from2", ""),
            ("e", ""),
            ("save", "no"),
        ];
        assert_eq!(entries("a\r\n").unwrap_err(), Fault { line: 1, kind: FaultKind::Crlf });
        assert_eq!(found, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
