//! Settings in a target's files that go before ours.

use serde::Deserialize;

use super::Template;

/// A setting that a person may have made, and that goes before what is written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overrule {
    /// The setting, as the file has it.
    pub setting: String,
    /// The target's file that it is in, by `id`.
    pub file: String,
    /// A minijinja expression over the files as they will be, with the variables of `read`: whether it is so.
    pub when: Template,
    /// What it does.
    pub effect: OverruleEffect,
}

/// What such a setting does to the mail that is meant to take our way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OverruleEffect {
    /// All mail goes another way: nothing is written.
    All,
    /// Some mail may go another way.
    Some,
    /// It may change how the connection to the relay is protected.
    Tls,
    /// The machine's own mail is not kept here, and its aliases do not count.
    Local,
    /// Aliases are read elsewhere.
    Aliases,
    /// It may put other senders in place of those that are put there.
    Senders,
    /// Mail from other machines is taken: what they send by SMTP keeps its sender.
    Outside,
}
