//! Whether a file is the consumer's at all: of its kind, its own, and of a version that reads what is written.

use minijinja::Value;

use super::{
    Files, Refusal,
    locate::{Location, Locations},
    read_back::common_variables,
    render::Expressions,
    values::{utf8, values},
};
use crate::{
    format::{FileKind, doc::FileDoc},
    presets::{
        Target,
        target::{MergeKind, TargetFile},
    },
};

/// Refuses a file of another kind, by its name and its first lines.
///
/// # Errors
/// [`Refusal::OtherKind`].
pub(super) fn check_kind(target: &Target, file: &TargetFile, location: &Location, text: &str) -> Result<(), Refusal> {
    let Some(own) = file.format.rules().kinds() else { return Ok(()) };
    let name = location.seen.file_name().and_then(|name| name.to_str()).and_then(FileKind::of_name);
    let is_merged = matches!(file.merge, MergeKind::Keys | MergeKind::Block);
    let found = name.into_iter().chain(FileKind::of_text(text).filter(|_| is_merged)).find(|kind| !own.contains(kind));
    let refusal = |kind| Refusal::OtherKind { target: target.key.clone(), path: location.disk.clone(), kind };
    found.map_or(Ok(()), |kind| Err(refusal(kind)))
}

/// Refuses another program's file, by a key that this consumer's never has.
///
/// # Errors
/// [`Refusal::OtherProgram`].
pub(super) fn check_owner(target: &Target, file: &TargetFile, location: &Location, doc: &FileDoc) -> Result<(), Refusal> {
    let format = file.format.rules();
    let has = |key: &str| {
        let steps = format.steps(key);
        let entries = doc.entries.iter().map(|entry| &entry.path);
        entries.chain(doc.groups.iter().map(|group| &group.path)).any(|path| path.starts_with(&steps))
    };
    let refusal = |(shown, instead): (&String, &String)| Refusal::OtherProgram {
        target: target.key.clone(),
        path: location.disk.clone(),
        shown: shown.clone(),
        instead: Some(instead.clone()).filter(|instead| !instead.is_empty()),
    };
    file.foreign.iter().find(|(key, _)| has(key)).map_or(Ok(()), |found| Err(refusal(found)))
}

/// Refuses a version of the consumer that does not read these settings any more, as its files show it.
///
/// # Errors
/// [`Refusal::Outgrown`], or a wrong expression.
pub(super) fn check_version(target: &Target, locations: &Locations<'_>, files: &dyn Files) -> Result<(), Refusal> {
    let Some(outgrown) = &target.outgrown else { return Ok(()) };
    let mut known = common_variables("");
    for (file, location) in locations {
        let found = files.read(&location.disk).map_err(|error| Refusal::unreadable(&location.disk, error))?;
        let text = found.as_ref().and_then(|found| utf8(&found.bytes).ok()).unwrap_or_default();
        known.push((&file.id, values(file.format.rules(), text).unwrap_or(Value::UNDEFINED)));
    }
    let found = Expressions::new().value(outgrown.as_str(), &Value::from_pairs(known));
    if found.map_err(|fault| Refusal::template(target, outgrown, fault))?.is_true() {
        let path = locations.first().map(|(_, location)| location.disk.clone()).unwrap_or_default();
        return Err(Refusal::Outgrown { target: target.key.clone(), path, docs: target.docs.clone() });
    }
    Ok(())
}
