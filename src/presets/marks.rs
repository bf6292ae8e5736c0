//! What a diagnosis knows a provider or a family of providers by, without reading the built-in files whole.

use super::{Family, Provider, builtin::Embedded};

/// What a provider or a family is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marks<'a> {
    /// The name by which causes ask for it.
    pub name: &'a str,
    /// A key that begins with one of these belongs to `families`.
    pub keys: Vec<&'a str>,
    /// The provider's families, or the family itself.
    pub families: Vec<&'a str>,
    /// Domains below which its hosts are.
    pub hosts: Vec<&'a str>,
    /// Words that only its servers use in their replies, in lower case.
    pub words: Vec<&'a str>,
}

impl<'a> Marks<'a> {
    /// Of a built-in provider.
    pub(super) fn of_built_in_provider(file: &'static Embedded) -> Self {
        let list = |key| file.list(key);
        Self { name: file.key, keys: vec![file.key], families: list("families"), hosts: list("hosts"), words: list("marks") }
    }

    /// Of a built-in family.
    pub(super) fn of_built_in_family(file: &'static Embedded) -> Self {
        let list = |key| file.list(key);
        Self { name: file.key, keys: list("keys"), families: vec![file.key], hosts: list("hosts"), words: list("marks") }
    }

    /// Of a person's own provider.
    pub(super) fn of_provider(provider: &'a Provider) -> Self {
        Self {
            name: &provider.key,
            keys: vec![&provider.key],
            families: strings(&provider.families),
            hosts: strings(&provider.hosts),
            words: strings(&provider.marks),
        }
    }

    /// Of a person's own family.
    pub(super) fn of_family(family: &'a Family) -> Self {
        Self {
            name: &family.key,
            keys: strings(&family.keys),
            families: vec![&family.key],
            hosts: strings(&family.hosts),
            words: strings(&family.marks),
        }
    }
}

fn strings(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}
