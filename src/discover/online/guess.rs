//! Common names of mail servers below a domain.

use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hasher},
    net::IpAddr,
    thread::{self, ScopedJoinHandle},
    time::Instant,
};

use super::{LoginName, Net, Origin, Proposal, Server};
use crate::{
    mail::{Endpoint, Security, endpoint::is_below},
    presets::provider::UsernameForm,
    probe::Cancel,
};

/// The guessed names that exist.
#[derive(Debug, Default)]
pub(super) struct GuessedNames {
    /// Names that have an address, in order.
    pub(super) hosts: Vec<(String, Vec<IpAddr>)>,
    /// The addresses that any name below the domain has.
    pub(super) wildcard: Vec<IpAddr>,
}

/// Looks up the usual names of mail servers below a domain, all at once; MX hosts below it count as well.
pub(super) fn ask(net: &Net, domain: &str, mx: &[String], until: Instant, cancel: &Cancel) -> GuessedNames {
    let mut names = vec![format!("smtp.{domain}"), format!("mail.{domain}"), domain.to_owned()];
    for host in mx.iter().filter(|host| is_below(host, domain)).take(2) {
        if !names.contains(host) {
            names.push(host.clone());
        }
    }
    // A name that exists only where every name does.
    names.push(format!("{:016x}.{domain}", RandomState::new().build_hasher().finish()));
    let mut found = thread::scope(|scope| {
        let ask = |name: &String| net.dns.addresses(name, until, cancel).unwrap_or_default();
        let begin = |name| thread::Builder::new().name("guess".into()).spawn_scoped(scope, move || ask(name)).ok();
        let asked: Vec<_> = names.iter().map(begin).collect();
        let answer = |asked: Option<ScopedJoinHandle<'_, _>>| asked.and_then(|asked| asked.join().ok()).unwrap_or_default();
        asked.into_iter().map(answer).collect::<Vec<_>>()
    });
    let wildcard = found.pop().unwrap_or_default();
    let hosts = names.into_iter().zip(found).filter(|(_, addresses)| !addresses.is_empty()).collect();
    GuessedNames { hosts, wildcard }
}

impl GuessedNames {
    /// The servers to try. Where every name has an address, a name proves nothing, so only servers with a certificate count.
    pub(super) fn proposal(&self, ports: &[(u16, Security)]) -> Option<Proposal> {
        let (first, _) = self.hosts.first()?;
        let is_wild = |addresses: &[IpAddr]| !addresses.iter().any(|address| !self.wildcard.contains(address));
        let server = |(host, addresses): &(String, Vec<IpAddr>)| {
            let proven = ports.iter().filter(|(_, security)| *security != Security::None || !is_wild(addresses));
            proven
                .map(|(port, security)| Endpoint { host: host.clone(), port: *port, security: *security })
                .collect::<Vec<_>>()
        };
        Some(Proposal {
            origin: Origin::Guess,
            found_at: Some(first.clone()),
            provider: None,
            smtp: self.hosts.iter().flat_map(server).map(Server::from).collect(),
            imap: Vec::new(),
            username: LoginName::Form(UsernameForm::Address),
            consents: Vec::new(),
            warnings: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_any_name_is_needs_a_certificate() {
        let (wild, own) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let hosts = vec![("smtp.a.test".to_owned(), vec![wild]), ("mail.a.test".to_owned(), vec![own])];
        let names = GuessedNames { hosts, wildcard: vec![wild] };
        let found = names.proposal(&[(465, Security::Tls), (25, Security::None)]).unwrap();
        let servers: Vec<_> = found.smtp.iter().map(|server| server.endpoint.authority()).collect();
        assert_eq!(servers, ["smtp.a.test:465", "mail.a.test:465", "mail.a.test:25"]);
    }
}
