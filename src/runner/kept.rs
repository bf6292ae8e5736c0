//! What is kept of the test that went before a write, and what others wrote before it.

use crate::{
    host,
    mail::{profile::Check, reply::escape},
    phrase,
    plan::{self, Places},
    presets::Phrase,
};

/// Keeps what the test found of the profile as it is now; returns why that is not possible.
pub(super) fn kept(name: &str, check: Check, places: &Places) -> Option<Phrase> {
    let profile = host::profiles::load(name, places).ok()?;
    let error = host::checks::save(name, &profile, check, places).err()?;
    Some(phrase!("check-unsaved").with_phrase("why", error.phrase()))
}

/// The files that others changed after a person saw the plan, which was made again.
pub(super) fn stale<'a>(seen: &'a plan::Plan, made: &'a plan::Plan) -> impl Iterator<Item = Phrase> + 'a {
    let was = |change: &plan::Change| seen.changes.iter().find(|other| other.path == change.path);
    let is_stale = move |change: &&plan::Change| was(change).is_some_and(|other| other.before != change.before);
    let path = |change: &plan::Change| escape(&change.path.display().to_string());
    made.changes.iter().filter(is_stale).map(move |change| phrase!("runner-planned-again", path = path(change)))
}
