//! A set-up does not take the place of a profile that another run saved after its plan was seen.

use crate::{
    error::Exit,
    mail::{Profile, reply::escape},
    phrase,
    plan::{Order, Plan},
    presets::{Catalog, belonging, is_anothers},
    setup::{Field, WorkFault},
};

/// The profile of somebody else that another run saved since the plan was seen: its place is not taken unasked.
pub(super) fn displaced(order: &Order, seen: &Plan, made: &Plan, catalog: &Catalog) -> Option<WorkFault> {
    let mut profiles =
        [made, seen].map(|plan| plan.changes.iter().find(|change| change.owner == "profile")).into_iter().flatten();
    let (now, then) = (profiles.next()?, profiles.next()?);
    if now.before == then.before {
        return None;
    }
    let phrase = match Profile::parse(now.before.as_deref()?) {
        Ok(saved) if !is_anothers(&saved, &order.profile.sender.address, belonging(&order.profile, catalog), catalog) => {
            return None;
        }
        Ok(saved) => phrase!(
            "script-profile-taken",
            profile = order.name,
            address = escape(&saved.sender.address.to_string()),
            host = escape(&saved.smtp.host)
        ),
        Err(_) => phrase!("script-profile-damaged", profile = order.name),
    };
    let hint = Some(phrase!("runner-profile-taken-hint", profile = order.name));
    Some(WorkFault { phrase, hint, field: Some(Field::Profile), exit: Exit::Usage })
}
