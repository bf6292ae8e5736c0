//! The warning that a domain is probably mistyped, for commands that look things up and give no password away.

use super::context::Context;
use crate::{mail::reply::escape, phrase, presets::Phrase};

/// What to say of a domain when another one was probably meant: nothing of it is looked up, unless the person says that it is right.
pub(super) fn slip(context: &Context, domain: &str, meant: Option<&str>) -> Option<Phrase> {
    let meant = meant.filter(|_| !context.inputs.is_set("this-domain"))?;
    Some(phrase!("warn-slip", domain = escape(domain), meant = meant))
}
