//! What the program or service behind a store says when it fails.

use crate::{error::Exit, presets::Phrase};

/// Why the program or service behind a store fails.
pub trait StoreFault: std::error::Error + Send + Sync {
    /// What happened.
    fn phrase(&self) -> Phrase;

    /// What to do next.
    fn hint(&self) -> Option<Phrase> {
        None
    }

    /// The exit status.
    fn exit(&self) -> Exit {
        Exit::Unavailable
    }
}
