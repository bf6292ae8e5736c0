//! When facts were last checked, and where they can be looked up again.

use crate::presets::{Cause, Family, Provider, Target, Words, egress::Hoster, gateways::Gateway};

/// A preset's facts as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact<'a> {
    /// What it is about: `provider`, `family`, `target`, `cause`, `words`, `hoster` or `gateway`.
    pub kind: &'static str,
    /// The preset's key; the name of a hoster or a gateway.
    pub key: &'a str,
    /// Year and month in which the facts were last checked, as `2026-11`.
    pub checked: &'a str,
    /// Where they come from.
    pub sources: Vec<&'a str>,
}

impl<'a> Fact<'a> {
    pub(super) fn of_provider(provider: &'a Provider) -> Self {
        Self::new("provider", &provider.key, &provider.checked, &provider.sources)
    }

    pub(super) fn of_family(family: &'a Family) -> Self {
        Self::new("family", &family.key, &family.checked, &family.sources)
    }

    pub(super) fn of_target(target: &'a Target) -> Self {
        Self::new("target", &target.key, &target.checked, [&target.docs])
    }

    pub(super) fn of_cause(cause: &'a Cause) -> Self {
        Self::new("cause", &cause.label, &cause.checked, &cause.links)
    }

    pub(super) fn of_words(words: &'a Words) -> Self {
        Self::new("words", &words.key, &words.checked, &words.sources)
    }

    pub(super) fn of_hoster(hoster: &'a Hoster) -> Self {
        Self::new("hoster", &hoster.name, &hoster.checked, &hoster.docs)
    }

    pub(super) fn of_gateway(gateway: &'a Gateway) -> Self {
        Self::new("gateway", &gateway.name, &gateway.checked, &gateway.sources)
    }

    fn new(kind: &'static str, key: &'a str, checked: &'a str, sources: impl IntoIterator<Item = &'a String>) -> Self {
        Self { kind, key, checked, sources: sources.into_iter().map(String::as_str).collect() }
    }
}
