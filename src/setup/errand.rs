//! What the home page shows, and what a person wants done there.

use crate::{
    mail::{ProfileName, word::words},
    presets::Phrase,
};

/// A saved profile on the home page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeProfile {
    /// Its name.
    pub name: ProfileName,
    /// Address and server; `None` where its file is damaged.
    pub whose: Option<(String, String)>,
    /// The programs that use it.
    pub programs: Vec<String>,
    /// How its last test ended, and when.
    pub checked: Phrase,
}

words! {
    /// What can be done with a profile.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum HomeAction {
        /// Test it live.
        Test = "test",
        /// Change its answers.
        Edit = "edit",
        /// Let one more program use it.
        Add = "add",
        /// Take back everything that was written for it.
        Remove = "remove",
    }
}

/// What a person wants done instead of a set-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Errand {
    /// Something with a profile.
    With(ProfileName, HomeAction),
    /// Take back the last write.
    Undo,
}

impl Errand {
    /// Whether it takes something away: then it is asked about once more.
    pub(super) const fn takes_away(&self) -> bool {
        matches!(self, Self::Undo | Self::With(_, HomeAction::Remove))
    }
}

/// The home page and where the person is on it.
#[derive(Debug, Default)]
pub(super) struct Home {
    pub(super) profiles: Vec<HomeProfile>,
    /// The profile that was chosen.
    pub(super) chosen: Option<ProfileName>,
    /// What is wanted.
    pub(super) errand: Option<Errand>,
}

/// The answer that begins a new set-up. No profile has such a name.
pub(super) const NEW: &str = ":new";
/// The answer that takes back the last write.
pub(super) const UNDO: &str = ":undo";
