//! The zone that a domain is in, which is where its records are edited.

use super::lookup::{DnsKind, DnsLookup, DnsRecord, LookupFault};
use crate::mail::{endpoint::is_private_address, organization::organizational_domain};

/// A zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsZone {
    /// Its name, in ASCII, without the trailing dot.
    pub apex: String,
    /// Its name servers, in the order of their names.
    pub name_servers: Vec<String>,
    /// For how many seconds it is remembered that a name does not exist.
    pub negative: u32,
    /// All its name servers have private addresses: the world is answered by others.
    pub is_private: bool,
}

/// Most name servers whose addresses are looked at.
const MOST_SERVERS: usize = 4;

impl DnsZone {
    /// The zone that has a domain, not above what is one owner's; none: there was no answer, or nobody registered the domain.
    pub fn of(domain: &str, dns: &dyn DnsLookup) -> Option<Self> {
        let highest = organizational_domain(domain).len();
        let mut name = domain;
        let (apex, negative) = loop {
            match dns.records(name, DnsKind::Soa) {
                Ok(records) => {
                    let soa = records.into_iter().find_map(|record| match record {
                        DnsRecord::Soa(negative) => Some(negative),
                        _ => None,
                    });
                    if let Some(negative) = soa {
                        break (name, negative);
                    }
                }
                Err(LookupFault::NoSuchName) => {}
                Err(LookupFault::Temporary) => return None,
            }
            name = name.split_once('.').map(|(_, above)| above).filter(|above| above.len() >= highest)?;
        };
        let mut name_servers: Vec<String> = dns
            .records(apex, DnsKind::Ns)
            .unwrap_or_default()
            .into_iter()
            .filter_map(|record| if let DnsRecord::Name(server) = record { Some(server) } else { None })
            .collect();
        name_servers.sort();
        let is_private = has_private_servers(&name_servers, dns);
        Some(Self { apex: apex.to_owned(), name_servers, negative, is_private })
    }

    /// The part of a name in front of the zone's; empty for the zone itself.
    pub fn relative<'n>(&self, name: &'n str) -> &'n str {
        if name == self.apex {
            return "";
        }
        name.strip_suffix(&self.apex).and_then(|front| front.strip_suffix('.')).unwrap_or(name)
    }
}

fn has_private_servers(servers: &[String], dns: &dyn DnsLookup) -> bool {
    let servers: Vec<&String> = servers.iter().take(MOST_SERVERS).collect();
    let questions = servers.iter().flat_map(|server| [DnsKind::A, DnsKind::Aaaa].map(|kind| ((*server).clone(), kind)));
    let questions: Vec<_> = questions.collect();
    dns.expect(&questions);
    let addresses = questions.iter().flat_map(|(name, kind)| dns.records(name, *kind).unwrap_or_default());
    let mut addresses =
        addresses.filter_map(|record| if let DnsRecord::Address(ip) = record { Some(ip) } else { None }).peekable();
    addresses.peek().is_some() && addresses.all(|ip| is_private_address(&ip))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_front_of_a_zone() {
        let zone = DnsZone { apex: "a.test".into(), name_servers: Vec::new(), negative: 60, is_private: false };
        for (name, relative) in [("a.test", ""), ("_dmarc.a.test", "_dmarc"), ("x.y.a.test", "x.y"), ("ba.test", "ba.test")]
        {
            assert_eq!(zone.relative(name), relative);
        }
    }
}
