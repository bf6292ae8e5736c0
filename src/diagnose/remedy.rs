//! The change that would mend a failure, worked out from the evidence.

use std::collections::BTreeMap;

use super::facts::Facts;
use crate::{
    mail::{
        Address, Endpoint, Mechanism, Security,
        endpoint::{is_below, is_full_name, is_loopback},
        host::{HostFault, parse_host},
    },
    presets::{
        Catalog, Provider,
        cause::Remedy,
        provider::{Category, UsernameForm},
    },
};

/// Answers to change, by answers-file key.
pub(super) type AnswerChange = BTreeMap<String, String>;

/// Works out a change; empty where the evidence does not carry one.
pub(super) fn work_out(remedy: Remedy, facts: &Facts, catalog: &Catalog) -> AnswerChange {
    let provider = facts.provider.as_deref().and_then(|key| catalog.provider(key));
    let change = match remedy {
        Remedy::OtherPort => other_port(facts, provider),
        Remedy::OtherMode => other_mode(facts, provider),
        Remedy::TurnTlsOn => turn_tls_on(facts, provider),
        Remedy::ImplicitTls => implicit_tls(facts, provider),
        Remedy::OfferedMechanism => offered_mechanism(facts),
        Remedy::LoginElsewhere => login_elsewhere(facts, provider),
        Remedy::LoginAsSender => login_as_sender(facts),
        Remedy::AddressAsUsername => address_as_username(facts, provider),
        Remedy::FullEhlo => full_ehlo(facts, catalog),
        Remedy::PinCertificate => pin(facts, provider),
        Remedy::CertificateName => certificate_name(facts, provider),
        Remedy::ProviderServer => provider_server(facts, provider),
        Remedy::CleanHost => clean_host(facts),
        Remedy::UseProxy => facts.variable.and(facts.proxy.as_deref()).map(|proxy| one("proxy", proxy)),
    };
    change.filter(|change| !gives_up_tls(change, facts)).unwrap_or_default()
}

/// Whether a change would leave the protection that was chosen. Nobody is led there: whoever stands in the way of TLS would have
/// only to break it.
fn gives_up_tls(change: &AnswerChange, facts: &Facts) -> bool {
    let is_bare = change.get("security").is_some_and(|security| security == Security::None.as_str());
    is_bare && facts.security != Some(Security::None) && !facts.host.as_deref().is_some_and(is_loopback)
}

fn one(key: &str, value: &(impl ToString + ?Sized)) -> AnswerChange {
    AnswerChange::from([(key.to_owned(), value.to_string())])
}

/// What leads from the facts to this server.
fn towards(facts: &Facts, host: &str, port: u16, security: Security) -> Option<AnswerChange> {
    let mut change = AnswerChange::new();
    if !host.contains('{') && facts.host.as_deref().is_none_or(|known| !known.trim().eq_ignore_ascii_case(host)) {
        change.insert("host".to_owned(), host.to_owned());
    }
    if facts.port != Some(port) {
        change.insert("port".to_owned(), port.to_string());
    }
    if facts.security != Some(security) {
        change.insert("security".to_owned(), security.to_string());
    }
    (!change.is_empty()).then_some(change)
}

/// The provider's servers: those on the host in use when it has any, else all.
fn servers<'a>(facts: &Facts, provider: Option<&'a Provider>) -> Vec<&'a Endpoint> {
    let all: Vec<&Endpoint> = provider.map_or_else(Vec::new, |provider| provider.smtp.iter().collect());
    let host = facts.host.as_deref().unwrap_or_default();
    let same: Vec<&Endpoint> = all.iter().filter(|server| server.host.eq_ignore_ascii_case(host)).copied().collect();
    if same.is_empty() { all } else { same }
}

/// Submission ports by how often they are open (RFC 6409, RFC 8314, and the alternative that relays share).
const BY_REACH: [u16; 4] = [587, 465, 2525, 2587];

