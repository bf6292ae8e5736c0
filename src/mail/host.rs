//! Hosts, as people type them.

use std::{net::IpAddr, str::FromStr};

use super::{
    Port, Security,
    value::{ValueFault, shown, shown_character, text_value},
};
use crate::{phrase, phrase::Phrase};

/// A host: a name (RFC 1123) in lower case without the dot at its end, or an IP address without brackets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Host(String);

text_value!(Host, "host");

/// What is wrong with a host as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostFault {
    /// Nothing was typed.
    Empty,
    /// It begins with `smtp://` or the like; carries the host without it.
    Scheme(String),
    /// It ends with a port; carries the host and what follows the colon.
    Port(String, String),
    /// A character that no host name has.
    Character(char),
    /// A label that is empty, too long, or begins or ends with a hyphen (RFC 1035, RFC 1123).
    Label(String),
    /// An address instead of a host (`ops@example.com`).
    Address,
}

impl ValueFault for HostFault {
    fn phrase(&self) -> Phrase {
        match self {
            Self::Empty => phrase!("invalid-host-empty"),
            Self::Scheme(host) => phrase!("invalid-host-scheme", host = shown(host)),
            Self::Port(host, port) => phrase!("invalid-host-port", host = shown(host), port = shown(port)),
            Self::Character(stray) => phrase!("invalid-host-character", character = shown_character(*stray)),
            Self::Label(label) if label.is_empty() => phrase!("invalid-host-dots"),
            Self::Label(label) => phrase!("invalid-host-label", label = shown(label)),
            Self::Address => phrase!("invalid-host-address"),
        }
    }
}

impl FromStr for Host {
    type Err = HostFault;

    fn from_str(typed: &str) -> Result<Self, HostFault> {
        parse_host(typed).map(Self)
    }
}

/// Checks a host as a person typed it: a name (RFC 1123) or an address, with or without brackets.
///
/// # Errors
/// What is wrong with it.
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

/// A host with what people write around it: `smtp://host:587`, `host:587`, `[::1]:587`. The scheme says how the connection is
/// protected where it is one of submission with TLS (`smtps`, `submissions`). `None` where it is anything else.
pub fn with_port(typed: &str) -> Option<(Host, Option<Port>, Option<Security>)> {
    let (scheme, rest) = typed.trim().split_once("://").map_or(("", typed.trim()), |(scheme, rest)| (scheme, rest));
    let security = match scheme.to_ascii_lowercase().as_str() {
        "" | "smtp" | "submission" => None,
        "smtps" | "submissions" => Some(Security::Tls),
        _ => return None,
    };
    let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // An IPv6 address has colons of its own.
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if host.parse::<Host>().is_ok() && rest.parse::<IpAddr>().is_err() => {
            (host, Some(port.parse().ok()?))
        }
        _ => (rest, None),
    };
    Some((host.parse().ok()?, port, security))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_with_what_is_written_around_them() {
        let read = |typed: &str| {
            let (host, port, security) = with_port(typed)?;
            Some((host.to_string(), port.map(Port::get), security))
        };
        assert_eq!(read("mail.test:587"), Some(("mail.test".into(), Some(587), None)));
        assert_eq!(read(" SMTP://mail.test:25/x "), Some(("mail.test".into(), Some(25), None)));
        assert_eq!(read("smtps://mail.test"), Some(("mail.test".into(), None, Some(Security::Tls))));
        assert_eq!(read("[::1]:465"), Some(("::1".into(), Some(465), None)));
        assert_eq!(read("fe80::1"), Some(("fe80::1".into(), None, None)));
        for other in ["https://mail.test", "mail.test:0", "mail.test:x", "ops@mail.test:25", "", "smtp://"] {
            assert_eq!(read(other), None, "{other}");
        }
    }

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
}
