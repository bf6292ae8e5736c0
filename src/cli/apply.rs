//! `apply`: makes every file as its profile says.

use serde_json::json;

use super::{
    commands::{chosen, files_json, files_text},
    context::Context,
    order::{self, Drift},
    planned,
};
use crate::{
    error::{Error, Exit},
    host,
    mail::{Profile, reply::escape},
    phrase,
    plan::TargetChoice,
    runner::others::is_another_s,
};

/// Writes the files of one profile, or of all that are enabled.
pub(super) fn run(context: &Context, named: Option<&str>, all: bool) -> Result<Exit, Error> {
    if !all {
        let (name, profile) = chosen(context, named)?;
        return one(context, &name, &profile).map(|()| Exit::Ok);
    }
    let mut exit = Exit::Ok;
    for (name, profile) in host::profiles::list(&context.places()?)? {
        let done = match profile {
            Ok(profile) if !profile.enabled => Ok(()),
            Ok(profile) => one(context, &name, &profile),
            Err(error) => Err(error.into()),
        };
        if let Err(error) = done {
            planned::say_failure(context, &name, &error)?;
            exit = error.exit;
        }
    }
    Ok(exit)
}

fn one(context: &Context, name: &str, profile: &Profile) -> Result<(), Error> {
    if !profile.enabled {
        let hint = phrase!("secret-disabled-hint", profile = name);
        return Err(Error::new(Exit::Config, phrase!("secret-disabled", profile = name)).hint(hint));
    }
    let places = context.places_for(profile.secret.as_ref())?;
    let mut order = order::saved(context, name, profile, &places)?;
    let drift = Drift::of(context, &order, &places);
    if !order.takes_over {
        // What another profile has by now is that one's.
        let drifted = |choice: &TargetChoice| {
            let is_it = |known: &&order::Difference| TargetChoice::from(&known.owner) == *choice;
            drift.differences.iter().find(is_it).is_some_and(|known| !known.fields.is_empty())
        };
        let others: Vec<_> = order
            .targets
            .iter()
            .filter(|choice| drifted(choice) && is_another_s(&order, choice, &context.catalog, &places))
            .cloned()
            .collect();
        order.targets.retain(|choice| !others.contains(choice));
    }
    let runner = context.runner();
    let plan = runner.plan(&order).map_err(planned::refused)?;
    if context.inputs.is_set("dry-run") {
        return planned::show(context, name, &plan.changes, order.secret.as_ref(), &planned::notes(&plan));
    }
    let options = context.write_options();
    let session = host::begin(&places, &options)?;
    // What others wrote meanwhile is kept.
    let plan = runner.plan(&order).map_err(planned::refused)?;
    let applied = host::apply_within(&plan, &session)?;
    drop(session);
    for note in planned::notes(&plan).iter().chain(&applied.notes) {
        context.say(&format!("! {}", context.text.say(note)));
    }
    if context.json {
        let files = files_json(&applied.files);
        let mut document = json!({"ok": true, "changed": applied.changed, "profile": name, "files": files});
        document["orphaned"] = json!(plan.orphaned);
        context.out(&document.to_string())?;
    } else {
        files_text(context, &applied.files)?;
    }
    if !applied.changed && plan.orphaned.is_empty() {
        context.say_phrase(&phrase!("check-no-drift", profile = name));
    }
    for command in &applied.left_to_do {
        context.say_phrase(&phrase!("runner-left-to-do", command = escape(command)));
    }
    Ok(())
}