fn other_port(facts: &Facts, provider: Option<&Provider>) -> Option<AnswerChange> {
    let port = facts.port?;
    let listed = servers(facts, provider);
    if listed.is_empty() {
        let (port, security) = match port {
            587 => (465, Security::Tls),
            _ => (587, Security::Starttls),
        };
        return towards(facts, facts.host.as_deref()?, port, security);
    }
    let host = |server: &Endpoint| if server.host.contains('{') { facts.host.clone() } else { Some(server.host.clone()) };
    BY_REACH
        .into_iter()
        .find_map(|wanted| listed.iter().find(|server| server.port == wanted && server.port != port))
        .or_else(|| listed.iter().find(|server| server.port != port))
        .and_then(|server| towards(facts, &host(server)?, server.port, server.security))
}

fn other_mode(facts: &Facts, provider: Option<&Provider>) -> Option<AnswerChange> {
    let (host, port) = (facts.host.as_deref().unwrap_or_default(), facts.port?);
    let listed = servers(facts, provider).into_iter().find(|server| server.port == port).map(|server| server.security);
    let usual = listed.or(Security::of_smtp_port(port));
    match (facts.security, usual) {
        (Some(used), Some(usual)) if used != usual => towards(facts, host, port, usual),
        (None, Some(usual)) => Some(one("security", &usual)),
        // The port does not speak what it usually means: it is the other one, or another port is.
        (Some(Security::Tls), _) if provider.is_none() => Some(one("security", &Security::Starttls)),
        (Some(Security::Starttls | Security::None), _) if provider.is_none() => Some(one("security", &Security::Tls)),
        _ => other_port(facts, provider),
    }
}

fn turn_tls_on(facts: &Facts, provider: Option<&Provider>) -> Option<AnswerChange> {
    let port = facts.port?;
    let listed = servers(facts, provider).into_iter().find(|server| server.port == port).map(|server| server.security);
    let security = listed.or(Security::of_smtp_port(port)).unwrap_or(Security::Starttls);
    if facts.security != Some(security) && security != Security::None {
        return Some(one("security", &security));
    }
    None
}

fn implicit_tls(facts: &Facts, provider: Option<&Provider>) -> Option<AnswerChange> {
    let listed = servers(facts, provider);
    match listed.iter().find(|server| server.security == Security::Tls) {
        Some(server) if !server.host.contains('{') => towards(facts, &server.host, server.port, Security::Tls),
        Some(server) => towards(facts, facts.host.as_deref()?, server.port, Security::Tls),
        None if listed.is_empty() && !is_loopback(facts.host.as_deref()?) => {
            towards(facts, facts.host.as_deref()?, 465, Security::Tls)
        }
        None => None,
    }
}

fn offered_mechanism(facts: &Facts) -> Option<AnswerChange> {
    let offered = |mechanism: &Mechanism| {
        let name = format!("auth {}", mechanism.sasl_name().to_ascii_lowercase());
        facts.offers.contains(&name)
    };
    // A token is no password: OAuth is proposed to nobody who does not use it.
    Mechanism::of_password(facts.security != Some(Security::None))
        .into_iter()
        .filter(|mechanism| Some(*mechanism) != facts.mechanism)
        .find(offered)
        .map(|mechanism| one("auth", &mechanism))
}

fn login_elsewhere(facts: &Facts, provider: Option<&Provider>) -> Option<AnswerChange> {
    if facts.security == Some(Security::None) && facts.offers.iter().any(|offer| offer == "starttls") {
        return Some(one("security", &Security::Starttls));
    }
    if facts.host.as_deref().is_some_and(is_loopback) {
        return Some(one("auth", "none"));
    }
    if facts.port == Some(25) {
        return other_port(facts, provider);
    }
    // Nothing that could still come was taken away: TLS is up, or was not offered.
    (provider.is_none() && is_custom(facts)).then(|| one("auth", "none"))
}

fn login_as_sender(facts: &Facts) -> Option<AnswerChange> {
    let login: Address = facts.username.as_deref()?.parse().ok()?;
    let login = login.to_string();
    facts.sender.as_deref().is_none_or(|sender| !sender.eq_ignore_ascii_case(&login)).then(|| one("address", &login))
}

