//! What profiles have in common in the files of a mailer outlives the removal of one.

use super::{context::Context, order};
use crate::{
    error::Error,
    host::{self, Applied, Disk},
    mail::Profile,
    phrase,
    plan::{self, Places, TargetChoice},
    presets::target::MergeKind,
};

/// The mailers in whose files a profile has a part beside another's, by key: its own senders, or, among accounts, the one that is
/// used when none is named.
pub(super) fn of(context: &Context, name: &str, places: &Places) -> Vec<String> {
    let Ok(profile) = host::profiles::load(name, places) else { return Vec::new() };
    let has_part = |choice: &TargetChoice| {
        context.catalog.target(&choice.key).is_some_and(|target| {
            let has_account = target.mta.is_some() && target.files.iter().any(|file| file.merge == MergeKind::Block);
            has_account || plan::has_part(name, (target, choice), places, &Disk::new(places))
        })
    };
    profile.targets.iter().map(TargetChoice::from).filter(has_part).map(|choice| choice.key).collect()
}

/// Writes again what other profiles need in those files and what was taken out with the one that was removed.
pub(super) fn restore(context: &Context, mailers: &[String], places: &Places, applied: &mut Applied) {
    if mailers.is_empty() || !applied.changed {
        return;
    }
    for (name, profile) in host::profiles::list(places).unwrap_or_default() {
        let Some(profile) = profile.ok().filter(|profile| profile.enabled) else { continue };
        if !profile.targets.iter().any(|written| mailers.contains(&written.name)) {
            continue;
        }
        match write_again(context, (&name, &profile), mailers, places) {
            Ok(again) => {
                applied.files.extend(again.files);
                applied.notes.extend(again.notes);
                applied.left_to_do.extend(again.left_to_do);
            }
            Err(_) => applied.notes.push(phrase!("remove-others", profile = name)),
        }
    }
}

fn write_again(
    context: &Context,
    (name, profile): (&str, &Profile),
    mailers: &[String],
    places: &Places,
) -> Result<Applied, Error> {
    let order = order::saved(context, name, profile, &context.places_for(profile.secret.as_ref())?)?;
    let mut plan = context.runner().plan(&order).map_err(super::planned::refused)?;
    plan.changes.retain(|change| mailers.contains(&change.owner));
    plan.runs.retain(|run| mailers.contains(&run.owner));
    if !plan.changes.iter().any(plan::Change::is_needed) {
        return Ok(Applied::default());
    }
    Ok(host::apply(&plan, places, &context.write_options())?)
}
