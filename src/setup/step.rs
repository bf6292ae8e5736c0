//! The steps of the rail.

/// A step of the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SetupStep {
    /// Who the mail comes from.
    Sender,
    /// Which provider.
    Provider,
    /// Host, port and encryption.
    Server,
    /// User name and password.
    Password,
    /// The live test.
    Test,
    /// Targets, review, writing.
    Write,
}

impl SetupStep {
    /// Every step, in order.
    pub const ALL: [Self; 6] = [Self::Sender, Self::Provider, Self::Server, Self::Password, Self::Test, Self::Write];
}
