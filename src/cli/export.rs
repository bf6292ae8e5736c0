//! `export`: writes a saved profile for one more consumer, or prints what it would write.

use std::io::{self, Write};

use serde_json::json;

use super::{
    commands::{chosen, files_json, files_text},
    context::Context,
    order, planned,
};
use crate::{
    error::{Error, Exit},
    host, phrase,
    plan::{self, Change, Order, TargetChoice},
};

/// Writes the named targets in addition to those of the profile; with `print` nothing is written.
pub(super) fn run(context: &Context, targets: &[&str], print: bool) -> Result<Exit, Error> {
    let is_dry = print || context.inputs.is_set("dry-run");
    let (name, profile) = chosen(context, None)?;
    let places = context.places_for(profile.secret.as_ref())?;
    let options = context.write_options();
    let session = if is_dry { None } else { Some(host::begin(&places, &options)?) };
    // Once more, now that nobody else writes.
    let profile = if session.is_some() { host::profiles::load(&name, &places)? } else { profile };
    let wanted: Vec<TargetChoice> = targets.iter().map(|target| TargetChoice::parse(target)).collect();
    // Those that the profile has are written along.
    let order = order::saved(context, &name, &profile, &places)?;
    let order = Order { targets: wanted.clone(), takes_over: print || order.takes_over, ..order };
    let plan = context.runner().plan(&order).map_err(planned::refused)?;
    if context.inputs.is_set("dry-run") {
        planned::show(context, &order.name, &plan.changes, order.secret.as_ref(), &planned::notes(&plan))?;
        return Ok(Exit::Ok);
    }
    for note in &plan.notes {
        context.say(&format!("! {}", context.text.say(&note.phrase)));
    }
    let Some(session) = session else {
        let place = |choice: &TargetChoice| plan::first_path(context.catalog.target(&choice.key)?, choice, &places);
        let kept = order.profile.targets.iter().map(TargetChoice::from).filter_map(|choice| place(&choice));
        let asked: Vec<_> = wanted.iter().filter_map(place).collect();
        let kept: Vec<_> = kept.filter(|path| !asked.contains(path)).collect();
        let is_wanted = |change: &&Change| wanted.iter().any(|choice| choice.key == change.owner);
        let printed = plan.changes.iter().filter(|change| is_wanted(change) && !kept.contains(&change.path));
        if context.json {
            let text = |change: &Change| String::from_utf8_lossy(change.after.as_deref().unwrap_or_default()).into_owned();
            let files: Vec<_> = printed.map(|change| json!({"path": change.path, "content": text(change)})).collect();
            context.out(&json!({"ok": true, "changed": false, "profile": order.name, "files": files}).to_string())?;
            return Ok(Exit::Ok);
        }
        let mut out = io::stdout().lock();
        for change in printed {
            out.write_all(change.after.as_deref().unwrap_or_default())
                .map_err(|error| Error::new(Exit::Io, phrase!("cli-output", cause = error)))?;
        }
        return Ok(Exit::Ok);
    };
    let applied = host::apply_within(&plan, &session)?;
    if context.json {
        let files = files_json(&applied.files);
        context.out(&json!({"ok": true, "changed": applied.changed, "profile": order.name, "files": files}).to_string())?;
    } else {
        files_text(context, &applied.files)?;
    }
    applied.notes.iter().for_each(|note| context.say_phrase(note));
    for command in &applied.left_to_do {
        context.say_phrase(&phrase!("runner-left-to-do", command = command));
    }
    Ok(Exit::Ok)
}
