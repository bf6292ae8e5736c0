//! The small commands: list, show, remove, undo.

use serde_json::json;

use super::{context::Context, planned, shared::Sharing};
use crate::{
    error::{Error, Exit},
    host::{self, Applied, AppliedFile, ApplyError, Folders, HostError, UndoPreview},
    mail::{
        Profile, ProfileFault, ProfileName, Secret,
        profile::{Check, Written},
        profile_fault::FieldFault,
        reply::escape,
        store::StoreFilling,
    },
    phrase,
    plan::Places,
    presets::{PresetSource, nearest},
};

/// The profile to use if none is named: the only one, else `default`.
pub(super) fn chosen(context: &Context, named: Option<&str>) -> Result<(String, Profile), Error> {
    let asked = asked(context, named)?;
    enter_scope_of(context, asked.as_deref())?;
    let places = context.places()?;
    let name = match asked {
        Some(name) => name,
        // A user who may read only one profile cannot list them.
        None => match host::profiles::names(&places).unwrap_or_default().as_slice() {
            [only] => only.clone(),
            _ => DEFAULT.to_owned(),
        },
    };
    let profile = host::profiles::load(&name, &places)?;
    match unknown_target(context, &name, &profile, &places) {
        Some(error) => Err(error.into()),
        None => Ok((name, profile)),
    }
}

/// Root has two scopes: enters the one that has the profile, or any profile, and says where there is another one.
pub(super) fn enter_scope_of(context: &Context, name: Option<&str>) -> Result<(), Error> {
    let Some(there) = context.other_places() else { return Ok(()) };
    let has = |places: &Places| {
        let names = host::profiles::names(places).unwrap_or_default();
        name.map_or(!names.is_empty(), |name| names.iter().any(|known| known == name))
    };
    match (has(&context.places()?), has(&there)) {
        (false, true) => context.enter(&there),
        (true, true) => {
            context.say_phrase(&phrase!("scope-both", path = escape(&there.config.display().to_string())));
        }
        _ => {}
    }
    Ok(())
}

/// What is wrong with the names of a profile's targets. A person's own target counts by its file: no preset is read for it.
fn unknown_target(context: &Context, name: &str, profile: &Profile, places: &Places) -> Option<HostError> {
    // Those of this machine, also for an image.
    let own = host::places(Some(places.scope), None, Folders::of_person()).ok()?.config.join("targets");
    let is_own = |key: &str| own.join(format!("{key}.toml")).is_file();
    let known: Vec<&str> = context.catalog.target_keys().collect();
    let is_unknown = |written: &&Written| !known.contains(&written.name.as_str()) && !is_own(&written.name);
    let unknown = profile.targets.iter().find(is_unknown)?;
    let path = places.profile(name);
    let at = profile.targets.iter().position(|written| written == unknown).unwrap_or_default();
    let source = PresetSource { file: String::new(), text: std::fs::read_to_string(&path).unwrap_or_default() };
    let fault = FieldFault {
        line: source.fault_at(&format!("target.{at}.name"), "").line,
        field: "target.name".to_owned(),
        why: phrase!("plan-unknown-target", typed = escape(&unknown.name)),
        nearest: nearest(&unknown.name, known).map(str::to_owned),
    };
    Some(HostError::BadProfile(path, Box::new(ProfileFault::Field(fault))))
}

/// The profile that is used where none is named.
pub(super) const DEFAULT: &str = "default";

/// The profile that the argument, an option, a variable or the answers file names.
///
/// # Errors
/// The word that is no argument cannot be a name.
pub(super) fn asked(context: &Context, named: Option<&str>) -> Result<Option<String>, Error> {
    match named {
        Some(name) => Ok(Some(name.to_owned())),
        None => Ok(context.inputs.value::<ProfileName>("profile")?.map(String::from)),
    }
}

/// `list`: one line per profile, of both scopes for root.
pub(super) fn list(context: &Context) -> Result<Exit, Error> {
    let here = context.places()?;
    let scope = here.scope;
    let mut exit = Exit::Ok;
    let mut listed = 0;
    for places in [Some(here), context.other_places()].into_iter().flatten() {
        let profiles = host::profiles::list(&places)?;
        let is_other = places.scope != scope;
        listed += profiles.len();
        for (name, profile) in profiles {
            if let Some(fault) = list_one(context, &name, profile, &places, is_other)? {
                exit = fault;
            }
        }
    }
    if listed == 0 {
        context.say_phrase(&phrase!("list-empty"));
    }
    Ok(exit)
}

