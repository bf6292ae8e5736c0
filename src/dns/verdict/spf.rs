//! Whether the SPF record covers the provider, and the record that does.

use super::question::{DomainQuestion, MailHosts};
use crate::{
    dns::{
        lookup::{DnsKind, DnsLookup, DnsRecord, LookupFault},
        report::{MissingRecord, RecordState, SpfReport},
        shown::shown,
        spf::{SpfQuery, SpfRecord, SpfResult, SpfSurvey, SpfTrouble, check_host, record_of, survey, with_include},
    },
    mail::reply::escape,
    phrase,
    presets::{Phrase, Provider, provider::EnvelopeDomain},
};

/// Most terms that ask DNS (RFC 7208, 4.6.4).
const MOST_TERMS: u32 = 10;

fn report(state: RecordState, why: Phrase) -> SpfReport {
    SpfReport { state, at: None, record: None, lookups: None, add: None, why }
}

/// A domain of the provider's own: nothing can be added to it.
pub(super) fn not_ours() -> SpfReport {
    report(RecordState::Fine, phrase!("dns-not-yours"))
}

/// What is said of a domain.
pub(super) fn judge(question: &DomainQuestion<'_>, mail_hosts: &MailHosts, dns: &dyn DnsLookup) -> SpfReport {
    let Some(provider) = question.provider else {
        return report(RecordState::Unknown, phrase!("dns-provider-unknown"));
    };
    let at = match (provider.dns.envelope, &provider.dns.spf_at) {
        (None, _) => {
            return report(RecordState::Unknown, phrase!("dns-envelope-unknown", provider = provider.name));
        }
        (Some(EnvelopeDomain::Provider), _) => {
            return report(RecordState::Fine, phrase!("dns-spf-not-needed", provider = provider.name));
        }
        (Some(EnvelopeDomain::Subdomain), None) => {
            return report(RecordState::Unknown, phrase!("dns-spf-place-unknown", provider = provider.name));
        }
        (Some(EnvelopeDomain::Subdomain), Some(label)) => format!("{label}.{}", question.domain),
        (Some(EnvelopeDomain::Sender), _) => question.domain.to_owned(),
    };
    let policy = SenderPolicy { question, provider, at: &at, dns };
    let found = policy.judge(mail_hosts);
    SpfReport { at: Some(at.clone()), ..found }
}

/// The record of the envelope's domain, for a provider.
struct SenderPolicy<'a> {
    question: &'a DomainQuestion<'a>,
    provider: &'a Provider,
    at: &'a str,
    dns: &'a dyn DnsLookup,
}

