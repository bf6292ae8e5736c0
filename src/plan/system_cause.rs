//! What the system says of a file.

use std::{fmt, io, sync::Arc};

/// What the system says; the same where it says the same.
#[derive(Debug, Clone)]
pub struct SystemCause(Arc<io::Error>);

impl SystemCause {
    pub(super) fn new(error: io::Error) -> Self {
        Self(Arc::new(error))
    }

    pub(super) fn error(&self) -> &io::Error {
        &self.0
    }
}

impl PartialEq for SystemCause {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for SystemCause {}

impl fmt::Display for SystemCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
