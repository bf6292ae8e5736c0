//! ssmtp.conf (`read_config` and `firsttok` in `ssmtp.c`, 2.64): `Key=Value`. A line is cut at `#`; key and value end at the
//! next blank, equals sign or line end, so blanks around the equals sign leave nothing of the value. A value without such an
//! end is passed over: one right before `#`, and the last line where its line end is missing. Keys have no case. There are
//! no quotes: what ends a value cannot be written in one.

use super::{
    doc::{FileDoc, FileEntry},
    file_format::FileFormat,
    text::{Fault, FaultKind, Unfit, lines},
};

/// ssmtp.conf.
pub(crate) struct Ssmtp;

impl FileFormat for Ssmtp {
    fn word(&self) -> &'static str {
        "ssmtp"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        entries(text).map(FileDoc::flat)
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        quote(value)
    }

    /// Its last line counts with its line end alone.
    fn finish(&self, merged: &mut String) {
        if !merged.ends_with('\n') {
            merged.push('\n');
        }
    }
}

const fn ends(letter: char) -> bool {
    matches!(letter, '=' | ' ' | '\t' | '\n')
}

fn entries(text: &str) -> Result<Vec<FileEntry>, Fault> {
    let mut found = Vec::new();
    for (number, bare, whole) in lines(text) {
        if text[bare.end..whole.end].starts_with('\r') {
            return Err(Fault::at(number, FaultKind::Crlf));
        }
        let line = &text[whole.clone()];
        let used = line.split('#').next().unwrap_or_default();
        let Some((key, behind)) = used.split_once(ends).filter(|_| used.contains('=')) else { continue };
        let value = behind.split_once(ends).map(|(value, _)| value.to_owned());
        // Only the last line gets its end when it is written.
        if key.is_empty() || (value.is_none() && used.len() < line.len()) {
            continue;
        }
        let body = bare.start..bare.start + used.trim_ascii_end().len();
        found.push(FileEntry { value, ..FileEntry::flat(key.to_ascii_lowercase(), String::new(), body) });
    }
    Ok(found)
}

fn quote(value: &str) -> Result<String, Unfit> {
    let lost: String = [' ', '\t', '=', '#'].into_iter().filter(|sign| value.contains(*sign)).collect();
    if lost.is_empty() { Ok(value.to_owned()) } else { Err(Unfit::Characters(lost)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_value() {
        let text = "# c=d\nMailHub=mail.test:587 # c\nAuthPass=a=b c\nX = y\n Y=z\nZ=#\nroot=a#b\nAuthUser=u";
        let found = entries(text).unwrap();
        let shown: Vec<_> =
            found.iter().map(|it| (it.path[0].as_str(), it.value.as_deref(), &text[it.body.clone()])).collect();
        let expected = [
            ("mailhub", Some("mail.test:587"), "MailHub=mail.test:587"),
            ("authpass", Some("a"), "AuthPass=a=b c"),
            ("x", Some(""), "X = y"),
            ("authuser", None, "AuthUser=u"),
        ];
        assert_eq!(shown, expected);
        assert_eq!(entries("a=b\nc=d\r\n").unwrap_err(), Fault { line: 2, kind: FaultKind::Crlf });
    }

    #[test]
    fn no_quotes() {
        assert_eq!(quote("a:\"\\@").as_deref(), Ok("a:\"\\@"));
        assert_eq!(quote("a b#"), Err(Unfit::Characters(" #".into())));
    }
}
