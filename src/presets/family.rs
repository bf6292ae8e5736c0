//! A family of providers that share servers, and so the words of their replies. One file each in `presets/families`.

use serde::Deserialize;

use super::PresetSource;

/// A family of providers. Its name, by which causes ask for it, is the file's name.
///
/// Providers belong to a family by naming it in their own file. A service that has no preset is a family without members.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// The name; filled in from the file's name.
    #[serde(skip)]
    pub key: String,
    /// Where it was read from; filled in when it is.
    #[serde(skip)]
    pub source: PresetSource,
    /// The name that people know.
    pub name: String,
    /// Year and month in which the facts were last checked, as `2026-11`.
    pub checked: String,
    /// Where the facts come from.
    pub sources: Vec<String>,
    /// What people call a provider of the family that has no preset, or how what they call it begins.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Domains below which the family's hosts are.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Words that only the family's servers use in their replies, in lower case.
    #[serde(default)]
    pub marks: Vec<String>,
}
