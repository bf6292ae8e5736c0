//! A file that is one value, raw: its reader takes blanks off at both ends, as Go's `strings.TrimSpace` does (Alertmanager's
//! `password_file`, Grafana's `$__file{}`).

use std::ops::Range;

use super::{
    doc::{FileDoc, FileEntry},
    file_format::FileFormat,
    text::{Fault, Unfit},
};

/// A file that is one value, read without the blanks at its ends.
pub(crate) struct Plain;

impl FileFormat for Plain {
    fn word(&self) -> &'static str {
        "plain"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        Ok(FileDoc::flat(vec![FileEntry::flat("text", text.trim().to_owned(), 0..text.len())]))
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        quote(value)
    }

    /// All of it is a value.
    fn keys(&self, _text: &str, _doc: &FileDoc, _lines: &Range<usize>) -> Vec<Range<usize>> {
        Vec::new()
    }
}

pub(super) fn quote(value: &str) -> Result<String, Unfit> {
    if value.trim() == value { Ok(value.to_owned()) } else { Err(Unfit::EdgeBlank) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_but_for_blanks_at_the_ends() {
        assert_eq!(quote("a b\"'").as_deref(), Ok("a b\"'"));
        assert_eq!(quote(" a"), Err(Unfit::EdgeBlank));
        assert_eq!(quote("a\u{a0}"), Err(Unfit::EdgeBlank));
    }
}
