//! The names of all flags, as the answers file and variables have them too.

use super::args::EXTRAS;
use crate::setup::Field;

/// What begins the name of each of our variables.
pub(super) const PREFIX: &str = "MAILSETUP_";

/// The variable of an option.
pub(super) fn variable_of(name: &str) -> String {
    format!("{PREFIX}{}", name.to_uppercase().replace('-', "_"))
}

/// Every flag's name, and whether it is a switch.
pub(super) fn names() -> impl Iterator<Item = (&'static str, bool)> {
    let specs = Field::ALL.into_iter().map(Field::spec).filter(|spec| !spec.flag.is_empty());
    let fields = specs.map(|spec| (spec.flag, spec.value.is_empty()));
    fields.chain(EXTRAS.iter().map(|flag| (flag.name, flag.value.is_empty())))
}
