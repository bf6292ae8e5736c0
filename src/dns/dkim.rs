//! DKIM key records (RFC 6376, 3.6.1; RFC 8463 for Ed25519).

use base64::{Engine as _, prelude::BASE64_STANDARD};
use x509_parser::{prelude::FromDer as _, public_key::PublicKey, x509::SubjectPublicKeyInfo};

/// A key that signatures are checked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DkimKey {
    /// Its length in bits; an Ed25519 key has 256.
    pub bits: usize,
    /// Whether a short key is strong: it is no RSA key.
    pub is_short: bool,
    /// Receivers are asked to treat its mail as if it were not signed (`t=y`).
    pub is_test: bool,
}

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFault {
    /// It is no key record: it has no `p=`.
    NoKey,
    /// The key was withdrawn: `p=` is empty.
    Revoked,
    /// The key cannot be read.
    Unreadable,
}

/// Shortest RSA key that receivers take (RFC 8301, 3.2).
const SHORTEST_RSA: usize = 1024;

impl DkimKey {
    /// Reads a key record.
    ///
    /// # Errors
    /// Why it is none.
    pub fn parse(text: &[u8]) -> Result<Self, KeyFault> {
        let text = String::from_utf8_lossy(text);
        let tags: Vec<(&str, &str)> =
            text.split(';').filter_map(|tag| tag.split_once('=')).map(|(name, value)| (name.trim(), value.trim())).collect();
        let tag = |wanted: &str| tags.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
        if tag("v").is_some_and(|version| version != "DKIM1") {
            return Err(KeyFault::NoKey);
        }
        let key: String = tag("p").ok_or(KeyFault::NoKey)?.chars().filter(|c| !c.is_whitespace()).collect();
        if key.is_empty() {
            return Err(KeyFault::Revoked);
        }
        let key = BASE64_STANDARD.decode(key).map_err(|_| KeyFault::Unreadable)?;
        let is_ed25519 = tag("k").is_some_and(|kind| kind.eq_ignore_ascii_case("ed25519"));
        let bits = if is_ed25519 { (key.len() == 32).then_some(256) } else { rsa_bits(&key) }.ok_or(KeyFault::Unreadable)?;
        let is_test = tag("t").is_some_and(|flags| flags.split(':').any(|flag| flag.trim() == "y"));
        Ok(Self { bits, is_short: !is_ed25519 && bits < SHORTEST_RSA, is_test })
    }
}

fn rsa_bits(key: &[u8]) -> Option<usize> {
    let (_, info) = SubjectPublicKeyInfo::from_der(key).ok()?;
    match info.parsed().ok()? {
        PublicKey::RSA(rsa) => Some(rsa.key_size()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_key() {
        assert_eq!(DkimKey::parse(b"v=spf1 -all"), Err(KeyFault::NoKey));
        assert_eq!(DkimKey::parse(b"v=DKIM1; k=rsa; p="), Err(KeyFault::Revoked));
        assert_eq!(DkimKey::parse(b"v=DKIM1; p=AAAA"), Err(KeyFault::Unreadable));
        assert_eq!(DkimKey::parse(b"hello"), Err(KeyFault::NoKey));
    }

    #[test]
    fn an_ed25519_key() {
        // RFC 8463, A.2.
        let key = DkimKey::parse(b"v=DKIM1; k=ed25519; t=y:s; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
        assert_eq!(key, Ok(DkimKey { bits: 256, is_short: false, is_test: true }));
    }
}
