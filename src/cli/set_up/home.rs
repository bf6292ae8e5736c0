//! Home: the saved profiles, and what a person wants done with them.

use std::time::{Duration, SystemTime};

use super::{super::context::Context, conversation::Conversation};
use crate::{
    host::{self, profiles::Listed},
    mail::{Profile, reply::escape},
    phrase,
    plan::Places,
    presets::Phrase,
    setup::{Field, HomeProfile},
};

/// Opens the conversation on the profiles that are saved, where a person gave no answer that begins a set-up.
pub(super) fn offer(context: &Context, conversation: &mut Conversation) {
    let is_asked = context.may_ask() && !is_begun(context);
    let Some(places) = context.places().ok().filter(|places| is_asked && places.root.is_none()) else { return };
    // A folder that cannot be read is told when it is written.
    let listed = host::profiles::list(&places).unwrap_or_default();
    let profiles = listed.into_iter().filter_map(|listed| row(listed, context, &places)).collect();
    conversation.setup.offer_home(profiles);
}

/// Whether a person has given answers already; whose files are meant is none.
pub(super) fn is_begun(context: &Context) -> bool {
    let inputs = &context.inputs;
    inputs.has_password() || inputs.fields().iter().any(|(field, ..)| *field != Field::Scope)
}

fn row((name, profile): Listed, context: &Context, places: &Places) -> Option<HomeProfile> {
    let name_typed = name.parse().ok()?;
    let Ok(profile) = profile else {
        return Some(HomeProfile {
            name: name_typed,
            whose: None,
            programs: Vec::new(),
            checked: phrase!("home-unchecked"),
        });
    };
    let program = |key: &str| context.catalog.target(key).map_or_else(|| key.to_owned(), |target| target.name.clone());
    profile.enabled.then(|| HomeProfile {
        name: name_typed,
        whose: Some((profile.sender.address.to_string(), profile.smtp.endpoint().authority())),
        programs: profile.targets.iter().map(|written| program(&written.name)).collect(),
        checked: checked(context, &name, &profile, places),
    })
}

/// How the last test ended, and how long ago.
fn checked(context: &Context, name: &str, profile: &Profile, places: &Places) -> Phrase {
    let last = host::checks::of(name, profile, places).ok().and_then(|checked| checked.last);
    let Some(check) = last else { return phrase!("home-unchecked") };
    let age = host::clock::age(&check.when, SystemTime::now());
    let ago = age.map_or_else(|| escape(&check.when), |age| context.text.say(&ago(age)));
    if check.result == "ok" {
        return phrase!("home-checked", ago = ago);
    }
    let cause = context.catalog.cause(&check.result).map(|cause| cause.words(context.lang()).title.clone());
    phrase!("home-failed", ago = ago, cause = cause.unwrap_or_else(|| escape(&check.result)))
}

/// An age in its largest unit.
fn ago(age: Duration) -> Phrase {
    let minutes = age.as_secs() / 60;
    let (unit, number) = match minutes {
        0..60 => ("minutes", minutes),
        60..1440 => ("hours", minutes / 60),
        _ => ("days", minutes / 1440),
    };
    phrase!("home-ago", unit = unit).with("number", number)
}
