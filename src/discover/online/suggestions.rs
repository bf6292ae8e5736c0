//! Suggestions for mistyped domains.

use crate::presets::{Catalog, table};

/// The well-known domain closest to one that does not exist, if it is close enough to be a typing error.
pub(super) fn nearest_domain(domain: &str, catalog: &Catalog) -> Option<String> {
    let known = catalog.providers().flat_map(|provider| &provider.domains).filter(|name| !name.starts_with('*'));
    let names = known.cloned().chain(table::names().map(str::to_owned));
    // In a short name two changes make another word.
    let most = if domain.len() < 8 { 1 } else { 2 };
    let distances = names.map(|name| (strsim::osa_distance(domain, &name), name));
    distances
        .filter(|(distance, _)| (1..=most).contains(distance))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_errors() {
        let catalog = Catalog::builtin();
        let near = |domain: &str| nearest_domain(domain, &catalog);
        for (typed, meant) in [
            ("gmial.com", "gmail.com"),
            ("gmail.con", "gmail.com"),
            ("hotmial.com", "hotmail.com"),
            ("yaho.com", "yahoo.com"),
        ] {
            assert_eq!(near(typed).as_deref(), Some(meant), "{typed}");
        }
        assert_eq!(near("my-company.example"), None);
    }
}
