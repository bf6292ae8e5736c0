//! Where a server listens: host, port and security.

use std::net::{IpAddr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use super::Security;

/// A server's host, port and security.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// Host name or IP address, without brackets.
    pub host: String,
    /// TCP port, 1 to 65535.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
}

impl Endpoint {
    /// `host:port`, with brackets around an IPv6 address.
    pub fn authority(&self) -> String {
        if self.host.parse::<Ipv6Addr>().is_ok() {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// Whether the traffic stays on this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }
}

/// Whether `host` names this machine's loopback: `localhost`, names below it (RFC 6761) and loopback addresses.
pub fn is_loopback(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether `host` can only be of a network of one's own: loopback, a private or link-local address (RFC 1918, RFC 4193), or a
/// name that no public DNS has (RFC 6762, RFC 8375, `internal`).
pub fn is_private(host: &str) -> bool {
    let bare = host.trim_end_matches('.').to_ascii_lowercase();
    match bare.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_private() || address.is_link_local(),
        Ok(IpAddr::V6(address)) => address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
        Err(_) => is_loopback(&bare) || [".local", ".home.arpa", ".internal"].iter().any(|own| bare.ends_with(own)),
    }
}

/// What is wrong with a host as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostFault {
    /// Nothing was typed.
    Empty,
    /// `smtp://` or the like in front; carries the host without it.
    Scheme(String),
    /// A port behind the host; carries the host and what stood behind the colon.
    Port(String, String),
    /// A character that no host name has.
    Character(char),
    /// A label that is empty, too long, or begins or ends with a hyphen (RFC 1035, RFC 1123).
    Label(String),
    /// An address in place of a host (`ops@example.com`).
    Address,
}

/// Checks a host as a person typed it: a name (RFC 1123) or an address, with or without brackets.
///
/// # Errors
/// What is wrong with it, for a sentence that says how to mend it.
pub fn parse_host(typed: &str) -> Result<String, HostFault> {
    let host = typed.trim();
    if host.is_empty() {
        return Err(HostFault::Empty);
    }
    if let Some((_, rest)) = host.split_once("://") {
        let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
        return Err(HostFault::Scheme(rest.split(':').next().unwrap_or_default().to_owned()));
    }
    let bare = host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(host);
    if bare.parse::<IpAddr>().is_ok() {
        return Ok(bare.to_ascii_lowercase());
    }
    if host.contains('@') {
        return Err(HostFault::Address);
    }
    if let Some((name, port)) = host.split_once(':') {
        return Err(HostFault::Port(name.to_owned(), port.to_owned()));
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    if let Some(stray) = name.chars().find(|c| !(c.is_alphanumeric() || matches!(c, '-' | '.' | '_'))) {
        return Err(HostFault::Character(stray));
    }
    for label in name.split('.') {
        if label.is_empty() || label.len() > 63 || label.starts_with('-') || label.ends_with('-') {
            return Err(HostFault::Label(label.to_owned()));
        }
    }
    Ok(name.to_lowercase())
}

/// Whether `name` is a fully qualified host name or an address literal, as EHLO wants it (RFC 5321, 4.1.1.1).
pub fn is_full_name(name: &str) -> bool {
    let literal = name.starts_with('[') && name.ends_with(']');
    literal || (name.contains('.') && parse_host(name).is_ok() && !is_loopback(name) && !name.ends_with(".localdomain"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_as_people_type_them() {
        assert_eq!(parse_host(" Smtp.Example.COM. "), Ok("smtp.example.com".into()));
        assert_eq!(parse_host("[::1]"), Ok("::1".into()));
        assert_eq!(parse_host("192.0.2.1"), Ok("192.0.2.1".into()));
        assert_eq!(parse_host("smtp://mail.test:25/x"), Err(HostFault::Scheme("mail.test".into())));
        assert_eq!(parse_host("mail.test:587"), Err(HostFault::Port("mail.test".into(), "587".into())));
        assert_eq!(parse_host("mail.test,"), Err(HostFault::Character(',')));
        assert_eq!(parse_host("mail..test"), Err(HostFault::Label(String::new())));
        assert_eq!(parse_host("ops@mail.test"), Err(HostFault::Address));
        assert_eq!(parse_host("  "), Err(HostFault::Empty));
    }

    #[test]
    fn networks_of_ones_own() {
        for host in
            ["127.0.0.1", "localhost", "192.168.1.5", "10.0.0.1", "fe80::1", "fd00::25", "::ffff:10.0.0.1", "nas.local"]
        {
            assert!(is_private(host), "{host}");
        }
        for host in ["192.0.2.1", "172.32.0.1", "mail.example.org", "local", "2001:db8::1", "mail.internal.example.org"] {
            assert!(!is_private(host), "{host}");
        }
    }

    #[test]
    fn full_names() {
        assert!(is_full_name("web1.example.com"));
        assert!(is_full_name("[192.0.2.1]"));
        for name in ["web1", "localhost", "localhost.localdomain", ""] {
            assert!(!is_full_name(name), "{name}");
        }
    }
}
