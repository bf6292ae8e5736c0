//! The folders of a write: those that are missing, and who may pass through ours.

use std::path::{Path, PathBuf};

use super::step::ReadyStep;
use crate::{
    host::files::{
        error::FileError,
        folder::{Folder, folder_of, name_of},
        tree::FileTree,
        volume::Volume,
        write,
    },
    plan::{Places, Scope},
};

/// The folders that are missing for these steps, outermost first.
pub(super) fn missing(steps: &[ReadyStep], places: &Places) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = Vec::new();
    for step in steps.iter().filter(|step| step.writes()) {
        for folder in write::missing(folder_of(&step.target), FileTree::of(places)) {
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
    }
    folders
}

/// Makes folders, outermost first, and opens ours for passing through where a file below is for another user.
pub(super) fn make(folders: &[PathBuf], steps: &[ReadyStep], places: &Places, volume: &dyn Volume) -> Result<(), FileError> {
    for folder in folders {
        Folder::resolved(volume, folder_of(folder), FileTree::of(places))?
            .make(name_of(folder), mode(folder, steps, places))?;
    }
    for step in steps.iter().filter(|step| step.is_for_others()) {
        let ours = step.target.ancestors().skip(1).filter(|folder| folder.starts_with(&places.config));
        ours.take_while(|_| places.scope == Scope::System)
            .try_for_each(|folder| Folder::resolved(volume, folder, FileTree::of(places))?.let_through())?;
    }
    Ok(())
}

/// Our own folders are ours alone, but can be passed through where a file below is for a consumer's group.
fn mode(folder: &Path, steps: &[ReadyStep], places: &Places) -> u32 {
    let is_own = |own: &Path| folder.starts_with(own) || (places.scope == Scope::User && own.starts_with(folder));
    let is_for_others = |step: &ReadyStep| step.target.starts_with(folder) && step.is_for_others();
    match is_own(&places.config) || is_own(&places.state) {
        true if steps.iter().any(is_for_others) => 0o711,
        true => 0o700,
        false => 0o755,
    }
}
