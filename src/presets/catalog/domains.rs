//! Which provider an e-mail domain, an MX host or a submission server belongs to, found without reading every file whole.

use std::{borrow::Cow, collections::HashMap, sync::OnceLock};

use super::collection::Collection;
use crate::{
    mail::endpoint::is_below,
    presets::{Provider, provider::names_host},
};

/// What is known of which provider's a name is, made when it is first asked for.
#[derive(Debug, Default)]
pub(super) struct Owners {
    pub(super) domains: OnceLock<Domains>,
    pub(super) exchangers: OnceLock<Exchangers>,
    pub(super) servers: OnceLock<Servers>,
}

/// E-mail domains and the keys of their providers.
#[derive(Debug)]
pub(super) struct Domains(HashMap<Cow<'static, str>, String>);

impl Domains {
    pub(super) fn of(providers: &Collection<Provider>) -> Self {
        let mut domains = HashMap::new();
        for entry in providers.entries() {
            let own: Vec<Cow<'static, str>> = match entry.embedded {
                Some(file) => file.list("domains").into_iter().map(Cow::Borrowed).collect(),
                None => entry.get().map(|own| own.domains.iter().cloned().map(Cow::Owned).collect()).unwrap_or_default(),
            };
            // A person's own file wins over the built-in one that names the same domain.
            for domain in own {
                if entry.own.is_some() || !domains.contains_key(&domain) {
                    domains.insert(domain, entry.key.to_string());
                }
            }
        }
        Self(domains)
    }

    /// The key of the provider that a domain belongs to.
    pub(super) fn owner(&self, domain: &str) -> Option<&str> {
        let domain = domain.trim_end_matches('.').to_ascii_lowercase();
        if let Some(key) = self.0.get(domain.as_str()) {
            return Some(key);
        }
        // `*.` in front of a name stands for every name below it.
        let mut parents = domain.match_indices('.').map(|(at, _)| format!("*{}", &domain[at..]));
        parents.find_map(|parent| self.0.get(parent.as_str())).map(String::as_str)
    }
}

/// The lists of a provider's file that have its submission servers.
const SUBMISSION: [&str; 2] = ["smtp", "alternatives"];

/// Suffixes of MX hosts and the keys of their providers.
#[derive(Debug)]
pub(super) struct Exchangers(Vec<(Cow<'static, str>, String)>);

impl Exchangers {
    pub(super) fn of(providers: &Collection<Provider>) -> Self {
        // A person's own files come first: of suffixes that are equally long, the first one counts.
        let (own, built_in): (Vec<_>, Vec<_>) = providers.entries().iter().partition(|entry| entry.own.is_some());
        let mut suffixes = Vec::new();
        for entry in own.into_iter().chain(built_in) {
            let key = || entry.key.to_string();
            if let Some(file) = entry.embedded {
                suffixes.extend(file.list("mx").into_iter().map(|suffix| (Cow::Borrowed(suffix), key())));
            } else if let Some(own) = entry.get() {
                suffixes.extend(own.mx.iter().map(|suffix| (Cow::Owned(suffix.clone()), key())));
            }
        }
        Self(suffixes)
    }

    /// The key of the provider whose MX host this is: the longest suffix counts.
    pub(super) fn owner(&self, host: &str) -> Option<&str> {
        let fits = self.0.iter().filter(|(suffix, _)| is_below(host, suffix));
        // `max_by_key` would take the last one of several.
        fits.rev().max_by_key(|(suffix, _)| suffix.len()).map(|(_, key)| key.as_str())
    }
}

/// Hosts of submission servers, as the files name them, and the keys of their providers, in the order of the providers.
#[derive(Debug)]
pub(super) struct Servers(Vec<(Cow<'static, str>, String)>);

impl Servers {
    pub(super) fn of(providers: &Collection<Provider>) -> Self {
        let mut hosts = Vec::new();
        for entry in providers.entries() {
            let key = || entry.key.to_string();
            if let Some(file) = entry.embedded {
                let named = SUBMISSION.iter().flat_map(|list| file.strings_in(list, "host"));
                hosts.extend(named.map(|host| (Cow::Borrowed(host), key())));
            } else if let Some(own) = entry.get() {
                let servers = own.smtp.iter().chain(&own.alternatives);
                hosts.extend(servers.map(|server| (Cow::Owned(server.host.clone()), key())));
            }
        }
        hosts.dedup();
        Self(hosts)
    }

    /// The keys of the providers that may submit at this host: whether a domain in its name is theirs is not looked at.
    pub(super) fn owners(&self, host: &str) -> Vec<&str> {
        let named = self.0.iter().filter(|(named, _)| names_host(named, host, |_| true));
        let mut keys: Vec<&str> = named.map(|(_, key)| key.as_str()).collect();
        keys.dedup();
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presets::{Catalog, builtin};

    #[test]
    fn an_mx_host_shows_its_provider() {
        let exchangers = Exchangers::of(&Collection::builtin(builtin::PROVIDERS));
        for (host, key) in [
            ("aspmx.l.google.com", Some("google-workspace")),
            ("ALT1.ASPMX.L.GOOGLE.COM.", Some("google-workspace")),
            ("gmail-smtp-in.l.google.com", Some("gmail")),
            ("example-com.mail.protection.outlook.com", Some("microsoft365")),
            ("mx1.mail.ovh.net", Some("ovh")),
            ("notovh.net", None),
            ("net", None),
        ] {
            assert_eq!(exchangers.owner(host), key, "{host}");
        }
    }

    #[test]
    fn servers_are_found_without_reading_every_provider() {
        let catalog = Catalog::builtin();
        let found = catalog.provider_of_server("smtp.gmail.com", Some("gmail.com"));
        assert_eq!(found.map(|provider| provider.key.as_str()), Some("gmail"));
        let read: Vec<&str> = catalog.providers.read_keys().collect();
        assert!(read.contains(&"gmail") && read.len() <= 3, "{read:?}");
    }

    #[test]
    fn a_host_shows_who_may_submit_there() {
        let servers = Servers::of(&Collection::builtin(builtin::PROVIDERS));
        let mut found = servers.owners("smtp.gmail.com");
        found.sort_unstable();
        // Whether `gmail.com` is NetEase's, which names `smtp.{domain}`, only its file says.
        assert_eq!(found, ["gmail", "google-workspace", "netease"]);
    }

    #[test]
    fn every_server_of_a_file_is_known() {
        let collection = Collection::builtin(builtin::PROVIDERS);
        let servers = Servers::of(&collection);
        let mut hosts: Vec<(&str, &str)> = Vec::new();
        for provider in collection.iter() {
            let named = provider.smtp.iter().chain(&provider.alternatives);
            hosts.extend(named.map(|server| (server.host.as_str(), provider.key.as_str())));
        }
        hosts.dedup();
        let known: Vec<(&str, &str)> = servers.0.iter().map(|(host, key)| (host.as_ref(), key.as_str())).collect();
        assert_eq!(known, hosts);
    }
}
