//! E-mail addresses as a person types them (RFC 5321, RFC 6531).

use std::{fmt, str::FromStr};

use super::{
    host::parse_host,
    reply::is_hidden,
    value::{ValueFault, shown, shown_character, text_serde},
};
use crate::{phrase, phrase::Phrase};

/// An e-mail address: a local part and a domain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    local: String,
    domain: String,
}

/// What is wrong with an address as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddressFault {
    /// Nothing was typed.
    Empty,
    /// There is no `@`; carries what was typed.
    NoAt(String),
    /// Nothing precedes the `@`.
    NoLocal,
    /// What follows the `@` is no domain, or empty.
    Domain(String),
    /// White space, a comma, angle brackets or a second address.
    Stray(char),
    /// It breaks the grammar in some other way; carries what was typed.
    Syntax(String),
}

impl ValueFault for AddressFault {
    fn phrase(&self) -> Phrase {
        match self {
            Self::Empty => phrase!("invalid-address-empty"),
            Self::NoAt(typed) => phrase!("invalid-address-no-at", typed = shown(typed)),
            Self::NoLocal => phrase!("invalid-address-no-local"),
            Self::Domain(domain) if domain.is_empty() => phrase!("invalid-address-no-domain"),
            Self::Domain(domain) => phrase!("invalid-address-domain", domain = shown(domain)),
            Self::Stray(stray) => phrase!("invalid-address-stray", character = shown_character(*stray)),
            Self::Syntax(typed) => phrase!("invalid-address-syntax", typed = shown(typed)),
        }
    }
}

impl Address {
    pub(super) const KIND: &'static str = "address";

    /// The part before the `@`, case kept.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// The part after the `@`, in lower case.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The domain in the form that DNS takes (RFC 5891).
    pub fn ascii_domain(&self) -> String {
        idna::domain_to_ascii(self.domain()).unwrap_or_else(|_| self.domain().to_owned())
    }
}

impl FromStr for Address {
    type Err = AddressFault;

    fn from_str(typed: &str) -> Result<Self, AddressFault> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err(AddressFault::Empty);
        }
        let (local, domain) = typed.rsplit_once('@').ok_or_else(|| AddressFault::NoAt(typed.to_owned()))?;
        if local.is_empty() {
            return Err(AddressFault::NoLocal);
        }
        if let Some(stray) = typed.chars().find(|c| c.is_whitespace() || is_hidden(*c) || matches!(c, ',' | ';' | '<' | '>'))
        {
            return Err(AddressFault::Stray(stray));
        }
        if parse_host(domain).is_err() {
            return Err(AddressFault::Domain(domain.to_owned()));
        }
        let domain = domain.trim_end_matches('.').to_lowercase();
        lettre::Address::new(local, &domain).map_err(|_| AddressFault::Syntax(typed.to_owned()))?;
        Ok(Self { local: local.to_owned(), domain })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

text_serde!(Address);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_as_people_type_them() {
        let address: Address = " Ops@Example.COM ".parse().unwrap();
        assert_eq!(address.to_string(), "Ops@example.com");
        let fault = |typed: &str| typed.parse::<Address>().unwrap_err();
        assert_eq!(fault(""), AddressFault::Empty);
        assert_eq!(fault("ops"), AddressFault::NoAt("ops".into()));
        assert_eq!(fault("@example.com"), AddressFault::NoLocal);
        assert_eq!(fault("ops@"), AddressFault::Domain(String::new()));
        assert_eq!(fault("a@b.test, c@d.test"), AddressFault::Stray(','));
        assert_eq!(fault("Ops<ops@example.com>"), AddressFault::Stray('<'));
    }
}
