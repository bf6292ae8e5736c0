//! Where autoconfig documents are published, and how they are fetched.

use std::time::Instant;

use super::{
    Consent, Origin, Proposal, Server,
    autoconfig::{self, AutoconfigDocument, AutoconfigSettings},
    http::{Miss, Web},
};
use crate::mail::{Address, endpoint::is_below, reply::escape};

/// Mozilla's own collection.
const DATABASE: &str = "https://autoconfig.thunderbird.net/v1.1";

/// A place where a document may be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AutoconfigLocation {
    whose: Whose,
    /// The link without its scheme.
    path: String,
    /// Added over https only: the address, which must not be readable on the way.
    query: String,
    /// Its rank among the others.
    pub(super) rank: u8,
}

/// Who publishes there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// The address's own domain.
    Domain,
    /// The hoster named by the MX records, which are not signed.
    Hoster,
    /// Mozilla.
    Database,
}

/// The locations at the domain itself. The address is sent only to its own host.
pub(super) fn of_domain(domain: &str, address: &Address) -> Vec<AutoconfigLocation> {
    let local: String = address.local().bytes().map(encoded).collect();
    let location = |rank, path: String, query: String| AutoconfigLocation { whose: Whose::Domain, path, query, rank };
    vec![
        location(0, format!("autoconfig.{domain}/mail/config-v1.1.xml"), format!("?emailaddress={local}%40{domain}")),
        location(1, format!("{domain}/.well-known/autoconfig/mail/config-v1.1.xml"), String::new()),
    ]
}

/// The locations at an unknown hoster, by the domains above its MX host.
pub(super) fn of_hoster(parents: &[String]) -> Vec<AutoconfigLocation> {
    let location = |(rank, parent): (u8, &String)| AutoconfigLocation {
        whose: Whose::Hoster,
        path: format!("autoconfig.{parent}/mail/config-v1.1.xml"),
        query: String::new(),
        rank,
    };
    (2..).zip(parents).map(location).collect()
}

/// Mozilla's database, which learns the domain.
pub(super) fn database(domain: &str) -> AutoconfigLocation {
    let path = format!("{}/{domain}", DATABASE.trim_start_matches("https://"));
    AutoconfigLocation { whose: Whose::Database, path, query: String::new(), rank: 9 }
}

/// Percent-encoding of everything but the unreserved characters (RFC 3986, 2.3).
fn encoded(byte: u8) -> String {
    match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    }
}

/// What was found at a location.
#[derive(Debug)]
pub(super) enum WebFinding {
    /// Settings.
    Proposal(Proposal),
    /// A document that cannot be used; its link, safe for a terminal.
    Unusable(String),
    /// Nothing.
    Nothing,
}

impl AutoconfigLocation {
    /// Fetches over https, then over http where https has nothing at all.
    pub(super) fn fetch(&self, web: &Web, address: &Address, domain: &str, until: Instant) -> WebFinding {
        // A host whose https hangs must leave time for http.
        let now = Instant::now();
        let half = if self.whose == Whose::Database { until } else { now + until.saturating_duration_since(now) / 2 };
        let link = format!("https://{}", self.path);
        let first = web.fetch(&format!("{link}{}", self.query), half);
        let first = first.map(|page| autoconfig::read(&page.body, address));
        let plain = format!("http://{}", self.path);
        match first {
            Ok(AutoconfigDocument::Settings(settings)) => {
                WebFinding::Proposal(self.proposal(settings, &link, domain, false))
            }
            Ok(AutoconfigDocument::Unusable) | Err(Miss::Redirect | Miss::Broken) => WebFinding::Unusable(escape(&link)),
            Ok(AutoconfigDocument::Other) | Err(Miss::Absent) if self.whose == Whose::Database => WebFinding::Nothing,
            Ok(AutoconfigDocument::Other) | Err(Miss::Absent) => match web.fetch(&plain, until) {
                Ok(page) => match autoconfig::read(&page.body, address) {
                    AutoconfigDocument::Settings(settings) => {
                        WebFinding::Proposal(self.proposal(settings, &plain, domain, true))
                    }
                    AutoconfigDocument::Unusable => WebFinding::Unusable(escape(&plain)),
                    AutoconfigDocument::Other => WebFinding::Nothing,
                },
                Err(_) => WebFinding::Nothing,
            },
        }
    }

    fn proposal(&self, settings: AutoconfigSettings, link: &str, domain: &str, plain: bool) -> Proposal {
        let foreign = settings.smtp.iter().any(|server| !is_below(&server.host, domain));
        let unsigned = plain || self.whose == Whose::Hoster;
        let reasons = [
            (foreign && unsigned, Consent::ForeignHost),
            (plain, Consent::PlainHttp),
            (settings.plaintext, Consent::Plaintext),
        ];
        Proposal {
            origin: Origin::Autoconfig,
            found_at: Some(escape(link)),
            provider: None,
            smtp: settings.smtp.into_iter().map(Server::from).collect(),
            imap: settings.imap,
            username: settings.username,
            consents: reasons.into_iter().filter_map(|(holds, consent)| holds.then_some(consent)).collect(),
            warnings: settings.warnings,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_goes_to_its_own_host_alone() {
        let address: Address = "a+b@example.test".parse().unwrap();
        let own = of_domain("example.test", &address);
        assert_eq!(own[0].query, "?emailaddress=a%2Bb%40example.test");
        let others = own[1..].iter().cloned().chain(of_hoster(&["hoster.test".into()])).chain([database("example.test")]);
        for place in others {
            assert!(place.query.is_empty() && !place.path.contains("a+b"), "{place:?}");
        }
    }
}
