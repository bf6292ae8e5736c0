//! What is asked, and what is known before.

use crate::presets::{Catalog, Provider};

/// Whose mail, by which way.
#[derive(Clone, Copy)]
pub struct DomainQuestion<'a> {
    /// The domain of From, in ASCII.
    pub domain: &'a str,
    /// Through whom mail goes; none: somebody whom no preset knows.
    pub provider: Option<&'a Provider>,
    /// What else is known of providers.
    pub catalog: &'a Catalog,
    /// The time, in seconds since 1970.
    pub now: u64,
}

/// The hosts that take a domain's mail.
pub(super) struct MailHosts {
    /// Most preferred first.
    pub(super) hosts: Vec<String>,
    /// The domain says that it takes no mail (RFC 7505).
    pub(super) is_null: bool,
    /// There was no answer.
    pub(super) is_unknown: bool,
}
