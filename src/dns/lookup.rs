//! Answers of DNS, and the interface through which this room asks for them.

use std::net::IpAddr;

/// Asks for DNS records. Names go in and come out in ASCII form, without the trailing dot; aliases (CNAME) are followed, unless
/// the alias itself is asked for.
pub trait DnsLookup {
    /// The records of a kind at a name; empty when the name exists and has none.
    ///
    /// # Errors
    /// Why there is no answer.
    fn records(&self, name: &str, kind: DnsKind) -> Result<Vec<DnsRecord>, LookupFault>;

    /// Questions that will be asked: whoever can asks them side by side and remembers the answers.
    fn expect(&self, questions: &[DnsQuestion]) {
        let _ = questions;
    }

    /// For how many seconds the resolver still gives the answer that it has; none: that is not known.
    fn keeps(&self, name: &str, kind: DnsKind) -> Option<u32> {
        let _ = (name, kind);
        None
    }
}

/// A name and the kind of records at it.
pub type DnsQuestion = (String, DnsKind);

/// A kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DnsKind {
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
    /// An alias.
    Cname,
    /// Hosts that take mail.
    Mx,
    /// Name servers of a zone.
    Ns,
    /// The name of an address, asked for at its name in `in-addr.arpa` or `ip6.arpa`.
    Ptr,
    /// The begin of a zone.
    Soa,
    /// Text.
    Txt,
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DnsRecord {
    /// An address (A, AAAA).
    Address(IpAddr),
    /// A host that takes mail; an empty name is the null MX (RFC 7505).
    Mx(u16, String),
    /// A name (CNAME, NS, PTR).
    Name(String),
    /// The begin of a zone: for how many seconds it is remembered that a name in it does not exist (RFC 2308, 5).
    Soa(u32),
    /// Text, its strings joined (RFC 7208, 3.3).
    Text(Vec<u8>),
}

/// Why DNS gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookupFault {
    /// The name does not exist (NXDOMAIN).
    NoSuchName,
    /// The answer did not come, or was an error: nothing is known.
    Temporary,
}

/// Whether DNS can be asked for a name at all (RFC 1035: labels of 1 to 63 bytes, 253 in all).
pub fn is_queryable(name: &str) -> bool {
    name.len() <= 253 && name.split('.').all(|label| (1..=63).contains(&label.len()))
}
