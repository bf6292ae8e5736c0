//! Aliases (aliases(5)): `name: value, value`; a line that begins with a blank continues the one before; empty lines and
//! lines that begin with `#` are skipped.
//!
//! Not every program reads all of that; what one would not take is a fault here, by its rules: msmtp's `src/aliases.c`,
//! dma's `aliases_scan.l` and `aliases_parse.y`. The continued lines of `root` are no fault: they go when ours comes. An
//! address is written as it is; there is no quoting that all of these readers take.

use std::collections::HashSet;

use super::{
    doc::{FileDoc, FileEntry},
    file_format::FileFormat,
    main_cf::logical_lines,
    text::{Fault, FaultKind, Unfit},
};

/// `/etc/aliases`, as Postfix, Exim and OpenSMTPD read it.
pub(crate) struct Aliases;

impl FileFormat for Aliases {
    fn word(&self) -> &'static str {
        "aliases"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        entries(text, AliasesDialect::Full).map(FileDoc::flat)
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        quote(value)
    }
}

/// The same, as msmtp reads it.
pub(crate) struct MsmtpAliases;

impl FileFormat for MsmtpAliases {
    fn word(&self) -> &'static str {
        "msmtp-aliases"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        entries(text, AliasesDialect::Msmtp).map(FileDoc::flat)
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        quote(value)
    }
}

/// The same, as dma reads it.
pub(crate) struct DmaAliases;

impl FileFormat for DmaAliases {
    fn word(&self) -> &'static str {
        "dma-aliases"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        entries(text, AliasesDialect::Dma).map(FileDoc::flat)
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        quote(value)
    }
}

/// Whose mail it is that this program knows of.
const ROOT: &str = "root";

/// Who reads the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AliasesDialect {
    /// Postfix, Exim, OpenSMTPD: all of it, names in any case.
    Full,
    /// msmtp (`aliases_read` in its `aliases.c`): one line and one colon each, no name twice.
    Msmtp,
    /// dma (`aliases_scan.l`, `aliases_parse.y`): one colon each, no value with a blank in it, no Windows line ends, and
    /// one at the end of the last line.
    Dma,
}

fn entries(text: &str, dialect: AliasesDialect) -> Result<Vec<FileEntry>, Fault> {
    let mut found: Vec<FileEntry> = Vec::new();
    let logical_lines = logical_lines(text)?;
    let mut names: HashSet<&str> = HashSet::new();
    for logical in &logical_lines {
        let fault = |kind| Err(Fault::at(logical.number, kind));
        let Some((name, value)) = split(&logical.text) else { return fault(FaultKind::Syntax) };
        let mut value = value.trim_ascii();
        if dialect != AliasesDialect::Full {
            value = value.split('#').next().unwrap_or_default().trim_ascii();
            if name.starts_with('"') || value.contains(':') {
                return fault(FaultKind::Syntax);
            }
        }
        let key = if dialect == AliasesDialect::Full { name.trim_matches('"').to_lowercase() } else { name.to_owned() };
        let is_taken = match dialect {
            AliasesDialect::Full => true,
            AliasesDialect::Msmtp => (key == ROOT || logical.continued.is_empty()) && names.insert(name),
            AliasesDialect::Dma => {
                value.split(',').all(|item| !item.trim_ascii().is_empty() && !item.trim_ascii().contains([' ', '\t']))
            }
        };
        if !is_taken {
            return fault(FaultKind::Syntax);
        }
        let continued = logical.continued.clone();
        found.push(FileEntry { continued, ..FileEntry::flat(key, value.to_owned(), logical.first.clone()) });
    }
    let is_open = !text.is_empty() && !text.ends_with('\n');
    match text.find('\r').or(is_open.then_some(text.len())).filter(|_| dialect == AliasesDialect::Dma) {
        Some(at) => Err(Fault::within(text, at, FaultKind::Syntax)),
        None => Ok(found),
    }
}

