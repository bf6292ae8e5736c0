//! How the wizard looks at the sender's domain.

use std::sync::Arc;

use crate::{presets::Catalog, runner::DomainOf};

/// Looks at a domain by this machine's name servers.
#[cfg(feature = "discover")]
pub(super) fn looker(catalog: &Arc<Catalog>) -> Arc<DomainOf> {
    use crate::{
        discover::{DomainLook, NameServers},
        setup::DomainFinding,
    };

    let catalog = Arc::clone(catalog);
    Arc::new(move |spec| {
        let provider = spec.provider.as_deref().and_then(|key| catalog.provider(key));
        let look = DomainLook { domain: &spec.domain, provider, catalog: &catalog, patience: DomainLook::PATIENCE };
        let (provider, report) = look.at(&NameServers::system());
        let host = report.zone.as_ref().and_then(|zone| catalog.dns_host_of(&zone.name_servers)).cloned();
        Some(DomainFinding { provider: provider.map(|provider| provider.name.clone()), host, report })
    })
}

/// This build asks no server.
#[cfg(not(feature = "discover"))]
pub(super) fn looker(_: &Arc<Catalog>) -> Arc<DomainOf> {
    Arc::new(|_| None)
}
