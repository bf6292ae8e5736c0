//! Several profiles in the files of one mailer: the first has all mail, another the mail of its own senders.

use super::{Files, Order, Places, TargetChoice, compare, first_path, leads_elsewhere, read_back};
use crate::{
    mail::{Profile, Setting},
    presets::Target,
};

/// A profile's part in the files of a mailer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct ProfilePart {
    /// Another profile has all mail: this one has that of its own senders.
    pub(super) is_second: bool,
    /// Other profiles have the mail of their own senders.
    pub(super) has_seconds: bool,
}

/// The part that an order's profile gets. The first stays the first, whoever is written again.
pub(super) fn part(order: &Order, mailer: (&Target, &TargetChoice), places: &Places, files: &dyn Files) -> ProfilePart {
    let (target, choice) = mailer;
    if !target.several {
        return ProfilePart::default();
    }
    let path = first_path(target, choice, places);
    let is_there = |profile: &Profile| {
        let mut written = profile.targets.iter().filter(|written| written.name == target.key);
        written.any(|written| first_path(target, &TargetChoice::from(written), places) == path)
    };
    let others = || order.others().filter(|(_, profile)| is_there(profile));
    let has_part = |name: &str| has_part(name, mailer, places, files);
    // No profile has this name.
    let first = read_back(target, choice, "", places, files).ok();
    let is_first = |name: &str, profile: &Profile| {
        let theirs = Order { name: name.to_owned(), profile: profile.clone(), secret: None, ..order.clone() };
        !has_part(name) && first.as_ref().is_some_and(|first| !leads_elsewhere(&compare(&theirs, places, first)))
    };
    let may_be = !order.takes_over || has_part(&order.name);
    ProfilePart {
        is_second: may_be && others().any(|(name, profile)| is_first(name, profile)),
        has_seconds: others().any(|(name, _)| has_part(name)),
    }
}

/// Whether a profile has the mail of its own senders alone.
pub(super) fn has_part(name: &str, (target, choice): (&Target, &TargetChoice), places: &Places, files: &dyn Files) -> bool {
    target.several
        && read_back(target, choice, name, places, files)
            .is_ok_and(|read| read.get(Setting::Sender).is_some_and(|sender| !sender.is_empty()))
}
