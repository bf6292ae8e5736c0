//! Several profiles in the files of one mailer: the first has all mail, another the mail of its own senders.

use super::{Files, Order, Places, Refusal, TargetChoice, compare, first_path, leads_elsewhere, read_back};
use crate::{
    mail::{Profile, Senders, Setting},
    presets::Target,
};

/// A profile's part in the files of a mailer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct ProfilePart {
    /// Another profile has all mail: this one has that of its own senders.
    pub(super) is_second: bool,
    /// Other profiles have the mail of their own senders.
    pub(super) has_seconds: bool,
    /// The one that has all mail replaces senders.
    pub(super) is_rewritten: bool,
}

/// The part that an order's profile gets. The first stays the first, whoever is written again.
pub(super) fn part(order: &Order, mailer: (&Target, &TargetChoice), places: &Places, files: &dyn Files) -> ProfilePart {
    let (target, choice) = mailer;
    if !target.several {
        return ProfilePart::default();
    }
    let others = || others(order, mailer, places);
    let has_part = |name: &str| has_part(name, mailer, places, files);
    // No profile has this name.
    let first = read_back(target, choice, "", places, files).ok();
    let is_first = |name: &str, profile: &Profile| {
        let theirs = Order { name: name.to_owned(), profile: profile.clone(), secret: None, ..order.clone() };
        !has_part(name) && first.as_ref().is_some_and(|first| !leads_elsewhere(&compare(&theirs, places, first)))
    };
    let may_be = !order.takes_over || has_part(&order.name);
    // Who has a part stays in it, also where the first's settings were edited.
    let stays = has_part(&order.name) && others().any(|(name, _)| !has_part(name));
    let replaces = |profile: &Profile| !profile.sender.senders.is_any() || profile.sender.sender_map.is_some();
    ProfilePart {
        is_second: stays || may_be && others().any(|(name, profile)| is_first(name, profile)),
        has_seconds: others().any(|(name, _)| has_part(name)),
        is_rewritten: others().any(|(name, profile)| replaces(profile) && !has_part(name)),
    }
}

/// The other profiles whose files are those of this mailer.
fn others<'a>(
    order: &'a Order,
    (target, choice): (&'a Target, &TargetChoice),
    places: &'a Places,
) -> impl Iterator<Item = (&'a String, &'a Profile)> {
    let path = first_path(target, choice, places);
    order.others().filter(move |(_, profile)| {
        let mut written = profile.targets.iter().filter(|written| written.name == target.key);
        written.any(|written| first_path(target, &TargetChoice::from(written), places) == path)
    })
}

/// Looks that no two profiles have the same senders: nothing else tells them apart. Postfix folds case in its tables, also in the
/// part before the `@` (`postconf(5)`, `DATABASE_README`).
///
/// # Errors
/// Another profile has the order's.
pub(super) fn check_senders(
    order: &Order,
    mailer: (&Target, &TargetChoice),
    part: ProfilePart,
    places: &Places,
) -> Result<(), Refusal> {
    // Who takes the place of the first takes its mail as well.
    if !mailer.0.several || order.takes_over && !part.is_second {
        return Ok(());
    }
    let own = senders_of(&order.profile);
    for (name, profile) in others(order, mailer, places) {
        if let Some(sender) = senders_of(profile).into_iter().find(|sender| own.contains(sender)) {
            return Err(Refusal::SameSender { target: mailer.0.key.clone(), profile: name.clone(), sender });
        }
    }
    Ok(())
}

/// What a profile sends as, in small letters: its address, and all of its domain where it has that.
fn senders_of(profile: &Profile) -> Vec<String> {
    let address = profile.sender.address.to_string().to_lowercase();
    let domain = format!("@{}", profile.sender.address.domain().to_lowercase());
    let is_all = profile.sender.senders == Senders::Domain;
    [Some(address), is_all.then_some(domain)].into_iter().flatten().collect()
}

/// Whether a profile has the mail of its own senders alone.
pub fn has_part(name: &str, (target, choice): (&Target, &TargetChoice), places: &Places, files: &dyn Files) -> bool {
    target.several
        && read_back(target, choice, name, places, files)
            .is_ok_and(|read| read.get(Setting::Sender).is_some_and(|sender| !sender.is_empty()))
}
