//! DMARC records, and the walk that finds the one that counts (RFC 9989).

use super::lookup::{DnsKind, DnsLookup, DnsQuestion, DnsRecord, LookupFault};

/// What a domain asks for when mail passes neither way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DmarcPolicy {
    /// Nothing.
    None,
    /// Put it aside.
    Quarantine,
    /// Refuse it.
    Reject,
}

impl DmarcPolicy {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Quarantine => "quarantine",
            Self::Reject => "reject",
        }
    }

    fn of(word: &str) -> Option<Self> {
        [Self::None, Self::Quarantine, Self::Reject].into_iter().find(|policy| word.eq_ignore_ascii_case(policy.as_str()))
    }
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DmarcRecord {
    /// The policy; missing or unknown counts as none.
    pub policy: DmarcPolicy,
    /// The policy of names below.
    pub below: Option<DmarcPolicy>,
    /// The policy of names below that do not exist.
    pub missing: Option<DmarcPolicy>,
    /// Whether the domain is one below which anybody registers; none: not said.
    pub is_suffix: Option<bool>,
    /// The policy is tried only: receivers apply the next weaker one.
    pub is_test: bool,
    /// SPF has to pass for the very same domain.
    pub is_spf_strict: bool,
    /// Tags that RFC 9989 took out, as they are named.
    pub former_tags: Vec<String>,
}

impl DmarcRecord {
    /// Reads a record; none: the text is no DMARC record.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let tags: Vec<(String, &str)> = text
            .split(';')
            .filter_map(|tag| tag.split_once('='))
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim()))
            .collect();
        // The version comes first; the rest in any order.
        tags.first().filter(|(name, value)| name == "v" && *value == "DMARC1")?;
        let tag = |wanted: &str| tags.iter().find(|(name, _)| name == wanted).map(|(_, value)| *value);
        let policy = |wanted: &str| tag(wanted).and_then(DmarcPolicy::of);
        let former = |name: &&String| ["pct", "rf", "ri"].contains(&name.as_str());
        Some(Self {
            policy: policy("p").unwrap_or(DmarcPolicy::None),
            below: policy("sp"),
            missing: policy("np"),
            is_suffix: tag("psd").and_then(|word| match word {
                "y" => Some(true),
                "n" => Some(false),
                _ => None,
            }),
            is_test: tag("t") == Some("y"),
            is_spf_strict: tag("aspf") == Some("s"),
            former_tags: tags.iter().map(|(name, _)| name).filter(former).cloned().collect(),
        })
    }
}

/// The records from a domain up, the nearest first, each with its domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DmarcWalk {
    domain: String,
    found: Vec<(String, DmarcRecord)>,
}

/// Longest name below which every step is taken: with one more label, the walk goes to this many at once (RFC 9989, 4.10).
const MOST_LABELS: usize = 7;

impl DmarcWalk {
    /// Walks from a domain up, by at most eight questions.
    ///
    /// # Errors
    /// The name for which there was no answer.
    pub fn from(domain: &str, dns: &dyn DnsLookup) -> Result<Self, String> {
        let mut found = Vec::new();
        for name in steps(domain) {
            let Some(record) = record_at(&name, dns)? else { continue };
            // The organization ends here, whichever it is.
            let is_last = record.is_suffix.is_some_and(|is_suffix| !is_suffix || name != domain);
            found.push((name, record));
            if is_last {
                break;
            }
        }
        Ok(Self { domain: domain.to_owned(), found })
    }

    /// The domain whose policy holds for all below it: the highest of those with a record, or what `psd` says; a domain without
    /// any stands for itself (RFC 9989, 4.10.2).
    pub fn organization(&self) -> &str {
        let Some((highest, record)) = self.found.last() else { return &self.domain };
        if record.is_suffix == Some(true) && *highest != self.domain {
            // One label more than the suffix.
            let above = self.domain.len() - highest.len() - 1;
            let begin = self.domain[..above].rfind('.').map_or(0, |dot| dot + 1);
            return &self.domain[begin..];
        }
        highest
    }

    /// The record that counts and its domain: the domain's own, else its organization's, else that of the suffix.
    pub fn record(&self) -> Option<(&str, &DmarcRecord)> {
        let organization = self.organization();
        let of = |domain: &str| self.found.iter().find(|(at, _)| at == domain);
        let found = of(&self.domain).or_else(|| of(organization)).or(self.found.last())?;
        Some((&found.0, &found.1))
    }

    /// The policy that holds for the domain, which exists.
    pub fn policy(&self) -> Option<DmarcPolicy> {
        let (at, record) = self.record()?;
        Some(if at == self.domain { record.policy } else { record.below.unwrap_or(record.policy) })
    }
}

/// The domains of a walk, in its order.
fn steps(domain: &str) -> impl Iterator<Item = String> {
    let labels: Vec<&str> = domain.split('.').collect();
    let second = if labels.len() > MOST_LABELS { labels.len() - MOST_LABELS } else { 1 };
    std::iter::once(0).chain(second..labels.len()).map(move |at| labels[at..].join("."))
}

/// What a walk from a domain asks at most.
pub(super) fn questions(domain: &str) -> impl Iterator<Item = DnsQuestion> {
    steps(domain).map(|name| (format!("_dmarc.{name}"), DnsKind::Txt))
}

/// The one record at a domain; several count as none.
fn record_at(domain: &str, dns: &dyn DnsLookup) -> Result<Option<DmarcRecord>, String> {
    let mut records = records_at(domain, dns)?.into_iter();
    let first = records.next();
    Ok(first.filter(|_| records.next().is_none()))
}

/// The records at a domain.
///
/// # Errors
/// The name for which there was no answer.
pub(super) fn records_at(domain: &str, dns: &dyn DnsLookup) -> Result<Vec<DmarcRecord>, String> {
    let name = format!("_dmarc.{domain}");
    let texts = match dns.records(&name, DnsKind::Txt) {
        Ok(texts) => texts,
        Err(LookupFault::NoSuchName) => return Ok(Vec::new()),
        Err(LookupFault::Temporary) => return Err(name),
    };
    let records = texts.iter().filter_map(|record| match record {
        DnsRecord::Text(text) => DmarcRecord::parse(text),
        _ => None,
    });
    Ok(records.collect())
}
