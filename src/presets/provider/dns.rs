//! What a provider needs of the sender's domain.

use serde::Deserialize;

/// What the sender's domain should publish.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dns {
    /// Whose domain the envelope has, which is where SPF is looked at; absent where that is not known.
    pub envelope: Option<EnvelopeDomain>,
    /// The labels in front of the sender's domain at which the SPF record belongs (`send`), when the envelope has a domain below
    /// the sender's.
    pub spf_at: Option<String>,
    /// The name behind `include:` in the SPF record (RFC 7208).
    pub spf_include: Option<String>,
    /// Records of the DKIM key (RFC 6376), as name and type, and the value where it is the same for everybody: `s1._domainkey CNAME
    /// s1.dkim.example`; `*` is what the provider makes up.
    #[serde(default)]
    pub dkim: Vec<String>,
    /// Where the facts of this table come from.
    #[serde(default)]
    pub sources: Vec<String>,
    /// The record that proves to the provider whose domain it is, as name, type and value: `@ TXT MS=*`.
    pub verification: Option<String>,
}

/// Whose domain a provider puts in the envelope (RFC 5321, 4.4: the return path).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EnvelopeDomain {
    /// The sender's own.
    Sender,
    /// One below the sender's.
    Subdomain,
    /// The provider's own: a record of the sender's domain is not looked at.
    Provider,
}

impl EnvelopeDomain {
    /// Its word in presets and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sender => "sender",
            Self::Subdomain => "subdomain",
            Self::Provider => "provider",
        }
    }
}
