//! What is said of a domain.

use super::zone::DnsZone;
use crate::presets::{Phrase, provider::EnvelopeDomain};

/// What a record needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordState {
    /// Nothing.
    Fine,
    /// Something is to be added or changed.
    Add,
    /// That cannot be known.
    Unknown,
    /// DNS gave no answer.
    Unanswered,
}

impl RecordState {
    /// Its word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Add => "add",
            Self::Unknown | Self::Unanswered => "unknown",
        }
    }
}

/// A record to add, or to put in place of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingRecord {
    /// The whole name, without a trailing dot.
    pub name: String,
    /// `TXT`, `CNAME`.
    pub kind: String,
    /// The value; none: the provider's page shows it.
    pub value: Option<String>,
    /// The text that it replaces.
    pub replaces: Option<String>,
    /// Other texts at the name, which stay.
    pub beside: Vec<String>,
}

/// SPF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpfReport {
    /// What it needs.
    pub state: RecordState,
    /// Where the record belongs; none: at a name that is not known, or not with the sender's domain.
    pub at: Option<String>,
    /// The record as it is.
    pub record: Option<String>,
    /// So many terms of it ask DNS, those of other records that it names included.
    pub lookups: Option<u32>,
    /// What to publish.
    pub add: Option<MissingRecord>,
    /// Why.
    pub why: Phrase,
}

/// DKIM, by a selector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DkimReport {
    /// The selector; `*` stands for what the provider makes up.
    pub selector: String,
    /// What it needs.
    pub state: RecordState,
    /// The alias that is there.
    pub target: Option<String>,
    /// The length of the key in bits.
    pub bits: Option<usize>,
    /// What to publish.
    pub add: Option<MissingRecord>,
    /// Why.
    pub why: Phrase,
}

/// DMARC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DmarcReport {
    /// What it needs.
    pub state: RecordState,
    /// Where the record is that counts.
    pub at: Option<String>,
    /// `none`, `quarantine` or `reject`.
    pub policy: Option<&'static str>,
    /// What to publish.
    pub add: Option<MissingRecord>,
    /// Why.
    pub why: Phrase,
}

/// What a domain's records mean for mail that takes one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainReport {
    /// The domain, in ASCII.
    pub domain: String,
    /// Whose domain is in the envelope, where that is known.
    pub envelope: Option<EnvelopeDomain>,
    /// The domain is a provider's: nobody else adds to it.
    pub is_providers: bool,
    /// By what mail passes DMARC: `spf`, `dkim`, both or neither.
    pub passes: Vec<&'static str>,
    /// SPF.
    pub spf: SpfReport,
    /// DKIM, a report a selector that is known.
    pub dkim: Vec<DkimReport>,
    /// DMARC.
    pub dmarc: DmarcReport,
    /// The hosts that take the domain's mail, most preferred first.
    pub mx: Vec<String>,
    /// The zone in which its records are edited, where that is known.
    pub zone: Option<DnsZone>,
    /// After so many seconds every resolver has what was added; none: that is not known, or nothing is to be added.
    pub wait: Option<u32>,
    /// What to know beside.
    pub notes: Vec<Phrase>,
}

impl DomainReport {
    fn states(&self) -> impl Iterator<Item = RecordState> {
        [self.spf.state, self.dmarc.state].into_iter().chain(self.dkim.iter().map(|dkim| dkim.state))
    }

    /// Whether something is to be added.
    pub fn lacks(&self) -> bool {
        self.states().any(|state| state == RecordState::Add)
    }

    /// Whether an answer of DNS is missing.
    pub fn is_unanswered(&self) -> bool {
        self.states().any(|state| state == RecordState::Unanswered)
    }

    /// What is to be added.
    pub fn to_add(&self) -> impl Iterator<Item = &MissingRecord> {
        let dkim = self.dkim.iter().filter_map(|dkim| dkim.add.as_ref());
        self.spf.add.iter().chain(dkim).chain(&self.dmarc.add)
    }
}
