//! What applying or undoing did.

use std::path::PathBuf;

use crate::presets::Phrase;

/// What was done to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileAction {
    /// There was none before.
    Created,
    /// Its content or mode was changed.
    Changed,
    /// It was as it should be.
    Unchanged,
    /// It was removed.
    Removed,
}

impl FileAction {
    /// The word that JSON uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Removed => "removed",
        }
    }
}

/// A file of a plan, once applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedFile {
    /// The file.
    pub path: PathBuf,
    /// What was done to it.
    pub action: FileAction,
    /// Its content before, where there was one.
    pub backup: Option<PathBuf>,
}

/// What applying did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// The files, in the plan's order.
    pub files: Vec<AppliedFile>,
    /// Whether anything was changed.
    pub changed: bool,
    /// What a person should know: a reload that failed, an earlier write that was rolled back first.
    pub notes: Vec<Phrase>,
    /// Commands for the image's own system, as a shell takes them: nothing is run below a root.
    pub left_to_do: Vec<String>,
}
