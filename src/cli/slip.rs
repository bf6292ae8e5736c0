//! The warning that a domain is probably mistyped, for commands that look things up and give no password away.

use crate::{mail::reply::escape, phrase, presets::Phrase};

/// What to say of a domain when another one was probably meant.
pub(super) fn slip(domain: &str, meant: Option<&str>) -> Option<Phrase> {
    Some(phrase!("warn-slip", domain = escape(domain), meant = meant?))
}
