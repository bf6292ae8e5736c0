//! An answer as it came.

use zeroize::Zeroizing;

/// An answer of the web.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// The status code (RFC 9110, 15).
    pub status: u16,
    /// Seconds to wait before the next request (`Retry-After`, RFC 9110, 10.2.3), where the server says them.
    pub retry_after: Option<u64>,
    /// Its content; it may hold tokens.
    pub body: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for HttpAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpAnswer").field("status", &self.status).finish_non_exhaustive()
    }
}
