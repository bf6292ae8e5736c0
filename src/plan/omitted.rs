//! What a plan leaves out or takes out, said.

use super::{Change, Note, Order, locate::Location, senders};
use crate::{
    mail::{Setting, reply::escape},
    phrase,
    presets::Target,
};

/// The keys of a file that are taken out of it.
pub(super) fn removed(target: &Target, location: &Location, keys: &[String]) -> Option<Note> {
    let path = escape(&location.seen.to_string_lossy());
    let phrase = || phrase!("plan-note-removed", path = path, keys = escape(&keys.join(", ")), target = target.name);
    (!keys.is_empty()).then(|| Note { owner: target.key.clone(), phrase: phrase() })
}

/// The settings of the sender that the consumer has none for, and that are in none of the changes.
pub(super) fn unwritten(order: &Order, target: &Target, changes: &[Change]) -> Vec<Note> {
    let sender = &order.profile.sender;
    let wanted = [(Setting::Name, sender.name.is_some()), (Setting::ReplyTo, sender.reply_to.is_some())];
    let lost = wanted.into_iter().filter(|(setting, is_meant)| *is_meant && !target.read.has(*setting));
    let lost = lost.filter(|(setting, _)| *setting != Setting::Name || !is_in_headers(order, target, changes));
    let is_asked = target.read.has(Setting::Host);
    let said = lost.filter(|_| is_asked).map(|(setting, _)| {
        let phrase = phrase!("plan-note-unwritten", target = target.name, setting = setting.as_str());
        Note { owner: target.key.clone(), phrase }
    });
    said.collect()
}

/// Whether a mailer puts the sender's name into headers, as these changes have it.
fn is_in_headers(order: &Order, target: &Target, changes: &[Change]) -> bool {
    let Some(name) = order.profile.sender.name.as_ref().filter(|_| target.mta.is_some()) else { return false };
    let header = senders::header_name(name);
    let forms = [name.to_string(), header.trim_matches('"').to_owned()];
    let names = ["sender.name", "header_name"];
    let writes = target.files.iter().any(|file| names.iter().any(|name| file.template.as_str().contains(name)));
    let own = changes.iter().filter(|change| change.owner == target.key).filter_map(|change| change.after.as_ref());
    let mut texts = own.map(|text| String::from_utf8_lossy(text));
    writes && texts.any(|text| forms.iter().any(|form| text.contains(form)))
}
