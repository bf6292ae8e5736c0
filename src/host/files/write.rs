//! One file, whole or not at all: temporary file in the same folder, synced, renamed, folder synced.

use std::path::{Path, PathBuf};

use super::{
    error::FileError,
    folder::{Attributes, Folder, folder_of, name_of},
    tree::FileTree,
    volume::Volume,
};

/// Puts `bytes` at `target`, a path in this folder.
pub(crate) fn replace(folder: &Folder<'_>, target: &Path, bytes: &[u8], attributes: &Attributes) -> Result<(), FileError> {
    let staged = folder.stage(target, bytes, attributes)?;
    folder.put(&staged, name_of(target)).inspect_err(|_| {
        let _ = folder.drop_staged(&staged);
    })
}

/// The folders that are missing for `folder` to exist, outermost first.
pub(crate) fn missing(folder: &Path, tree: FileTree<'_>) -> Vec<PathBuf> {
    let mut missing: Vec<PathBuf> = folder
        .ancestors()
        .take_while(|path| !path.as_os_str().is_empty() && !tree.is_there(path))
        .map(Path::to_owned)
        .collect();
    missing.reverse();
    missing
}

/// Makes `folder` of our own and what is missing above it, each with this mode.
pub(crate) fn make_folders(volume: &dyn Volume, folder: &Path, mode: u32, tree: FileTree<'_>) -> Result<(), FileError> {
    let make = |folder: &PathBuf| Folder::ours(volume, folder_of(folder), tree)?.make(name_of(folder), mode);
    missing(folder, tree).iter().try_for_each(make)
}

#[cfg(test)]
mod tests {
    use std::{ffi::OsStr, io, os::unix::fs::MetadataExt};

    use super::{super::volume::System, *};

    /// In the folder of a path without links.
    fn replace(path: &Path, bytes: &[u8], attributes: &Attributes) -> Result<(), FileError> {
        super::replace(&Folder::resolved(&System, folder_of(path), FileTree::HERE)?, path, bytes, attributes)
    }

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().mode() & 0o7777
    }

    fn attributes(mode: u32) -> Attributes<'static> {
        Attributes { mode, uid: None, gid: None, extended: None, tag: "t" }
    }

    #[test]
    fn a_file_is_replaced_with_its_mode_and_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for (bytes, bits) in [(&b"one"[..], 0o644), (b"", 0o600), (b"two", 0o640)] {
            replace(&path, bytes, &attributes(bits)).unwrap();
            assert_eq!((std::fs::read(&path).unwrap().as_slice(), mode(&path)), (bytes, bits));
        }
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
        let held = Folder::ours(&System, folder.path(), FileTree::HERE).unwrap();
        held.remove(OsStr::new("file")).unwrap();
        held.remove(OsStr::new("file")).unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn a_folder_that_is_not_there_is_named_and_a_folder_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let error = replace(&folder.path().join("none/file"), b"x", &attributes(0o600)).unwrap_err();
        assert!(
            matches!(&error, FileError::Write(path, error)
            if *path == folder.path().join("none") && error.kind() == io::ErrorKind::NotFound),
            "{error:?}"
        );
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        assert!(matches!(replace(&folder.path().join("sub"), b"x", &attributes(0o600)), Err(FileError::Write(..))));
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_was_swapped_for_a_link_is_not_written_in() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(place.join("etc/deep")).unwrap();
        std::os::unix::fs::symlink("etc", place.join("conf")).unwrap();
        for path in ["conf/file", "conf/deep/file"] {
            assert!(replace(&place.join(path), b"x", &attributes(0o600)).is_err(), "{path}");
        }
        assert_eq!(std::fs::read_dir(place.join("etc/deep")).unwrap().count(), 0);
        let ours = Folder::ours(&System, &place.join("conf/deep"), FileTree::HERE).unwrap();
        super::replace(&ours, &place.join("conf/deep/file"), b"x", &attributes(0o600)).unwrap();
        // A folder that is held stays the one that was looked at.
        let held = Folder::resolved(&System, &place.join("etc/deep"), FileTree::HERE).unwrap();
        std::fs::rename(place.join("etc/deep"), place.join("moved")).unwrap();
        std::os::unix::fs::symlink("/", place.join("etc/deep")).unwrap();
        let staged = held.stage(Path::new("file"), b"y", &attributes(0o600)).unwrap();
        held.put(&staged, OsStr::new("file")).unwrap();
        assert_eq!(std::fs::read(place.join("moved/file")).unwrap(), b"y");
    }

    #[test]
    fn folders_are_made_with_their_mode_and_leftovers_swept() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b");
        assert_eq!(missing(&deep, FileTree::HERE), [folder.path().join("a"), deep.clone()]);
        make_folders(&System, &deep, 0o711, FileTree::HERE).unwrap();
        assert_eq!((mode(&folder.path().join("a")), mode(&deep)), (0o711, 0o711));
        std::fs::write(deep.join(".mailsetup-7-abc"), "x").unwrap();
        std::fs::write(deep.join(".mailsetup-8-abc"), "x").unwrap();
        Folder::ours(&System, &deep, FileTree::HERE).unwrap().sweep("7").unwrap();
        assert!(!deep.join(".mailsetup-7-abc").exists() && deep.join(".mailsetup-8-abc").exists());
    }

    #[test]
    fn a_spare_brings_the_same_file_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "old").unwrap();
        let inode = path.metadata().unwrap().ino();
        let held = Folder::ours(&System, folder.path(), FileTree::HERE).unwrap();
        let name = OsStr::new("file");
        assert!(held.spare(name, "t") && !held.spare(OsStr::new("none"), "t"));
        let staged = held.stage(&path, b"new", &attributes(0o600)).unwrap();
        held.put(&staged, name).unwrap();
        assert_eq!(held.spare_of(name, "t").unwrap().unwrap().bytes, b"old");
        held.restore(name, "t").unwrap();
        assert_eq!((std::fs::read(&path).unwrap(), path.metadata().unwrap().ino()), (b"old".to_vec(), inode));
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    }
}
