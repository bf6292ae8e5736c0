//! A message under way: its envelope, and what came of it so far (RFC 5321).

/// The largest message that is taken, in bytes.
pub(super) const MAX_MESSAGE: usize = 1024 * 1024;

/// A message under way.
pub(super) struct ReceivedEnvelope {
    pub(super) from: String,
    pub(super) to: Vec<String>,
    pub(super) smtputf8: bool,
    /// What came by BDAT so far.
    pub(super) chunks: Option<Vec<u8>>,
}
