//! Files as they will be.

use std::{io, path::Path};

use super::{Change, Existing, Files, Node};

/// Files as changes leave them.
pub struct PlannedFiles<'a> {
    /// The changes; of those to one file the last counts.
    pub changes: &'a [Change],
    /// The files as they are.
    pub files: &'a dyn Files,
}

impl Files for PlannedFiles<'_> {
    fn read(&self, path: &Path) -> io::Result<Option<Existing>> {
        match self.changes.iter().rfind(|change| change.path == path) {
            Some(change) => Ok(change.after.clone().map(|bytes| Existing { bytes, mode: change.mode })),
            None => self.files.read(path),
        }
    }

    fn folders(&self, parent: &Path) -> Vec<String> {
        self.files.folders(parent)
    }

    fn has_group(&self, group: &str) -> bool {
        self.files.has_group(group)
    }

    fn groups_of(&self, user: &str) -> Option<Vec<String>> {
        self.files.groups_of(user)
    }

    fn own_group(&self, user: &str) -> Option<String> {
        self.files.own_group(user)
    }

    fn members(&self, group: &str) -> Vec<String> {
        self.files.members(group)
    }

    fn find(&self, path: &Path) -> Option<Node> {
        self.files.find(path)
    }
}
