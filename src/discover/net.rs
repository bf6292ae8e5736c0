//! How a search reaches the network; a test puts its own world in its place.

use std::sync::Arc;

#[cfg(feature = "discover")]
use super::{DnsClient, online::NameServers};
use crate::{
    mail::Security,
    probe::{Resolve, ServerTrust, SystemResolver},
};

/// How a search reaches the network.
#[derive(Clone)]
pub struct Net {
    /// Asks for DNS records.
    #[cfg(feature = "discover")]
    pub dns: Arc<dyn DnsClient>,
    /// Finds the addresses of servers that are connected to.
    pub resolver: Arc<dyn Resolve>,
    /// Which authorities to trust on the web.
    pub web_trust: ServerTrust,
    /// Whom to trust of mail servers.
    pub trust: ServerTrust,
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
            #[cfg(feature = "discover")]
            dns: Arc::new(NameServers::system()),
            resolver: Arc::new(SystemResolver),
            web_trust: ServerTrust::default(),
            trust: ServerTrust::default(),
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
