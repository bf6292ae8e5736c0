//! What a record names, whoever sends: networks, other records, and how much it asks DNS.

use std::net::IpAddr;

use super::{
    check::{SpfTrouble, record_of},
    macros::DomainSpec,
    record::{Mechanism, Qualifier, SpfRecord, SpfTerm},
};
use crate::dns::{DnsKind, DnsLookup, DnsQuestion, DnsRecord, LookupFault};

/// Deepest record, and most terms, that are looked at: far more than any receiver takes.
const DEEPEST: usize = 10;
const MOST_TERMS: u32 = 100;

/// What a record names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpfSurvey {
    /// Terms that ask DNS, those of included records too.
    pub terms: u32,
    /// An address of each network that may send.
    pub addresses: Vec<IpAddr>,
    /// The records that it names itself, each with the number of terms that it costs.
    pub costs: Vec<(String, u32)>,
}

/// Looks at the record of a domain and at those that it includes. What depends on the mail (macros, names of addresses) is only
/// counted.
///
/// # Errors
/// Why a record cannot be used.
pub fn survey(domain: &str, dns: &dyn DnsLookup) -> Result<SpfSurvey, SpfTrouble> {
    let mut found = SpfSurvey::default();
    walk(domain, dns, 0, &mut found)?;
    Ok(found)
}

fn walk(domain: &str, dns: &dyn DnsLookup, depth: usize, found: &mut SpfSurvey) -> Result<(), SpfTrouble> {
    let text = record_of(domain, dns)?.ok_or_else(|| SpfTrouble::NoRecord(domain.to_owned()))?;
    let record = SpfRecord::parse(&text).map_err(|fault| SpfTrouble::Syntax { domain: domain.to_owned(), term: fault.0 })?;
    dns.expect(&questions(&record, domain));
    let has_all = record.terms.iter().any(|(_, term)| matches!(term, SpfTerm::Directive(_, Mechanism::All)));
    for (_, term) in &record.terms {
        // Behind `all` nothing counts.
        if has_all && matches!(term, SpfTerm::Redirect(_)) {
            continue;
        }
        found.terms += u32::from(term.asks());
        if found.terms > MOST_TERMS {
            return Err(SpfTrouble::Terms);
        }
        let (other, passes) = match term {
            SpfTerm::Redirect(name) => (Some(name), true),
            SpfTerm::Directive(qualifier, Mechanism::Include(name)) => (Some(name), *qualifier == Qualifier::Pass),
            SpfTerm::Directive(Qualifier::Pass, mechanism) => {
                networks(mechanism, domain, dns, found)?;
                continue;
            }
            _ => continue,
        };
        let Some(other) = other.and_then(DomainSpec::plain).filter(|_| depth < DEEPEST) else { continue };
        let before = (found.terms, found.addresses.len());
        walk(other, dns, depth + 1, found)?;
        if !passes {
            found.addresses.truncate(before.1);
        }
        if depth == 0 {
            found.costs.push((other.to_owned(), 1 + found.terms - before.0));
        }
    }
    Ok(())
}

/// What the terms of a record ask first.
fn questions(record: &SpfRecord, domain: &str) -> Vec<DnsQuestion> {
    let target =
        |name: &Option<DomainSpec>| name.as_ref().map_or_else(|| Some(domain), DomainSpec::plain).map(str::to_owned);
    let terms = record.terms.iter().flat_map(|(_, term)| match term {
        SpfTerm::Redirect(name) | SpfTerm::Directive(_, Mechanism::Include(name)) => {
            vec![(name.plain().map(str::to_owned), DnsKind::Txt)]
        }
        SpfTerm::Directive(_, Mechanism::A(name, ..)) => {
            vec![(target(name), DnsKind::A), (target(name), DnsKind::Aaaa)]
        }
        SpfTerm::Directive(_, Mechanism::Mx(name, ..)) => vec![(target(name), DnsKind::Mx)],
        _ => Vec::new(),
    });
    terms.filter_map(|(name, kind)| Some((name?, kind))).collect()
}

/// Takes an address of each network that a mechanism names.
fn networks(mechanism: &Mechanism, domain: &str, dns: &dyn DnsLookup, found: &mut SpfSurvey) -> Result<(), SpfTrouble> {
    let ask = |name: &str, kind| match dns.records(name, kind) {
        Ok(records) => Ok(records),
        Err(LookupFault::NoSuchName) => Ok(Vec::new()),
        Err(LookupFault::Temporary) => Err(SpfTrouble::NoAnswer(name.to_owned())),
    };
    let target = |name: &Option<DomainSpec>| match name {
        None => Some(domain.to_owned()),
        Some(name) => name.plain().map(str::to_owned),
    };
    let hosts: Vec<String> = match mechanism {
        Mechanism::Ip4(network, _) => {
            found.addresses.push(IpAddr::V4(*network));
            return Ok(());
        }
        Mechanism::Ip6(network, _) => {
            found.addresses.push(IpAddr::V6(*network));
            return Ok(());
        }
        Mechanism::A(name, ..) => target(name).into_iter().collect(),
        Mechanism::Mx(name, ..) => {
            let records = target(name).map(|name| ask(&name, DnsKind::Mx)).transpose()?.unwrap_or_default();
            let host = |record| if let DnsRecord::Mx(_, host) = record { Some(host) } else { None };
            records.into_iter().filter_map(host).filter(|host| !host.is_empty()).collect()
        }
        _ => return Ok(()),
    };
    for host in hosts {
        for kind in [DnsKind::A, DnsKind::Aaaa] {
            let address = |record| if let DnsRecord::Address(ip) = record { Some(ip) } else { None };
            found.addresses.extend(ask(&host, kind)?.into_iter().filter_map(address));
        }
    }
    Ok(())
}
