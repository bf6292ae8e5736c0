//! What a domain's MX records say: its hoster, a filter before the hoster, or that it takes no mail.

use super::{Mx, Origin, Proposal, known::of_provider};
use crate::{
    mail::{Address, host::parse_host},
    presets::{Catalog, Provider, machines::is_customers_machine},
};

/// What the MX records of a domain say.
#[derive(Debug, Default)]
pub(super) struct MailExchange<'a> {
    /// The domain says that it takes no mail (RFC 7505).
    pub(super) null: bool,
    /// MX hosts, most preferred first.
    pub(super) hosts: Vec<String>,
    /// The hoster, if a preset knows it, and the MX host that identifies it.
    pub(super) hoster: Option<(&'a Provider, String)>,
    /// The name of the filter before the hoster.
    pub(super) gateway: Option<&'a str>,
}

impl<'a> MailExchange<'a> {
    pub(super) fn read(mut records: Vec<Mx>, catalog: &'a Catalog) -> Self {
        records.sort();
        let null = matches!(records.as_slice(), [only] if only.host.is_empty());
        let hosts: Vec<String> = records.iter().filter_map(|record| parse_host(&record.host).ok()).collect();
        // A preset's claim on a host comes before a filter of the same name.
        let filter = |host: &String| match catalog.provider_of_mx(host) {
            Some(_) => None,
            None => catalog.gateways().of_mx(host).map(|gateway| gateway.name.as_str()),
        };
        let gateway = hosts.first().and_then(filter);
        // The first host that is not a filter takes the mail; those after it are backups.
        let first = hosts.iter().find(|host| filter(host).is_none());
        let hoster = first.and_then(|host| Some((catalog.provider_of_mx(host)?, host.clone())));
        Self { null, hosts, hoster, gateway }
    }

    /// What the hoster's preset proposes.
    pub(super) fn proposal(&self, address: &Address) -> Option<Proposal> {
        let (provider, host) = self.hoster.as_ref()?;
        let mut proposal = of_provider(provider, address, Origin::Mx);
        fill(&mut proposal, host);
        proposal.found_at = Some(host.clone());
        Some(proposal)
    }

    /// The domains above an unknown hoster's MX host, the nearest first: where it may publish an autoconfig. Neither the host
    /// itself nor a domain under which anybody can register is among them.
    pub(super) fn parents(&self, domain: &str) -> Vec<String> {
        let (Some(host), None, None) = (self.hosts.first(), &self.hoster, self.gateway) else { return Vec::new() };
        if is_customers_machine(host) {
            return Vec::new();
        }
        let mut parents = Vec::new();
        let mut rest = host.as_str();
        while let Some((_, parent)) = rest.split_once('.') {
            if is_registrable(parent) && parent != domain && parents.len() < 3 {
                parents.push(parent.to_owned());
            }
            rest = parent;
        }
        parents
    }
}

/// Replaces the preset's `{mx}` by the domain's MX host.
pub(super) fn fill(proposal: &mut Proposal, host: &str) {
    for server in &mut proposal.smtp {
        server.endpoint.host = server.endpoint.host.replace("{mx}", host);
    }
    for server in &mut proposal.imap {
        server.host = server.host.replace("{mx}", host);
    }
}

/// Second levels under which countries let anybody register.
const SHARED: [&str; 21] = [
    "ac", "ad", "asso", "co", "com", "ed", "edu", "gob", "gouv", "gov", "gr", "id", "lg", "ltd", "ne", "net", "nom", "or",
    "org", "plc", "sch",
];

/// Whether a name belongs to a registrant, judging by its form.
fn is_registrable(name: &str) -> bool {
    match name.split('.').collect::<Vec<_>>().as_slice() {
        [] | [_] => false,
        [second, top] => top.len() > 2 || !SHARED.contains(second),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange<'a>(catalog: &'a Catalog, hosts: &[&str]) -> MailExchange<'a> {
        let record = |(at, host): (usize, &&str)| Mx { preference: u16::try_from(at).unwrap(), host: (*host).to_owned() };
        MailExchange::read(hosts.iter().enumerate().map(record).rev().collect(), catalog)
    }

    #[test]
    fn hosters_and_filters_are_told_apart() {
        let catalog = Catalog::builtin();
        for (hosts, hoster, gateway) in [
            (&["aspmx.l.google.com", "alt1.aspmx.l.google.com"][..], Some("google-workspace"), None),
            (&["a-b.mail.protection.outlook.com"], Some("microsoft365"), None),
            (&["eu-smtp-inbound-1.mimecast.com"], None, Some("Mimecast")),
            (&["mx1-eu1.ppe-hosted.com", "mx1.mail.ovh.net"], Some("ovh"), Some("Proofpoint")),
            (&["mx1.mail.ovh.net", "mx1-eu1.ppe-hosted.com"], Some("ovh"), None),
            (&["mail.example.test", "mx1.mail.ovh.net"], None, None),
            (&["mail.example.test", "eu-smtp-inbound-1.mimecast.com"], None, None),
            (&["mx.hoster.test"], None, None),
            (&["vps-1a2b.vps.ovh.net"], None, None),
            (&["ec2-203-0-113-7.eu-west-1.compute.amazonaws.com"], None, None),
            (&["static.7.113.0.203.clients.your-server.de"], None, None),
            (&["mx-aol.mail.gm0.yahoodns.net"], Some("aol"), None),
            (&["mx-apac.mail.gm0.yahoodns.net"], Some("yahoo"), None),
            (&[], None, None),
        ] {
            let found = exchange(&catalog, hosts);
            let key = found.hoster.as_ref().map(|(provider, _)| provider.key.as_str());
            assert_eq!((key, found.gateway, found.null), (hoster, gateway, false), "{hosts:?}");
        }
        assert!(exchange(&catalog, &[""]).null);
    }

    #[test]
    fn an_unknown_hosters_domains_are_those_that_somebody_owns() {
        let catalog = Catalog::builtin();
        let parents = |host: &str| exchange(&catalog, &[host]).parents("example.test");
        assert_eq!(parents("mx1.mail.hoster.test"), ["mail.hoster.test", "hoster.test"]);
        assert_eq!(parents("mx.hoster.co.uk"), ["hoster.co.uk"]);
        assert_eq!(parents("mail.example.test"), [""; 0], "that is the domain itself");
        assert_eq!(parents("mx1-eu1.ppe-hosted.com"), [""; 0], "a filter knows nothing of settings");
        assert_eq!(parents("vps-1a2b.vps.ovh.net"), [""; 0], "its hoster knows nothing of a customer's settings");
        assert_eq!(parents("aspmx.l.google.com"), [""; 0], "a preset knows more");
    }
}
