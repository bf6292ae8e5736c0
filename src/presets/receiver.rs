//! A receiver of mail: its servers' names, and what it wants of senders. One file each in `presets/receivers`.

use std::sync::OnceLock;

use serde::Deserialize;

use super::{PresetSource, builtin};

/// A receiver.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receiver {
    /// The key; filled in from the file's name.
    #[serde(skip)]
    pub key: String,
    /// Where it was read from; filled in when it is.
    #[serde(skip)]
    pub source: PresetSource,
    /// The name that people know, the same in every language.
    pub name: String,
    /// Year and month in which the facts were last checked, as `2026-11`.
    pub checked: String,
    /// Where the facts come from.
    pub sources: Vec<String>,
    /// Domains of its servers, first the one that it is known by; a word without a dot is part of names without one.
    pub hosts: Vec<String>,
    /// What it wants of senders.
    #[serde(default, rename = "rule")]
    pub rules: Vec<ReceiverRule>,
}

/// What a receiver wants of some senders.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiverRule {
    /// Year and month from which on it wants it.
    pub since: String,
    /// Year and month from which on it refuses what lacks it, where that is known.
    pub refuses_since: Option<String>,
    /// From how many messages a day on; absent: of everybody.
    pub per_day: Option<u32>,
    /// What it wants.
    pub wants: Vec<SenderDuty>,
    /// Enhanced status codes (RFC 3463) of refusals for lack of it.
    #[serde(default)]
    pub codes: Vec<String>,
}

/// What a receiver wants of a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SenderDuty {
    /// SPF or DKIM passes.
    SpfOrDkim,
    /// SPF passes.
    Spf,
    /// DKIM passes.
    Dkim,
    /// The domain has a DMARC record.
    Dmarc,
    /// From is aligned with what passes.
    Alignment,
    /// The sending address has a name that has that address.
    Ptr,
    /// The connection is encrypted.
    Tls,
    /// Marketing mail has one-click unsubscription (RFC 8058).
    Unsubscribe,
}

/// The domains of each built-in receiver's servers, first the one that it is known by.
pub fn parties() -> &'static [Vec<&'static str>] {
    static PARTIES: OnceLock<Vec<Vec<&'static str>>> = OnceLock::new();
    PARTIES.get_or_init(|| builtin::RECEIVERS.iter().map(|file| file.list("hosts")).collect())
}
