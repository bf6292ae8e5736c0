//! Filters that take a domain's mail in front of its hoster: their MX hosts say nothing about where mail is sent.
//!
//! One file, `presets/gateways.toml`.

use serde::Deserialize;

use crate::mail::endpoint::is_below;

/// Filters that take mail in front of its hoster.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gateways {
    /// One entry a service.
    #[serde(default, rename = "gateway")]
    pub all: Vec<Gateway>,
}

/// A service that filters mail for domains that are hosted elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gateway {
    /// The name that people know, the same in every language.
    pub name: String,
    /// Suffixes of its MX hosts.
    pub mx: Vec<String>,
    /// Year and month in which the facts were last checked, as `2026-11`.
    pub checked: String,
    /// Pages that say so.
    pub sources: Vec<String>,
}

impl Gateways {
    /// The filter whose MX host this is.
    pub fn of_mx(&self, host: &str) -> Option<&Gateway> {
        self.all.iter().find(|gateway| gateway.mx.iter().any(|suffix| is_below(host, suffix)))
    }
}
