//! A profile that is saved, as the conversation knows it.

use crate::mail::Profile;

/// A profile that is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedProfile {
    /// Its name.
    pub name: String,
    /// What it says; `None` where it is damaged.
    pub profile: Option<Profile>,
}
