//! What a domain's records mean, in words: the verdict first, then each record, what to know, and what to enter where.

use std::fmt::Write as _;

use crate::{
    dns::{DnsZone, DomainReport, MissingRecord, RecordState, shown},
    mail::reply::escape,
    phrase,
    presets::{DnsHost, Text, dns_host::RecordNames},
};

/// Longest string in a TXT record (RFC 1035, 3.3.14).
const LONGEST_STRING: usize = 255;

/// A mark, what it is about, and why.
pub type DomainRow = (char, String, String);

/// Whether mail passes DMARC, and by which of the two.
pub fn verdict(text: &Text, provider: Option<&str>, report: &DomainReport) -> String {
    let domain = shown(&report.domain);
    let provider = provider.map_or_else(|| text.get("dns-some-provider"), str::to_owned);
    let is_open = || {
        let unsure = |state| matches!(state, RecordState::Unknown | RecordState::Unanswered);
        unsure(report.spf.state) || report.dkim.is_empty() || report.dkim.iter().any(|dkim| unsure(dkim.state))
    };
    text.say(&match report.passes.as_slice() {
        _ if report.is_providers => phrase!("dns-verdict-not-yours", domain = domain),
        ["spf", "dkim"] => phrase!("dns-verdict-both", domain = domain, provider = provider),
        ["spf"] => phrase!("dns-verdict-spf", domain = domain, provider = provider),
        ["dkim"] => phrase!("dns-verdict-dkim", domain = domain, provider = provider),
        _ if is_open() => phrase!("dns-verdict-open", domain = domain, provider = provider),
        _ => phrase!("dns-verdict-neither", domain = domain, provider = provider),
    })
}

/// SPF, each DKIM key, DMARC.
pub fn rows(text: &Text, report: &DomainReport) -> Vec<DomainRow> {
    let dkim = report.dkim.iter().map(|dkim| (format!("DKIM {}", escape(&dkim.selector)), dkim.state, &dkim.why));
    let spf = [("SPF".to_owned(), report.spf.state, &report.spf.why)];
    let dmarc = [("DMARC".to_owned(), report.dmarc.state, &report.dmarc.why)];
    let all = spf.into_iter().chain(dkim).chain(dmarc);
    all.map(|(label, state, why)| (mark(state), label, text.say(why))).collect()
}

const fn mark(state: RecordState) -> char {
    match state {
        RecordState::Fine => '✓',
        RecordState::Add => '✗',
        RecordState::Unknown | RecordState::Unanswered => '?',
    }
}

/// Where the records to add are entered.
pub fn heading(text: &Text, host: Option<&DnsHost>, report: &DomainReport) -> String {
    let zone = report.zone.as_ref().map_or(&report.domain, |zone| &zone.apex);
    text.say(&match host {
        Some(host) => phrase!("dns-enter-at", host = host.name, url = host.url, way = host.way(text.lang())),
        None => phrase!("dns-enter", domain = shown(zone)),
    })
}

/// The records to add, a line each: the name as the DNS host wants it, the kind, the value.
pub fn records(text: &Text, host: Option<&DnsHost>, report: &DomainReport) -> Vec<String> {
    let rows: Vec<[String; 3]> = report.to_add().map(|record| row(text, host, report.zone.as_ref(), record)).collect();
    let wide = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let (names, kinds) = (wide(0), wide(1));
    rows.iter().map(|[name, kind, value]| format!("{name:names$}  {kind:kinds$}  {value}")).collect()
}

fn row(text: &Text, host: Option<&DnsHost>, zone: Option<&DnsZone>, record: &MissingRecord) -> [String; 3] {
    let name = match (zone, host) {
        (None, _) => format!("{}.", record.name),
        (_, Some(host)) if host.names == RecordNames::Absolute => record.name.clone(),
        (Some(zone), host) => match (zone.relative(&record.name), host.map(|host| host.apex.as_str())) {
            ("", Some("")) => text.get("dns-name-empty"),
            ("", apex) => apex.unwrap_or("@").to_owned(),
            (relative, _) => relative.to_owned(),
        },
    };
    let value = match record.value.as_deref() {
        None => text.get("dns-value-at-provider"),
        Some(value) if record.kind != "TXT" => escape(value),
        // Where the host is known, its form splits what is long.
        Some(value) if host.map_or(value.len() > LONGEST_STRING, |host| host.quotes) => quoted(&escape(value)),
        Some(value) => escape(value),
    };
    [escape(&name), record.kind.clone(), value]
}

/// How long it may take until everybody has what was added.
pub fn wait(text: &Text, report: &DomainReport) -> Option<String> {
    report.wait.map(|seconds| text.say(&phrase!("dns-wait", minutes = seconds.div_ceil(60))))
}

/// Text in quotes as zone files have it, in strings of at most 255 bytes (RFC 1035, 5.1).
pub fn quoted(value: &str) -> String {
    let mut strings = Vec::new();
    let (mut string, mut length) = (String::new(), 0);
    for byte in value.bytes() {
        if length == LONGEST_STRING {
            strings.push(std::mem::take(&mut string));
            length = 0;
        }
        match byte {
            b'"' | b'\\' => string.extend(['\\', char::from(byte)]),
            b' '..=b'~' => string.push(char::from(byte)),
            _ => {
                let _ = write!(string, "\\{byte:03}");
            }
        }
        length += 1;
    }
    strings.push(string);
    strings.iter().map(|string| format!("\"{string}\"")).collect::<Vec<_>>().join(" ")
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
        assert_eq!(quoted("a\"b\\c;é"), "\"a\\\"b\\\\c;\\195\\169\"");
    }
}
