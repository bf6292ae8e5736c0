//! A Postfix lookup table in text form (postmap(1)): lines as in main.cf; the key ends at the first blank, the value is the
//! rest without blanks at its ends.

use super::{Entry, Fault, main_cf::logical_lines};

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

#[cfg(test)]
mod tests {
    use super::*;

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
