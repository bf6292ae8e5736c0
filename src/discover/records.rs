//! DNS records, and the interface through which a search asks for them.

use std::{net::IpAddr, time::Instant};

use crate::probe::Cancel;

/// Asks for DNS records. Names go in and come out in ASCII form, without the trailing dot.
pub trait DnsClient: Send + Sync {
    /// The hosts that take a domain's mail, in no order; empty when there is no such record.
    ///
    /// # Errors
    /// Why there is no answer.
    fn mx(&self, domain: &str, until: Instant, cancel: &Cancel) -> Result<Vec<Mx>, NameFault>;

    /// The hosts of a service (RFC 2782), in no order; empty when there is no such record.
    ///
    /// # Errors
    /// Why there is no answer.
    fn srv(&self, name: &str, until: Instant, cancel: &Cancel) -> Result<Vec<Srv>, NameFault>;

    /// The addresses of a host; empty when it has none.
    ///
    /// # Errors
    /// Why there is no answer.
    fn addresses(&self, host: &str, until: Instant, cancel: &Cancel) -> Result<Vec<IpAddr>, NameFault>;
}

/// Why DNS gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameFault {
    /// The name does not exist (NXDOMAIN).
    NotFound,
    /// Its name servers answer with an error (SERVFAIL).
    Broken,
    /// The resolver gave no answer, or none to us (REFUSED).
    NoResolver,
}

/// An MX record (RFC 5321, 5.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mx {
    /// The lowest is asked first.
    pub preference: u16,
    /// The host; empty for the root: the domain takes no mail (RFC 7505).
    pub host: String,
}

/// An SRV record (RFC 2782).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Srv {
    /// The lowest is asked first.
    pub priority: u16,
    /// The highest is asked most often.
    pub weight: u16,
    /// The port.
    pub port: u16,
    /// The host; empty for the root: the service is not offered.
    pub host: String,
}
