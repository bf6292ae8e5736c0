//! What name servers say of the sender's domain.

use std::time::{Duration, Instant, SystemTime};

use super::dns::{NameServers, TimedLookup};
use crate::{
    dns::{DnsKind, DnsLookup, DnsRecord, DomainQuestion, DomainReport, judge},
    presets::{Catalog, Provider},
};

/// Whose mail, by which way.
#[derive(Debug, Clone, Copy)]
pub struct DomainLook<'d, 'a> {
    /// The domain of From, in ASCII.
    pub domain: &'d str,
    /// Through whom mail goes; none: who takes the domain's mail.
    pub provider: Option<&'a Provider>,
    /// What is known of providers.
    pub catalog: &'a Catalog,
    /// The longest time for all questions.
    pub patience: Duration,
}

impl<'a> DomainLook<'_, 'a> {
    /// The longest time that one usually takes.
    pub const PATIENCE: Duration = Duration::from_secs(20);

    /// Asks the name servers; the provider comes with the result.
    pub fn at(&self, servers: &NameServers) -> (Option<&'a Provider>, DomainReport) {
        let dns = TimedLookup { servers, until: Instant::now() + self.patience };
        let provider = self.provider.or_else(|| self.by_mx(&dns));
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
        (provider, judge(&DomainQuestion { domain: self.domain, provider, catalog: self.catalog, now }, &dns))
    }

    fn by_mx(&self, dns: &dyn DnsLookup) -> Option<&'a Provider> {
        let host = |record| if let DnsRecord::Mx(preference, host) = record { Some((preference, host)) } else { None };
        let mut hosts: Vec<(u16, String)> =
            dns.records(self.domain, DnsKind::Mx).ok()?.into_iter().filter_map(host).collect();
        hosts.sort();
        hosts.iter().find_map(|(_, host)| self.catalog.provider_of_mx(host))
    }
}
