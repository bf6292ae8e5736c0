//! Where a server listens: host, port and security.

use std::net::{IpAddr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use super::{Security, host::parse_host};

/// A server's host, port and security.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
        authority(&self.host, self.port)
    }

    /// Whether the traffic stays on this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }
}

/// `host:port`, with brackets around an IPv6 address (RFC 3986, 3.2.2).
pub fn authority(host: &str, port: u16) -> String {
    if host.parse::<Ipv6Addr>().is_ok() { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// Whether `host` names this machine's loopback: `localhost`, names below it (RFC 6761) and loopback addresses.
pub fn is_loopback(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether `host` can only be of a private network: this machine, a private address, or a name that no public DNS has
/// (RFC 6762, RFC 8375, `internal`).
pub fn is_private(host: &str) -> bool {
    let bare = host.trim_end_matches('.').to_ascii_lowercase();
    match bare.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback() || is_private_address(&address),
        Err(_) => is_loopback(&bare) || [".local", ".home.arpa", ".internal"].iter().any(|own| bare.ends_with(own)),
    }
}

/// Whether an address is reached from its own network alone: a private one (RFC 1918, RFC 4193), one of a carrier's NAT
/// (RFC 6598) or a link-local one (RFC 3927, RFC 4291). An IPv4 address mapped into IPv6 counts as itself. Loopback does not
/// count.
pub fn is_private_address(address: &IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            address.is_private() || address.is_link_local() || (first == 100 && (64..128).contains(&second))
        }
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local(),
    }
}

/// Whether `host` is `parent` or a name below it; case and a dot at the end do not matter.
pub fn is_below(host: &str, parent: &str) -> bool {
    let (host, parent) = (host.trim_end_matches('.').as_bytes(), parent.trim_end_matches('.').as_bytes());
    let Some(at) = host.len().checked_sub(parent.len()) else { return false };
    host[at..].eq_ignore_ascii_case(parent) && (at == 0 || host[at - 1] == b'.')
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
    fn networks_of_ones_own() {
        for host in [
            "127.0.0.1",
            "localhost",
            "192.168.1.5",
            "10.0.0.1",
            "100.64.0.1",
            "fe80::1",
            "fd00::25",
            "::ffff:10.0.0.1",
            "nas.local",
        ] {
            assert!(is_private(host), "{host}");
        }
        for host in [
            "192.0.2.1",
            "172.32.0.1",
            "100.128.0.1",
            "mail.example.org",
            "local",
            "2001:db8::1",
            "mail.internal.example.org",
        ] {
            assert!(!is_private(host), "{host}");
        }
    }

    #[test]
    fn addresses_of_ones_own_network() {
        for (address, private) in [
            ("10.1.2.3", true),
            ("172.31.0.1", true),
            ("100.64.0.1", true),
            ("100.128.0.1", false),
            ("192.0.2.1", false),
            ("127.0.0.1", false),
            ("fd00::1", true),
            ("fe80::1", true),
            ("2001:db8::1", false),
        ] {
            assert_eq!(is_private_address(&address.parse().unwrap()), private, "{address}");
        }
    }

    #[test]
    fn names_below_a_domain() {
        for (host, parent, below) in [
            ("smtp.example.com", "example.com", true),
            ("EXAMPLE.com.", "example.com", true),
            ("notexample.com", "example.com", false),
            ("com", "example.com", false),
        ] {
            assert_eq!(is_below(host, parent), below, "{host} {parent}");
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
