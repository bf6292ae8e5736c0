//! What a provider demands of sender addresses.

use serde::Deserialize;

/// What a provider demands of senders.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SenderDemand {
    /// Which addresses it takes, in the envelope and in From.
    pub rule: SenderRule,
}

/// Which sender addresses a provider takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SenderRule {
    /// Any address.
    Any,
    /// Any address at a domain of the account.
    Domain,
    /// The login's address or one of its aliases.
    Login,
    /// An address, or any address at a domain, that the provider has verified.
    Verified,
}

impl SenderRule {
    /// Its word in presets and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Domain => "domain",
            Self::Login => "login",
            Self::Verified => "verified",
        }
    }
}
