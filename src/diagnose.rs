//! Evidence and causes make a diagnosis with a fix that can be applied.

use std::collections::BTreeMap;

/// What a failure means and what to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnosis {
    /// A label of the causes, or `unknown`.
    pub cause: String,
    /// What happened, one line.
    pub title: String,
    /// What it means.
    pub meaning: String,
    /// What to do, in order.
    pub steps: Vec<String>,
    /// Where to read on.
    pub links: Vec<String>,
    /// What the change does, as a key's label.
    pub fix: Option<String>,
    /// The answers it would change, by answers-file key.
    pub change: BTreeMap<String, String>,
    /// The answer that a person has to enter anew, by answers-file key.
    pub ask: Option<String>,
    /// Whether the cause is sure.
    pub certain: bool,
}

/// What the evidence means.
pub fn diagnose(evidence: &crate::probe::Evidence, _: &crate::presets::Catalog, _: crate::presets::Lang) -> Diagnosis {
    Diagnosis { cause: "unknown".into(), title: evidence.fault.name().into(), ..Diagnosis::default() }
}
