//! What a file still has of the profile as it was: keys that we wrote and that are no longer meant.

use std::path::Path;

use super::{
    Change, Disclosure, Existing, Files, Order, Places, Refusal, TargetChoice,
    context::{SeenPair, TemplateContext},
    locate::Locations,
    merge,
    render::render,
    senders, several, values,
};
use crate::{
    format::doc::{FileDoc, FileEntry},
    mail::{Profile, Secret},
    presets::{
        Target,
        target::{MergeKind, TargetFile},
    },
};

/// What stands for the former password, which nobody knows here.
const MARK: &str = "formerpasswordofmailsetup";

/// What templates saw when the target was written for the profile as it was; `None` where it was not.
pub(super) fn context(
    former: Option<&Profile>,
    (order, target): (&Order, &Target),
    locations: &Locations<'_>,
    places: &Places,
    files: &dyn Files,
) -> Option<TemplateContext> {
    let former = former.filter(|former| former.enabled)?;
    let written = former.targets.iter().find(|written| written.name == target.key)?;
    let secret = former.secret.is_some().then(|| Secret::new(MARK.to_owned()));
    let order = Order { profile: former.clone(), secret, ..order.clone() };
    let choice = TargetChoice::from(written);
    let mut context = TemplateContext::new(&order, target, &choice, locations, places, files);
    context.take_part(several::part(&order, (target, &choice), places, files));
    // What it has in the files is its own also where nobody is the first any more.
    context.second |= several::has_part(&order.name, (target, &choice), places, files);
    context.sender_map = senders::map(&order, files).unwrap_or_default().iter().map(SeenPair::from).collect();
    Some(context)
}

/// The keys of the file that were written for the profile as it was, are as they were written, and are not among ours now.
pub(super) fn left(file: &TargetFile, former: &TemplateContext, ours: &str, there: &FileDoc) -> Vec<Vec<String>> {
    let format = file.format.rules();
    let was = render(file.template.as_str(), Some(format), former).ok().and_then(|text| format.read(&text).ok());
    let (Some(was), Ok(now)) = (was, format.read(ours)) else { return Vec::new() };
    let is_written = |found: &FileEntry| {
        let mut written = was.entries.iter().filter(|entry| entry.path == found.path);
        written.any(|entry| is_same(entry.value.as_deref(), found.value.as_deref(), &former.secret_command))
    };
    let is_ours = |path: &[String]| {
        let mut found = there.entries.iter().filter(|entry| entry.path == path).peekable();
        found.peek().is_some() && found.all(is_written)
    };
    let gone = was.entries.iter().map(|entry| &entry.path);
    let gone = gone.filter(|path| now.entries.iter().all(|entry| entry.path != **path) && is_ours(path));
    gone.cloned().collect()
}

/// What takes the login out of a file that was written for it alone, and is not called for without one; `None` where nothing of it
/// is there.
///
/// # Errors
/// The file cannot be read as what it is.
pub(super) fn dropped(
    (target, file): (&Target, &TargetFile),
    former: &TemplateContext,
    existing: &Existing,
    path: &Path,
) -> Result<Option<Change>, Refusal> {
    let unparseable = |fault| Refusal::unparseable(path, fault);
    let text = values::utf8(&existing.bytes).map_err(unparseable)?;
    let (format, comment) = (file.format.rules(), file.comment_sign());
    let after = match file.merge {
        MergeKind::Keys if is_wholly_ours(file, former, text) => None,
        MergeKind::Keys if !text.trim_ascii().is_empty() => {
            let there = format.read(text).map_err(unparseable)?;
            let gone = left(file, former, "", &there);
            if gone.is_empty() {
                return Ok(None);
            }
            Some(merge::keys::merge(format, text, Some(there), "", &gone, &[]).map_err(unparseable)?.text)
        }
        MergeKind::Block => {
            let around = merge::block::around(text, comment, &former.profile).map_err(unparseable)?;
            if !around.found {
                return Ok(None);
            }
            Some([around.before, around.after].concat())
        }
        MergeKind::Whole if merge::whole::is_of(&former.profile, text, comment) => None,
        MergeKind::Exact => None,
        MergeKind::Keys | MergeKind::Whole | MergeKind::Read => return Ok(None),
    };
    Ok(Some(Change {
        owner: target.key.clone(),
        path: path.to_owned(),
        before: Some(existing.bytes.clone()),
        after: after.map(String::into_bytes),
        mode_before: Some(existing.mode),
        mode: existing.mode,
        user: None,
        group: None,
        disclosure: Disclosure::Nothing,
    }))
}

/// Whether a file has what was written for the profile, and nothing else.
fn is_wholly_ours(file: &TargetFile, former: &TemplateContext, text: &str) -> bool {
    let was = render(file.template.as_str(), Some(file.format.rules()), former).unwrap_or_default();
    !was.trim_ascii().is_empty() && was.trim_ascii() == text.trim_ascii()
}

/// Whether a value is what was written: with any password, and with any call of mailsetup's where one was.
fn is_same(written: Option<&str>, found: Option<&str>, command: &str) -> bool {
    let (Some(written), Some(found)) = (written, found) else { return written == found };
    if let Some((before, after)) = written.split_once(MARK) {
        return found.len() >= before.len() + after.len() && found.starts_with(before) && found.ends_with(after);
    }
    let is_call = !command.is_empty() && written.contains(command);
    written == found || (is_call && found.contains("mailsetup") && found.contains(" secret "))
}