impl SenderPolicy<'_> {
    fn judge(&self, mail_hosts: &MailHosts) -> SpfReport {
        let text = match record_of(self.at, self.dns) {
            Ok(text) => text,
            Err(trouble) => return troubled(&trouble),
        };
        let Some(include) = self.provider.dns.spf_include.as_deref() else {
            let record = text.map(|text| String::from_utf8_lossy(&text).into_owned());
            let why = phrase!("dns-spf-include-unknown", provider = self.provider.name);
            return SpfReport { record, ..report(RecordState::Unknown, why) };
        };
        let networks = match survey(include, self.dns) {
            Ok(networks) => networks,
            Err(SpfTrouble::NoAnswer(name)) => {
                return report(RecordState::Unanswered, phrase!("dns-no-answer", name = name));
            }
            // The provider's own record is not the person's to mend.
            Err(_) => return report(RecordState::Unknown, phrase!("dns-spf-include-wrong", name = include)),
        };
        let Some(text) = text else { return self.none_yet(mail_hosts, include) };
        let found = self.existing(&text, include, &networks);
        let lookups = survey(self.at, self.dns).ok().map(|found| found.terms);
        SpfReport { record: Some(String::from_utf8_lossy(&text).into_owned()), lookups, ..found }
    }

    fn existing(&self, text: &[u8], include: &str, networks: &SpfSurvey) -> SpfReport {
        let record = match SpfRecord::parse(text) {
            Ok(record) => record,
            Err(fault) => return troubled(&SpfTrouble::Syntax { domain: self.at.to_owned(), term: fault.0 }),
        };
        let name = &self.provider.name;
        if networks.addresses.is_empty() {
            // What depends on each mail cannot be tried: the include itself is looked for.
            let named = survey(self.at, self.dns).is_ok_and(|found| found.costs.iter().any(|(other, _)| other == include));
            let (state, why) = if named {
                (RecordState::Fine, phrase!("dns-spf-fine", provider = name))
            } else {
                (RecordState::Unknown, phrase!("dns-spf-include-wrong", name = include))
            };
            return report(state, why);
        }
        match self.is_covered(self.dns, networks) {
            Ok(true) => return report(RecordState::Fine, phrase!("dns-spf-fine", provider = name)),
            Err(trouble) => return troubled(&trouble),
            Ok(false) => {}
        }
        let value = with_include(&record, include);
        let with = ZoneWith { dns: self.dns, at: self.at, record: &value };
        let why = phrase!("dns-spf-add", provider = name);
        let terms = survey(self.at, &with).map_or(MOST_TERMS + 1, |found| found.terms);
        if terms > MOST_TERMS {
            let costs = survey(self.at, self.dns).map(|found| found.costs).unwrap_or_default();
            let most = costs.into_iter().max_by_key(|(_, terms)| *terms);
            let (costly, cost) = most.unwrap_or_else(|| (include.to_owned(), networks.terms + 1));
            let why = phrase!("dns-spf-full", include = include, terms = terms, costly = costly, cost = cost);
            return report(RecordState::Add, why);
        }
        match self.is_covered(&with, networks) {
            Ok(true) => SpfReport { add: Some(self.missing(value)), ..report(RecordState::Add, why) },
            Err(trouble) => troubled(&trouble),
            Ok(false) => report(RecordState::Add, phrase!("dns-spf-refused-before", include = include)),
        }
    }

    /// A first record makes the mail of all others who send for the domain fail: it covers whoever takes the domain's mail too.
    fn none_yet(&self, mail_hosts: &MailHosts, include: &str) -> SpfReport {
        let mut includes = vec![include];
        // Below the sender's domain nobody else sends.
        if self.at == self.question.domain {
            if mail_hosts.is_unknown {
                return report(RecordState::Unanswered, phrase!("dns-no-answer", name = self.at));
            }
            for host in &mail_hosts.hosts {
                let other = self.question.catalog.provider_of_mx(host).map(|provider| &provider.dns);
                match other.and_then(|dns| dns.spf_include.as_deref()) {
                    Some(other) if !includes.contains(&other) => includes.push(other),
                    Some(_) => {}
                    None => {
                        return report(
                            RecordState::Unknown,
                            phrase!("dns-spf-others-unknown", host = escape(host), include = include),
                        );
                    }
                }
            }
        }
        let terms: Vec<String> = includes.iter().map(|name| format!("include:{name}")).collect();
        let value = format!("v=spf1 {} ~all", terms.join(" "));
        let with = ZoneWith { dns: self.dns, at: self.at, record: &value };
        match survey(self.at, &with) {
            Ok(found) if found.terms <= MOST_TERMS => {
                SpfReport { add: Some(self.missing(value)), ..report(RecordState::Add, phrase!("dns-spf-missing")) }
            }
            Err(SpfTrouble::NoAnswer(name)) => report(RecordState::Unanswered, phrase!("dns-no-answer", name = name)),
            _ => report(RecordState::Unknown, phrase!("dns-spf-include-wrong", name = includes.join(", "))),
        }
    }

    fn missing(&self, value: String) -> MissingRecord {
        let name = self.at.to_owned();
        MissingRecord { name, kind: "TXT".to_owned(), value: Some(value), replaces: None, beside: Vec::new() }
    }

    /// Whether every network of the provider's may send.
    ///
    /// # Errors
    /// The record cannot be used.
    fn is_covered(&self, dns: &dyn DnsLookup, networks: &SpfSurvey) -> Result<bool, SpfTrouble> {
        let sender = format!("postmaster@{}", self.at);
        for ip in &networks.addresses {
            let query = SpfQuery { ip: *ip, sender: &sender, helo: self.at, receiver: "unknown", now: self.question.now };
            let found = check_host(&query, dns);
            match found.trouble {
                Some(trouble) => return Err(trouble),
                None if found.result == SpfResult::Pass => {}
                None => return Ok(false),
            }
        }
        Ok(true)
    }
}

/// The world with another SPF record at a name.
struct ZoneWith<'a> {
    dns: &'a dyn DnsLookup,
    at: &'a str,
    record: &'a str,
}

impl DnsLookup for ZoneWith<'_> {
    fn records(&self, name: &str, kind: DnsKind) -> Result<Vec<DnsRecord>, LookupFault> {
        if kind == DnsKind::Txt && name.eq_ignore_ascii_case(self.at) {
            return Ok(vec![DnsRecord::Text(self.record.as_bytes().to_vec())]);
        }
        self.dns.records(name, kind)
    }
}

/// A record that cannot be used.
fn troubled(trouble: &SpfTrouble) -> SpfReport {
    let (state, why) = match trouble {
        SpfTrouble::NoAnswer(name) => (RecordState::Unanswered, phrase!("dns-no-answer", name = escape(name))),
        SpfTrouble::Several(domain) => (RecordState::Add, phrase!("dns-spf-several", domain = shown(domain))),
        SpfTrouble::Syntax { domain, term } => {
            (RecordState::Add, phrase!("dns-spf-syntax", domain = shown(domain), term = escape(term)))
        }
        SpfTrouble::NoRecord(domain) => (RecordState::Add, phrase!("dns-spf-no-record", domain = shown(domain))),
        SpfTrouble::Terms => (RecordState::Add, phrase!("dns-spf-terms")),
        SpfTrouble::Void => (RecordState::Add, phrase!("dns-spf-void")),
        SpfTrouble::Hosts(domain) => (RecordState::Add, phrase!("dns-spf-hosts", domain = shown(domain))),
    };
    report(state, why)
}