/// Where root's mail goes by `/etc/aliases`; `None` where it does not say so.
pub fn root_mail(aliases: &str) -> Option<String> {
    let found = entries(aliases, AliasesDialect::Full).ok()?;
    found.into_iter().find(|entry| entry.path == [ROOT])?.value.filter(|value| !value.is_empty())
}

/// Name and value: the first colon outside quotes is between them.
fn split(line: &str) -> Option<(&str, &str)> {
    let mut is_quoted = false;
    let at = line.find(|letter| {
        is_quoted ^= letter == '"';
        letter == ':' && !is_quoted
    })?;
    let name = line[..at].trim_ascii();
    (!name.is_empty()).then_some((name, &line[at + 1..]))
}

fn quote(value: &str) -> Result<String, Unfit> {
    let leads = |letter: char| value.starts_with(letter) && matches!(letter, '/' | '|');
    let is_special = |letter: &char| letter.is_whitespace() || ",:;#\"\\()<>[]".contains(*letter) || leads(*letter);
    let found: String = value.chars().filter(is_special).collect();
    if found.is_empty() { Ok(value.to_owned()) } else { Err(Unfit::Characters(found)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = "# c\nPostmaster:    root\n\"a:b\": x@y.test\nRoot: ann,\n\tops@example.com\nlist: :include:/l\n";

    fn line(text: &str, dialect: AliasesDialect) -> Option<usize> {
        entries(text, dialect).err().map(|fault| fault.line)
    }

    #[test]
    fn names_values_and_continued_lines() {
        let found = entries(SAMPLE, AliasesDialect::Full).unwrap();
        let pairs: Vec<_> = found.iter().map(|entry| (entry.path[0].as_str(), entry.value.as_deref().unwrap())).collect();
        let expected =
            [("postmaster", "root"), ("a:b", "x@y.test"), ("root", "ann,\tops@example.com"), ("list", ":include:/l")];
        assert_eq!(pairs, expected);
        assert_eq!(root_mail(SAMPLE).as_deref(), Some("ann,\tops@example.com"));
        assert_eq!((root_mail("postmaster: root\n"), root_mail("root:\n"), root_mail("nonsense\n")), (None, None, None));
    }

    #[test]
    fn what_a_program_does_not_take() {
        for dialect in [AliasesDialect::Full, AliasesDialect::Msmtp, AliasesDialect::Dma] {
            assert_eq!(line("# c\nnonsense\n", dialect), Some(2));
            assert_eq!(line("a: b # c\n\nroot: ann, x@y.test\n", dialect), None);
            assert_eq!(line("root: a,\n  b\n", dialect), None);
            let is_strict = dialect != AliasesDialect::Full;
            assert_eq!(line("a: b\nl: :include:/l\n", dialect), is_strict.then_some(2));
            assert_eq!(line("\"a\": b\n", dialect), is_strict.then_some(1));
        }
        assert_eq!(line("x: y\nl: a,\n b\n", AliasesDialect::Msmtp), Some(2));
        assert_eq!(line("root: a\nroot: b\n", AliasesDialect::Msmtp), Some(2));
        assert_eq!(line("p: |\"/bin/x y\"\n", AliasesDialect::Msmtp), None);
        assert_eq!(line("p: |\"/bin/x y\"\n", AliasesDialect::Dma), Some(1));
        assert_eq!(line("x: y\r\n", AliasesDialect::Dma), Some(1));
        assert_eq!(line("x:\n", AliasesDialect::Dma), Some(1));
        assert_eq!(line("x: y\na: b", AliasesDialect::Dma), Some(2));
    }

    #[test]
    fn an_address_and_nothing_that_would_be_more() {
        assert_eq!(quote("ops+root/a|b@example.com").as_deref(), Ok("ops+root/a|b@example.com"));
        for (value, found) in [("a, b@x.test", ", "), ("|cat@x.test", "|"), ("/var@x.test", "/"), (":include:/x", "::")] {
            assert_eq!(quote(value), Err(Unfit::Characters(found.into())), "{value}");
        }
    }
}
