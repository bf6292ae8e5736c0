//! The check of a host (RFC 7208, 4 to 6).

use std::{cell::Cell, net::IpAddr};

use super::{
    expand::{MacroValues, expand, query_name, reverse_name},
    macros::DomainSpec,
    record::{Mechanism, Qualifier, SpfRecord, SpfTerm},
};
use crate::dns::{DnsKind, DnsLookup, DnsRecord, LookupFault, is_queryable};

/// Most terms that ask DNS, most of these that find nothing, most MX hosts, and most names of an address (RFC 7208, 4.6.4).
const MOST_TERMS: u32 = 10;
const MOST_VOID: u32 = 2;
const MOST_HOSTS: usize = 10;

/// Who sends, from where.
#[derive(Debug, Clone, Copy)]
pub struct SpfQuery<'a> {
    /// The address that the mail comes from.
    pub ip: IpAddr,
    /// The envelope sender; empty for a bounce.
    pub sender: &'a str,
    /// The name that the sending host gives itself.
    pub helo: &'a str,
    /// The name of the host that checks.
    pub receiver: &'a str,
    /// The time, in seconds since 1970.
    pub now: u64,
}

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpfResult {
    /// There is no record.
    None,
    /// The record says nothing of this host.
    Neutral,
    /// The host may send.
    Pass,
    /// It must not.
    Fail,
    /// It probably must not.
    SoftFail,
    /// DNS gave no answer.
    TempError,
    /// The record is wrong.
    PermError,
}

impl SpfResult {
    /// Its word (RFC 8601, 2.7.2).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Neutral => "neutral",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::SoftFail => "softfail",
            Self::TempError => "temperror",
            Self::PermError => "permerror",
        }
    }
}

/// Why a record cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpfTrouble {
    /// DNS gave no answer for this name.
    NoAnswer(String),
    /// This domain has more than one record.
    Several(String),
    /// A term of this domain's record is not written as terms are.
    Syntax {
        /// The domain.
        domain: String,
        /// The term.
        term: String,
    },
    /// This domain, which a record includes or redirects to, has none.
    NoRecord(String),
    /// More than ten terms ask DNS.
    Terms,
    /// More than two of them find nothing.
    Void,
    /// A domain has more than ten MX hosts.
    Hosts(String),
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpfOutcome {
    /// The result.
    pub result: SpfResult,
    /// What the domain says of a refusal.
    pub explanation: Option<String>,
    /// Why the record cannot be used, when it cannot.
    pub trouble: Option<SpfTrouble>,
    /// Terms that asked DNS.
    pub terms: u32,
}

/// Checks whether a host may send.
pub fn check_host(query: &SpfQuery<'_>, dns: &dyn DnsLookup) -> SpfOutcome {
    let (local, domain) = match query.sender.rsplit_once('@') {
        Some((local, domain)) => (if local.is_empty() { "postmaster" } else { local }, domain),
        None => ("postmaster", if query.sender.is_empty() { query.helo } else { query.sender }),
    };
    let ip = query.ip.to_canonical();
    let check = SpfCheck { query, ip, local, sender_domain: domain, dns, terms: Cell::new(0), void: Cell::new(0) };
    // A name of one label is no domain that sends (RFC 7208, 4.3).
    let is_domain = is_queryable(domain) && domain.contains('.') && !domain.ends_with(']');
    let found = if is_domain { check.domain(domain) } else { Ok((SpfResult::None, None)) };
    let (result, explanation, trouble) = match found {
        Ok((result, explanation)) => (result, explanation, None),
        Err(trouble @ SpfTrouble::NoAnswer(_)) => (SpfResult::TempError, None, Some(trouble)),
        Err(trouble) => (SpfResult::PermError, None, Some(trouble)),
    };
    SpfOutcome { result, explanation, trouble, terms: check.terms.get() }
}

/// The one record of a domain, if it has any.
///
/// # Errors
/// There are several, or no answer.
pub fn record_of(domain: &str, dns: &dyn DnsLookup) -> Result<Option<Vec<u8>>, SpfTrouble> {
    let texts = match dns.records(domain, DnsKind::Txt) {
        Ok(records) => records,
        Err(LookupFault::NoSuchName) => return Ok(None),
        Err(LookupFault::Temporary) => return Err(SpfTrouble::NoAnswer(domain.to_owned())),
    };
    let mut meant = texts.into_iter().filter_map(|record| match record {
        DnsRecord::Text(text) if SpfRecord::is_meant(&text) => Some(text),
        _ => None,
    });
    let first = meant.next();
    if meant.next().is_some() { Err(SpfTrouble::Several(domain.to_owned())) } else { Ok(first) }
}

