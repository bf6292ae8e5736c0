//! Which provider answers: by its key, by its host, or by the words that only its servers use.

use crate::{
    mail::endpoint::is_below,
    presets::{Catalog, Marks},
};

/// What every provider and every family is known by.
#[derive(Debug)]
pub(super) struct ProviderMarks<'a>(Vec<Marks<'a>>);

impl<'a> ProviderMarks<'a> {
    /// The marks of a catalog.
    pub(super) fn new(catalog: &'a Catalog) -> Self {
        Self(catalog.marks().collect())
    }

    /// Words of replies, with whose they are.
    pub(super) fn words(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().flat_map(|marks| marks.words.iter().map(|word| (marks.name, *word)))
    }

    /// The families that a key belongs to.
    pub(super) fn families_of(&self, key: &str) -> impl Iterator<Item = &'a str> {
        let begins = |marks: &&Marks<'a>| marks.keys.iter().any(|begin| key.starts_with(begin));
        self.0.iter().filter(begins).flat_map(|marks| marks.families.iter().copied())
    }

    /// The families and providers that a host belongs to.
    pub(super) fn owners_of(&self, host: &str) -> impl Iterator<Item = &'a str> {
        let owns = |marks: &&Marks<'a>| marks.hosts.iter().any(|domain| is_below(host, domain));
        self.0.iter().filter(owns).map(|marks| marks.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_hosts() {
        let catalog = Catalog::builtin();
        let marks = ProviderMarks::new(&catalog);
        let families = |key| marks.families_of(key).collect::<Vec<_>>();
        assert_eq!(families("google-workspace"), ["google"]);
        // A key without a preset: by how it begins.
        assert_eq!(families("exchange-2019"), ["microsoft"]);
        assert!(families("unheard-of").is_empty());
        let owners = |host| marks.owners_of(host).collect::<Vec<_>>();
        assert_eq!(owners("smtp.gmail.com"), ["google"]);
        assert_eq!(owners("SMTP.office365.com"), ["microsoft365", "microsoft"]);
        assert!(owners("notgmail.com").is_empty());
    }
}
