//! SPF records: how they are written (RFC 7208, 4.5 to 6).

use std::net::{Ipv4Addr, Ipv6Addr};

use super::macros::DomainSpec;

/// A record that is written as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpfRecord {
    /// The terms in order, each with the text that it was read from.
    pub terms: Vec<(String, SpfTerm)>,
}

/// A term of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpfTerm {
    /// A mechanism, and what it means when it matches.
    Directive(Qualifier, Mechanism),
    /// Another domain's record is used where nothing matches.
    Redirect(DomainSpec),
    /// Where the explanation of a refusal is.
    Exp(DomainSpec),
    /// A modifier that nobody knows; it means nothing.
    Unknown,
}

/// What a mechanism that matches means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Qualifier {
    /// `+`: may send.
    Pass,
    /// `-`: must not.
    Fail,
    /// `~`: probably must not.
    SoftFail,
    /// `?`: nothing is said.
    Neutral,
}

/// What a host is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mechanism {
    /// Every host.
    All,
    /// The hosts that may send for another domain.
    Include(DomainSpec),
    /// The addresses of a name, with the lengths of their networks (IPv4, IPv6).
    A(Option<DomainSpec>, u8, u8),
    /// The addresses of a domain's MX hosts, with the lengths of their networks.
    Mx(Option<DomainSpec>, u8, u8),
    /// The names of the host's address.
    Ptr(Option<DomainSpec>),
    /// An IPv4 network.
    Ip4(Ipv4Addr, u8),
    /// An IPv6 network.
    Ip6(Ipv6Addr, u8),
    /// Every host, where the name has an address.
    Exists(DomainSpec),
}

/// A term that is not written as terms are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermFault(
    /// The term.
    pub String,
);

/// The version that a record begins with.
const VERSION: &str = "v=spf1";

impl SpfRecord {
    /// Whether a text is meant as such a record: its version is followed by a space or by nothing.
    pub fn is_meant(text: &[u8]) -> bool {
        let version = text.get(..VERSION.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(VERSION.as_bytes()));
        version && matches!(text.get(VERSION.len()), None | Some(b' '))
    }

    /// Reads a record.
    ///
    /// # Errors
    /// The first term that is not written as it must be.
    pub fn parse(text: &[u8]) -> Result<Self, TermFault> {
        let fault = |term: &str| TermFault(term.to_owned());
        let lossy = String::from_utf8_lossy(text);
        if !Self::is_meant(text) {
            return Err(fault(&lossy));
        }
        let mut terms: Vec<(String, SpfTerm)> = Vec::new();
        let written = lossy.get(VERSION.len()..).unwrap_or_default().split(' ').filter(|term| !term.is_empty());
        for word in written {
            let term = term(word).ok_or_else(|| fault(word))?;
            let is_twice = match &term {
                SpfTerm::Redirect(_) => terms.iter().any(|(_, term)| matches!(term, SpfTerm::Redirect(_))),
                SpfTerm::Exp(_) => terms.iter().any(|(_, term)| matches!(term, SpfTerm::Exp(_))),
                SpfTerm::Directive(..) | SpfTerm::Unknown => false,
            };
            if is_twice {
                return Err(fault(word));
            }
            terms.push((word.to_owned(), term));
        }
        Ok(Self { terms })
    }

    /// The record that is used where nothing matches.
    pub fn redirect(&self) -> Option<&DomainSpec> {
        self.terms.iter().find_map(|(_, term)| match term {
            SpfTerm::Redirect(name) => Some(name),
            _ => None,
        })
    }

    /// Where the explanation of a refusal is.
    pub fn exp(&self) -> Option<&DomainSpec> {
        self.terms.iter().find_map(|(_, term)| match term {
            SpfTerm::Exp(name) => Some(name),
            _ => None,
        })
    }
}

impl SpfTerm {
    /// Whether DNS is asked for it: at most ten of these are evaluated (RFC 7208, 4.6.4).
    pub const fn asks(&self) -> bool {
        match self {
            Self::Redirect(_) => true,
            Self::Exp(_) | Self::Unknown => false,
            Self::Directive(_, mechanism) => mechanism.asks(),
        }
    }
}

