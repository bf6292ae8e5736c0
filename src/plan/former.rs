//! What a file still has of the profile as it was: keys that we wrote and that are no longer meant.

use super::{Files, Order, Places, TargetChoice, context::TemplateContext, locate::Locations, render::render};
use crate::{
    format::doc::{FileDoc, FileEntry},
    mail::{Profile, Secret},
    presets::{Target, target::TargetFile},
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
    Some(TemplateContext::new(&order, target, &TargetChoice::from(written), locations, places, files))
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

/// Whether a value is what was written: with any password, and with any call of mailsetup's where one was.
fn is_same(written: Option<&str>, found: Option<&str>, command: &str) -> bool {
    let (Some(written), Some(found)) = (written, found) else { return written == found };
    if let Some((before, after)) = written.split_once(MARK) {
        return found.len() >= before.len() + after.len() && found.starts_with(before) && found.ends_with(after);
    }
    let is_call = !command.is_empty() && written.contains(command);
    written == found || (is_call && found.contains("mailsetup") && found.contains(" secret "))
}
