//! SRV records of mail services (RFC 6186, RFC 8314).

use std::cmp::Reverse;

use super::{Consent, LoginName, Origin, Proposal, Server, Srv};
use crate::{
    mail::{Endpoint, Security, endpoint::is_below, host::parse_host},
    presets::provider::UsernameForm,
};

/// A mail service that a domain may announce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Service {
    Submissions,
    Submission,
    Imaps,
    Imap,
}

impl Service {
    pub(super) const ALL: [Self; 4] = [Self::Submissions, Self::Submission, Self::Imaps, Self::Imap];

    /// The name that is asked for.
    pub(super) fn name(self, domain: &str) -> String {
        let label = match self {
            Self::Submissions => "_submissions",
            Self::Submission => "_submission",
            Self::Imaps => "_imaps",
            Self::Imap => "_imap",
        };
        format!("{label}._tcp.{domain}")
    }

    const fn security(self) -> Security {
        match self {
            Self::Submissions | Self::Imaps => Security::Tls,
            Self::Submission | Self::Imap => Security::Starttls,
        }
    }

    const fn is_submission(self) -> bool {
        matches!(self, Self::Submissions | Self::Submission)
    }
}

/// What the records of all services propose; `None` without a submission server.
pub(super) fn proposal(answers: &[(Service, Vec<Srv>)], domain: &str) -> Option<Proposal> {
    let smtp = servers(answers, Service::is_submission);
    let (_, first) = smtp.first()?;
    let imap = servers(answers, |service| !service.is_submission());
    let is_foreign = |(_, server): &(Service, Endpoint)| !is_below(&server.host, domain);
    let consents = if smtp.iter().any(is_foreign) { vec![Consent::ForeignHost] } else { Vec::new() };
    let service = smtp.iter().find(|(_, server)| server == first).map_or(Service::Submissions, |(service, _)| *service);
    Some(Proposal {
        origin: Origin::Srv,
        found_at: Some(service.name(domain)),
        provider: None,
        smtp: smtp.into_iter().map(|(_, server)| Server::from(server)).collect(),
        imap: imap.into_iter().map(|(_, server)| server).collect(),
        username: LoginName::Form(UsernameForm::Address),
        consents,
        warnings: Vec::new(),
    })
}

/// The servers of some services: by priority, implicit TLS first where that is equal (RFC 8314, 5.1), then by weight.
fn servers(answers: &[(Service, Vec<Srv>)], wanted: impl Fn(Service) -> bool) -> Vec<(Service, Endpoint)> {
    let named = answers.iter().filter(|(service, _)| wanted(*service));
    let mut records: Vec<(Service, &Srv)> =
        named.flat_map(|(service, records)| records.iter().map(|record| (*service, record))).collect();
    records.sort_by_key(|(service, record)| (record.priority, service.security() != Security::Tls, Reverse(record.weight)));
    let mut servers = Vec::new();
    for (service, record) in records {
        // The root as host means that the service is not offered (RFC 2782).
        let Ok(host) = parse_host(&record.host) else { continue };
        let server = Endpoint { host, port: record.port, security: service.security() };
        if record.port > 0 && !servers.iter().any(|(_, known)| *known == server) {
            servers.push((service, server));
        }
    }
    servers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn srv(priority: u16, weight: u16, port: u16, host: &str) -> Srv {
        Srv { priority, weight, port, host: host.to_owned() }
    }

    #[test]
    fn priority_counts_before_tls_and_tls_before_weight() {
        let answers = [
            (Service::Submission, vec![srv(0, 9, 587, "mail.example.test"), srv(5, 0, 587, "last.example.test")]),
            (Service::Submissions, vec![srv(0, 1, 465, "b.example.test"), srv(0, 2, 465, "a.example.test")]),
            (Service::Imaps, vec![srv(0, 0, 993, "imap.example.test")]),
            (Service::Imap, vec![srv(0, 0, 0, "")]),
        ];
        let found = proposal(&answers, "example.test").unwrap();
        let hosts: Vec<_> = found.smtp.iter().map(|server| server.endpoint.authority()).collect();
        assert_eq!(hosts, ["a.example.test:465", "b.example.test:465", "mail.example.test:587", "last.example.test:587"]);
        assert_eq!(found.imap.len(), 1);
        assert_eq!((found.found_at.as_deref(), found.consents.len()), (Some("_submissions._tcp.example.test"), 0));
    }

    #[test]
    fn a_foreign_host_needs_a_person_and_the_root_offers_nothing() {
        let foreign = [(Service::Submission, vec![srv(0, 0, 587, "smtp.notexample.test")])];
        let found = proposal(&foreign, "example.test").unwrap();
        assert_eq!(
            (found.consents, found.found_at.as_deref()),
            (vec![Consent::ForeignHost], Some("_submission._tcp.example.test"))
        );
        let none =
            [(Service::Submissions, vec![srv(0, 0, 0, "")]), (Service::Imaps, vec![srv(0, 0, 993, "a.example.test")])];
        assert_eq!(proposal(&none, "example.test"), None);
    }
}
