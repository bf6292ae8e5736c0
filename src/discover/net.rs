//! What a search reaches the world by, so that a test can put its own world in place.

use std::{net::IpAddr, sync::Arc, time::Instant};

use super::dns::NameServers;
use crate::{
    mail::Security,
    probe::{Cancel, Resolve, SystemResolver, Trust},
};

/// What a search reaches the world by.
#[derive(Clone)]
pub struct Net {
    /// Asks for records.
    pub dns: Arc<dyn Dns>,
    /// Finds the addresses of servers that are connected to.
    pub resolver: Arc<dyn Resolve>,
    /// Whom to trust, on the web and on mail servers.
    pub trust: Trust,
    /// The port of https.
    pub https: u16,
    /// The port of http.
    pub http: u16,
    /// The ports on which a guessed host is tried, best first.
    pub guesses: Vec<(u16, Security)>,
}

impl Net {
    /// This machine's resolver, authorities and the usual ports.
    pub fn system() -> Self {
        Self {
            dns: Arc::new(NameServers::system()),
            resolver: Arc::new(SystemResolver),
            trust: Trust::default(),
            https: 443,
            http: 80,
            guesses: [Security::Tls, Security::Starttls].map(|security| (security.smtp_port(), security)).into(),
        }
    }
}

impl std::fmt::Debug for Net {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Net").field("https", &self.https).field("http", &self.http).finish_non_exhaustive()
    }
}

/// Asks for DNS records. Names go in and come out in the form that DNS takes, without the last dot.
pub trait Dns: Send + Sync {
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
    /// The lowest one is asked first.
    pub preference: u16,
    /// The host; empty for the root, which stands for none (RFC 7505).
    pub host: String,
}

/// An SRV record (RFC 2782).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Srv {
    /// The lowest one is asked first.
    pub priority: u16,
    /// The highest one is asked most.
    pub weight: u16,
    /// The port.
    pub port: u16,
    /// The host; empty for the root, which says that the service is not offered.
    pub host: String,
}
