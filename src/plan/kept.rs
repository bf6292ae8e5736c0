//! The targets that a profile has already: those that nobody names now are written along with it, and only an order that names
//! all takes one back.

use super::{Files, Order, Places, Refusal, TargetChoice, expand, first_path, locate::locate, read_back};
use crate::{
    mail::{Profile, Setting, profile::Written},
    presets::{Catalog, Target, target::MergeKind},
};

/// An order's targets with those that its profile has.
#[derive(Debug, Default)]
pub(super) struct KeptTargets {
    /// The targets to write: those that are named, and those that the profile has.
    pub(super) targets: Vec<TargetChoice>,
    /// Targets of the profile whose file is gone, or says something else by now: they are left as they are.
    pub(super) orphaned: Vec<Written>,
    /// Targets that the profile had and that are no longer wanted.
    pub(super) dropped: Vec<Written>,
}

impl KeptTargets {
    /// The targets of an order, by the profile as it was.
    pub(super) fn of(order: &Order, was: Option<&Profile>, catalog: &Catalog, places: &Places, files: &dyn Files) -> Self {
        let mut kept = Self { targets: order.targets.clone(), ..Self::default() };
        let Some(was) = was.filter(|was| was.enabled) else { return kept };
        for written in &was.targets {
            let choice = TargetChoice::from(written);
            let target = catalog.target(&written.name);
            let is_named = |named: &TargetChoice| {
                named.key == choice.key && place(target, named, places) == place(target, &choice, places)
            };
            if order.targets.iter().any(is_named) {
                continue;
            }
            let is_there = || target.is_some_and(|target| is_ours(order, was, target, &choice, places, files));
            if order.is_whole {
                kept.dropped.push(written.clone());
            } else if is_there() {
                kept.targets.push(choice);
            } else {
                kept.orphaned.push(written.clone());
            }
        }
        kept
    }

    /// The profile's list: what it had in the order in which it had it, then what is new.
    pub(super) fn listed(&self, mut written: Vec<Written>, was: Option<&Profile>) -> Vec<Written> {
        written.extend(self.orphaned.iter().cloned());
        let had = was.map(|was| was.targets.as_slice()).unwrap_or_default();
        let place = |one: &Written| had.iter().position(|other| (&other.name, &other.path) == (&one.name, &one.path));
        written.sort_by_key(|one| place(one).unwrap_or(had.len()));
        written
    }
}

/// Whether a file in which these settings are not as meant is no longer the profile's: it leads to another server, login or sender.
pub fn leads_elsewhere(mismatches: &[Setting]) -> bool {
    let leads = [Setting::Host, Setting::Port, Setting::Security, Setting::Username, Setting::Sender];
    mismatches.iter().any(|setting| leads.contains(setting))
}

/// Where a target's first file is.
fn place(target: Option<&Target>, choice: &TargetChoice, places: &Places) -> Option<std::path::PathBuf> {
    first_path(target?, choice, places)
}

/// Whether a target's files are still there and lead where the profile led as it was. What cannot be read is not given up.
fn is_ours(
    order: &Order,
    was: &Profile,
    target: &Target,
    choice: &TargetChoice,
    places: &Places,
    files: &dyn Files,
) -> bool {
    let was = Order { profile: was.clone(), secret: None, ..order.clone() };
    let is_there = |site: &TargetChoice| -> Result<bool, Refusal> {
        let mut written =
            locate(target, site, &order.name, places)?.into_iter().filter(|(file, _)| file.merge != MergeKind::Read);
        Ok(written.any(|(_, location)| files.read(&location.disk).map_or(true, |found| found.is_some())))
    };
    let leads_there = |site: &TargetChoice| {
        let read = read_back(target, site, &order.name, places, files);
        read.map_or(true, |read| !leads_elsewhere(&super::compare(&was, places, &read)))
    };
    match expand(target, choice, places, files) {
        Ok(sites) => sites.iter().any(|site| is_there(site).unwrap_or(true) && leads_there(site)),
        Err(Refusal::NotInstalled { .. }) => false,
        Err(_) => true,
    }
}
