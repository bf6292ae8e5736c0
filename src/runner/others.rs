//! The profiles that are saved beside the one that is at work.

use super::{fault::refused, image};
use crate::{
    host::{self, Disk},
    mail::Profile,
    plan::{self, Change, Order, Places, Plan, PlannedFiles, Refusal, TargetChoice},
    presets::Catalog,
    setup::WorkFault,
};

/// The profiles that are saved and can be read, by name.
pub fn saved(places: &Places) -> Vec<(String, Profile)> {
    let saved = host::profiles::list(places).unwrap_or_default();
    saved.into_iter().filter_map(|(name, profile)| Some((name, profile.ok()?))).collect()
}

/// An order with the other profiles that are saved.
pub(super) fn beside(order: &Order, places: &Places) -> Order {
    Order { others: saved(places), ..order.clone() }
}

/// Whether a target's file has another profile's settings by now, and room for one: to write it would take those out.
pub fn is_another_s(order: &Order, choice: &TargetChoice, catalog: &Catalog, places: &Places) -> bool {
    let disk = Disk::new(places);
    let order = Order { targets: vec![choice.clone()], ..beside(order, places) };
    let Ok(plan) = plan::plan(&order, catalog, places, &disk) else { return false };
    let rival = plan::rival((&order, &plan), catalog, places, &disk);
    matches!(rival, Some(Refusal::Rival { target, .. }) if target == choice.key)
}

/// Plans a saved profile's files once another is removed, upon the files as these changes leave them.
///
/// # Errors
/// Why it cannot be planned.
pub fn plan_without(
    removed: &str,
    order: &Order,
    changes: &[Change],
    catalog: &Catalog,
    places: &Places,
) -> Result<Plan, WorkFault> {
    let mut order = beside(&image::settled(order, places)?, places);
    order.others.retain(|(name, _)| name != removed);
    let files = PlannedFiles { changes, files: &Disk::new(places) };
    plan::plan(&order, catalog, places, &files).map_err(|refusal| refused(&refusal))
}
