//! One word for one thing: a type takes a name of its own, or its room's prefix.

use std::collections::{BTreeMap, BTreeSet};

use super::sources::sources;

/// Every type at the top level of a file, and the files that define one of this name.
fn types() -> BTreeMap<String, BTreeSet<String>> {
    let mut types: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, text) in sources() {
        for line in text.lines() {
            let mut words = line.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
            let is_type = |word: &&str| matches!(*word, "struct" | "enum" | "trait" | "type" | "union");
            let is_item = line.starts_with("pub") || line.split(' ').next().is_some_and(|word| is_type(&word));
            // `pub(in super::super) struct Name`
            let keyword = words.find(|word| is_type(word) || !matches!(*word, "pub" | "crate" | "super" | "in"));
            if let (true, Some(_), Some(name)) = (is_item, keyword.filter(is_type), words.next()) {
                types.entry(name.to_owned()).or_default().insert(file.clone());
            }
        }
    }
    types
}

#[test]
fn a_type_name_is_used_once() {
    let types = types();
    assert!(types.len() > 250, "{}", types.len());
    let mut faults = String::new();
    for (name, files) in types.iter().filter(|(_, files)| files.len() > 1) {
        faults += &format!("\n{name} is the name of {} types, in {files:?}: give one its room's prefix", files.len());
    }
    assert!(faults.is_empty(), "{faults}");
}
