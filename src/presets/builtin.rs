//! The built-in files, embedded: `build.rs` packs what lies in the folders.

use std::ops::Range;

use crate::packed::{Packed, PackedEntries, PackedValue};

/// An embedded file.
#[derive(Debug)]
pub(super) struct Embedded {
    /// The file's name without its ending.
    pub(super) key: &'static str,
    /// Its place in a list: lower ranks first, then by name.
    pub(super) rank: u32,
    /// The text that it is packed in.
    pack: &'static Packed,
    /// Where it is there, in bytes.
    at: Range<usize>,
}

impl Embedded {
    /// What the file says.
    pub(super) fn table(&self) -> PackedEntries {
        PackedEntries::of(self.pack.text().get(self.at.clone()).unwrap_or_default())
    }

    /// The strings of a list above the file's first table; empty where it has none.
    pub(super) fn list(&self, key: &str) -> Vec<&'static str> {
        self.value(key).map_or_else(Vec::new, |list| list.strings())
    }

    /// The strings that the tables of a list have by this key; empty where the file has no such list.
    pub(super) fn strings_in(&self, list: &str, key: &str) -> Vec<&'static str> {
        let Some(PackedValue::List(tables)) = self.value(list) else { return Vec::new() };
        let string = |table| {
            let PackedValue::Table(mut entries) = table else { return None };
            entries.find(|(name, _)| *name == key)?.1.string()
        };
        tables.filter_map(string).collect()
    }

    /// The lists of strings in one of the file's tables, by key.
    pub(super) fn lists(&self, table: &str) -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
        let lists = if let Some(PackedValue::Table(lists)) = self.value(table) { Some(lists) } else { None };
        lists.into_iter().flatten().map(|(key, list)| (key, list.strings()))
    }

    /// The sources of a text's messages by their names, in the order of the names.
    pub(super) fn messages(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.table().filter_map(|(name, source)| Some((name, source.string()?)))
    }

    fn value(&self, key: &str) -> Option<PackedValue> {
        self.table().find(|(name, _)| *name == key).map(|(_, value)| value)
    }
}

include!(concat!(env!("OUT_DIR"), "/presets.rs"));

#[cfg(test)]
pub(super) mod tests {
    use std::path::Path;

    use super::*;
    use crate::mail::toml_read;

    /// The text of a file below `presets`.
    pub(in super::super) fn text_of(file: &str) -> String {
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("presets").join(file)).unwrap()
    }

    fn compare(file: &Embedded, path: &str) {
        let table: toml::Table = text_of(path).parse().unwrap();
        assert_eq!(toml_read::from_packed::<toml::Table>(file.table()).unwrap(), table, "{path}");
        assert_eq!(table.get("rank").map_or(Some(1000), toml::Value::as_integer), Some(file.rank.into()), "{path}");
    }

    #[test]
    fn what_is_packed_is_what_toml_reads() {
        let folders = [
            ("providers", PROVIDERS),
            ("targets", TARGETS),
            ("causes", CAUSES),
            ("families", FAMILIES),
            ("distributions", DISTRIBUTIONS),
            ("dns_hosts", DNS_HOSTS),
            ("receivers", RECEIVERS),
            ("words", WORDS),
        ];
        for (folder, files) in folders {
            for file in files {
                compare(file, &format!("{folder}/{}.toml", file.key));
            }
            assert!(files.is_sorted_by_key(|file| (file.rank, file.key)));
        }
        for file in [&EGRESS, &FAULTS, &GATEWAYS, &PROGRAMS] {
            compare(file, &format!("{}.toml", file.key));
        }
        let gmail = PROVIDERS.iter().find(|file| file.key == "gmail").unwrap();
        assert_eq!(gmail.list("domains"), ["gmail.com", "googlemail.com"]);
        assert!(gmail.list("regions").is_empty());
    }
}
