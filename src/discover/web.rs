//! Where autoconfig documents may stand, and how they are fetched there.

use std::time::Instant;

use super::{
    Consent, Origin, Proposal, Server,
    autoconfig::{self, Document, Settings},
    http::{Miss, Web},
};
use crate::mail::{Address, endpoint::is_below, reply::escape};

/// Mozilla's own collection.
const DATABASE: &str = "https://autoconfig.thunderbird.net/v1.1";

/// A place where a document may stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    whose: Whose,
    /// The link without the scheme and what stands before its colon.
    path: String,
    /// What follows over https alone: an address, which nobody on the way shall read.
    query: String,
    /// Its turn among the others.
    pub(super) seat: u8,
}

/// Who answers at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// The address's own domain.
    Domain,
    /// The hoster that MX records name, which are not signed.
    Hoster,
    /// Mozilla.
    Database,
}

/// The places of the domain itself. The address goes to its own host alone.
pub(super) fn of_domain(domain: &str, address: &Address) -> Vec<Place> {
    let local: String = address.local().bytes().map(encoded).collect();
    let place = |seat, path: String, query: String| Place { whose: Whose::Domain, path, query, seat };
    vec![
        place(0, format!("autoconfig.{domain}/mail/config-v1.1.xml"), format!("?emailaddress={local}%40{domain}")),
        place(1, format!("{domain}/.well-known/autoconfig/mail/config-v1.1.xml"), String::new()),
    ]
}

/// The places of an unknown hoster, by the domains above its MX host.
pub(super) fn of_hoster(parents: &[String]) -> Vec<Place> {
    let place = |(seat, parent): (u8, &String)| Place {
        whose: Whose::Hoster,
        path: format!("autoconfig.{parent}/mail/config-v1.1.xml"),
        query: String::new(),
        seat,
    };
    (2..).zip(parents).map(place).collect()
}

/// Mozilla's database, which learns the domain.
pub(super) fn database(domain: &str) -> Place {
    let path = format!("{}/{domain}", DATABASE.trim_start_matches("https://"));
    Place { whose: Whose::Database, path, query: String::new(), seat: 9 }
}

/// Percent-encoding of everything but the unreserved characters (RFC 3986, 2.3).
fn encoded(byte: u8) -> String {
    match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    }
}

/// What came of a place.
#[derive(Debug)]
pub(super) enum Found {
    /// Settings.
    Proposal(Proposal),
    /// A document, or what was meant to be one, that cannot be used; its link, safe for a terminal.
    Unusable(String),
    /// Nothing.
    Nothing,
}

impl Place {
    /// Looks there: https, then http where https has nothing at all.
    pub(super) fn look(&self, web: &Web, address: &Address, domain: &str, until: Instant) -> Found {
        // A host that lets https hang shall not use up the time of http.
        let now = Instant::now();
        let half = if self.whose == Whose::Database { until } else { now + until.saturating_duration_since(now) / 2 };
        let link = format!("https://{}", self.path);
        let first = web.fetch(&format!("{link}{}", self.query), half);
        let first = first.map(|page| autoconfig::read(&page.body, address));
        let plain = format!("http://{}", self.path);
        match first {
            Ok(Document::Settings(settings)) => Found::Proposal(self.proposal(settings, &link, domain, false)),
            Ok(Document::Unusable) | Err(Miss::Redirect | Miss::Broken) => Found::Unusable(escape(&link)),
            Ok(Document::Other) | Err(Miss::Absent) if self.whose == Whose::Database => Found::Nothing,
            Ok(Document::Other) | Err(Miss::Absent) => match web.fetch(&plain, until) {
                Ok(page) => match autoconfig::read(&page.body, address) {
                    Document::Settings(settings) => Found::Proposal(self.proposal(settings, &plain, domain, true)),
                    Document::Unusable => Found::Unusable(escape(&plain)),
                    Document::Other => Found::Nothing,
                },
                Err(_) => Found::Nothing,
            },
        }
    }

    fn proposal(&self, settings: Settings, link: &str, domain: &str, plain: bool) -> Proposal {
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
