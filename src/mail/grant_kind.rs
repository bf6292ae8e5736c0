//! The ways by which an authorization server gives access (RFC 6749, 1.3).

use super::word::{word_serde, words};

words! {
    /// How access was given.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    #[cfg_attr(test, derive(schemars::JsonSchema))]
    #[cfg_attr(test, schemars(rename_all = "lowercase", description = "How access was given."))]
    pub enum GrantKind {
        /// A person enters a code on any browser (RFC 8628).
        Device = "device",
        /// A person signs in on any browser and pastes the address that it ends on (RFC 6749, 4.1, with RFC 7636).
        Redirect = "redirect",
        /// An application signs in as itself (RFC 6749, 4.4), with a secret or a certificate (RFC 7523).
        Client = "client",
        /// A service account signs in for a mailbox (RFC 7523, 2.1).
        Service = "service",
    }
}

word_serde!(GrantKind);

impl GrantKind {
    /// Whether a person has to sign in, and again when the grant ends.
    pub const fn needs_person(self) -> bool {
        matches!(self, Self::Device | Self::Redirect)
    }
}