/// Lists a profile; returns the exit status for one that is damaged.
fn list_one(
    context: &Context,
    name: &str,
    profile: Result<Profile, HostError>,
    places: &Places,
    is_other: bool,
) -> Result<Option<Exit>, Error> {
    match profile {
        Ok(profile) if context.json => context.out(&summary(name, &profile, places).to_string())?,
        Ok(profile) => {
            if let Some(error) = unknown_target(context, name, &profile, places) {
                say_damage(context, name, &error.into());
            }
            let last = last_check(name, &profile, places);
            let state = if profile.enabled { checked(context, last) } else { context.text.get("list-disabled") };
            let server = profile.smtp.endpoint();
            let scope = if is_other { format!("  --scope {}", places.scope) } else { String::new() };
            context.out(&format!(
                "{name:<16} {:<32} {:<36} {state}{scope}",
                escape(&profile.sender.address.to_string()),
                escape(&server.authority())
            ))?;
        }
        Err(error) => {
            let error = Error::from(error);
            if context.json {
                let why = super::json::error(&context.text, &error);
                let scope = places.scope.as_str();
                context.out(&json!({"ok": false, "profile": name, "scope": scope, "error": why}).to_string())?;
            }
            say_damage(context, name, &error);
            return Ok(Some(error.exit));
        }
    }
    Ok(None)
}

/// What is wrong with a profile that is listed all the same.
fn say_damage(context: &Context, name: &str, error: &Error) {
    context.warn(&format!("{}: {}", escape(name), context.text.say(&error.phrase)));
    error.hint.iter().for_each(|hint| context.warn(&format!("  {}", context.text.say(hint))));
}

/// The last test of a profile as it is now.
fn last_check(name: &str, profile: &Profile, places: &Places) -> Option<Check> {
    host::checks::of(name, profile, places).ok()?.last
}

fn checked(context: &Context, last: Option<Check>) -> String {
    match last {
        Some(check) => {
            context.text.say(&phrase!("list-checked", result = escape(&check.result), when = escape(&check.when)))
        }
        None => context.text.get("list-unchecked"),
    }
}

fn summary(name: &str, profile: &Profile, places: &Places) -> serde_json::Value {
    json!({"profile": name, "scope": places.scope.as_str(), "enabled": profile.enabled, "address": profile.sender.address, "smtp": profile.smtp,
           "targets": profile.targets, "check": last_check(name, profile, places)})
}

/// `show`: the profile as in its file, or as JSON, and whom its secret is for; never the secret.
pub(super) fn show(context: &Context, named: Option<&str>) -> Result<Exit, Error> {
    let (name, profile) = chosen(context, named)?;
    let places = context.places()?;
    let whom = profile
        .secret
        .as_ref()
        .filter(|_| profile.enabled)
        .map(|place| host::stores::given_for(&name, &(&profile).into(), place, &places).map_err(|error| error.phrase()));
    if context.json {
        let mut document = json!(profile);
        document["profile"] = json!(name);
        document["secret_for"] = json!(whom.and_then(Result::ok));
        if let Some(check) = last_check(&name, &profile, &places) {
            document["check"] = json!(check);
        }
        context.out(&document.to_string())?;
    } else {
        let path = places.profile(&name);
        context.out(&format!("# {}", escape(&path.display().to_string())))?;
        if let Some(whom) = whom {
            let said = whom.map_or_else(|why| why, |whom| phrase!("show-secret").with_phrase("whom", whom.phrase()));
            context.out(&format!("# {}", context.text.say(&said)))?;
        }
        context.out(host::profiles::render(&profile)?.trim_end())?;
    }
    Ok(Exit::Ok)
}

/// The profile that `remove` is about.
pub(super) fn removed(context: &Context, named: Option<&str>) -> Result<String, Error> {
    let missing = || Error::new(Exit::Usage, phrase!("usage-missing", flag = "PROFILE")).hint(phrase!("usage-help"));
    asked(context, named)?.ok_or_else(missing)
}

