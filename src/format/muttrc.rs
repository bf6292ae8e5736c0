//! mutt and NeoMutt (muttrc(5); `mutt_extract_token` in mutt's `init.c`, `parse_extract_token` in NeoMutt): `set
//! name=value`, `set name`, `set noname`, `unset name`, several in a command, commands separated by `;`. A value in
//! backticks is what a command prints. In single quotes only the single quote has a meaning; in double quotes a backslash
//! escapes what would have one.

use std::ops::Range;

use super::{
    doc::{FileDoc, FileEntry},
    file_format::FileFormat,
    shell_words::{Rules, ShellWord, commands, logical, word},
    text::{Fault, Unfit, escaped},
};

/// mutt and NeoMutt.
pub(crate) struct Muttrc;

impl FileFormat for Muttrc {
    fn word(&self) -> &'static str {
        "muttrc"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        Ok(FileDoc::flat(entries(text)))
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        Ok(quote(value))
    }

    fn keys(&self, text: &str, _doc: &FileDoc, lines: &Range<usize>) -> Vec<Range<usize>> {
        commands(text, lines)
    }
}

const RULES: Rules = Rules { separators: ";", hash_within: true, equals: false };
/// Of a name: it ends before the equals sign as well.
const NAME: Rules = Rules { equals: true, ..RULES };

fn entries(text: &str) -> Vec<FileEntry> {
    let mut found = Vec::new();
    for (_, line) in logical(text) {
        let mut rest = line.as_str();
        while let Some((command, behind)) = word(rest.trim_start_matches([';', ' ', '\t']), &RULES) {
            rest = behind;
            match command.text.as_deref() {
                Some("set") => rest = settings(rest, &mut found),
                Some("unset") => {
                    while let Some((name, behind)) = word(rest, &RULES) {
                        found.extend(name.text.map(|name| FileEntry::flat(&name, String::new(), 0..0)));
                        rest = behind;
                    }
                }
                _ => {
                    while let Some((_, behind)) = word(rest, &RULES) {
                        rest = behind;
                    }
                }
            }
            if !rest.starts_with(';') {
                break;
            }
        }
    }
    found
}

/// What follows a `set`, up to the end of the command.
fn settings<'a>(mut rest: &'a str, found: &mut Vec<FileEntry>) -> &'a str {
    while let Some((name, behind)) = word(rest, &NAME) {
        let name = name.text.unwrap_or_default();
        let value = behind.trim_start_matches([' ', '\t']).strip_prefix('=');
        rest = value.unwrap_or(behind);
        let Some(value) = value else {
            let (name, state) = name.strip_prefix("no").map_or((name.as_str(), "yes"), |name| (name, "no"));
            found.push(FileEntry::flat(name, state.to_owned(), 0..0));
            continue;
        };
        let (ShellWord { text, command }, behind) =
            word(value, &RULES).unwrap_or((ShellWord { text: Some(String::new()), command: None }, value));
        let from = command.is_some().then_some("command");
        let value = if from.is_some() { command } else { text };
        found.push(FileEntry { path: vec![name], value, from, body: 0..0, continued: Vec::new() });
        rest = behind;
    }
    rest
}

fn quote(value: &str) -> String {
    if !value.contains('\'') {
        return format!("'{value}'");
    }
    format!("\"{}\"", escaped(value, "\\\"$`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_a_line() {
        let text = "# c\nset from=\"a b\" realname = 'x # y'; set nobeep ssl_starttls # c\nmacro index a \"set x=y\"\n\
                    set smtp_pass=\"`get \\\"me\\\"`\" \\\n  a=b#c\nunset smtp_url\nset d=\"\\\"\\\\\\$\\`\" e=$HOME f=\n";
        let found: Vec<_> = entries(text).into_iter().map(|it| (it.path[0].clone(), it.value, it.from)).collect();
        let expected = [
            ("from", Some("a b"), None),
            ("realname", Some("x # y"), None),
            ("beep", Some("no"), None),
            ("ssl_starttls", Some("yes"), None),
            ("smtp_pass", Some("get \\\"me\\\""), Some("command")),
            ("a", Some("b"), None),
            ("smtp_url", Some(""), None),
            ("d", Some("\"\\$`"), None),
            ("e", None, None),
            ("f", Some(""), None),
        ];
        assert_eq!(found, expected.map(|(name, value, from)| (name.to_owned(), value.map(str::to_owned), from)));
    }

    #[test]
    fn single_or_double() {
        assert_eq!(quote("a \"b\\#$"), "'a \"b\\#$'");
        assert_eq!(quote("it's $5\\"), "\"it's \\$5\\\\\"");
    }
}
