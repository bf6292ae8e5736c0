//! A file as it is before a plan.

use zeroize::Zeroize;

/// A file as it is now.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Existing {
    /// Its content.
    pub bytes: Vec<u8>,
    /// Its permission bits.
    pub mode: u32,
}

impl Existing {
    /// The content alone; the caller wipes it.
    pub fn into_bytes(mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}

impl Drop for Existing {
    fn drop(&mut self) {
        // It may hold the secret.
        self.bytes.zeroize();
    }
}
