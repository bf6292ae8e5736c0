//! What `dns` says to a person: the verdict first, then each record, then what to add as a zone file has it.

use crate::{
    cli::layout,
    dns::{DomainReport, MissingRecord, RecordState},
    mail::reply::escape,
    phrase,
    presets::{Phrase, Provider, Text},
};

/// Longest string in a TXT record (RFC 1035, 3.3.14).
const LONGEST_STRING: usize = 255;

/// The lines.
pub(super) fn lines(text: &Text, provider: Option<&Provider>, report: &DomainReport) -> Vec<String> {
    let mut lines = layout::hanging(&text.say(&verdict(text, provider, report)), layout::COLUMNS);
    lines.push(String::new());
    let dkim = report.dkim.iter().map(|dkim| (format!("DKIM {}", escape(&dkim.selector)), dkim.state, &dkim.why));
    let rows = [("SPF".to_owned(), report.spf.state, &report.spf.why)].into_iter().chain(dkim).chain([(
        "DMARC".to_owned(),
        report.dmarc.state,
        &report.dmarc.why,
    )]);
    let rows: Vec<(String, String)> =
        rows.map(|(label, state, why)| (format!("  {} {label}", mark(state)), text.say(why))).collect();
    let left = layout::left(rows.iter().map(|(label, _)| label));
    for (label, why) in &rows {
        lines.extend(layout::row(label, &[why], left));
    }
    let mut notes = report.notes.iter().map(|note| format!("! {}", text.say(note))).peekable();
    if notes.peek().is_some() {
        lines.push(String::new());
    }
    lines.extend(notes.flat_map(|note| layout::hanging(&note, layout::COLUMNS)));
    let mut to_add = report.to_add().peekable();
    if to_add.peek().is_some() {
        lines.extend([String::new(), text.get("dns-to-add")]);
    }
    // A record is one line, however long: it is copied.
    lines.extend(to_add.map(|record| format!("  {}", zone_line(text, record))));
    lines
}

fn verdict(text: &Text, provider: Option<&Provider>, report: &DomainReport) -> Phrase {
    let domain = escape(&report.domain);
    let provider = provider.map_or_else(|| text.get("dns-some-provider"), |provider| provider.name.clone());
    let is_open = || {
        let unsure = |state| matches!(state, RecordState::Unknown | RecordState::Unanswered);
        unsure(report.spf.state) || report.dkim.is_empty() || report.dkim.iter().any(|dkim| unsure(dkim.state))
    };
    match report.passes.as_slice() {
        _ if report.is_providers => phrase!("dns-verdict-not-yours", domain = domain),
        ["spf", "dkim"] => phrase!("dns-verdict-both", domain = domain, provider = provider),
        ["spf"] => phrase!("dns-verdict-spf", domain = domain, provider = provider),
        ["dkim"] => phrase!("dns-verdict-dkim", domain = domain, provider = provider),
        _ if is_open() => phrase!("dns-verdict-open", domain = domain, provider = provider),
        _ => phrase!("dns-verdict-neither", domain = domain, provider = provider),
    }
}

const fn mark(state: RecordState) -> char {
    match state {
        RecordState::Fine => '✓',
        RecordState::Add => '✗',
        RecordState::Unknown | RecordState::Unanswered => '?',
    }
}

/// A record as a zone file has it; what only the provider's page shows is said.
fn zone_line(text: &Text, record: &MissingRecord) -> String {
    let value = record.value.as_deref().map_or_else(
        || text.get("dns-value-at-provider"),
        |value| if record.kind == "TXT" { quoted(value) } else { escape(value) },
    );
    format!("{}. {} {value}", escape(&record.name), record.kind)
}

/// Text in quotes, in strings of at most 255 bytes. Records that are proposed are ASCII.
fn quoted(value: &str) -> String {
    let bytes: Vec<char> = escape(value).chars().collect();
    let strings = bytes.chunks(LONGEST_STRING).map(|chunk| {
        let inner: String = chunk.iter().collect();
        format!("\"{}\"", inner.replace('\\', "\\\\").replace('"', "\\\""))
    });
    strings.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_split() {
        let value = format!("v=spf1 {}~all", "include:a.example ".repeat(20));
        let line = quoted(&value);
        let strings: Vec<&str> = line[1..line.len() - 1].split("\" \"").collect();
        assert_eq!((strings.len(), strings[0].len(), strings.concat()), (2, 255, value));
    }
}
