//! The verdict: what a domain's records mean for mail through a provider.

mod dkim;
mod dmarc;
mod publish;
mod question;
mod receivers;
mod spf;

pub use question::DomainQuestion;

use question::MailHosts;

use super::{
    cache::RememberedLookup,
    lookup::{DnsKind, DnsLookup, DnsQuestion, DnsRecord, LookupFault},
    report::{DomainReport, RecordState},
    shown::shown,
    zone::DnsZone,
};
use crate::{
    phrase,
    presets::{Phrase, Provider, provider::EnvelopeDomain},
};

/// Judges a domain's records.
pub fn judge(question: &DomainQuestion<'_>, dns: &dyn DnsLookup) -> DomainReport {
    let dns = &RememberedLookup::new(dns);
    dns.expect(&expected(question));
    let mail_hosts = mail_hosts(question.domain, dns);
    let is_providers = question.catalog.provider_of_domain(question.domain).is_some();
    let spf = if is_providers { spf::not_ours() } else { spf::judge(question, &mail_hosts, dns) };
    let dkim = match question.provider {
        Some(provider) if !is_providers => dkim::judge(question.domain, provider, dns),
        _ => Vec::new(),
    };
    let walk = super::dmarc::DmarcWalk::from(question.domain, dns);
    let dmarc = if is_providers { dmarc::not_ours(&walk) } else { dmarc::judge(question.domain, &walk, dns) };
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
    let zone = DnsZone::of(question.domain, dns);
    let split = publish::split_horizon(zone.as_ref(), &mail_hosts.hosts, dns);
    // A private zone says nothing of the world's MX.
    let no_mx = split.is_none().then(|| no_mx(question.domain, &mail_hosts)).flatten();
    notes.extend(split.into_iter().chain(no_mx).chain(notes_on(question, spf.lookups)));
    let mut report = DomainReport {
        domain: question.domain.to_owned(),
        envelope,
        is_providers,
        passes,
        spf,
        dkim,
        dmarc,
        mx: mail_hosts.hosts,
        zone,
        wait: None,
        notes,
    };
    publish::doubt(&mut report);
    publish::complete(&mut report, dns);
    report.notes.extend(receivers::notes(question.catalog, &report));
    report
}

/// The questions that are sure to be asked.
fn expected(question: &DomainQuestion<'_>) -> Vec<DnsQuestion> {
    let domain = question.domain;
    let kinds = [DnsKind::Mx, DnsKind::Txt, DnsKind::Soa, DnsKind::Ns];
    let mut questions: Vec<DnsQuestion> = kinds.map(|kind| (domain.to_owned(), kind)).into();
    questions.extend(super::dmarc::questions(domain));
    if let Some(provider) = question.provider {
        let dns = &provider.dns;
        questions.extend(dns.spf_include.iter().map(|name| (name.clone(), DnsKind::Txt)));
        questions.extend(dns.spf_at.iter().map(|label| (format!("{label}.{domain}"), DnsKind::Txt)));
        let names = dns.dkim.iter().filter_map(|record| record.split_once(' ')).filter(|(label, _)| !label.contains('*'));
        let keys = names.map(|(label, _)| format!("{label}.{domain}"));
        questions.extend(keys.flat_map(|name| [(name.clone(), DnsKind::Txt), (name, DnsKind::Cname)]));
    }
    questions
}

/// What to know of a domain that takes no mail.
fn no_mx(domain: &str, mail_hosts: &MailHosts) -> Option<Phrase> {
    match mail_hosts {
        MailHosts { is_null: true, .. } => Some(phrase!("dns-null-mx", domain = shown(domain))),
        MailHosts { is_unknown: false, hosts, .. } if hosts.is_empty() => Some(phrase!("dns-no-mx", domain = shown(domain))),
        _ => None,
    }
}

fn notes_on(question: &DomainQuestion<'_>, lookups: Option<u32>) -> Vec<Phrase> {
    let mut notes = Vec::new();
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
