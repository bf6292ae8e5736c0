//! The verdict: what a domain's records mean for mail through a provider.

mod dkim;
mod dmarc;
mod question;
mod spf;

pub use question::DomainQuestion;

use question::MailHosts;

use super::{
    cache::RememberedLookup,
    lookup::{DnsKind, DnsLookup, DnsRecord, LookupFault},
    report::{DomainReport, RecordState},
};
use crate::{
    phrase,
    presets::{Phrase, Provider, provider::EnvelopeDomain},
};

/// Judges a domain's records.
pub fn judge(question: &DomainQuestion<'_>, dns: &dyn DnsLookup) -> DomainReport {
    let dns = &RememberedLookup::new(dns);
    let mail_hosts = mail_hosts(question.domain, dns);
    let is_providers = question.catalog.provider_of_domain(question.domain).is_some();
    let spf = if is_providers { spf::not_ours() } else { spf::judge(question, &mail_hosts, dns) };
    let dkim = match question.provider {
        Some(provider) if !is_providers => dkim::judge(question.domain, provider, dns),
        _ => Vec::new(),
    };
    let walk = super::dmarc::DmarcWalk::from(question.domain, dns);
    let dmarc = if is_providers { dmarc::not_ours(&walk) } else { dmarc::judge(question.domain, &walk) };
    let envelope = question.provider.and_then(|provider| provider.dns.envelope);
    let is_strict = walk.as_ref().ok().and_then(|walk| walk.record()).is_some_and(|(_, record)| record.is_spf_strict);
    let is_aligned = match envelope {
        Some(EnvelopeDomain::Sender) => true,
        Some(EnvelopeDomain::Subdomain) => !is_strict,
        Some(EnvelopeDomain::Provider) | None => false,
    };
    let mut passes = Vec::new();
    if is_aligned && spf.state == RecordState::Fine && !is_providers {
        passes.push("spf");
    }
    if dkim.iter().any(|dkim| dkim.state == RecordState::Fine) {
        passes.push("dkim");
    }
    let mut notes = dmarc::notes(&walk, !passes.is_empty() || is_providers);
    notes.extend(notes_on(question, &mail_hosts, spf.lookups));
    DomainReport {
        domain: question.domain.to_owned(),
        envelope,
        is_providers,
        passes,
        spf,
        dkim,
        dmarc,
        mx: mail_hosts.hosts,
        notes,
    }
}

fn notes_on(question: &DomainQuestion<'_>, mail_hosts: &MailHosts, lookups: Option<u32>) -> Vec<Phrase> {
    let mut notes = Vec::new();
    if mail_hosts.is_null {
        notes.push(phrase!("dns-null-mx", domain = question.domain));
    } else if mail_hosts.hosts.is_empty() && !mail_hosts.is_unknown {
        notes.push(phrase!("dns-no-mx", domain = question.domain));
    }
    if let Some(count @ 9..=10) = lookups {
        notes.push(phrase!("dns-spf-nearly-full", count = count));
    }
    let is_unconfirmed = |path: &String| path == "dns" || path.starts_with("dns.");
    let unconfirmed = |provider: &&Provider| provider.unverified.iter().any(is_unconfirmed);
    if let Some(provider) = question.provider.filter(unconfirmed) {
        notes.push(phrase!("dns-unconfirmed", provider = provider.name));
    }
    notes
}

fn mail_hosts(domain: &str, dns: &dyn DnsLookup) -> MailHosts {
    let answer = dns.records(domain, DnsKind::Mx);
    let is_unknown = answer == Err(LookupFault::Temporary);
    let mut hosts: Vec<(u16, String)> = answer
        .unwrap_or_default()
        .into_iter()
        .filter_map(|record| if let DnsRecord::Mx(preference, host) = record { Some((preference, host)) } else { None })
        .collect();
    hosts.sort();
    let is_null = matches!(hosts.as_slice(), [(_, only)] if only.is_empty());
    let hosts = hosts.into_iter().map(|(_, host)| host).filter(|host| !host.is_empty()).collect();
    MailHosts { hosts, is_null, is_unknown }
}
