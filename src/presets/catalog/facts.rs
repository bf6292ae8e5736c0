//! When facts were last checked, and where they can be looked up again.

use crate::{
    mail::public_suffix,
    presets::{
        Cause, Distribution, DnsHost, Family, Provider, Receiver, Target, Words, egress::Hoster, gateways::Gateway,
        programs::SendingSettings,
    },
};

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FactKind {
    /// A provider.
    Provider,
    /// A family of providers.
    Family,
    /// A family of distributions.
    Distribution,
    /// A host of domains' records.
    DnsHost,
    /// A receiver of mail.
    Receiver,
    /// A cause of failure.
    Cause,
    /// A network that blocks mail.
    Hoster,
    /// A filter in front of hosters.
    Gateway,
    /// The public suffixes.
    Suffixes,
    /// A target.
    Target,
    /// What a client says.
    Words,
    /// A program that sends by addresses of its own.
    Program,
}

impl FactKind {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Family => "family",
            Self::Distribution => "distribution",
            Self::DnsHost => "dns_host",
            Self::Receiver => "receiver",
            Self::Cause => "cause",
            Self::Hoster => "hoster",
            Self::Gateway => "gateway",
            Self::Suffixes => "suffixes",
            Self::Target => "target",
            Self::Words => "words",
            Self::Program => "program",
        }
    }

    /// Whether it is about programs here, rather than about servers and networks.
    pub const fn is_of_programs(self) -> bool {
        matches!(self, Self::Target | Self::Words | Self::Program | Self::Distribution)
    }
}

/// A preset's facts as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact<'a> {
    /// What it is about.
    pub kind: FactKind,
    /// The preset's key; the name of a hoster or a gateway.
    pub key: &'a str,
    /// The name that people know, where it has one beside the key.
    pub name: Option<&'a str>,
    /// Year and month in which the facts were last checked, as `2026-11`.
    pub checked: &'a str,
    /// Where they come from.
    pub sources: Vec<&'a str>,
}

impl<'a> Fact<'a> {
    pub(super) fn of_provider(provider: &'a Provider) -> Self {
        Self {
            name: Some(&provider.name),
            ..Self::new(FactKind::Provider, &provider.key, &provider.checked, &provider.sources)
        }
    }

    pub(super) fn of_family(family: &'a Family) -> Self {
        Self::new(FactKind::Family, &family.key, &family.checked, &family.sources)
    }

    pub(super) fn of_distribution(distribution: &'a Distribution) -> Self {
        Self::new(FactKind::Distribution, &distribution.key, &distribution.checked, &distribution.sources)
    }

    pub(super) fn of_dns_host(host: &'a DnsHost) -> Self {
        Self::new(FactKind::DnsHost, &host.key, &host.checked, &host.sources)
    }

    pub(super) fn of_receiver(receiver: &'a Receiver) -> Self {
        Self::new(FactKind::Receiver, &receiver.key, &receiver.checked, &receiver.sources)
    }

    pub(super) fn of_target(target: &'a Target) -> Self {
        // It is as old as the oldest of what it claims.
        let programs = &target.used_by;
        let checked = programs.iter().map(|program| &program.checked).chain([&target.checked]).min();
        let sources = std::iter::once(&target.docs).chain(programs.iter().map(|program| &program.source));
        let fact = Self::new(FactKind::Target, &target.key, checked.unwrap_or(&target.checked), sources);
        Self { name: Some(&target.name), ..fact }
    }

    pub(super) fn of_cause(cause: &'a Cause) -> Self {
        let links = cause.links.iter().chain(cause.variants.iter().flat_map(|variant| &variant.links));
        Self::new(FactKind::Cause, &cause.label, &cause.checked, links)
    }

    pub(super) fn of_words(words: &'a Words) -> Self {
        Self::new(FactKind::Words, &words.key, &words.checked, &words.sources)
    }

    pub(super) fn of_hoster(hoster: &'a Hoster) -> Self {
        Self::new(FactKind::Hoster, &hoster.name, &hoster.checked, &hoster.docs)
    }

    pub(super) fn of_gateway(gateway: &'a Gateway) -> Self {
        Self::new(FactKind::Gateway, &gateway.name, &gateway.checked, &gateway.sources)
    }

    pub(super) fn of_program(program: &'a SendingSettings) -> Self {
        Self::new(FactKind::Program, &program.name, &program.checked, &program.sources)
    }

    pub(super) fn of_suffixes() -> Self {
        let sources = vec![public_suffix::SOURCE];
        Self { sources, ..Self::new(FactKind::Suffixes, public_suffix::NAME, public_suffix::month(), []) }
    }

    fn new(kind: FactKind, key: &'a str, checked: &'a str, sources: impl IntoIterator<Item = &'a String>) -> Self {
        Self { kind, key, name: None, checked, sources: sources.into_iter().map(String::as_str).collect() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::presets::{Catalog, catalog::FactKind};

    #[test]
    fn every_fact_has_a_date_and_most_say_where_they_come_from() {
        let catalog = Catalog::builtin();
        let mut kinds = BTreeMap::new();
        for fact in catalog.facts() {
            let (year, month) = fact.checked.split_once('-').unwrap();
            let is_month = month.len() == 2 && (1..=12).contains(&month.parse::<u8>().unwrap());
            assert!(year.len() == 4 && year.parse::<u16>().unwrap() > 2000 && is_month, "{fact:?}");
            assert!(!fact.sources.is_empty() || [FactKind::Cause, FactKind::Hoster].contains(&fact.kind), "{fact:?}");
            *kinds.entry(fact.kind.as_str()).or_insert(0) += 1;
        }
        assert!(catalog.faults().is_empty(), "{:?}", catalog.faults());
        let kinds: Vec<&str> = kinds.into_keys().collect();
        assert_eq!(
            kinds,
            [
                "cause",
                "distribution",
                "dns_host",
                "family",
                "gateway",
                "hoster",
                "program",
                "provider",
                "receiver",
                "suffixes",
                "target",
                "words"
            ]
        );
    }
}