impl Mechanism {
    /// Whether DNS is asked for it.
    pub const fn asks(&self) -> bool {
        !matches!(self, Self::All | Self::Ip4(..) | Self::Ip6(..))
    }
}

fn term(word: &str) -> Option<SpfTerm> {
    let name_ends = word.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(word.len());
    if let (true, Some(value)) = (word.starts_with(|c: char| c.is_ascii_alphabetic()), word[name_ends..].strip_prefix('=')) {
        return match word[..name_ends].to_ascii_lowercase().as_str() {
            "redirect" => DomainSpec::parse(value).ok().map(SpfTerm::Redirect),
            "exp" => DomainSpec::parse(value).ok().map(SpfTerm::Exp),
            _ => DomainSpec::check_value(value).ok().map(|()| SpfTerm::Unknown),
        };
    }
    let qualifiers = [('+', Qualifier::Pass), ('-', Qualifier::Fail), ('~', Qualifier::SoftFail), ('?', Qualifier::Neutral)];
    let given = qualifiers.into_iter().find_map(|(sign, qualifier)| Some((qualifier, word.strip_prefix(sign)?)));
    let (qualifier, rest) = given.unwrap_or((Qualifier::Pass, word));
    mechanism(rest).map(|mechanism| SpfTerm::Directive(qualifier, mechanism))
}

fn mechanism(word: &str) -> Option<Mechanism> {
    let name_ends = word.find([':', '/']).unwrap_or(word.len());
    let (name, rest) = word.split_at(name_ends);
    let value = rest.strip_prefix(':');
    // The name is optional; what follows a colon is not.
    let optional_name = |name: &str| match name.strip_prefix(':') {
        Some(name) => DomainSpec::parse(name).ok().map(Some),
        None => name.is_empty().then_some(None),
    };
    match name.to_ascii_lowercase().as_str() {
        "all" => rest.is_empty().then_some(Mechanism::All),
        "include" => DomainSpec::parse(value?).ok().map(Mechanism::Include),
        "exists" => DomainSpec::parse(value?).ok().map(Mechanism::Exists),
        "ptr" => optional_name(rest).map(Mechanism::Ptr),
        "a" | "mx" => {
            let (named, v4, v6) = lengths(rest)?;
            let made = if name.eq_ignore_ascii_case("a") { Mechanism::A } else { Mechanism::Mx };
            Some(made(optional_name(named)?, v4, v6))
        }
        "ip4" => {
            let (network, length) = network(value?, 32)?;
            Some(Mechanism::Ip4(network.parse().ok()?, length))
        }
        "ip6" => {
            let (network, length) = network(value?, 128)?;
            Some(Mechanism::Ip6(network.parse().ok()?, length))
        }
        _ => None,
    }
}

/// `NETWORK[/LENGTH]`.
fn network(value: &str, most: u8) -> Option<(&str, u8)> {
    value.split_once('/').map_or(Some((value, most)), |(network, length)| Some((network, prefix_length(length, most)?)))
}

/// `NAME[/LENGTH][//LENGTH]`; a name may have slashes of its own.
fn lengths(value: &str) -> Option<(&str, u8, u8)> {
    let split = |value: &'_ str, mark: &str| {
        let (name, length) = value.rsplit_once(mark)?;
        let is_length = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
        is_length.then_some((name.len(), name.len() + mark.len()))
    };
    let (value, v6) = match split(value, "//") {
        Some((end, begin)) => (&value[..end], prefix_length(&value[begin..], 128)?),
        None => (value, 128),
    };
    match split(value, "/") {
        Some((end, begin)) => Some((&value[..end], prefix_length(&value[begin..], 32)?, v6)),
        None => Some((value, 32, v6)),
    }
}

/// A length, which is written without leading zeros.
fn prefix_length(digits: &str, most: u8) -> Option<u8> {
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    digits.parse().ok().filter(|length| is_plain && *length <= most)
}
