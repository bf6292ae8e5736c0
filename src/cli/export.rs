//! `export`: writes a saved profile for one more consumer, or prints what it would write.

use std::io::{self, Write};

use serde_json::json;

use super::{
    commands::{chosen, files_json, files_text},
    context::{Context, program},
};
use crate::{
    error::{Error, Exit},
    host,
    mail::KeySlot,
    phrase,
    plan::{Change, Order, TargetChoice},
};

/// Writes the named targets in addition to those of the profile; with `print` nothing is written.
pub(super) fn run(context: &Context, targets: &[&str], print: bool) -> Result<Exit, Error> {
    if print {
        context.name_cut_off();
    } else {
        context.recover()?;
    }
    let (name, profile) = chosen(context, None)?;
    let places = context.places_for(profile.secret.as_ref())?;
    let options = context.write_options();
    let session = if print { None } else { Some(host::begin(&places, &options)?) };
    // Once more, now that nobody else writes.
    let profile = if session.is_some() { host::profiles::load(&name, &places)? } else { profile };
    let secret = match &profile.secret {
        Some(place) => Some(host::stores::read_own(&name, &(&profile).into(), place, &places)?.secret),
        None => None,
    };
    let wanted: Vec<TargetChoice> = targets.iter().map(|target| TargetChoice::parse(target)).collect();
    let mut all: Vec<TargetChoice> = Vec::new();
    if !print {
        let former = profile.targets.iter();
        all.extend(former.map(|target| TargetChoice {
            key: target.name.clone(),
            path: target.path.clone(),
            ..TargetChoice::default()
        }));
    }
    all.extend(wanted.iter().filter(|choice| !all.contains(choice)).cloned().collect::<Vec<_>>());
    let order = Order {
        name,
        scope: places.scope,
        profile,
        secret,
        targets: all,
        program: vec![program()],
        lock: KeySlot::default(),
    };
    let plan = context.runner().plan(&order).map_err(|trouble| Error {
        exit: trouble.exit,
        phrase: trouble.phrase,
        hint: trouble.hint,
    })?;
    for note in &plan.notes {
        context.say(&format!("! {}", context.text.say(&note.phrase)));
    }
    let Some(session) = session else {
        let printed = plan.changes.iter().filter(|change| wanted.iter().any(|choice| choice.key == change.owner));
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
