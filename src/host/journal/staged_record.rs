//! A record on its way to its name: what takes room is done before.

use std::path::PathBuf;

use crate::host::files::{
    error::FileError,
    folder::{Attributes, Folder, StagedFile, name_of},
};

/// A record that only needs its final name.
pub(crate) struct StagedRecord<'a> {
    folder: Folder<'a>,
    staged: StagedFile,
    path: PathBuf,
}

impl<'a> StagedRecord<'a> {
    /// Writes the text of a record under a temporary name.
    pub(super) fn new(folder: Folder<'a>, path: PathBuf, text: &[u8], tag: &str) -> Result<Self, FileError> {
        Ok(Self { staged: folder.stage(&path, text, &Attributes::ours(tag))?, folder, path })
    }

    /// Makes it the write's record.
    pub(crate) fn save(&self) -> Result<(), FileError> {
        self.folder.put(&self.staged, name_of(&self.path))
    }

    /// Whether it is the write's record by now. That can be so although `save` failed: its folder could not be synced.
    pub(crate) fn is_saved(&self) -> bool {
        !self.folder.has(&self.staged)
    }
}

impl Drop for StagedRecord<'_> {
    fn drop(&mut self) {
        if !self.is_saved() {
            // If this fails, the next run removes it.
            let _ = self.folder.drop_staged(&self.staged);
        }
    }
}