/// `remove`: undoes what was written for the profile; with `for_good` nothing is kept that could bring it back.
pub(super) fn remove(context: &Context, named: Option<&str>, for_good: bool, if_exists: bool) -> Result<Exit, Error> {
    let name = removed(context, named)?;
    let name = name.as_str();
    let places = context.places()?;
    let sharing = Sharing::of(context, name, &places);
    if context.inputs.is_set("dry-run") {
        return match host::undo_all_preview(name, &places, &|changes| sharing.plans(changes)) {
            Err(ApplyError::Host(HostError::NoProfile(..))) if if_exists => {
                planned::show(context, name, &[], None, &[phrase!("remove-absent", profile = escape(name))])
            }
            preview => preview.map_err(Error::from).and_then(|would| previewed(context, &would)),
        }
        .map(|()| Exit::Ok);
    }
    let options = context.write_options();
    // Known only for as long as it is searched for.
    let known = if for_good { known(context, name, &places) } else { None };
    let (applied, is_absent) = match host::undo_all(name, &places, &options, &|changes| sharing.plans(changes)) {
        Err(ApplyError::Host(HostError::NoProfile(..))) if if_exists => {
            context.say_phrase(&phrase!("remove-absent", profile = escape(name)));
            (Applied::default(), true)
        }
        other => (other?, false),
    };
    let purged = if for_good { Some(host::purge(Some(name), known.as_ref(), &places, &options)?) } else { None };
    let changed = applied.changed || purged.as_ref().is_some_and(|purged| !purged.profiles.is_empty());
    if context.json {
        let mut files = files_json(&applied.files);
        if for_good {
            // The copies are gone.
            for file in &mut files {
                file["backup"] = serde_json::Value::Null;
            }
        }
        context.out(&json!({"ok": true, "changed": changed, "profile": name, "files": files}).to_string())?;
    } else {
        files_text(context, &applied.files)?;
    }
    applied.notes.iter().for_each(|note| context.say_phrase(note));
    applied
        .left_to_do
        .iter()
        .for_each(|command| context.say_phrase(&phrase!("runner-left-to-do", command = escape(command))));
    match purged {
        Some(purged) => {
            purged.notes.iter().for_each(|note| context.say_phrase(note));
            context.say_phrase(&phrase!("purge-done", count = purged.profiles.len()));
        }
        None if applied.changed => {
            context.say_phrase(&phrase!("remove-done", profile = name));
            context.say_phrase(&phrase!("remove-left", path = escape(&places.state.display().to_string())));
        }
        None if !is_absent => context.say_phrase(&phrase!("remove-already", profile = name)),
        None => {}
    }
    Ok(Exit::Ok)
}

/// The password of a profile, where it can be read without a person.
fn known(context: &Context, name: &str, places: &Places) -> Option<Secret> {
    let profile = host::profiles::load_secret(name, places).ok()?;
    let place = profile.secret.filter(|place| place.store().filling() != StoreFilling::Person)?;
    let places = context.places_for(Some(&place)).ok()?;
    host::stores::read(name, &place, &places).ok().map(|kept| kept.secret)
}

/// `purge`: nothing is kept of profiles that were removed.
pub(super) fn purge(context: &Context) -> Result<Exit, Error> {
    let places = context.places_to_open()?;
    let purged = host::purge(None, None, &places, &context.write_options())?;
    if context.json {
        let changed = !purged.profiles.is_empty();
        context.out(&json!({"ok": true, "changed": changed, "profiles": purged.profiles}).to_string())?;
    }
    purged.notes.iter().for_each(|note| context.say_phrase(note));
    context.say_phrase(&phrase!("purge-done", count = purged.profiles.len()));
    Ok(Exit::Ok)
}

/// `undo`: undoes the last write.
pub(super) fn undo(context: &Context) -> Result<Exit, Error> {
    let places = context.places_to_open()?;
    context.announce(&places)?;
    if context.inputs.is_set("dry-run") {
        return previewed(context, &host::undo_preview(&places)?).map(|()| Exit::Ok);
    }
    let undone = host::undo(&places, &context.write_options())?;
    if context.json {
        let changed = !undone.was_cut_off || !undone.files.is_empty();
        let document =
            json!({"ok": true, "changed": changed, "profile": undone.profile, "files": files_json(&undone.files)});
        context.out(&document.to_string())?;
    } else {
        files_text(context, &undone.files)?;
    }
    undone.notes.iter().for_each(|note| context.say_phrase(note));
    undone
        .left_to_do
        .iter()
        .for_each(|command| context.say_phrase(&phrase!("runner-left-to-do", command = escape(command))));
    context.say_phrase(&if undone.was_cut_off {
        phrase!("undo-put-back")
    } else {
        phrase!("undo-done", profile = undone.profile, when = undone.when)
    });
    Ok(Exit::Ok)
}

/// Shows what would be undone.
fn previewed(context: &Context, would: &UndoPreview) -> Result<(), Error> {
    planned::show(context, &would.profile, &would.changes, None, &would.notes)
}

pub(super) fn files_json(files: &[AppliedFile]) -> Vec<serde_json::Value> {
    files.iter().map(|file| json!({"path": file.path, "action": file.action.as_str(), "backup": file.backup})).collect()
}

/// The files that were written, each with what happened to it; nothing when quiet.
pub(super) fn files_text(context: &Context, files: &[AppliedFile]) -> Result<(), Error> {
    for file in files.iter().filter(|_| !context.quiet) {
        let action = context.text.get(&format!("render-file-{}", file.action.as_str()));
        context.out(&format!("{action:<10} {}", escape(&file.path.display().to_string())))?;
    }
    Ok(())
}

/// Refuses a query that nothing matches.
pub(super) fn none_found(none: bool, query: Option<&str>) -> Result<(), Error> {
    match query.filter(|_| none) {
        Some(query) => Err(Error::new(Exit::NoInput, phrase!("nothing-found", query = escape(query)))),
        None => Ok(()),
    }
}
