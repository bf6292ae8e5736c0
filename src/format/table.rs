//! A Postfix lookup table in text form (postmap(1), "INPUT FILE FORMAT"): lines as in main.cf; the key ends at the first
//! blank, the value is the rest, raw, without blanks at its end (`trimblanks` in `postmap.c` and `dict_thash.c`).
//! OpenSMTPD's tables are alike (table(5)).

use super::{
    doc::{FileDoc, FileEntry},
    file_format::FileFormat,
    main_cf::logical_lines,
    text::{Fault, Unfit, lines},
};

/// A Postfix lookup table in text form: key, blank, the rest of the line.
pub(crate) struct PostfixTable;

impl FileFormat for PostfixTable {
    fn word(&self) -> &'static str {
        "postfix-table"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        entries(text).map(FileDoc::flat)
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        quote(value)
    }
}

/// An OpenSMTPD table, such as its secrets: key, blank, the rest of the line.
pub(crate) struct OpensmtpdTable;

impl FileFormat for OpensmtpdTable {
    fn word(&self) -> &'static str {
        "opensmtpd-table"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        Ok(FileDoc::flat(opensmtpd(text)))
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        quote(value)
    }
}

fn entries(text: &str) -> Result<Vec<FileEntry>, Fault> {
    let found = logical_lines(text)?.into_iter().map(|logical| {
        let (key, value) = logical.text.split_once([' ', '\t']).unwrap_or((&logical.text, ""));
        FileEntry {
            path: vec![key.to_owned()],
            value: Some(value.trim_ascii().to_owned()),
            from: None,
            body: logical.first,
            continued: logical.continued,
        }
    });
    Ok(found.collect())
}

/// An OpenSMTPD table (table(5)): no continued lines; the key ends at a blank or a colon.
fn opensmtpd(text: &str) -> Vec<FileEntry> {
    let entry = |(_, bare, _): (usize, std::ops::Range<usize>, _)| {
        let line = text[bare.clone()].trim_ascii_start();
        let (key, value) = line.split_once([' ', '\t', ':']).filter(|_| !line.starts_with('#'))?;
        Some(FileEntry::flat(key, value.trim_ascii().to_owned(), bare.end - line.len()..bare.end))
    };
    lines(text).filter_map(entry).collect()
}

fn quote(value: &str) -> Result<String, Unfit> {
    if value.ends_with([' ', '\t']) { Err(Unfit::EdgeBlank) } else { Ok(value.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_opensmtpd() {
        let found = opensmtpd("# c\n  relay  u:p :w #\"  \nx: y\n");
        let found: Vec<_> = found.iter().map(|it| (it.path[0].as_str(), it.value.as_deref().unwrap())).collect();
        assert_eq!(found, [("relay", "u:p :w #\""), ("x", "y")]);
    }

    #[test]
    fn raw_to_the_end() {
        let found = entries("# c\n[mail.test]:587\tu:p@ss \"w\\ord#1  \n[b]:25   x\n").unwrap();
        assert_eq!(
            (found[0].path[0].as_str(), found[0].value.as_deref().unwrap()),
            ("[mail.test]:587", "u:p@ss \"w\\ord#1")
        );
        assert_eq!((found[1].path[0].as_str(), found[1].value.as_deref().unwrap()), ("[b]:25", "x"));
    }

    #[test]
    fn raw_but_for_blanks_at_the_end() {
        assert_eq!(quote(" p@ss \"w\\ord#1$x").as_deref(), Ok(" p@ss \"w\\ord#1$x"));
        assert_eq!(quote("a\t"), Err(Unfit::EdgeBlank));
    }
}
