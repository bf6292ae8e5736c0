//! Macros: what they stand for (RFC 7208, 7.3).

use std::{fmt::Write as _, net::IpAddr};

use super::macros::{DomainSpec, MacroTerm, Piece};

/// What macros stand for, but for the validated name, which has to be asked for.
pub(super) struct MacroValues<'a> {
    pub(super) ip: IpAddr,
    pub(super) local: &'a str,
    pub(super) sender_domain: &'a str,
    pub(super) domain: &'a str,
    pub(super) helo: &'a str,
    pub(super) receiver: &'a str,
    /// Seconds since 1970.
    pub(super) now: u64,
}

/// A text with its macros filled in.
pub(super) fn expand(text: &DomainSpec, values: &MacroValues<'_>, validated: &dyn Fn() -> String) -> String {
    let mut expanded = String::new();
    for piece in &text.0 {
        match piece {
            Piece::Literal(literal) => expanded.push_str(literal),
            Piece::Escape(meant) => expanded.push_str(meant),
            Piece::Macro(term) => expanded.push_str(&transformed(term, &value(term.letter, values, validated))),
        }
    }
    expanded
}

fn value(letter: char, values: &MacroValues<'_>, validated: &dyn Fn() -> String) -> String {
    match letter {
        's' => format!("{}@{}", values.local, values.sender_domain),
        'l' => values.local.to_owned(),
        'o' => values.sender_domain.to_owned(),
        'd' => values.domain.to_owned(),
        'i' => dotted(values.ip),
        'p' => validated(),
        'v' => if values.ip.is_ipv4() { "in-addr" } else { "ip6" }.to_owned(),
        'h' => values.helo.to_owned(),
        'c' => values.ip.to_string(),
        'r' => values.receiver.to_owned(),
        // The parser takes no other.
        _ => values.now.to_string(),
    }
}

fn transformed(term: &MacroTerm, value: &str) -> String {
    let mut parts: Vec<&str> = value.split(|c| term.delimiters.contains(c)).collect();
    if term.is_reversed {
        parts.reverse();
    }
    let left_out = term.keep.map_or(0, |keep| parts.len().saturating_sub(keep));
    let joined = parts[left_out..].join(".");
    if term.is_escaped { url_escaped(&joined) } else { joined }
}

/// All but the unreserved characters of RFC 3986 as `%XX`.
fn url_escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

/// An address with dots: of IPv6 every digit (RFC 7208, 7.3).
fn dotted(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let digits = ip.octets().into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
            digits.map(|digit| format!("{digit:X}")).collect::<Vec<_>>().join(".")
        }
    }
}

/// The name at which the names of an address are asked for.
pub(super) fn reverse_name(ip: IpAddr) -> String {
    let mut parts: Vec<String> = dotted(ip).split('.').map(str::to_ascii_lowercase).collect();
    parts.reverse();
    format!("{}.{}.arpa", parts.join("."), if ip.is_ipv4() { "in-addr" } else { "ip6" })
}

/// A name to ask for: without its last dot, and with labels taken off its left until it is short enough (RFC 7208, 7.3).
pub(super) fn query_name(expanded: &str) -> String {
    let mut name = expanded.strip_suffix('.').unwrap_or(expanded);
    while name.len() > 253 {
        let Some((_, rest)) = name.split_once('.') else { break };
        name = rest;
    }
    name.to_ascii_lowercase()
}
