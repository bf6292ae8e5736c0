//! The demo's folder, which outlives it.

use std::path::PathBuf;

use super::super::context::Context;
use crate::{mail::reply::escape, phrase};

/// The authority's certificate in the demo's folder.
pub(super) const CA_FILE: &str = "demo-ca.pem";

/// The demo's folder, which outlives it.
#[derive(Clone)]
pub(super) struct Scratch {
    pub(super) folder: PathBuf,
}

impl Scratch {
    /// Removes the folder if nothing was written into it. Returns whether it is gone.
    pub(super) fn clear(&self) -> bool {
        let is_ours = |entry: std::fs::DirEntry| entry.file_name() == CA_FILE;
        let is_empty =
            std::fs::read_dir(&self.folder).is_ok_and(|mut entries| entries.all(|entry| entry.is_ok_and(is_ours)));
        is_empty && std::fs::remove_dir_all(&self.folder).is_ok()
    }
}

/// Removes the demo's folder if nothing was written there, and names it otherwise.
pub(super) fn clear(context: &Context, scratch: Option<&Scratch>) {
    if let Some(scratch) = scratch.filter(|scratch| !scratch.clear()) {
        context.say_phrase(&phrase!("demo-folder", folder = escape(&scratch.folder.display().to_string())));
    }
}
