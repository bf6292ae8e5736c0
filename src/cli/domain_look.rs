//! How the wizard looks at the sender's domain.

use std::sync::Arc;

use super::name_server::AskedNames;
use crate::{presets::Catalog, runner::DomainOf};

/// Looks at a domain by these name servers.
#[cfg(feature = "discover")]
pub(super) fn looker(catalog: &Arc<Catalog>, names: AskedNames) -> Arc<DomainOf> {
    use crate::{discover::DomainLook, setup::DomainFinding};

    let catalog = Arc::clone(catalog);
    Arc::new(move |spec| {
        let provider = spec.provider.as_deref().and_then(|key| catalog.provider(key));
        let look = DomainLook { domain: &spec.domain, provider, catalog: &catalog, patience: DomainLook::PATIENCE };
        let (provider, report) = look.at(&names.servers());
        let host = report.zone.as_ref().and_then(|zone| catalog.dns_host_of(&zone.name_servers)).cloned();
        Some(DomainFinding { provider: provider.map(|provider| provider.name.clone()), host, report })
    })
}

/// This build asks no server.
#[cfg(not(feature = "discover"))]
pub(super) fn looker(_: &Arc<Catalog>, _: AskedNames) -> Arc<DomainOf> {
    Arc::new(|_| None)
}
