//! Whose server a host is: the registrable domain by the Public Suffix List, its private part included.
//!
//! Where a hoster's customers have machines of their own below one registrable
//! domain, and for addresses and single labels, a name says nothing about its neighbours: it stands alone.

use std::net::IpAddr;

use super::{endpoint::is_below, public_suffix::registrable_domain};

/// Domains of hosters below which customers have machines of their own, as far as the Public Suffix List does not know them.
const MACHINES: [&str; 34] = [
    "amazonaws.com",
    "akamai.com",
    "aruba.it",
    "arubacloud.com",
    "clouvider.net",
    "contabo.net",
    "contaboserver.net",
    "dedibox.fr",
    "googleusercontent.com",
    "happysrv.de",
    "hetzner.com",
    "hetzner.de",
    "hostedby.com",
    "hstgr.cloud",
    "kimsufi.com",
    "linode.com",
    "linodeusercontent.com",
    "online.net",
    "onlinehome-server.com",
    "onlinehome-server.info",
    "ovh.ca",
    "ovh.net",
    "ovh.us",
    "pbiaas.com",
    "poneytelecom.eu",
    "scaleway.com",
    "secureserver.net",
    "stratoserver.net",
    "ultrasrv.de",
    "upcloud.host",
    "vultrusercontent.com",
    "xelonat.com",
    "your-server.de",
    "yourvserver.net",
];

/// Labels above a registrable domain below which each name is a customer's.
const CUSTOMERS: [&str; 20] = [
    "client",
    "clients",
    "cloud",
    "compute",
    "cust",
    "customer",
    "customers",
    "dedicated",
    "dsl",
    "dyn",
    "dynamic",
    "instances",
    "ip",
    "members",
    "pool",
    "rdns",
    "rev",
    "static",
    "vm",
    "vps",
];

/// Whose server a host is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Organization {
    /// Whoever has this registrable domain, in lower case and ASCII.
    Domain(String),
    /// Nobody else than this host's owner.
    Alone(String),
}

impl Organization {
    /// Whose server `host` is.
    pub fn of(host: &str) -> Self {
        let name = host.trim().trim_end_matches('.').to_lowercase();
        let bare = name.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(&name);
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Self::Alone(address.to_canonical().to_string());
        }
        // The list has names as people write them.
        let spoken = idna::domain_to_unicode(&name).0;
        let ascii = |name: &str| idna::domain_to_ascii(name).unwrap_or_else(|_| name.to_owned());
        match registrable_domain(&spoken) {
            Some(domain) if !is_machine(&spoken, domain) => Self::Domain(ascii(domain)),
            _ => Self::Alone(ascii(&spoken)),
        }
    }
}

/// The organizational domain of a mail domain, as DMARC compares them (RFC 7489, 3.2): in lower case and ASCII. A public suffix, a
/// single label and an address stand for themselves.
pub fn organizational_domain(domain: &str) -> String {
    let name = domain.trim().trim_end_matches('.').to_lowercase();
    let spoken = idna::domain_to_unicode(&name).0;
    let found = registrable_domain(&spoken).unwrap_or(&spoken);
    idna::domain_to_ascii(found).unwrap_or_else(|_| found.to_owned())
}

/// Whether a name is that of a machine of somebody's own, below the registrable domain of its hoster.
pub fn is_machine(name: &str, domain: &str) -> bool {
    let Some(above) = name.strip_suffix(domain).and_then(|above| above.strip_suffix('.')) else { return false };
    let mut labels = above.split('.');
    let first = labels.next().unwrap_or_default();
    MACHINES.iter().any(|hoster| is_below(name, hoster)) || labels.any(|label| CUSTOMERS.contains(&label)) || {
        let word = first.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
        (word != first && ["ec2", "ip", "srv", "vm", "vmi", "vps", "host"].contains(&word)) || holds_address(name)
    }
}

/// Whether an IPv4 address, or most of one, is spelled out in it, as reverse names do: `ec2-203-0-113-7`,
/// `static.7.113.0.203`, `ns1.ip-203-0-113.eu`.
fn holds_address(name: &str) -> bool {
    let parts: Vec<&str> = name.split(['-', '.']).collect();
    parts.windows(3).any(|three| three.iter().all(|part| part.parse::<u8>().is_ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        Organization::of(one) == Organization::of(other)
    }

    #[test]
    fn hosts_of_one_registrable_domain_are_one_organizations() {
        assert!(same("smtp.gmail.com", "imap.gmail.com") && same("mail.example.co.uk", "SMTP.Example.co.uk."));
        assert!(same("mail.corp.test", "corp.test") && same("smtp.m\u{fc}ller.de", "imap.xn--mller-kva.de"));
        assert!(!same("a.co.uk", "b.co.uk") && !same("mail.corp.test", "mail.other.test"));
        // The private part of the list.
        assert!(!same("ann.github.io", "bob.github.io") && same("smtp.ann.github.io", "ann.github.io"));
        assert!(!same("ann.dyndns.org", "bob.dyndns.org"));
    }

    #[test]
    fn domains_are_compared_as_dmarc_does() {
        let aligned = |one, other| organizational_domain(one) == organizational_domain(other);
        assert!(aligned("bounces.example.co.uk", "Example.co.uk.") && aligned("a.m\u{fc}ller.de", "xn--mller-kva.de"));
        assert!(!aligned("a.co.uk", "b.co.uk") && !aligned("ann.github.io", "bob.github.io"));
        assert_eq!(organizational_domain("co.uk"), "co.uk");
    }

    #[test]
    fn a_customers_machine_stands_alone() {
        for host in [
            "ec2-203-0-113-7.compute.amazonaws.com",
            "ec2-203-0-113-7.eu-west-1.compute.amazonaws.com",
            "vps-0a1b2c3d.vps.ovh.net",
            "static.7.113.0.203.clients.your-server.de",
            "ns3012345.ip-203-0-113.eu",
            "mail.vps.hoster.test",
            "203-0-113-7.hoster.test",
            "ssl0.ovh.net",
            "192.0.2.1",
            "[2001:db8::1]",
            "localhost",
            "mailhost",
        ] {
            let neighbour = host.replacen(['3', '0', '7', '1', 'm', 'l'], "9", 1);
            assert!(same(host, host) && !same(host, &neighbour), "{host} {neighbour}");
        }
        assert!(!same("ssl0.ovh.net", "smtp.customer.ovh.net"));
        assert!(!same("192.0.2.1", "192.0.2.2") && same("::ffff:192.0.2.1", "192.0.2.1"));
    }
}
