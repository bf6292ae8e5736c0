//! Postfix main.cf (postconf(5), "The general format of the main.cf file"; `readllines.c`): `key = value`, without blanks at
//! the ends; a line that begins with a blank continues the one before; empty lines and lines whose first character is `#`
//! are skipped, also between a line and its continuation. `$name` is expanded, and `$$` is a dollar sign.

use std::borrow::Cow;

use super::{
    doc::{FileDoc, FileEntry},
    file_format::FileFormat,
    text::{Fault, FaultKind, Unfit, lines},
};

/// Postfix main.cf: `key = value`, continued by lines that begin with a blank.
pub(crate) struct MainCf;

impl FileFormat for MainCf {
    fn word(&self) -> &'static str {
        "main-cf"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        entries(text).map(FileDoc::flat)
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        quote(value)
    }
}

fn entries(text: &str) -> Result<Vec<FileEntry>, Fault> {
    let mut found = Vec::new();
    for logical in logical_lines(text)? {
        let (key, value) = logical.text.split_once('=').ok_or(Fault::at(logical.number, FaultKind::NoEquals))?;
        found.push(FileEntry {
            path: vec![key.trim_ascii().to_owned()],
            value: Some(value.trim_ascii().replace("$$", "$")),
            from: None,
            body: logical.first,
            continued: logical.continued,
        });
    }
    Ok(found)
}

/// A line with its continuations, as Postfix joins them (`readllines.c`).
pub(super) struct Logical<'a> {
    pub(super) number: usize,
    pub(super) text: Cow<'a, str>,
    pub(super) first: std::ops::Range<usize>,
    pub(super) continued: Vec<std::ops::Range<usize>>,
}

pub(super) fn logical_lines(text: &str) -> Result<Vec<Logical<'_>>, Fault> {
    let mut found: Vec<Logical<'_>> = Vec::new();
    for (number, bare, whole) in lines(text) {
        let line = &text[bare.clone()];
        let content = line.trim_ascii();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            let last = found.last_mut().ok_or(Fault::at(number, FaultKind::Stray))?;
            last.text.to_mut().push_str(line);
            last.continued.push(whole);
        } else {
            found.push(Logical { number, text: line.into(), first: bare.clone(), continued: Vec::new() });
        }
    }
    Ok(found)
}

fn quote(value: &str) -> Result<String, Unfit> {
    if value.starts_with([' ', '\t']) || value.ends_with([' ', '\t']) {
        return Err(Unfit::EdgeBlank);
    }
    Ok(value.replace('$', "$$"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn continuations_comments_and_dollars() {
        let text = "# c\nmyhostname=web1\n\nmynetworks = 127.0.0.0/8\n# between\n  [::1]/128 \r\nx = $$y\n";
        let found = entries(text).unwrap();
        let pairs: Vec<_> = found.iter().map(|entry| (entry.path[0].as_str(), entry.value.as_deref().unwrap())).collect();
        assert_eq!(pairs, [("myhostname", "web1"), ("mynetworks", "127.0.0.0/8  [::1]/128"), ("x", "$y")]);
        assert_eq!(found[1].continued.len(), 1);
        assert_eq!(entries("a = b\nnonsense\n").unwrap_err(), Fault { line: 2, kind: FaultKind::NoEquals });
        assert_eq!(entries(" a = b\n").unwrap_err(), Fault { line: 1, kind: FaultKind::Stray });
    }

    #[test]
    fn dollars_are_doubled() {
        assert_eq!(quote("/a b/$c").as_deref(), Ok("/a b/$$c"));
        assert_eq!(quote("a "), Err(Unfit::EdgeBlank));
    }
}
