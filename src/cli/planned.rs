//! What would be written, shown instead of written: by commands that take `--dry-run`.

use serde_json::{Value, json};

use super::{context::Context, json};
use crate::{
    error::Error,
    mail::{Secret, reply::escape},
    plan::{self, Change, DiffLine, Plan},
    presets::Phrase,
    render,
    setup::WorkFault,
};

/// Shows what would be done to these files, on standard output.
pub(super) fn show(
    context: &Context,
    profile: &str,
    changes: &[Change],
    secret: Option<&Secret>,
    notes: &[Phrase],
) -> Result<(), Error> {
    for note in notes {
        context.say(&format!("! {}", context.text.say(note)));
    }
    if context.json {
        let files: Vec<Value> = changes.iter().map(json::planned).collect();
        let is_needed = changes.iter().any(Change::is_needed);
        let said: Vec<String> = notes.iter().map(|note| context.text.say(note)).collect();
        let mut document = json!({"ok": true, "changed": is_needed, "profile": profile, "files": files, "notes": said});
        document["diff"] = json!(diff(context, changes, secret).join("\n"));
        return context.out(&document.to_string());
    }
    diff(context, changes, secret).iter().try_for_each(|line| context.out(line))
}

/// Each file with its diff.
pub(super) fn diff(context: &Context, changes: &[Change], secret: Option<&Secret>) -> Vec<String> {
    let one = |change: &Change| {
        let lines = if change.is_needed() { plan::diff(change, secret) } else { Vec::new() };
        let lines: Vec<String> = lines.iter().map(DiffLine::marked).collect();
        std::iter::once(render::change(&context.text, change)).chain(lines)
    };
    changes.iter().flat_map(one).collect()
}

/// What is to be known about a plan.
pub(super) fn notes(plan: &Plan) -> Vec<Phrase> {
    plan.notes.iter().map(|note| note.phrase.clone()).collect()
}

/// A plan that cannot be made, as the end of a command.
pub(super) fn refused(fault: WorkFault) -> Error {
    Error { exit: fault.exit, phrase: fault.phrase, hint: fault.hint }
}

/// Says what failed for one of several profiles, as a line of its own in JSON.
pub(super) fn say_failure(context: &Context, profile: &str, error: &Error) -> Result<(), Error> {
    if context.json {
        let why = json::error(&context.text, error);
        let document = json!({"ok": false, "changed": false, "profile": profile, "files": [], "error": why});
        context.out(&document.to_string())?;
    }
    context.warn(&format!("{}: {}", escape(profile), context.text.say(&error.phrase)));
    error.hint.iter().for_each(|hint| context.warn(&format!("  {}", context.text.say(hint))));
    Ok(())
}
