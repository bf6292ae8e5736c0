//! dma, the DragonFly Mail Agent (`conf.c`): dma.conf has `KEY value` or a `KEY` alone, and `#` begins a comment anywhere;
//! auth.conf has `LOGIN|HOST:PASSWORD`, the password raw to the end of the line. A carriage return is part of a value.

use super::{Entry, Fault, FaultKind, lines};

/// What is read at once: the rest of a longer line would be taken for another.
const LINE_LIMIT: usize = 2048;

pub(in crate::plan) fn conf(text: &str) -> Result<Vec<Entry>, Fault> {
    let mut found = Vec::new();
    for (number, bare, whole) in lines(text) {
        check(text, number, &bare, &whole)?;
        let line = text[bare.clone()].split('#').next().unwrap_or_default();
        let (key, value) = line.split_once([' ', '\t']).unwrap_or((line, ""));
        if key.is_empty() {
            continue;
        }
        // A switch has nothing behind it, or it is no switch.
        let value = if line.len() == key.len() { "yes" } else { value };
        let end = bare.start + line.trim_end_matches([' ', '\t']).len();
        found.push(Entry::flat(key, value.to_owned(), bare.start..end));
    }
    Ok(found)
}

/// The way is the host; the value the whole line. The last line of a host counts, as the last is found first.
pub(in crate::plan) fn auth(text: &str) -> Result<Vec<Entry>, Fault> {
    let mut found = Vec::new();
    for (number, bare, whole) in lines(text) {
        check(text, number, &bare, &whole)?;
        let line = &text[bare.clone()];
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let fault = Fault::at(number, FaultKind::Syntax);
        let host = line.split_once('|').and_then(|(_, rest)| rest.find([':', ' ', '\t']).map(|end| &rest[..end]));
        found.push(Entry::flat(host.ok_or(fault)?, line.to_owned(), bare));
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
}
