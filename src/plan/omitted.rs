//! What a plan leaves out or takes out, said.

use super::{Note, Order, locate::Location};
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

/// The settings of the sender that the consumer has none for.
pub(super) fn unwritten(order: &Order, target: &Target) -> impl Iterator<Item = Note> {
    let sender = &order.profile.sender;
    let wanted = [(Setting::Name, sender.name.is_some()), (Setting::ReplyTo, sender.reply_to.is_some())];
    let lost = wanted.into_iter().filter(|(setting, is_meant)| *is_meant && !target.read.has(*setting));
    let is_asked = target.read.has(Setting::Host);
    lost.filter(move |_| is_asked).map(|(setting, _)| {
        let phrase = phrase!("plan-note-unwritten", target = target.name, setting = setting.as_str());
        Note { owner: target.key.clone(), phrase }
    })
}
