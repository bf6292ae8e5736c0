//! Proxies: the way out of a network that lets nothing out by itself.

use std::{fmt, net::IpAddr, str::FromStr};

use super::{
    Host, Port,
    endpoint::{authority, is_below, is_loopback},
    host::HostFault,
    value::{ValueFault, text_serde},
    word::{word_serde, words},
};
use crate::{phrase, phrase::Phrase};

words! {
    /// How a proxy is spoken to.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum ProxyKind {
        /// SOCKS version 5 (RFC 1928).
        Socks5 = "socks5",
        /// CONNECT of HTTP (RFC 9110, 9.3.6).
        Http = "http",
    }
}

word_serde!(ProxyKind);

/// A proxy without a login, as `socks5://HOST:PORT` or `http://HOST:PORT`. It looks the names of servers up itself: `socks5h`,
/// by which curl says so, is the same.
///
/// A login is refused: the text stands in profiles, commands and consumers' files, where a password has no place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Proxy {
    /// How it is spoken to.
    pub kind: ProxyKind,
    /// Where it is.
    pub host: Host,
    /// Its port.
    pub port: Port,
}

/// What is wrong with a proxy as it was typed. Nothing that may hold a password is repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxyFault {
    /// It does not begin with a kind that is known.
    Kind,
    /// It holds a login.
    Login,
    /// The host is none.
    Host(HostFault),
    /// The port is missing, or is none.
    Port,
}

impl Proxy {
    pub(super) const KIND: &'static str = "proxy";

    /// The answer that means no proxy.
    pub const NONE: &'static str = "none";

    /// `HOST:PORT`, an IPv6 address in brackets.
    pub fn authority(&self) -> String {
        authority(&self.host, self.port.get())
    }
}

impl ValueFault for ProxyFault {
    fn phrase(&self) -> Phrase {
        match self {
            Self::Kind => phrase!("invalid-proxy-kind"),
            Self::Login => phrase!("invalid-proxy-login"),
            Self::Host(fault) => fault.phrase(),
            Self::Port => phrase!("invalid-proxy-port"),
        }
    }
}

impl FromStr for Proxy {
    type Err = ProxyFault;

    fn from_str(typed: &str) -> Result<Self, ProxyFault> {
        let typed = typed.trim();
        // What stands before it may be a password.
        if typed.contains('@') {
            return Err(ProxyFault::Login);
        }
        let (scheme, rest) = typed.split_once("://").ok_or(ProxyFault::Kind)?;
        let kind = match scheme.to_ascii_lowercase().as_str() {
            "socks5h" => ProxyKind::Socks5,
            scheme => scheme.parse().map_err(|_| ProxyFault::Kind)?,
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if host.ends_with(']') || !host.contains(':') => (host, port),
            _ => return Err(ProxyFault::Port),
        };
        let host = host.parse().map_err(ProxyFault::Host)?;
        Ok(Self { kind, host, port: port.parse().map_err(|_| ProxyFault::Port)? })
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.kind, self.authority())
    }
}

text_serde!(Proxy);

/// A proxy that a variable names for the programs of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyVariable {
    /// The variable.
    pub name: &'static str,
    /// The proxy, where it can be used: without a login, with a port, of a kind that is known.
    pub proxy: Option<Proxy>,
    /// Hosts that are reached without it, as `NO_PROXY` has them.
    except: Vec<String>,
}

