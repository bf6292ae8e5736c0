//! What a record keeps of a file: its hash, mode and owner.

use std::fmt::Write;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{extended::ExtendedAttributes, found::FoundFile};

/// A content, by hash, and where its copy is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    pub(crate) sha256: String,
    /// Permission bits.
    pub(crate) mode: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    /// The copy's file name within the write's backup folder.
    pub(crate) copy: String,
    /// Access list, label and attributes.
    #[serde(default, skip_serializing_if = "ExtendedAttributes::is_empty")]
    pub(crate) extended: ExtendedAttributes,
}

impl Stamp {
    pub(crate) fn of(bytes: &[u8], mode: u32, uid: u32, gid: u32, copy: String) -> Self {
        // No file of ours runs as somebody else: bits above these are not brought back.
        Self { sha256: hash(bytes), mode: mode & 0o777, uid, gid, copy, extended: ExtendedAttributes::default() }
    }

    pub(crate) fn of_found(found: &FoundFile, copy: String) -> Self {
        Self { extended: found.extended.clone(), ..Self::of(&found.bytes, found.mode, found.uid, found.gid, copy) }
    }

    /// Whether a file has this content, whatever its mode and owner.
    pub(crate) fn has_content(&self, found: &FoundFile) -> bool {
        hash(&found.bytes) == self.sha256
    }

    /// Whether a file has this content, mode and owner.
    pub(crate) fn is(&self, found: &FoundFile) -> bool {
        (self.mode, self.uid, self.gid) == (found.mode, found.uid, found.gid) && self.has_content(found)
    }
}

/// SHA-256, 64 lower-case hex digits.
pub(crate) fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
