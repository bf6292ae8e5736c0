//! The web: how documents are fetched and endpoints asked, by https and http.

mod by_proxy;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use ureq::{
    Agent, Error,
    config::Config,
    http::{Uri, uri::Scheme},
    tls::{Certificate, RootCerts, TlsConfig},
    unversioned::{
        resolver::{ResolvedSocketAddrs, Resolver},
        transport::{Connector, NextTimeout, RustlsConnector, TcpConnector},
    },
};

use super::{Resolve, attempt::ServerTrust, tls::authorities};
use crate::mail::Proxy;
use by_proxy::ByProxy;

/// Where a request without TLS may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlainReach {
    /// To any machine: there is no secret in it.
    Anywhere,
    /// To this machine's loopback, whatever its name leads to.
    Here,
}

/// The way to the web.
#[derive(Clone, Copy)]
pub struct WebWay<'a> {
    /// Which authorities to trust.
    pub trust: &'a ServerTrust,
    /// The proxy that leads there, which looks names up itself.
    pub proxy: Option<&'a Proxy>,
    /// Where names come from.
    pub resolver: &'a Arc<dyn Resolve>,
    /// The usual port of https.
    pub https: u16,
    /// The usual port of http.
    pub http: u16,
    /// Where http may go.
    pub plain: PlainReach,
}

impl std::fmt::Debug for WebWay<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebWay").field("proxy", &self.proxy).finish_non_exhaustive()
    }
}

impl WebWay<'_> {
    /// What asks on this way. It follows no redirect, keeps no connection, and takes every status for an answer.
    pub fn agent(&self) -> Agent {
        let authorities = authorities(self.trust);
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
        let resolver = self.resolver.clone();
        let by_proxy = ByProxy { proxy: self.proxy.cloned(), resolver: resolver.clone() };
        let is_left_to_proxy = self.proxy.is_some();
        let names = WebResolver { resolver, https: self.https, http: self.http, plain: self.plain, is_left_to_proxy };
        let connector = ().chain(by_proxy).chain(TcpConnector::default()).chain(RustlsConnector::default());
        Agent::with_parts(config, connector, names)
    }
}

/// Resolves names with the way's own resolver, and puts its ports in place of the usual ones.
struct WebResolver {
    resolver: Arc<dyn Resolve>,
    https: u16,
    http: u16,
    plain: PlainReach,
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
        // These very addresses are connected to: a name that leads away from here is seen before anything is sent.
        let is_kept_here = self.plain == PlainReach::Here && uri.scheme() != Some(&Scheme::HTTPS);
        if is_kept_here && !addresses.iter().all(|address| address.to_canonical().is_loopback()) {
            return Err(Error::RequireHttpsOnly(host.to_owned()));
        }
        let mut found = self.empty();
        for address in addresses.into_iter().take(16) {
            found.push(SocketAddr::new(address, port));
        }
        if found.is_empty() { Err(Error::HostNotFound) } else { Ok(found) }
    }
}
