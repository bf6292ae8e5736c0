//! dma, the DragonFly Mail Agent (`conf.c`). dma.conf has `KEY value` or a `KEY` alone, and `#` begins a comment anywhere
//! (`parse_conf`). auth.conf has `LOGIN|HOST:PASSWORD`, the password raw to the end of the line (`parse_authfile`).
//!
//! A carriage return is part of a value. Blanks at the ends are kept as they are, so a setting gets none. A line is read up
//! to 2047 bytes: `fgets` into a buffer of 2048 (`conf.c`).

use super::{
    doc::{FileDoc, FileEntry},
    file_format::FileFormat,
    text::{Fault, FaultKind, Unfit, lines},
};

/// dma.conf of the DragonFly Mail Agent.
pub(crate) struct DmaConf;

impl FileFormat for DmaConf {
    fn word(&self) -> &'static str {
        "dma-conf"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        conf(text).map(FileDoc::flat)
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        quote_conf(value)
    }
}

/// Its auth.conf: the whole line by host.
pub(crate) struct DmaAuth;

impl FileFormat for DmaAuth {
    fn word(&self) -> &'static str {
        "dma-auth"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        auth(text).map(FileDoc::flat)
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        quote_auth(value)
    }
}

/// What is read at once: the rest of a longer line would be taken for another.
const LINE_LIMIT: usize = 2048;

fn conf(text: &str) -> Result<Vec<FileEntry>, Fault> {
    let mut found = Vec::new();
    for (number, bare, whole) in lines(text) {
        check(text, number, &bare, &whole)?;
        let line = text[bare.clone()].split('#').next().unwrap_or_default();
        let (key, value) = line.split_once([' ', '\t']).unwrap_or((line, ""));
        if key.is_empty() {
            continue;
        }
        // A switch has nothing after it, or it is no switch.
        let value = if line.len() == key.len() { "yes" } else { value };
        let end = bare.start + line.trim_end_matches([' ', '\t']).len();
        found.push(FileEntry::flat(key, value.to_owned(), bare.start..end));
    }
    Ok(found)
}

/// The way is the host; the value the whole line. The last line of a host counts, as the last is found first.
fn auth(text: &str) -> Result<Vec<FileEntry>, Fault> {
    let mut found = Vec::new();
    for (number, bare, whole) in lines(text) {
        check(text, number, &bare, &whole)?;
        let line = &text[bare.clone()];
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let fault = Fault::at(number, FaultKind::Syntax);
        let host = line.split_once('|').and_then(|(_, rest)| rest.find([':', ' ', '\t']).map(|end| &rest[..end]));
        found.push(FileEntry::flat(host.ok_or(fault)?, line.to_owned(), bare));
    }
    Ok(found)
}

fn check(text: &str, number: usize, bare: &std::ops::Range<usize>, whole: &std::ops::Range<usize>) -> Result<(), Fault> {
    if whole.len() >= LINE_LIMIT {
        return Err(Fault::at(number, FaultKind::LongLine));
    }
    if text[bare.end..whole.end].starts_with('\r') {
        return Err(Fault::at(number, FaultKind::Crlf));
    }
    Ok(())
}

/// Longest value in bytes; the login name and the host take the rest of the line.
const LIMIT: usize = 1024;

fn quote_conf(value: &str) -> Result<String, Unfit> {
    if value.contains('#') {
        return Err(Unfit::Characters("#".into()));
    }
    if value.trim() == value { quote_auth(value) } else { Err(Unfit::EdgeBlank) }
}

fn quote_auth(value: &str) -> Result<String, Unfit> {
    if value.len() > LIMIT { Err(Unfit::TooLong(LIMIT)) } else { Ok(value.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_files() {
        let found = conf("# c\nSMARTHOST mail.test\n#STARTTLS\nSECURETRANSFER\nMAILNAME /etc/mailname # c\n x\n").unwrap();
        let found: Vec<_> = found.iter().map(|it| (it.path[0].as_str(), it.value.as_deref().unwrap())).collect();
        assert_eq!(found, [("SMARTHOST", "mail.test"), ("SECURETRANSFER", "yes"), ("MAILNAME", "/etc/mailname ")]);
        let found = auth("# c\na@b|h.test:p:w #\" \n").unwrap();
        assert_eq!((found[0].path[0].as_str(), found[0].value.as_deref()), ("h.test", Some("a@b|h.test:p:w #\" ")));
        assert_eq!(auth("a\n").unwrap_err(), Fault { line: 1, kind: FaultKind::Syntax });
        assert_eq!(conf("A b\r\n").unwrap_err(), Fault { line: 1, kind: FaultKind::Crlf });
    }

    #[test]
    fn raw() {
        assert_eq!(quote_conf("a#b"), Err(Unfit::Characters("#".into())));
        assert_eq!(quote_conf(" a"), Err(Unfit::EdgeBlank));
        assert_eq!(quote_auth(" a#\"b ").as_deref(), Ok(" a#\"b "));
        assert_eq!(quote_auth(&"x".repeat(1025)), Err(Unfit::TooLong(1024)));
    }
}
