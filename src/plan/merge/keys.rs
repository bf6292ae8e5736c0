//! Key by key: a key that is there gets our value in its place, wherever it stands; others are added at the end.

use super::{line_break, with_breaks};
use crate::{
    plan::read::{Entry, Fault, entries},
    presets::target::Format,
};

/// The text with our keys in it. A key that stands twice gets our value at each place: readers differ in which one counts.
///
/// # Errors
/// Where the text does not parse.
pub(in crate::plan) fn merge(format: Format, text: &str, ours: &str) -> Result<String, Fault> {
    if text.trim_ascii().is_empty() {
        return Ok(format!("{text}{ours}"));
    }
    let there = entries(format, text)?;
    let wanted = entries(format, ours)?;
    let mut merged = String::with_capacity(text.len() + ours.len());
    let mut at = 0;
    for entry in &there {
        let Some(new) = wanted.iter().find(|new| new.key == entry.key) else { continue };
        if is_same(format, text, entry, ours, new) {
            continue;
        }
        merged.push_str(&text[at..entry.body.start]);
        merged.push_str(&ours[new.body.clone()]);
        at = entry.body.end;
        for line in &entry.continued {
            merged.push_str(&text[at..line.start]);
            at = line.end;
        }
    }
    merged.push_str(&text[at..]);
    let missing: Vec<&str> = wanted
        .iter()
        .filter(|new| there.iter().all(|entry| entry.key != new.key))
        .map(|new| &ours[new.body.clone()])
        .collect();
    if !missing.is_empty() {
        let line_break = line_break(text);
        if !merged.ends_with('\n') {
            merged.push_str(line_break);
        }
        merged.push_str(&with_breaks(&missing.join("\n"), line_break));
    }
    Ok(merged)
}

/// Whether what stands there is our value already. Postfix's spacing is a person's own; an environment file's quotes and
/// spacing are read differently by different readers.
fn is_same(format: Format, text: &str, entry: &Entry, ours: &str, new: &Entry) -> bool {
    match format {
        Format::MainCf | Format::PostfixTable => entry.value == new.value,
        _ => text[entry.body.clone()] == ours[new.body.clone()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environment_files() {
        let text = "# mine\r\nexport SMTP_HOST = old # relay\r\nX=\"multi\r\nSMTP_HOST=no\r\n\"\r\nSMTP_HOST='older'";
        let ours = "# ours\nSMTP_HOST=new\nSMTP_PORT=465\n";
        let merged = merge(Format::Dotenv, text, ours).unwrap();
        let expected = "# mine\r\nexport SMTP_HOST=new # relay\r\nX=\"multi\r\nSMTP_HOST=no\r\n\"\r\n\
                        SMTP_HOST=new\r\nSMTP_PORT=465\r\n";
        assert_eq!(merged, expected);
        assert_eq!(merge(Format::Dotenv, &merged, ours).unwrap(), merged);
        assert_eq!(merge(Format::Dotenv, "", ours).unwrap(), ours);
        assert_eq!(merge(Format::Dotenv, "SMTP_HOST='a'b # c\n", "SMTP_HOST=n\n").unwrap(), "SMTP_HOST=n\n");
    }

    #[test]
    fn main_cf() {
        let text = "relayhost=\n# keep\n   [old]:25\n\nmynetworks = a\n  b\ninet_protocols=all";
        let merged = merge(Format::MainCf, text, "relayhost = [new]:465\ninet_protocols = all\nz = 1\n").unwrap();
        assert_eq!(merged, "relayhost = [new]:465\n# keep\n\nmynetworks = a\n  b\ninet_protocols=all\nz = 1\n");
    }

    #[test]
    fn tables() {
        let merged = merge(Format::PostfixTable, "[a]:1 u:p\n[b]:2\tx:y\n", "[b]:2 n:m\n[c]:3 k:l\n").unwrap();
        assert_eq!(merged, "[a]:1 u:p\n[b]:2 n:m\n[c]:3 k:l\n");
    }
}