fn address_as_username(facts: &Facts, provider: Option<&Provider>) -> Option<AnswerChange> {
    let form = match provider {
        Some(provider) => provider.username.form,
        None if is_custom(facts) => UsernameForm::Address,
        // A service that no preset describes may have user names of its own.
        None => return None,
    };
    let username = facts.username.as_deref()?;
    let sender = facts.sender.as_deref().filter(|sender| sender.parse::<Address>().is_ok())?;
    (form == UsernameForm::Address && !username.contains('@')).then(|| one("username", sender))
}

/// The sender's own domain, where it is not a mailbox provider's, is a full name that resolves.
fn full_ehlo(facts: &Facts, catalog: &Catalog) -> Option<AnswerChange> {
    let sender: Address = facts.sender.as_deref()?.parse().ok()?;
    let domain = sender.domain();
    let own = catalog.provider_of_domain(domain).is_none() && is_full_name(domain);
    (own && facts.ehlo.as_deref().is_none_or(|ehlo| !ehlo.eq_ignore_ascii_case(domain))).then(|| one("ehlo", domain))
}

/// Only where no authority could vouch: a public provider's certificate is never taken on trust.
fn pin(facts: &Facts, provider: Option<&Provider>) -> Option<AnswerChange> {
    let certificate = facts.certificate.as_ref()?;
    let local = facts.host.as_deref().is_some_and(is_loopback)
        || provider.is_some_and(|provider| matches!(provider.category, Category::Bridge | Category::Local));
    (local || is_custom(facts)).then(|| one("pin_sha256", &certificate.sha256))
}

/// Whether the server belongs to nobody who is known.
fn is_custom(facts: &Facts) -> bool {
    facts.senders.iter().all(|name| matches!(name.as_str(), "custom" | "localhost"))
}

fn certificate_name(facts: &Facts, provider: Option<&Provider>) -> Option<AnswerChange> {
    let host = facts.host.as_deref()?.to_ascii_lowercase();
    let names = &facts.certificate.as_ref()?.names;
    let covered = |name: &str| {
        names.iter().any(|own| match own.strip_prefix("*.") {
            Some(domain) => name.split_once('.').is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(domain)),
            None => own.eq_ignore_ascii_case(name),
        })
    };
    if let Some(server) = provider.into_iter().flat_map(|provider| &provider.smtp).find(|server| covered(&server.host)) {
        return (server.host != host).then(|| one("host", &server.host));
    }
    // Any name of the certificate would pass the check; only one of the same domain is surely the same party's.
    let domain = parent_domain(&host)?;
    names
        .iter()
        .map(|name| name.to_ascii_lowercase())
        .find(|name| !name.starts_with('*') && parse_host(name).is_ok() && is_below(name, domain) && *name != host)
        .map(|name| one("host", &name))
}

/// The domain above a host, when it is more than a top-level domain.
fn parent_domain(host: &str) -> Option<&str> {
    let (_, parent) = host.split_once('.')?;
    (parent.contains('.') && parent.parse::<std::net::IpAddr>().is_err()).then_some(parent)
}

fn provider_server(facts: &Facts, provider: Option<&Provider>) -> Option<AnswerChange> {
    let server = provider?.smtp.iter().find(|server| !server.host.contains('{'))?;
    towards(facts, &server.host, server.port, server.security)
}

fn clean_host(facts: &Facts) -> Option<AnswerChange> {
    let typed = facts.host.as_deref()?;
    let bare = typed.trim_matches(|c: char| c.is_whitespace() || c.is_control() || "\"';,<>()[]`{}".contains(c));
    let mut change = AnswerChange::new();
    let host = match parse_host(bare) {
        Ok(host) => host,
        Err(HostFault::Scheme(rest)) => parse_host(&rest).ok()?,
        Err(HostFault::Port(host, port)) => {
            if let Ok(port) = port.parse::<u16>()
                && facts.port != Some(port)
                && port != 0
            {
                change.insert("port".to_owned(), port.to_string());
            }
            parse_host(&host).ok()?
        }
        Err(_) => return None,
    };
    (host != typed).then(|| {
        change.insert("host".to_owned(), host);
        change
    })
}

#[cfg(test)]
mod tests;
