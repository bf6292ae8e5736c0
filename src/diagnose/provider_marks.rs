//! Which provider answers: by its key, by its host, or by the words that only its servers use.

use crate::{mail::endpoint::is_below, presets::Catalog};

/// What every provider and every family is known by.
#[derive(Debug)]
pub(super) struct ProviderMarks<'a> {
    /// How a key begins, with a family that it then belongs to.
    keys: Vec<(&'a str, &'a str)>,
    /// Domains, with whose hosts are below them.
    hosts: Vec<(&'a str, &'a str)>,
    /// Words of replies, with whose they are.
    words: Vec<(&'a str, &'a str)>,
}

impl<'a> ProviderMarks<'a> {
    /// The marks of a catalog.
    pub(super) fn new(catalog: &'a Catalog) -> Self {
        let (mut keys, mut hosts, mut words) = (Vec::new(), Vec::new(), Vec::new());
        for marks in catalog.marks() {
            keys.extend(marks.families.iter().flat_map(|family| marks.keys.iter().map(|key| (*key, *family))));
            hosts.extend(marks.hosts.iter().map(|domain| (*domain, marks.name)));
            words.extend(marks.words.iter().map(|word| (*word, marks.name)));
        }
        Self { keys, hosts, words }
    }

    /// Words of replies, with whose they are.
    pub(super) fn words(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.words.iter().copied()
    }

    /// The families that a key belongs to.
    pub(super) fn families_of(&self, key: &str) -> impl Iterator<Item = &'a str> {
        self.keys.iter().filter(|(begin, _)| key.starts_with(begin)).map(|(_, family)| *family)
    }

    /// The families and providers that a host belongs to.
    pub(super) fn owners_of(&self, host: &str) -> impl Iterator<Item = &'a str> {
        self.hosts.iter().filter(|(domain, _)| is_below(host, domain)).map(|(_, name)| *name)
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
