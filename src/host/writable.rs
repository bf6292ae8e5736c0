//! Whether a folder can be written, before any question is asked.

use std::{io, path::Path};

use rustix::fs::{Access, AtFlags, CWD};

use super::{
    error::HostError,
    files::{error::FileError, location::resolve, tree::FileTree},
};

/// Checks that files can be made in `folder`, or that the folder can be made. Writes nothing.
///
/// # Errors
/// The folder in the way, and why.
pub fn writable(folder: &Path, root: Option<&Path>) -> Result<(), HostError> {
    // Below a root, where the links of the image lead in it.
    let folder = &if root.is_some() { resolve(folder, FileTree::below(root))? } else { folder.to_owned() };
    let fault = |path: &Path, error: io::Error| Err(FileError::Write(path.to_owned(), error).into());
    for path in folder.ancestors() {
        match path.metadata() {
            Ok(meta) if !meta.is_dir() => return fault(path, io::ErrorKind::NotADirectory.into()),
            Ok(_) => {
                let access = rustix::fs::accessat(CWD, path, Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS);
                return access.or_else(|error| fault(path, error.into()));
            }
            // A file in place of a parent folder is found one step up.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
            Err(error) => return fault(path, error),
        }
    }
    fault(folder, io::ErrorKind::NotFound.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_can_be_made_and_one_that_cannot() {
        let folder = tempfile::tempdir().unwrap();
        let writable = |folder: &Path| super::writable(folder, None);
        writable(folder.path()).unwrap();
        writable(&folder.path().join("a/b/c")).unwrap();
        assert!(!folder.path().join("a").exists());
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = writable(&file.join("below/it")).unwrap_err();
        assert_eq!(error.phrase(), crate::phrase!("host-write-not-folder", path = file.display()));
        // Permissions do not stop root; a name that is too long does.
        let error = writable(&folder.path().join("x".repeat(300))).unwrap_err();
        assert!(matches!(error, HostError::File(FileError::Write(..))), "{error:?}");
    }
}
