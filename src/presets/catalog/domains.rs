//! Which provider an e-mail domain or an MX host belongs to, found without reading every file whole.

use std::{borrow::Cow, collections::HashMap};

use super::collection::Collection;
use crate::{mail::endpoint::is_below, presets::Provider};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presets::builtin;

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
}
