//! What a test message is for, and what comes of it.

use crate::probe::Outgoing;

/// What a test message is for.
#[derive(Clone, Copy)]
pub(super) enum Occasion<'a> {
    /// The live test.
    Test,
    /// mailsetup sends with what it read back from this file.
    ReadBack(&'a str),
    /// A consumer sends by itself, with what is in its file.
    ByConsumer { name: &'a str, file: &'a str },
}

/// A test message, and what it was made from.
pub(super) struct Composed {
    pub(super) outgoing: Outgoing,
    pub(super) subject: String,
    pub(super) body: String,
}
