//! Whom a profile's secret is for, by what is known of providers.

use super::{Catalog, Provider, provider::names_host};
use crate::mail::{Address, Endpoint, Host, Organization, Profile, SecretBinding};

/// Whom the secret of a profile is for: its login name at its server, and at the mailbox's reading side where that is the same
/// organization's and has the same login name.
pub fn belonging(profile: &Profile, catalog: &Catalog) -> SecretBinding {
    let smtp = &profile.smtp;
    let provider = smtp.provider.as_deref().and_then(|key| catalog.provider(key));
    let provider = provider.filter(|provider| provider.runs(&smtp.host));
    let mut binding = SecretBinding {
        provider: provider.map(|provider| provider.key.clone()),
        ..SecretBinding::new(smtp.host.clone(), smtp.username.clone())
    };
    let is_same = |host: &Host| {
        provider.is_some_and(|provider| provider.runs(host)) || Organization::of(host) == Organization::of(&smtp.host)
    };
    let reading = profile.imap.as_ref().filter(|imap| imap.host != smtp.host && is_same(&imap.host));
    let reading = reading.filter(|imap| imap.username.is_none() || imap.username == smtp.username);
    binding.hosts.extend(reading.map(|imap| imap.host.clone()));
    binding
}

/// Whether a saved profile is another's than who sends from `address`, with a secret for `wanted`: of another address, or at
/// another organization's server.
pub fn is_anothers(saved: &Profile, address: &Address, wanted: SecretBinding, catalog: &Catalog) -> bool {
    let own = belonging(saved, catalog);
    let username = own.username.clone();
    let is_there = own.covers(&SecretBinding { username, ..wanted });
    saved.enabled && (saved.sender.address != *address || !is_there)
}

impl Catalog {
    /// The provider whose submission server a host is. Of several, that of the address's domain comes first, then one for its
    /// customers' own domains.
    pub fn provider_of_server(&self, host: &str, domain: Option<&str>) -> Option<&Provider> {
        let turn = |provider: &&Provider| match domain {
            Some(domain) if provider.owns(domain) => 0,
            Some(_) if provider.domains.is_empty() => 1,
            _ if !provider.mx.is_empty() => 2,
            _ => 3,
        };
        self.providers_naming(host).filter(|provider| provider.submits_at(host)).min_by_key(turn)
    }
}

impl Provider {
    /// Whether a host is one of the provider's own servers. A preset's host that only an account or its domain shows counts
    /// where what is known of it is the provider's.
    pub fn runs(&self, host: &str) -> bool {
        self.submits_at(host) || self.is_any(self.imap.iter(), host)
    }

    /// Whether a host is one of its submission servers.
    fn submits_at(&self, host: &str) -> bool {
        self.is_any(self.smtp.iter().chain(&self.alternatives), host)
    }

    fn is_any<'a>(&self, mut servers: impl Iterator<Item = &'a Endpoint>, host: &str) -> bool {
        servers.any(|server| names_host(&server.host, host, |domain| self.owns(domain)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_provider_of_a_server_is_that_of_the_address() {
        let catalog = Catalog::builtin();
        let of = |host: &str, domain: Option<&str>| {
            catalog.provider_of_server(host, domain).map(|provider| provider.key.as_str())
        };
        assert_eq!(of("smtp.gmail.com", Some("gmail.com")), Some("gmail"));
        assert_eq!(of("smtp.gmail.com", Some("corp.test")), Some("google-workspace"));
        assert_eq!(of("smtp.gmail.com", None), Some("gmail"));
        assert_eq!(of("smtp.aol.com", Some("corp.test")), Some("aol"));
        assert_eq!((of("imap.gmail.com", None), of("mail.corp.test", Some("corp.test"))), (None, None));
    }

    #[test]
    fn a_providers_servers() {
        let catalog = Catalog::builtin();
        let runs = |key: &str, host: &str| catalog.provider(key).unwrap().runs(host);
        assert!(runs("gmail", "smtp.gmail.com") && runs("gmail", "imap.gmail.com") && !runs("gmail", "smtp.corp.test"));
        assert!(runs("ovh", "ssl0.ovh.net") && runs("ovh", "smtp.mail.ovh.net") && !runs("ovh", "vps-1.vps.ovh.net"));
        assert!(runs("ovh-pro", "pro1.mail.ovh.net") && runs("netease", "smtp.163.com"));
        assert!(runs("ses", "email-smtp.eu-west-1.amazonaws.com") && !runs("ses", "email-smtp.x.y.amazonaws.com"));
        // The account's own domain.
        assert!(
            !runs("bluehost", "mail.corp.test") && !runs("netease", "smtp.corp.test") && !runs("o2switch", "mx.corp.test")
        );
    }
}
