//! Whether the keys that a provider signs with are published.

use crate::{
    dns::{
        dkim::{DkimKey, KeyFault},
        lookup::{DnsKind, DnsLookup, DnsRecord, LookupFault},
        report::{DkimReport, MissingRecord, RecordState},
    },
    mail::reply::escape,
    phrase,
    presets::{Phrase, Provider},
};

/// Looks at each selector of a provider's.
pub(super) fn judge(domain: &str, provider: &Provider, dns: &dyn DnsLookup) -> Vec<DkimReport> {
    let records = provider.dns.dkim.iter().filter_map(|record| record.split_once(' '));
    records.map(|(name, kind)| selector(domain, provider, (name, kind), dns)).collect()
}

fn selector(domain: &str, provider: &Provider, (label, rest): (&str, &str), dns: &dyn DnsLookup) -> DkimReport {
    let (kind, value) = rest.split_once(' ').map_or((rest, None), |(kind, value)| (kind, Some(value)));
    let selector = label.trim_end_matches("._domainkey").to_owned();
    let name = format!("{label}.{domain}");
    let report =
        |state, why: Phrase| DkimReport { selector: selector.clone(), state, target: None, bits: None, add: None, why };
    if selector.contains('*') {
        return report(RecordState::Unknown, phrase!("dns-dkim-made-up", provider = provider.name));
    }
    let no_answer = || report(RecordState::Unanswered, phrase!("dns-no-answer", name = name));
    let texts = match dns.records(&name, DnsKind::Txt) {
        Ok(texts) => texts,
        Err(LookupFault::NoSuchName) => Vec::new(),
        Err(LookupFault::Temporary) => return no_answer(),
    };
    let target = match dns.records(&name, DnsKind::Cname) {
        Ok(records) => records.into_iter().find_map(|record| match record {
            DnsRecord::Name(target) => Some(target),
            _ => None,
        }),
        Err(LookupFault::NoSuchName) => None,
        Err(LookupFault::Temporary) => return no_answer(),
    };
    let keys: Vec<Result<DkimKey, KeyFault>> = texts
        .iter()
        .filter_map(|record| if let DnsRecord::Text(text) = record { Some(DkimKey::parse(text)) } else { None })
        // A wildcard gives every name a text that is no key.
        .filter(|key| *key != Err(KeyFault::NoKey))
        .collect();
    let add = || MissingRecord {
        name: name.clone(),
        kind: kind.to_owned(),
        value: value.map(str::to_owned),
        replaces: None,
        beside: Vec::new(),
    };
    // Not every account has every selector.
    let is_sure = !provider.unverified.iter().any(|path| path == "dns" || path == "dns.dkim");
    let found = match (keys.as_slice(), &target) {
        ([], Some(target)) => DkimReport {
            add: value.map(|_| add()),
            ..report(RecordState::Add, phrase!("dns-dkim-stale", target = escape(target)))
        },
        ([], None) if is_sure => DkimReport {
            add: Some(add()),
            ..report(RecordState::Add, phrase!("dns-dkim-missing", provider = provider.name))
        },
        ([], None) => report(RecordState::Unknown, phrase!("dns-dkim-not-there", provider = provider.name)),
        ([Err(KeyFault::Revoked)], _) => report(RecordState::Add, phrase!("dns-dkim-revoked", provider = provider.name)),
        ([Ok(key)], _) => {
            let (state, why) = match key {
                DkimKey { is_short: true, bits, .. } => (RecordState::Add, phrase!("dns-dkim-short", bits = bits)),
                DkimKey { is_test: true, bits, .. } => (RecordState::Fine, phrase!("dns-dkim-test", bits = bits)),
                DkimKey { bits, .. } => (RecordState::Fine, phrase!("dns-dkim-fine", bits = bits)),
            };
            DkimReport { bits: Some(key.bits), ..report(state, why) }
        }
        _ => report(RecordState::Add, phrase!("dns-dkim-unreadable", name = name)),
    };
    DkimReport { target, ..found }
}
