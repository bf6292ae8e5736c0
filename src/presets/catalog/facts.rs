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
        let links = cause.links.iter().chain(cause.variants.iter().flat_map(|variant| &variant.links));
        Self::new("cause", &cause.label, &cause.checked, links)
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::presets::Catalog;

    #[test]
    fn every_fact_has_a_date_and_most_say_where_they_come_from() {
        let catalog = Catalog::builtin();
        let mut kinds = BTreeMap::new();
        for fact in catalog.facts() {
            let (year, month) = fact.checked.split_once('-').unwrap();
            let is_month = month.len() == 2 && (1..=12).contains(&month.parse::<u8>().unwrap());
            assert!(year.len() == 4 && year.parse::<u16>().unwrap() > 2000 && is_month, "{fact:?}");
            assert!(!fact.sources.is_empty() || ["cause", "hoster"].contains(&fact.kind), "{fact:?}");
            *kinds.entry(fact.kind).or_insert(0) += 1;
        }
        assert!(catalog.faults().is_empty(), "{:?}", catalog.faults());
        let kinds: Vec<&str> = kinds.into_keys().collect();
        assert_eq!(kinds, ["cause", "family", "gateway", "hoster", "provider", "target", "words"]);
    }
}
