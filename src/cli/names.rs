//! The names of all flags, as the answers file and variables have them too.

use super::args::EXTRAS;
use crate::setup::FIELDS;

/// Every flag's name, and whether it is a switch.
pub(super) fn names() -> impl Iterator<Item = (&'static str, bool)> {
    let fields = FIELDS.iter().filter(|spec| !spec.flag.is_empty()).map(|spec| (spec.flag, spec.value.is_empty()));
    fields.chain(EXTRAS.iter().map(|flag| (flag.name, flag.value.is_empty())))
}
