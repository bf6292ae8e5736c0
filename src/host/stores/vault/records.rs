//! The secrets of a vault, before they are encrypted: records of lengths and bytes, so that no parser copies them.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::mail::{BoundSecret, Secret, SecretBinding};

/// The plain text is padded to a multiple of this, in bytes: its length says little about a password's.
const BLOCK: usize = 512;

/// What the name of a record begins with that says whom a secret was given for: no profile's name does.
const FOR: &str = "for:";

/// Secrets by their keys' names.
pub(super) type Secrets = BTreeMap<String, BoundSecret>;

/// As bytes: for each secret the lengths of name and secret (32 bits, big endian) and both, and so whom it was given for;
/// then zeros.
pub(super) fn write(secrets: &Secrets) -> Option<Zeroizing<Vec<u8>>> {
    let whom = |(name, secret): (&String, &BoundSecret)| Some((format!("{FOR}{name}"), secret.bound.as_ref()?.to_text()));
    let whom: Vec<(String, String)> = secrets.iter().filter_map(whom).collect();
    let mut records: Vec<(&str, &str)> = secrets.iter().map(|(name, it)| (name.as_str(), it.secret.expose())).collect();
    records.extend(whom.iter().map(|(name, whom)| (name.as_str(), whom.as_str())));
    let size: usize = records.iter().map(|(name, text)| 8 + name.len() + text.len()).sum();
    let room = (size + 8).next_multiple_of(BLOCK);
    // Allocated at once: growing would leave copies of secrets in memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    for (name, text) in records {
        bytes.extend_from_slice(&u32::try_from(name.len()).ok()?.to_be_bytes());
        bytes.extend_from_slice(&u32::try_from(text.len()).ok()?.to_be_bytes());
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes.resize(room, 0);
    Some(bytes)
}

/// What [`write`] made; `None` for anything else.
pub(super) fn read(mut bytes: &[u8]) -> Option<Secrets> {
    let mut secrets = Secrets::new();
    loop {
        let (name, rest) = bytes.split_first_chunk::<4>()?;
        let (secret, rest) = rest.split_first_chunk::<4>()?;
        let [name, secret] = [name, secret].map(|length| usize::try_from(u32::from_be_bytes(*length)).ok());
        let (name, secret) = (name?, secret?);
        if name == 0 {
            return Some(secrets);
        }
        let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(str::to_owned);
        let (name, rest) = rest.split_at_checked(name)?;
        let (secret, rest) = rest.split_at_checked(secret)?;
        let name = text(name)?;
        match name.strip_prefix(FOR) {
            // What cannot be understood is for nobody.
            Some(name) => {
                let whom = str::from_utf8(secret).ok().and_then(SecretBinding::of_text).unwrap_or_default();
                secrets.get_mut(name)?.bound = Some(whom);
            }
            None => drop(secrets.insert(name, BoundSecret::from(Secret::new(text(secret)?)))),
        }
        bytes = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_come_back_and_nothing_else_is_read() {
        let secret = |text: &str| BoundSecret::from(Secret::new(text.to_owned()));
        let long = "x".repeat(700);
        let secrets =
            Secrets::from([("a".into(), secret("p\u{e9}\n\0\"")), ("b".into(), secret("")), ("c".into(), secret(&long))]);
        let mut bound = secrets.clone();
        bound.get_mut("b").unwrap().bound = Some(SecretBinding::new("smtp.test".parse().unwrap(), "me".parse().ok()));
        assert_eq!(read(&write(&bound).unwrap()), Some(bound));
        let bytes = write(&secrets).unwrap();
        assert_eq!(bytes.len(), 2 * BLOCK);
        assert_eq!(read(&bytes), Some(secrets));
        assert_eq!(read(&write(&Secrets::new()).unwrap()), Some(Secrets::new()));
        assert_eq!(write(&Secrets::from([("a".into(), secret("1"))])).unwrap().len(), write(&Secrets::new()).unwrap().len());
        for cut in [0, 7, 9, 20] {
            assert_eq!(read(&bytes[..cut]), None);
        }
        assert_eq!(read(&[255; 64]), None);
    }
}
