//! What presets and the domain table say, without the network.

use super::{Consent, Origin, Proposal, Server};
use crate::{
    mail::{Address, Endpoint, Security},
    phrase,
    presets::{
        Catalog, Provider,
        table::{Row, row_of_domain},
    },
};

/// What is known of an address's domain: the person's own preset, else the domain's row of the table (a provider's domain
/// that has a row is served differently from its others), else the provider whose domain it is.
pub fn known(address: &Address, catalog: &Catalog) -> Option<Proposal> {
    let domain = address.ascii_domain();
    let provider = catalog.provider_of_domain(&domain);
    if provider.is_some_and(|provider| catalog.own_file(&provider.key).is_some()) {
        return provider.map(|provider| of_provider(provider, address, Origin::Preset));
    }
    match row_of_domain(&domain) {
        Some(row) => {
            let provider = row.provider.and_then(|key| catalog.provider(key));
            Some(of_row(row, provider))
        }
        None => provider.map(|provider| of_provider(provider, address, Origin::Preset)),
    }
}

fn of_row(row: Row, provider: Option<&Provider>) -> Proposal {
    let plaintext = row.smtp.iter().all(|server| server.security == Security::None);
    let docs = row.docs.unwrap_or("none");
    let mut warnings = Vec::new();
    if plaintext {
        warnings.push(phrase!("discover-plaintext"));
    }
    if row.unusable {
        warnings.push(phrase!("discover-unusable", page = docs));
    } else if row.oauth {
        warnings.push(phrase!("discover-oauth", page = docs));
    } else if row.prepare {
        warnings.push(phrase!("discover-prepare", page = docs));
    }
    let imap = match provider {
        Some(provider) if row.imap.is_empty() => provider.imap.clone().into_iter().collect(),
        _ => row.imap,
    };
    Proposal {
        origin: Origin::Table,
        found_at: None,
        provider: provider.map(|provider| provider.key.clone()),
        smtp: row.smtp.into_iter().map(Server::from).collect(),
        imap,
        username: row.username.into(),
        consents: if plaintext { vec![Consent::Plaintext] } else { Vec::new() },
        warnings,
    }
}

/// A preset's server, with the address's domain in place of `{domain}`.
pub fn of_address(endpoint: &Endpoint, address: &Address) -> Endpoint {
    Endpoint { host: endpoint.host.replace("{domain}", &address.ascii_domain()), ..endpoint.clone() }
}

/// What a provider's preset proposes for an address. Servers whose name only the account or the hoster's MX shows keep their
/// placeholder.
pub(super) fn of_provider(provider: &Provider, address: &Address, origin: Origin) -> Proposal {
    let fill = |endpoint: &Endpoint| of_address(endpoint, address);
    Proposal {
        origin,
        found_at: None,
        provider: Some(provider.key.clone()),
        smtp: provider.smtp.iter().map(|endpoint| Server::from(fill(endpoint))).collect(),
        imap: provider.imap.iter().map(fill).collect(),
        username: provider.into(),
        consents: Vec::new(),
        warnings: Vec::new(),
    }
}
