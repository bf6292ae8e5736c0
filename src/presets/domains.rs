//! Which provider an e-mail domain belongs to, found without reading every file: a built-in file's domains stand in its text
//! in one simple list.

use std::{borrow::Cow, collections::HashMap};

use super::{Provider, shelf::Shelf};

/// E-mail domains and the keys of their providers.
#[derive(Debug)]
pub(super) struct Domains(HashMap<Cow<'static, str>, String>);

impl Domains {
    pub(super) fn of(providers: &Shelf<Provider>) -> Self {
        let mut domains = HashMap::new();
        for entry in providers.entries() {
            let own: Vec<Cow<'static, str>> = if entry.source.is_empty() {
                entry.get().map(|provider| provider.domains.iter().cloned().map(Cow::Owned).collect()).unwrap_or_default()
            } else {
                listed(entry.source).map(Cow::Borrowed).collect()
            };
            // A person's own file wins over the built-in one that names the same domain.
            for domain in own {
                if entry.own.is_some() || !domains.contains_key(&domain) {
                    domains.insert(domain, entry.key.to_string());
                }
            }
        }
        Self(domains)
    }

    /// The key of the provider that a domain belongs to.
    pub(super) fn owner(&self, domain: &str) -> Option<&str> {
        let domain = domain.trim_end_matches('.').to_ascii_lowercase();
        if let Some(key) = self.0.get(domain.as_str()) {
            return Some(key);
        }
        // `*.` in front of a name stands for every name below it.
        let mut parents = domain.match_indices('.').map(|(at, _)| format!("*{}", &domain[at..]));
        parents.find_map(|parent| self.0.get(parent.as_str())).map(String::as_str)
    }
}

/// The strings of the list `domains = [..]` at the top of a built-in file.
fn listed(source: &'static str) -> impl Iterator<Item = &'static str> {
    let list = source.split_once("\ndomains = [").and_then(|(_, rest)| rest.split_once(']')).map_or("", |(list, _)| list);
    list.split('"').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presets::builtin;

    #[test]
    fn the_lists_are_read_as_toml_reads_them() {
        let shelf: Shelf<Provider> = Shelf::builtin(builtin::PROVIDERS);
        for entry in shelf.entries() {
            assert_eq!(listed(entry.source).collect::<Vec<_>>(), entry.get().unwrap().domains, "{}", entry.key);
        }
    }
}
