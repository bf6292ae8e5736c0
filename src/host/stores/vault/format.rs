//! The vault's file, three lines of text:
//!
//! ```text
//! mailsetup vault 1
//! {"lock": {...}, "key": "...", "data": "..."}
//! SHA-256 of the two lines above, 64 hex digits
//! ```
//!
//! `lock` is the key slot. `key` is the data key, encrypted by the slot's key; `data` is the secrets, encrypted by the data
//! key; both are AES-256-GCM with the nonce before and the tag after, in base64. The hash protects nothing: it tells a
//! damaged file from a wrong passphrase, which no authenticated cipher can.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{crypt::Costs, fault::VaultFault};
use crate::host::files::stamp::hash;

/// What its first line says before the version.
const MAGIC: &str = "mailsetup vault ";

/// The version that is written, and the only one that is read.
const VERSION: &str = "1";

/// The largest vault that is read or written, in bytes.
pub(super) const LIMIT: usize = 4 * 1024 * 1024;

/// The middle line: an encrypted vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SealedVault {
    #[serde(rename = "lock")]
    pub(super) slot: SealedSlot,
    /// The data key; for `systemd`, what `systemd-creds` made of it.
    #[serde(with = "base64_text")]
    pub(super) key: Vec<u8>,
    #[serde(with = "base64_text")]
    pub(super) data: Vec<u8>,
}

/// A key slot, with what it takes to try a key on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum SealedSlot {
    Machine {
        #[serde(with = "base64_text")]
        salt: Vec<u8>,
    },
    Systemd,
    KeyFile {
        path: PathBuf,
        #[serde(with = "base64_text")]
        salt: Vec<u8>,
    },
    Passphrase {
        memory_kib: u32,
        rounds: u32,
        lanes: u32,
        #[serde(with = "base64_text")]
        salt: Vec<u8>,
    },
}

impl SealedSlot {
    /// A slot for a passphrase at these costs.
    pub(super) fn passphrase(costs: Costs, salt: &[u8]) -> Self {
        let Costs { memory_kib, rounds, lanes } = costs;
        Self::Passphrase { memory_kib, rounds, lanes, salt: salt.to_vec() }
    }
}

/// The file's text.
pub(super) fn write(sealed: &SealedVault) -> Result<String, VaultFault> {
    let json = serde_json::to_string(sealed).map_err(|_| VaultFault::Full)?;
    let text = format!("{MAGIC}{VERSION}\n{json}\n");
    let text = format!("{text}{}\n", hash(text.as_bytes()));
    if text.len() > LIMIT { Err(VaultFault::Full) } else { Ok(text) }
}

/// What a file's bytes say.
///
/// # Errors
/// It is damaged, or of a newer version.
pub(super) fn read(bytes: &[u8], path: &Path) -> Result<SealedVault, VaultFault> {
    let damaged = || VaultFault::Damaged(path.to_owned());
    let text = std::str::from_utf8(bytes).map_err(|_| damaged())?;
    let lines = text.strip_suffix('\n').ok_or_else(damaged)?;
    let (_, last) = lines.rsplit_once('\n').ok_or_else(damaged)?;
    let body = &lines[..lines.len() - last.len()];
    if hash(body.as_bytes()) != last {
        return Err(damaged());
    }
    let (first, json) = body.trim_end_matches('\n').split_once('\n').ok_or_else(damaged)?;
    match first.strip_prefix(MAGIC) {
        Some(VERSION) => serde_json::from_str(json).map_err(|_| damaged()),
        Some(_) => Err(VaultFault::Newer(path.to_owned())),
        None => Err(damaged()),
    }
}

/// Bytes as base64.
mod base64_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use base64::{Engine, engine::general_purpose::STANDARD};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(from)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_comes_back_and_any_other_byte_is_damage() {
        let path = Path::new("/v");
        let sealed = SealedVault {
            slot: SealedSlot::KeyFile { path: "/media/key".into(), salt: vec![1; 16] },
            key: vec![2; 60],
            data: vec![3; 90],
        };
        let text = write(&sealed).unwrap();
        assert_eq!(read(text.as_bytes(), path).unwrap(), sealed);
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 0x20;
            assert!(matches!(read(&bytes, path), Err(VaultFault::Damaged(_))), "{at}");
            assert!(matches!(read(&text.as_bytes()[..at], path), Err(VaultFault::Damaged(_))), "{at}");
        }
        let newer = "mailsetup vault 2\nwhatever\n";
        let newer = format!("{newer}{}\n", hash(newer.as_bytes()));
        assert!(matches!(read(newer.as_bytes(), path), Err(VaultFault::Newer(_))));
    }
}
