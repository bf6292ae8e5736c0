//! nullmailer's remotes (nullmailer-send(8); `parse_args` in `lib/argparse.cc`): one server a line, `HOST PROTOCOL
//! --OPTION=VALUE`; the first is asked first. The way of its settings is `first`.
//!
//! Single quotes keep everything; a single quote itself is written in double quotes beside them, because an escape within
//! double quotes also hides the next character (`parse_arg` in `lib/argparse.cc`).

use super::{
    doc::{FileDoc, FileEntry, Tree},
    file_format::FileFormat,
    text::{Fault, Unfit, lines},
};

/// nullmailer's remotes: the first server is `first`, the setting that is replaced.
pub(crate) struct Nullmailer;

impl FileFormat for Nullmailer {
    fn word(&self) -> &'static str {
        "nullmailer"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        Ok(FileDoc::flat(entries(text)))
    }

    /// Its line is one setting to write, and several to read.
    fn tree(&self, doc: FileDoc) -> Tree {
        FileDoc::flat(settings(doc.entries)).tree()
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        Ok(quote(value))
    }
}

/// The first server's line, which is one setting: what is written replaces it. A server after ours would be asked
/// whenever ours does not answer, and where that one refuses, the message is lost.
fn entries(text: &str) -> Vec<FileEntry> {
    let entry = |(_, bare, _): (usize, std::ops::Range<usize>, _)| {
        let line = text[bare.clone()].trim();
        let start = bare.start + text[bare].find(line)?;
        let is_used = !line.is_empty() && !line.starts_with('#');
        is_used.then(|| FileEntry::flat("first", line.to_owned(), start..start + line.len()))
    };
    lines(text).find_map(entry).into_iter().collect()
}

/// What nullmailer takes from it.
fn settings(found: Vec<FileEntry>) -> Vec<FileEntry> {
    let first = found.into_iter().find_map(|entry| entry.value);
    let words = first.as_deref().map(arguments).unwrap_or_default();
    let setting = |(index, word): (usize, &String)| {
        let (name, value) = match index {
            0 => ("host", word.as_str()),
            1 => ("protocol", word.as_str()),
            _ => {
                let option = word.strip_prefix("--").unwrap_or(word);
                option.split_once('=').unwrap_or((option, "yes"))
            }
        };
        FileEntry { path: vec!["first".to_owned(), name.to_owned()], ..FileEntry::flat(name, value.to_owned(), 0..0) }
    };
    words.iter().enumerate().map(setting).collect()
}

/// The words of a line, by its own rules: after an escape in double quotes the next character is taken as it is.
fn arguments(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        if character.is_ascii_whitespace() {
            continue;
        }
        let mut word = String::new();
        let mut next = Some(character);
        while let Some(character) = next.filter(|character| !character.is_ascii_whitespace()) {
            match character {
                '\'' => word.extend(characters.by_ref().take_while(|inner| *inner != '\'')),
                '"' => {
                    while let Some(inner) = characters.next().filter(|inner| *inner != '"') {
                        if inner == '\\' {
                            word.extend(characters.next());
                            word.extend(characters.next());
                        } else {
                            word.push(inner);
                        }
                    }
                }
                '\\' => {
                    word.extend(characters.next());
                    word.extend(characters.next_if(|after| !after.is_ascii_whitespace()));
                }
                _ => word.push(character),
            }
            next = characters.next();
        }
        words.push(word);
    }
    words
}

fn quote(value: &str) -> String {
    format!("'{}'", value.replace('\'', "'\"'\"'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_server() {
        let text = "# c\n\nmail.test smtp --port=465 --ssl --user=a --pass='it'\"'\"'s \\ #\"' --x=\"a\\\"b\"\nother smtp\n";
        let found: Vec<_> = settings(entries(text)).into_iter().map(|it| (it.path[1].clone(), it.value.unwrap())).collect();
        let expected = [
            ("host", "mail.test"),
            ("protocol", "smtp"),
            ("port", "465"),
            ("ssl", "yes"),
            ("user", "a"),
            ("pass", "it's \\ #\""),
            ("x", "a\"b"),
        ];
        assert_eq!(found, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(entries("# c\n  mail.test \r\nother\n")[0].body, 6..15);
        assert_eq!(entries("# c\n\n"), []);
        // As nullmailer does it: the quote after an escape does not close.
        assert_eq!(arguments("\"a\\\"\" b"), ["a\"\" b"]);
    }

    #[test]
    fn pieces() {
        assert_eq!(quote("it's \\\"#"), "'it'\"'\"'s \\\"#'");
    }
}
