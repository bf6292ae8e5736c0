//! Another profile whose settings a plan would take out of a file that has room for one.

use std::path::Path;

use super::{
    Files, Order, Places, Plan, PlannedFiles, ReadBack, Refusal, TargetChoice, compare, expand, locate::locate, read_back,
};
use crate::{
    mail::{Profile, Setting, profile::Written},
    presets::Catalog,
};

/// Why a plan would take a file from another profile; `None` where it takes none.
///
/// A file has room for several where what its consumer reads for the other profile stays the same, and is nothing that it reads for
/// this one as well.
pub fn rival((order, plan): (&Order, &Plan), catalog: &Catalog, places: &Places, files: &dyn Files) -> Option<Refusal> {
    let planned = PlannedFiles { changes: &plan.changes, files };
    let is_planned = |path: &Path| plan.changes.iter().any(|change| change.path == path);
    let is_written = |path: &Path| plan.changes.iter().any(|change| change.path == path && change.is_needed());
    let own = targets(order, places, files);
    let is_own = |written: &Written| own.iter().any(|own| own.name == written.name && own.path == written.path);
    for (name, profile) in order.others() {
        let theirs = Order { name: name.clone(), profile: profile.clone(), secret: None, ..order.clone() };
        for written in &profile.targets {
            let Some(target) = catalog.target(&written.name) else { continue };
            let sites = expand(target, &TargetChoice::from(written), places, files).unwrap_or_default();
            for site in &sites {
                let located = locate(target, site, name, places).unwrap_or_default();
                let Some((_, taken)) = located.iter().find(|(_, location)| is_planned(&location.disk)) else { continue };
                let Ok(before) = read_back(target, site, name, places, files) else { continue };
                let is_theirs =
                    |read: &ReadBack| compare(&theirs, places, read).iter().all(|setting| *setting == Setting::Password);
                if !is_theirs(&before) {
                    continue;
                }
                let is_changed = located.iter().any(|(_, location)| is_written(&location.disk)) && {
                    let after = read_back(target, site, name, places, &planned).ok();
                    !after.is_some_and(|after| is_same(profile, &before, &after))
                };
                // A file that says to this profile what it says to the other has no place of its own for it, whatever it says.
                let is_joined = !target.several
                    && !is_own(written)
                    && read_back(target, site, &order.name, places, files).is_ok_and(|read| is_theirs(&read));
                if is_changed || is_joined {
                    return Some(Refusal::Rival {
                        target: target.key.clone(),
                        path: taken.disk.clone(),
                        profile: name.clone(),
                        instead: (target.mta.is_some() && !target.several).then(|| roomy(catalog)),
                    });
                }
            }
        }
    }
    None
}

/// The targets of the order's profile as it is saved.
fn targets(order: &Order, places: &Places, files: &dyn Files) -> Vec<Written> {
    let saved = files.read(&places.profile(&order.name)).ok().flatten();
    let saved = saved.and_then(|file| Profile::parse(&file.bytes).ok()).filter(|profile| profile.enabled);
    saved.map(|profile| profile.targets).unwrap_or_default()
}

/// Whether a consumer reads the same for a profile. Where root's mail goes is not its own unless it says so.
fn is_same(profile: &Profile, before: &ReadBack, after: &ReadBack) -> bool {
    let counts = |setting: &Setting| *setting != Setting::RootMail || profile.root_mail.is_some();
    let mut counting = Setting::ALL.into_iter().filter(counts);
    before.password == after.password && counting.all(|setting| before.get(setting) == after.get(setting))
}

/// The mailers that have room for several profiles.
fn roomy(catalog: &Catalog) -> String {
    let keys: Vec<&str> = catalog.targets().filter(|target| target.several).map(|target| target.key.as_str()).collect();
    keys.join(", ")
}
