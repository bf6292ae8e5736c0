//! Files of our own, written outside of a plan: each belongs to one process until it has its name.

use std::path::Path;

use rustix::process::{Pid, test_kill_process};

use super::{
    error::FileError,
    folder::{Attributes, Folder, folder_of, name_of, temporary},
    found,
    location::resolve,
    tree::FileTree,
    volume::{System, Volume},
    write,
};

/// Writes a file, 0600 from its first byte, in a folder that is made 0700. One that exists keeps its owner and what its
/// group may read.
pub(crate) fn write_file(path: &Path, bytes: &[u8], tree: FileTree<'_>) -> Result<(), FileError> {
    let target = resolve(path, tree)?;
    let found = found::look_in(tree, &target).map_err(FileError::read(path))?;
    write::make_folders(&System, folder_of(&target), 0o700, tree)?;
    sweep(&System, folder_of(&target), tree);
    let tag = tag();
    let attributes = found.as_ref().map_or(Attributes::ours(&tag), |found| Attributes {
        mode: found.mode & 0o640 | 0o600,
        uid: Some(found.uid),
        gid: Some(found.gid),
        extended: Some(&found.extended),
        tag: &tag,
    });
    write::replace(&Folder::resolved(&System, folder_of(&target), tree)?, &target, bytes, &attributes)
}

/// Writes a file of the state folder, 0600 from its first byte.
pub(crate) fn write_state(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    sweep(&System, folder_of(path), FileTree::HERE);
    let folder = Folder::ours(&System, folder_of(path), FileTree::HERE)?;
    write::replace(&folder, path, bytes, &Attributes::ours(&tag()))
}

/// Makes a folder and what is missing above it, 0700.
pub(crate) fn make_folder(folder: &Path) -> Result<(), FileError> {
    write::make_folders(&System, folder, 0o700, FileTree::HERE)
}

/// Removes a file; one that is not there is no error.
pub(crate) fn remove_file(path: &Path, tree: FileTree<'_>) -> Result<(), FileError> {
    if tree.is_folder(folder_of(path)) {
        Folder::ours(&System, folder_of(path), tree)?.remove(name_of(path))
    } else {
        Ok(())
    }
}

/// Removes temporary files whose process is gone.
pub(crate) fn sweep(volume: &dyn Volume, folder: &Path, tree: FileTree<'_>) {
    if tree.is_folder(folder) {
        // What cannot be removed now is removed later.
        let _ = Folder::ours(volume, folder, tree).and_then(|folder| folder.sweep_where(is_abandoned));
    }
}

/// The tag of a temporary file: it names the process, so that other processes leave it alone.
fn tag() -> String {
    format!("own-{}", std::process::id())
}

fn is_abandoned(name: &[u8]) -> bool {
    let pid = std::str::from_utf8(name).ok().and_then(|name| name.strip_prefix(&temporary("own")));
    let pid = pid.and_then(|rest| rest.split('-').next()?.parse().ok()).and_then(Pid::from_raw);
    pid.is_some_and(|pid| test_kill_process(pid) == Err(rustix::io::Errno::SRCH))
}
