//! The built-in files, embedded: `build.rs` lists what lies in the folders.

/// An embedded file.
#[derive(Debug)]
pub(super) struct Embedded {
    /// The file's name without its ending.
    pub(super) key: &'static str,
    /// Its place in a list: lower ranks first, then by name.
    pub(super) rank: u32,
    /// The whole text.
    pub(super) text: &'static str,
    /// Lists of strings that are needed without parsing the file, by key.
    pub(super) lists: &'static [(&'static str, &'static [&'static str])],
}

impl Embedded {
    /// The strings of a list above the file's first table; empty where it has none.
    pub(super) fn list(&self, key: &str) -> &'static [&'static str] {
        self.lists.iter().find(|(name, _)| *name == key).map_or(&[], |(_, list)| list)
    }
}

/// What is known of networks that block mail.
pub(super) const EGRESS: &str = include_str!("../../presets/egress.toml");

/// Filters that take mail in front of its hoster.
pub(super) const GATEWAYS: &str = include_str!("../../presets/gateways.toml");

/// Programs that send by addresses of their own.
pub(super) const PROGRAMS: &str = include_str!("../../presets/programs.toml");

include!(concat!(env!("OUT_DIR"), "/presets.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares what the build took out of a file with what the TOML parser reads.
    fn compare(file: &Embedded) {
        let table: toml::Table = file.text.parse().unwrap();
        assert_eq!(table.get("rank").map_or(Some(1000), toml::Value::as_integer), Some(file.rank.into()), "{}", file.key);
        let words = table.get("words").and_then(toml::Value::as_table);
        let top = table.iter().filter(|(key, _)| {
            ["domains", "mx", "families", "hosts", "marks", "keys", "order", "ids", "bundles"].contains(&key.as_str())
        });
        let lists: std::collections::BTreeMap<&str, Vec<&str>> = top
            .chain(words.into_iter().flatten())
            .map(|(key, list)| (key.as_str(), list.as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect()))
            .collect();
        assert_eq!(file.lists.len(), lists.len(), "{}", file.key);
        for (key, list) in lists {
            assert_eq!(file.list(key), list, "{}: {key}", file.key);
        }
    }

    #[test]
    fn what_the_build_takes_out_is_what_toml_reads() {
        for files in [PROVIDERS, TARGETS, CAUSES, FAMILIES, DISTRIBUTIONS, WORDS] {
            files.iter().for_each(compare);
            assert!(files.is_sorted_by_key(|file| (file.rank, file.key)));
        }
        compare(&FAULTS);
    }
}
