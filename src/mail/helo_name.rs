//! The names that EHLO gives.

use std::str::FromStr;

use super::{
    endpoint::is_full_name,
    host::{HostFault, parse_host},
    value::text_value,
};

/// The name that EHLO gives: a fully qualified one or an address literal as RFC 5321 (4.1.1.1) wants it, else a host. A short
/// name is taken, since some relays accept it; the question warns of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HeloName(String);

text_value!(HeloName, "EHLO name");

impl FromStr for HeloName {
    type Err = HostFault;

    fn from_str(typed: &str) -> Result<Self, HostFault> {
        let word = typed.trim();
        if let Some(stray) = word.chars().find(|c| c.is_whitespace() || super::reply::is_hidden(*c)) {
            return Err(HostFault::Character(stray));
        }
        if is_full_name(word) { Ok(Self(word.to_owned())) } else { parse_host(word).map(Self) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_ehlo_gives() {
        let helo = |typed: &str| typed.parse::<HeloName>().map(String::from);
        assert_eq!(helo("Web1.Example.com"), Ok("Web1.Example.com".into()));
        assert_eq!(helo("[192.0.2.1]"), Ok("[192.0.2.1]".into()));
        assert_eq!(helo("WEB1"), Ok("web1".into()));
        assert_eq!(helo("[a\r\nRSET]"), Err(HostFault::Character('\r')));
    }
}
