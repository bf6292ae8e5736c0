//! What is known and was found out about the address.

use crate::{
    discover::{Discovery, Proposal},
    mail::Address,
};

/// What is known and was found out about the address as it is.
#[derive(Debug, Default)]
pub(super) struct Lookup {
    /// The address that presets and table were asked for.
    pub(super) address: Option<Address>,
    /// What presets and table say.
    pub(super) known: Option<Proposal>,
    /// What the search has found, or has found so far.
    pub(super) discovery: Option<Discovery>,
}

impl Lookup {
    /// The proposal to take, when there is one.
    pub(super) fn best(&self) -> Option<&Proposal> {
        self.known.as_ref().or_else(|| self.discovery.as_ref().and_then(Discovery::best))
    }
}

/// Whether a preset's host has a part that only the account shows.
pub(super) fn has_gap(host: &str) -> bool {
    host.contains('{')
}

/// Whether a host matches a preset's, whose gaps match anything.
pub(super) fn fits(pattern: &str, host: &str) -> bool {
    let Some((before, rest)) = pattern.split_once('{') else { return pattern == host };
    let after = rest.split_once('}').map_or("", |(_, after)| after);
    host.len() > before.len() + after.len() && host.starts_with(before) && host.ends_with(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_stand_for_anything() {
        assert!(fits("mail.test", "mail.test") && !fits("mail.test", "x.mail.test"));
        assert!(fits("{server}.mail.test", "pro1.mail.test") && !fits("{server}.mail.test", ".mail.test"));
        assert!(fits("smtp.{region}.test", "smtp.eu.test") && fits("{mx}", "mx1.test"));
        assert!(!fits("smtp.{region}.test", "imap.eu.test"));
    }
}
