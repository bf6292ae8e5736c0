//! The profiles that are saved beside the one that is at work.

use crate::{
    host::{self, Disk},
    plan::{self, Order, Places, Refusal, TargetChoice},
    presets::Catalog,
};

/// An order with the other profiles that are saved.
pub(super) fn beside(order: &Order, places: &Places) -> Order {
    let saved = host::profiles::list(places).unwrap_or_default();
    let others = saved.into_iter().filter_map(|(name, profile)| Some((name, profile.ok()?))).collect();
    Order { others, ..order.clone() }
}

/// Whether a target's file has another profile's settings by now, and room for one: to write it would take those out.
pub fn is_another_s(order: &Order, choice: &TargetChoice, catalog: &Catalog, places: &Places) -> bool {
    let disk = Disk::new(places);
    let order = Order { targets: vec![choice.clone()], ..beside(order, places) };
    let Ok(plan) = plan::plan(&order, catalog, places, &disk) else { return false };
    let rival = plan::rival((&order, &plan), catalog, places, &disk);
    matches!(rival, Some(Refusal::Rival { target, .. }) if target == choice.key)
}
