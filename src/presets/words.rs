//! What a client, a library or a mailer says when it fails. One file each in `presets/words`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::PresetSource;

/// The words of one client, by the fault that they report.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The key; filled in from the file's name.
    #[serde(skip)]
    pub key: String,
    /// Where it was read from; filled in when it is.
    #[serde(skip)]
    pub source: PresetSource,
    /// The names of the client and of what shows its words.
    pub name: String,
    /// Year and month in which the words were last checked, as `2026-11`.
    pub checked: String,
    /// Where the words come from.
    pub sources: Vec<String>,
    /// Words in lower case, of which one must occur, by fault.
    pub words: BTreeMap<String, Vec<String>>,
}
