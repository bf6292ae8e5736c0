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

include!(concat!(env!("OUT_DIR"), "/presets.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_build_takes_out_is_what_toml_reads() {
        for files in [PROVIDERS, TARGETS, CAUSES] {
            let mut last = None;
            for file in files {
                let table: toml::Table = file.text.parse().unwrap();
                let rank = table.get("rank").map_or(1000, |rank| rank.as_integer().unwrap());
                assert_eq!(i64::from(file.rank), rank, "{}", file.key);
                assert!(last < Some((file.rank, file.key)), "{} is out of order", file.key);
                last = Some((file.rank, file.key));
                for name in ["domains", "mx"] {
                    let strings = table.get(name).and_then(|list| list.as_array()).into_iter().flatten();
                    let strings: Vec<_> = strings.map(|string| string.as_str().unwrap()).collect();
                    assert_eq!(file.list(name), strings, "{}: {name}", file.key);
                }
            }
        }
    }
}
