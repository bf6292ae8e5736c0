//! One file, whole or not at all: temporary file in the same folder, synced, renamed, folder synced.

use std::{
    fs::{DirBuilder, File, Permissions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use rustix::fs::{Gid, Mode, Uid};

use super::ApplyError;

/// Mode and owner of a file that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form<'a> {
    /// Permission bits.
    pub(super) mode: u32,
    /// Its owner; `None` takes ours.
    pub(super) uid: Option<u32>,
    /// Its group; `None` takes ours.
    pub(super) gid: Option<u32>,
    /// What the temporary file's name has, so that one left behind by a kill is found.
    pub(super) tag: &'a str,
}

/// The beginning of the name of every temporary file of a write.
pub(super) fn temporary(tag: &str) -> String {
    format!(".mailsetup-{tag}-")
}

/// Puts `bytes` at `target`. Mode, owner and group are set while the file is still empty, whatever the umask.
pub(super) fn replace(target: &Path, bytes: &[u8], form: &Form) -> Result<(), ApplyError> {
    let fault = |error| ApplyError::Write(target.to_owned(), error);
    let folder = folder_of(target);
    let mut file = tempfile::Builder::new()
        .prefix(&temporary(form.tag))
        .permissions(Permissions::from_mode(0o600))
        .tempfile_in(folder)
        // By its kind: the error's own words name the temporary file.
        .map_err(|error| ApplyError::Write(folder.to_owned(), error.kind().into()))?;
    let meta = file.as_file().metadata().map_err(fault)?;
    let uid = form.uid.filter(|uid| *uid != meta.uid()).map(Uid::from_raw);
    let gid = form.gid.filter(|gid| *gid != meta.gid()).map(Gid::from_raw);
    if uid.is_some() || gid.is_some() {
        rustix::fs::fchown(file.as_file(), uid, gid).map_err(|_| ApplyError::Owner(target.to_owned()))?;
    }
    rustix::fs::fchmod(file.as_file(), Mode::from_raw_mode(form.mode)).map_err(|error| fault(error.into()))?;
    file.as_file_mut().write_all(bytes).map_err(fault)?;
    file.as_file().sync_all().map_err(fault)?;
    file.persist(target).map_err(|error| fault(error.error))?;
    sync(folder).map_err(fault)
}

/// Takes a file away; one that is not there is no error.
pub(super) fn remove(target: &Path) -> Result<(), ApplyError> {
    let fault = |error| ApplyError::Write(target.to_owned(), error);
    match std::fs::remove_file(target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(fault(error)),
        Ok(()) => sync(folder_of(target)).map_err(fault),
    }
}

/// The folders that are missing for `folder` to exist, outermost first.
pub(super) fn missing(folder: &Path) -> Vec<PathBuf> {
    let mut missing: Vec<PathBuf> =
        folder.ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.exists()).map(Path::to_owned).collect();
    missing.reverse();
    missing
}

/// Makes `folder` and what is missing above it, each with this mode.
pub(super) fn make_folders(folder: &Path, mode: u32) -> Result<(), ApplyError> {
    missing(folder).iter().try_for_each(|folder| make_folder(folder, mode))
}

/// Makes one folder; one that exists by now is left as it is.
pub(super) fn make_folder(folder: &Path, mode: u32) -> Result<(), ApplyError> {
    let fault = |error| ApplyError::Write(folder.to_owned(), error);
    match DirBuilder::new().mode(mode).create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => return Ok(()),
        other => other.map_err(fault)?,
    }
    std::fs::set_permissions(folder, Permissions::from_mode(mode)).map_err(fault)?;
    sync(folder_of(folder)).map_err(fault)
}

/// Lets others pass through a folder that is there, without seeing what is in it.
pub(super) fn let_through(folder: &Path) -> Result<(), ApplyError> {
    let fault = |error| ApplyError::Write(folder.to_owned(), error);
    let mode = folder.metadata().map_err(fault)?.mode() & 0o7777;
    if mode & 0o011 == 0o011 {
        return Ok(());
    }
    std::fs::set_permissions(folder, Permissions::from_mode(mode | 0o011)).map_err(fault)
}

/// Takes away temporary files that a kill left in `folder`.
pub(super) fn sweep(folder: &Path, tag: &str) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(temporary(tag).as_bytes()) {
            // What cannot be removed holds nothing that is not elsewhere too.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn sync(folder: &Path) -> io::Result<()> {
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // Some file systems do not sync folders; a folder that may be written but not read cannot be.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::PermissionDenied) => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().mode() & 0o7777
    }

    #[test]
    fn a_file_is_replaced_with_its_mode_and_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for (bytes, bits) in [(&b"one"[..], 0o644), (b"", 0o600), (b"two", 0o640)] {
            replace(&path, bytes, &Form { mode: bits, uid: None, gid: None, tag: "t" }).unwrap();
            assert_eq!((std::fs::read(&path).unwrap().as_slice(), mode(&path)), (bytes, bits));
        }
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
        remove(&path).unwrap();
        remove(&path).unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn a_folder_that_is_not_there_is_named_and_a_folder_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let form = Form { mode: 0o600, uid: None, gid: None, tag: "t" };
        let error = replace(&folder.path().join("none/file"), b"x", &form).unwrap_err();
        assert!(
            matches!(&error, ApplyError::Write(path, error)
            if *path == folder.path().join("none") && error.kind() == io::ErrorKind::NotFound),
            "{error:?}"
        );
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        assert!(matches!(replace(&folder.path().join("sub"), b"x", &form), Err(ApplyError::Write(..))));
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn folders_are_made_with_their_mode_and_leftovers_swept() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b");
        assert_eq!(missing(&deep), [folder.path().join("a"), deep.clone()]);
        make_folders(&deep, 0o711).unwrap();
        assert_eq!((mode(&folder.path().join("a")), mode(&deep)), (0o711, 0o711));
        std::fs::write(deep.join(".mailsetup-7-abc"), "x").unwrap();
        std::fs::write(deep.join(".mailsetup-8-abc"), "x").unwrap();
        sweep(&deep, "7");
        assert!(!deep.join(".mailsetup-7-abc").exists() && deep.join(".mailsetup-8-abc").exists());
    }
}