impl ProxyVariable {
    /// The usual variables. The first that is set counts: one for everything before one for the web. curl(1), "ENVIRONMENT".
    const NAMES: [&'static str; 6] = ["all_proxy", "ALL_PROXY", "https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"];

    /// The variable that names a proxy, if one does.
    pub fn find(variable: &dyn Fn(&str) -> Option<String>) -> Option<Self> {
        let (name, value) = Self::NAMES.into_iter().find_map(|name| Some((name, variable(name)?)))?;
        // Without a kind it is one of the web.
        let value = if value.contains("://") { value } else { format!("http://{value}") };
        let except = variable("no_proxy").or_else(|| variable("NO_PROXY")).unwrap_or_default();
        let except = except.split([',', ' ']).map(str::trim).filter(|host| !host.is_empty()).map(str::to_owned);
        Some(Self { name, proxy: value.parse().ok(), except: except.collect() })
    }

    /// Whether it is meant for a host: not one of this machine, nor one that `NO_PROXY` lists by name, by a domain above it, by
    /// address or by `*`.
    pub fn is_for(&self, host: &str) -> bool {
        let is_excepted = |except: &String| {
            except == "*"
                || match (host.parse::<IpAddr>(), except.trim_matches(['[', ']']).parse::<IpAddr>()) {
                    (Ok(host), Ok(except)) => host == except,
                    (Err(_), Err(_)) => is_below(host, except.trim_start_matches(['*', '.'])),
                    _ => false,
                }
        };
        !is_loopback(host) && !self.except.iter().any(is_excepted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_as_people_type_them() {
        for (typed, same) in [
            (" socks5://proxy.example:1080 ", "socks5://proxy.example:1080"),
            ("SOCKS5H://Proxy.Example:1080/", "socks5://proxy.example:1080"),
            ("http://192.0.2.1:3128", "http://192.0.2.1:3128"),
            ("http://[2001:db8::1]:8080/", "http://[2001:db8::1]:8080"),
        ] {
            assert_eq!(typed.parse::<Proxy>().map(|proxy| proxy.to_string()).as_deref(), Ok(same));
        }
    }

    #[test]
    fn what_is_wrong_is_named_and_no_password_is_repeated() {
        for (typed, id) in [
            ("proxy.example:1080", "invalid-proxy-kind"),
            ("", "invalid-proxy-kind"),
            ("https://proxy.example:443", "invalid-proxy-kind"),
            ("socks4://proxy.example:1080", "invalid-proxy-kind"),
            ("http://proxy.example", "invalid-proxy-port"),
            ("http://proxy.example:0", "invalid-proxy-port"),
            ("http://2001:db8::1", "invalid-proxy-port"),
            ("http://proxy.example:3128/path", "invalid-proxy-port"),
            ("http://:3128", "invalid-host-empty"),
            ("http://pro xy:3128", "invalid-host-character"),
            ("http://ops:s3cret@proxy.example:3128", "invalid-proxy-login"),
            ("ops:s3cret@proxy.example", "invalid-proxy-login"),
        ] {
            let phrase = typed.parse::<Proxy>().unwrap_err().phrase();
            assert_eq!(phrase.id, id, "{typed}");
            assert!(!phrase.to_string().contains("s3cret"), "{phrase}");
        }
    }

    fn found(variables: &[(&str, &str)]) -> Option<ProxyVariable> {
        ProxyVariable::find(&|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_usual_variables() {
        let url = |variables: &[(&str, &str)]| {
            let found = found(variables)?;
            Some((found.name, found.proxy.map(|proxy| proxy.to_string()).unwrap_or_default()))
        };
        assert_eq!(url(&[]), None);
        let both = [("HTTPS_PROXY", "http://web.test:3128"), ("ALL_PROXY", "socks5h://all.test:1080")];
        assert_eq!(url(&both), Some(("ALL_PROXY", "socks5://all.test:1080".into())));
        assert_eq!(url(&both[..1]), Some(("HTTPS_PROXY", "http://web.test:3128".into())));
        assert_eq!(url(&[("http_proxy", "web.test:3128")]), Some(("http_proxy", "http://web.test:3128".into())));
        assert_eq!(url(&[("http_proxy", "http://u:s3cret@web.test:3128")]), Some(("http_proxy", String::new())));
    }

    #[test]
    fn hosts_that_no_proxy_lists() {
        let found = |except: &str| found(&[("ALL_PROXY", "socks5://all.test:1080"), ("no_proxy", except)]).unwrap();
        let listed = found("corp.test, .lan *.site.test,192.0.2.1");
        for host in ["corp.test", "mail.CORP.test", "web.lan", "a.site.test", "192.0.2.1", "localhost", "127.0.0.1"] {
            assert!(!listed.is_for(host), "{host}");
        }
        for host in ["smtp.example.com", "notcorp.test", "192.0.2.10"] {
            assert!(listed.is_for(host), "{host}");
        }
        assert!(!found("*").is_for("smtp.example.com"));
    }
}
