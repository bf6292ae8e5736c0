//! Slips of the finger in well-known domains.

use crate::presets::{Catalog, table};

/// The well-known domain that is nearest to one that does not exist, when it is near enough to be a slip.
pub(super) fn nearest_domain(domain: &str, catalog: &Catalog) -> Option<String> {
    let own = catalog.providers().flat_map(|provider| &provider.domains).filter(|name| !name.starts_with('*'));
    let names = own.cloned().chain(table::names().map(str::to_owned));
    // In a short name two letters make another word.
    let most = if domain.len() < 8 { 1 } else { 2 };
    let slips = names.map(|name| (strsim::osa_distance(domain, &name), name));
    slips.filter(|(slips, _)| (1..=most).contains(slips)).min_by_key(|(slips, _)| *slips).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips() {
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
