//! What profiles have in common in the files of a mailer outlives the removal of one: what the others need is written with it.

use super::{context::Context, order};
use crate::{
    error::Error,
    host::{self, Alongside, Disk},
    mail::{Profile, profile::Written},
    phrase,
    plan::{self, Change, Order, Places, TargetChoice},
    presets::{Phrase, target::MergeKind},
    runner::others,
};

/// The other profiles that send by the mailers in whose files one that is removed has a part.
pub(super) struct Sharing<'a> {
    context: &'a Context,
    removed: &'a str,
    places: &'a Places,
    /// By key.
    mailers: Vec<String>,
    /// The targets of the profile that is removed: another that has one of them at the same place has the same file.
    targets: Vec<Written>,
    /// What writes each of them again.
    orders: Vec<Order>,
    /// Those that cannot be written again.
    unreadable: Vec<Phrase>,
}

impl<'a> Sharing<'a> {
    /// Looks for them, and reads their secrets.
    pub(super) fn of(context: &'a Context, removed: &'a str, places: &'a Places) -> Self {
        let mailers = mailers(context, removed, places);
        let targets = host::profiles::load(removed, places).map(|profile| profile.targets).unwrap_or_default();
        let mut sharing = Self { context, removed, places, mailers, targets, orders: Vec::new(), unreadable: Vec::new() };
        for (name, profile) in others::saved(places) {
            let shares = profile.targets.iter().any(|written| {
                sharing.mailers.contains(&written.name) || sharing.targets.iter().any(|own| is_one_file(own, written))
            });
            if name != removed && profile.enabled && shares {
                match ordered(context, &name, &profile) {
                    Ok(order) => sharing.orders.push(order),
                    Err(_) => sharing.unreadable.push(phrase!("remove-others", profile = name)),
                }
            }
        }
        sharing
    }

    /// What they need of those mailers' files, once these are as the removal leaves them.
    pub(super) fn plans(&self, changes: &[Change]) -> Alongside {
        let mut alongside = Alongside { plans: Vec::new(), notes: self.unreadable.clone() };
        let mut done = changes.to_vec();
        for order in &self.orders {
            let Ok(mut plan) = others::plan_without(self.removed, order, &done, &self.context.catalog, self.places) else {
                alongside.notes.push(phrase!("remove-others", profile = order.name));
                continue;
            };
            let is_at_one = |own: &Written| order.targets.contains(&TargetChoice::from(own));
            let shared = |owner: &String| {
                self.mailers.contains(owner) || self.targets.iter().any(|own| own.name == *owner && is_at_one(own))
            };
            plan.changes.retain(|change| shared(&change.owner));
            plan.runs.retain(|run| shared(&run.owner));
            done.extend(plan.changes.iter().cloned());
            alongside.plans.push(plan);
        }
        alongside
    }
}

/// Whether two targets are the same program's, at the same place.
fn is_one_file(one: &Written, other: &Written) -> bool {
    one.name == other.name && one.path == other.path
}

fn ordered(context: &Context, name: &str, profile: &Profile) -> Result<Order, Error> {
    order::saved(context, name, profile, &context.places_for(profile.secret.as_ref())?)
}

/// The mailers in whose files a profile has a part beside another's, by key: its own senders or those that it leaves to others, or,
/// among accounts, the one that is used when none is named.
fn mailers(context: &Context, name: &str, places: &Places) -> Vec<String> {
    let Ok(profile) = host::profiles::load(name, places) else { return Vec::new() };
    let has_part = |choice: &TargetChoice| {
        context.catalog.target(&choice.key).is_some_and(|target| {
            let has_account = target.mta.is_some() && target.files.iter().any(|file| file.merge == MergeKind::Block);
            has_account || plan::has_part(name, (target, choice), places, &Disk::new(places))
        })
    };
    profile.targets.iter().map(TargetChoice::from).filter(has_part).map(|choice| choice.key).collect()
}
