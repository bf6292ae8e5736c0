//! Exim as Debian configures it: macros, and the logins of passwd.client.
//!
//! A macro's value is expanded where it is used, and quotes count at its beginning, so only what has no meaning anywhere is
//! written (Exim's spec.txt, "String expansions"). A login in passwd.client is raw, without blanks at its end; `^` begins a
//! new part of the answer to AUTH PLAIN, and Debian's configuration doubles it for all but the first character (its
//! `30_exim4-config_examples`).

use std::{borrow::Cow, collections::HashSet};

use super::{
    doc::{FileDoc, FileEntry},
    file_format::FileFormat,
    main_cf::Logical,
    text::{Fault, Unfit, first_used_line, lines},
};

/// Macros of Exim, as Debian's localmacros: `NAME = value`.
pub(crate) struct EximMacros;

impl FileFormat for EximMacros {
    fn word(&self) -> &'static str {
        "exim-macros"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        Ok(FileDoc::flat(macros(text)))
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        quote_macro(value)
    }
}

/// Debian's passwd.client for Exim: `HOST:USER:PASSWORD`, of which the first line that fits the host counts.
pub(crate) struct EximPasswd;

impl FileFormat for EximPasswd {
    fn word(&self) -> &'static str {
        "exim-passwd"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        Ok(FileDoc::flat(passwd(text)))
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        quote_passwd(value)
    }

    /// Above the first login, since the first that fits counts.
    fn block_at(&self, before: &str, comment: &str, is_there: bool) -> Result<usize, Fault> {
        Ok(if is_there { before.len() } else { first_used_line(before, comment) })
    }
}

/// Macros (spec.txt, "Macros in the configuration file"): `NAME = value`, the name begins with a capital. What is between
/// `.ifdef` and `.endif` may or may not count, and is left alone.
fn macros(text: &str) -> Vec<FileEntry> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    for Logical { text, first, continued, .. } in logical_lines(text) {
        if text.starts_with(".if") {
            depth += 1;
        } else if text.starts_with(".endif") {
            depth = depth.saturating_sub(1);
        } else if let Some((name, value)) = definition(&text).filter(|_| depth == 0) {
            found.push(FileEntry { continued, ..FileEntry::flat(name, value.to_owned(), first) });
        }
    }
    found
}

/// The lines without blanks at their ends and without comments; a backslash at the end continues a line.
fn logical_lines(text: &str) -> Vec<Logical<'_>> {
    let mut found: Vec<Logical<'_>> = Vec::new();
    let mut goes_on = false;
    for (number, bare, whole) in lines(text) {
        let line = text[bare.clone()].trim_ascii_start();
        let first = bare.end - line.len()..bare.start + text[bare.clone()].trim_ascii_end().len();
        let line = line.trim_ascii_end();
        if line.starts_with('#') {
            continue;
        }
        let part = line.strip_suffix('\\').unwrap_or(line);
        match found.last_mut().filter(|_| goes_on) {
            Some(last) => {
                last.text.to_mut().push_str(part);
                last.continued.push(whole);
            }
            None => found.push(Logical { number, text: part.into(), first, continued: Vec::new() }),
        }
        goes_on = line.ends_with('\\');
    }
    found
}

fn definition(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim_end();
    let is_name = name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    // `==` defines it anew.
    is_name.then(|| (name, value.strip_prefix('=').unwrap_or(value).trim_ascii()))
}

/// passwd.client (`exim4_passwd_client`(5), "nwildlsearch" in spec.txt): `HOST:LOGIN:PASSWORD`; the first line that fits the host
/// counts. A host that begins with `*` or `^` is a pattern: the way of the first one is `*`, and nothing after it is looked at,
/// since ours fits every host.
fn passwd(text: &str) -> Vec<FileEntry> {
    let mut found: Vec<FileEntry> = Vec::new();
    let mut hosts = HashSet::new();
    for (_, bare, _) in lines(text) {
        let line = text[bare.clone()].trim_ascii_end();
        let Some((host, login)) = line.split_once(':').filter(|_| !line.starts_with(['#', ' ', '\t'])) else { continue };
        let is_pattern = host.starts_with(['*', '^']);
        let host = if is_pattern { "*" } else { host.trim_end() };
        let is_lower = !host.bytes().any(|byte| byte.is_ascii_uppercase());
        let host = if is_lower { Cow::Borrowed(host) } else { Cow::Owned(host.to_ascii_lowercase()) };
        if hosts.insert(host.clone()) {
            found.push(FileEntry::flat(host, login.trim_ascii_start().to_owned(), bare));
        }
        if is_pattern {
            break;
        }
    }
    found
}

fn quote_macro(value: &str) -> Result<String, Unfit> {
    let lost: String = ['$', '\\', '{', '}', '"', '#'].into_iter().filter(|sign| value.contains(*sign)).collect();
    if !lost.is_empty() {
        return Err(Unfit::Characters(lost));
    }
    if value.trim_ascii() == value { Ok(value.to_owned()) } else { Err(Unfit::EdgeBlank) }
}

fn quote_passwd(value: &str) -> Result<String, Unfit> {
    if value.starts_with('^') {
        return Err(Unfit::Characters("^".into()));
    }
    if value.ends_with([' ', '\t']) { Err(Unfit::EdgeBlank) } else { Ok(value.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(entries: &[FileEntry]) -> Vec<(&str, &str)> {
        entries.iter().map(|entry| (entry.path[0].as_str(), entry.value.as_deref().unwrap())).collect()
    }

    #[test]
    fn macros_alone() {
        let text = "# A = 1\nMAIN_TLS_ENABLE = yes\r\ndaemon_smtp_ports = 25\n  B_1=a \\\n  # c\n    b\n.ifdef X\nC = 1\n.endif\nD == 2\n";
        let found = macros(text);
        assert_eq!(pairs(&found), [("MAIN_TLS_ENABLE", "yes"), ("B_1", "a b"), ("D", "2")]);
        assert_eq!(&text[found[1].body.start..found[1].end()], "B_1=a \\\n  # c\n    b\n");
        assert_eq!(macros("x = \\\nA = 1\nB = 2\n").len(), 1);
    }

    #[test]
    fn logins_up_to_the_first_pattern() {
        let text = "# c:d:e\nMail.test: u:p :w \nmail.test:other:x\n*.test:v:q\nlate:a:b\n";
        assert_eq!(pairs(&passwd(text)), [("mail.test", "u:p :w"), ("*", "v:q")]);
    }

    #[test]
    fn raw_or_not_at_all() {
        assert_eq!(quote_macro("/etc/ssl/own ca.pem").as_deref(), Ok("/etc/ssl/own ca.pem"));
        assert_eq!(quote_macro("/a$b\\c"), Err(Unfit::Characters("$\\".into())));
        assert_eq!(quote_macro(" a"), Err(Unfit::EdgeBlank));
        assert_eq!(quote_passwd(" a:b^#\"\\").as_deref(), Ok(" a:b^#\"\\"));
        assert_eq!(quote_passwd("^a"), Err(Unfit::Characters("^".into())));
        assert_eq!(quote_passwd("a "), Err(Unfit::EdgeBlank));
    }
}
