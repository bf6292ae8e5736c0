//! Fetches small documents from the web: bounded in size, time and redirects.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use ureq::{
    Agent, Error,
    config::Config,
    http::{Response, StatusCode, Uri, header::LOCATION, uri::Scheme},
    tls::{Certificate, RootCerts, TlsConfig},
    unversioned::{
        resolver::{ResolvedSocketAddrs, Resolver},
        transport::{Connector, NextTimeout, RustlsConnector, TcpConnector},
    },
};

use super::{Net, by_proxy::ByProxy};
use crate::{
    mail::Proxy,
    probe::{self, Resolve},
};

/// Longest document, in bytes.
const LONGEST: u64 = 256 * 1024;

/// Most redirects that are followed.
const REDIRECTS: usize = 3;

/// A document.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WebDocument {
    /// Its URL after redirects.
    pub(super) url: String,
    /// Its content.
    pub(super) body: Vec<u8>,
}

/// Why there is no document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Miss {
    /// No such host, no answer, no such page, not in time.
    Absent,
    /// The host redirects to a place that cannot be trusted, or in a loop.
    Redirect,
    /// It is too long, or breaks off.
    Broken,
}

/// The web as one search sees it.
pub(super) struct Web(Agent);

impl Web {
    pub(super) fn new(net: &Net, proxy: Option<&Proxy>) -> Self {
        let authorities = probe::authorities(&net.web_trust);
        let roots: Vec<_> = authorities.iter().map(|authority| Certificate::from_der(authority).to_owned()).collect();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder().root_certs(RootCerts::from(roots)).unversioned_rustls_crypto_provider(provider);
        let config = Config::builder()
            .tls_config(tls.build())
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_response_header_size(16 * 1024)
            .max_idle_connections(0)
            // Do not read proxies from the environment; the one that was given is in the chain of connectors.
            .proxy(None)
            .user_agent(concat!("mailsetup/", env!("CARGO_PKG_VERSION")))
            .build();
        let names = WebResolver {
            resolver: net.resolver.clone(),
            https: net.https,
            http: net.http,
            is_left_to_proxy: proxy.is_some(),
        };
        let by_proxy = ByProxy { proxy: proxy.cloned(), resolver: net.resolver.clone() };
        let connector = ().chain(by_proxy).chain(TcpConnector::default()).chain(RustlsConnector::default());
        Self(Agent::with_parts(config, connector, names))
    }

    /// Fetches a document. Redirects lead from https to https only, and from http to the same host only.
    pub(super) fn fetch(&self, url: &str, until: Instant) -> Result<WebDocument, Miss> {
        let mut uri: Uri = url.parse().map_err(|_| Miss::Absent)?;
        for _ in 0..=REDIRECTS {
            let left = until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
            let request = self.0.get(&uri).config().timeout_global(Some(left)).build();
            let mut response = request.call().map_err(|_| Miss::Absent)?;
            match response.status() {
                StatusCode::OK => {
                    let body = response.body_mut().with_config().limit(LONGEST).read_to_vec();
                    return body.map(|body| WebDocument { url: uri.to_string(), body }).map_err(|_| Miss::Broken);
                }
                status if status.is_redirection() => uri = next(&uri, &response).ok_or(Miss::Redirect)?,
                _ => return Err(Miss::Absent),
            }
        }
        Err(Miss::Redirect)
    }
}

/// The target of a redirect, if it may be followed.
fn next<Body>(from: &Uri, response: &Response<Body>) -> Option<Uri> {
    let place = response.headers().get(LOCATION)?.to_str().ok()?;
    let (scheme, authority) = (from.scheme()?, from.authority()?);
    let place = match place {
        _ if place.starts_with("//") => format!("{scheme}:{place}"),
        _ if place.starts_with('/') => format!("{scheme}://{authority}{place}"),
        _ => place.to_owned(),
    };
    let to: Uri = place.split('#').next()?.parse().ok()?;
    let same_host = to.host()?.eq_ignore_ascii_case(from.host()?);
    let is_https = |uri: &Uri| uri.scheme() == Some(&Scheme::HTTPS);
    // No user name or password in the link.
    let plain =
        !to.authority()?.as_str().contains('@') && to.scheme().is_some_and(|to| *to == Scheme::HTTP || *to == Scheme::HTTPS);
    (plain && if is_https(from) { is_https(&to) } else { same_host }).then_some(to)
}

/// Resolves names with the search's own resolver, and puts its ports in place of the usual ones.
struct WebResolver {
    resolver: Arc<dyn Resolve>,
    https: u16,
    http: u16,
    /// The proxy looks names up; here they have only their port.
    is_left_to_proxy: bool,
}

impl std::fmt::Debug for WebResolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebResolver").finish_non_exhaustive()
    }
}

impl Resolver for WebResolver {
    fn resolve(&self, uri: &Uri, _config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let host = uri.host().ok_or(Error::HostNotFound)?.trim_matches(['[', ']']);
        let usual = if uri.scheme() == Some(&Scheme::HTTPS) { self.https } else { self.http };
        let port = uri.port_u16().unwrap_or(usual);
        let addresses = match host.parse::<IpAddr>() {
            Ok(address) => vec![address],
            Err(_) if self.is_left_to_proxy => vec![Ipv4Addr::UNSPECIFIED.into()],
            Err(_) => self.resolver.resolve(host, *timeout.after).map_err(|_| Error::HostNotFound)?,
        };
        let mut found = self.empty();
        for address in addresses.into_iter().take(16) {
            found.push(SocketAddr::new(address, port));
        }
        if found.is_empty() { Err(Error::HostNotFound) } else { Ok(found) }
    }
}