/// A check under way.
struct SpfCheck<'a> {
    query: &'a SpfQuery<'a>,
    ip: IpAddr,
    local: &'a str,
    sender_domain: &'a str,
    dns: &'a dyn DnsLookup,
    terms: Cell<u32>,
    void: Cell<u32>,
}

type SpfChecked = Result<(SpfResult, Option<String>), SpfTrouble>;

impl SpfCheck<'_> {
    /// What the record of a domain says.
    fn domain(&self, domain: &str) -> SpfChecked {
        let Some(text) = is_queryable(domain).then(|| record_of(domain, self.dns)).transpose()?.flatten() else {
            return Ok((SpfResult::None, None));
        };
        let record =
            SpfRecord::parse(&text).map_err(|fault| SpfTrouble::Syntax { domain: domain.to_owned(), term: fault.0 })?;
        for (_, term) in &record.terms {
            let SpfTerm::Directive(qualifier, mechanism) = term else { continue };
            if self.matches(mechanism, domain)? {
                return Ok(match qualifier {
                    Qualifier::Pass => (SpfResult::Pass, None),
                    Qualifier::Fail => (SpfResult::Fail, self.explanation(&record, domain)),
                    Qualifier::SoftFail => (SpfResult::SoftFail, None),
                    Qualifier::Neutral => (SpfResult::Neutral, None),
                });
            }
        }
        let Some(other) = record.redirect() else { return Ok((SpfResult::Neutral, None)) };
        self.count_term()?;
        let other = self.name(other, domain);
        match self.domain(&other)? {
            (SpfResult::None, _) => Err(SpfTrouble::NoRecord(other)),
            found => Ok(found),
        }
    }

    fn matches(&self, mechanism: &Mechanism, domain: &str) -> Result<bool, SpfTrouble> {
        if mechanism.asks() {
            self.count_term()?;
        }
        let target =
            |name: &Option<DomainSpec>| name.as_ref().map_or_else(|| domain.to_owned(), |name| self.name(name, domain));
        Ok(match mechanism {
            Mechanism::All => true,
            Mechanism::Include(name) => {
                let name = self.name(name, domain);
                match self.domain(&name)?.0 {
                    SpfResult::None => return Err(SpfTrouble::NoRecord(name)),
                    result => result == SpfResult::Pass,
                }
            }
            Mechanism::A(name, v4, v6) => {
                let addresses = self.found(&target(name), self.address_kind())?;
                self.has_ours(&addresses, *v4, *v6)
            }
            Mechanism::Mx(name, v4, v6) => self.matches_mx(&target(name), *v4, *v6)?,
            Mechanism::Ptr(name) => {
                let target = target(name);
                self.validated_names().iter().any(|name| is_at_or_below(name, &target))
            }
            Mechanism::Ip4(network, length) => is_within(self.ip, IpAddr::V4(*network), *length),
            Mechanism::Ip6(network, length) => is_within(self.ip, IpAddr::V6(*network), *length),
            Mechanism::Exists(name) => !self.found(&self.name(name, domain), DnsKind::A)?.is_empty(),
        })
    }

    fn matches_mx(&self, domain: &str, v4: u8, v6: u8) -> Result<bool, SpfTrouble> {
        let mut hosts = self.found(domain, DnsKind::Mx)?;
        if hosts.len() > MOST_HOSTS {
            return Err(SpfTrouble::Hosts(domain.to_owned()));
        }
        hosts.sort_by_key(|record| if let DnsRecord::Mx(preference, _) = record { *preference } else { u16::MAX });
        for host in hosts {
            let DnsRecord::Mx(_, host) = host else { continue };
            if self.has_ours(&self.asked(&host, self.address_kind())?, v4, v6) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn count_term(&self) -> Result<(), SpfTrouble> {
        self.terms.set(self.terms.get() + 1);
        if self.terms.get() > MOST_TERMS { Err(SpfTrouble::Terms) } else { Ok(()) }
    }

    /// The records that a term asks for; what finds nothing is counted.
    fn found(&self, name: &str, kind: DnsKind) -> Result<Vec<DnsRecord>, SpfTrouble> {
        let records = self.asked(name, kind)?;
        if records.is_empty() {
            self.void.set(self.void.get() + 1);
            if self.void.get() > MOST_VOID {
                return Err(SpfTrouble::Void);
            }
        }
        Ok(records)
    }

    fn asked(&self, name: &str, kind: DnsKind) -> Result<Vec<DnsRecord>, SpfTrouble> {
        if !is_queryable(name) {
            return Ok(Vec::new());
        }
        match self.dns.records(name, kind) {
            Ok(records) => Ok(records),
            Err(LookupFault::NoSuchName) => Ok(Vec::new()),
            Err(LookupFault::Temporary) => Err(SpfTrouble::NoAnswer(name.to_owned())),
        }
    }

    const fn address_kind(&self) -> DnsKind {
        if self.ip.is_ipv4() { DnsKind::A } else { DnsKind::Aaaa }
    }

    fn has_ours(&self, records: &[DnsRecord], v4: u8, v6: u8) -> bool {
        let length = if self.ip.is_ipv4() { v4 } else { v6 };
        records.iter().any(|record| matches!(record, DnsRecord::Address(ip) if is_within(self.ip, *ip, length)))
    }

    /// The names of the address that have that address themselves (RFC 7208, 5.5). A failure is not theirs who publish the record.
    fn validated_names(&self) -> Vec<String> {
        let names = self.asked(&reverse_name(self.ip), DnsKind::Ptr).unwrap_or_default();
        let names = names.into_iter().take(MOST_HOSTS).filter_map(|record| match record {
            DnsRecord::Name(name) => Some(name.trim_end_matches('.').to_ascii_lowercase()),
            _ => None,
        });
        names.filter(|name| self.has_ours(&self.asked(name, self.address_kind()).unwrap_or_default(), 32, 128)).collect()
    }

    /// The validated name for a macro: the domain itself, else one below it, else any.
    fn validated_name(&self, domain: &str) -> String {
        let names = self.validated_names();
        let is_domain = |name: &&String| name.eq_ignore_ascii_case(domain);
        let best = names.iter().find(is_domain).or_else(|| names.iter().find(|name| is_at_or_below(name, domain)));
        best.or(names.first()).map_or("unknown", String::as_str).to_owned()
    }

    fn expanded(&self, text: &DomainSpec, domain: &str) -> String {
        let values = MacroValues {
            ip: self.ip,
            local: self.local,
            sender_domain: self.sender_domain,
            domain,
            helo: self.query.helo,
            receiver: self.query.receiver,
            now: self.query.now,
        };
        expand(text, &values, &|| self.validated_name(domain))
    }

    fn name(&self, text: &DomainSpec, domain: &str) -> String {
        query_name(&self.expanded(text, domain))
    }

    /// What the domain says of a refusal, if that can be had (RFC 7208, 6.2).
    fn explanation(&self, record: &SpfRecord, domain: &str) -> Option<String> {
        let texts = self.asked(&self.name(record.exp()?, domain), DnsKind::Txt).ok()?;
        let [DnsRecord::Text(text)] = texts.as_slice() else { return None };
        let text = std::str::from_utf8(text).ok().filter(|text| text.is_ascii())?;
        Some(self.expanded(&DomainSpec::of_explanation(text).ok()?, domain))
    }
}

fn is_at_or_below(name: &str, domain: &str) -> bool {
    let end = name.len().checked_sub(domain.len()).and_then(|at| Some((name.get(..at)?, name.get(at..)?)));
    end.is_some_and(|(below, end)| end.eq_ignore_ascii_case(domain) && (below.is_empty() || below.ends_with('.')))
}

/// Whether an address is in a network.
fn is_within(ip: IpAddr, network: IpAddr, length: u8) -> bool {
    match (ip, network) {
        (IpAddr::V4(ip), IpAddr::V4(network)) => {
            let differ = u32::from(ip) ^ u32::from(network);
            differ.leading_zeros() >= u32::from(length)
        }
        (IpAddr::V6(ip), IpAddr::V6(network)) => {
            let differ = u128::from(ip) ^ u128::from(network);
            differ.leading_zeros() >= u32::from(length)
        }
        _ => false,
    }
}
