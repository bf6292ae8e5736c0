//! The sender's domain, whose records are looked at beside the conversation: they advise, and nothing waits for them.

use crate::{dns::DomainReport, presets::DnsHost};

/// Whose domain to look at, and by which way its mail goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderDomain {
    /// The domain of From, in ASCII.
    pub domain: String,
    /// The provider's key; none: one that no preset knows.
    pub provider: Option<String>,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct DomainFinding {
    /// The provider's name.
    pub provider: Option<String>,
    /// Where its records are edited, as far as that is known.
    pub host: Option<DnsHost>,
    /// What its records mean.
    pub report: DomainReport,
}
