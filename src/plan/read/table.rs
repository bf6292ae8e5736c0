//! A Postfix lookup table in text form (postmap(1)): lines as in main.cf; the key ends at the first blank, the value is the
//! rest without blanks at its ends.

use super::{Entry, Fault, lines, main_cf::logical_lines};

pub(super) fn entries(text: &str) -> Result<Vec<Entry>, Fault> {
    let found = logical_lines(text)?.into_iter().map(|logical| {
        let (key, value) = logical.text.split_once([' ', '\t']).unwrap_or((&logical.text, ""));
        Entry {
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
pub(in crate::plan) fn opensmtpd(text: &str) -> Vec<Entry> {
    let entry = |(_, bare, _): (usize, std::ops::Range<usize>, _)| {
        let line = text[bare.clone()].trim_ascii_start();
        let (key, value) = line.split_once([' ', '\t', ':']).filter(|_| !line.starts_with('#'))?;
        Some(Entry::flat(key, value.trim_ascii().to_owned(), bare.end - line.len()..bare.end))
    };
    lines(text).filter_map(entry).collect()
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
}
