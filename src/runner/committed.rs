//! Files with the password that git would commit.

use crate::{
    host,
    plan::{Change, Note, Order, Places, Plan},
};

/// What to say of files with the password that git would commit. Of an image nothing: git here is not the image's.
pub(super) fn committed(plan: &Plan, order: &Order, places: &Places) -> Vec<Note> {
    let Some(secret) = order.secret.as_ref().filter(|_| places.root.is_none()) else { return Vec::new() };
    let note = |change: &Change| Some(Note { owner: change.owner.clone(), phrase: host::not_ignored(&change.path)? });
    plan.changes.iter().filter(|change| change.holds(secret)).filter_map(note).collect()
}
