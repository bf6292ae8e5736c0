//! One file, whole or not at all: temporary file in the same folder, synced, renamed, folder synced.

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    hash::{BuildHasher, RandomState},
    io,
    os::{
        fd::OwnedFd,
        unix::{ffi::OsStrExt, fs::MetadataExt},
    },
    path::{Path, PathBuf},
};

use super::{ApplyError, volume::Volume};

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

/// The bits with which all may pass through a folder.
const PASS: u32 = 0o011;

/// How many names are tried for a temporary file: others can only take one by guessing it.
const TRIES: u32 = 16;

/// A folder that files are written in, held open.
pub(super) struct Folder<'a> {
    volume: &'a dyn Volume,
    path: PathBuf,
    fd: OwnedFd,
}

/// A file with all of its content, still under a name of its own.
pub(super) struct Staged {
    name: OsString,
    /// Its owner, as it came about.
    pub(super) uid: u32,
    /// Its group, as it came about.
    pub(super) gid: u32,
}

impl<'a> Folder<'a> {
    /// The folder of a file, by a path without links (`land::settle`).
    pub(super) fn settled(volume: &'a dyn Volume, path: &Path) -> Result<Self, ApplyError> {
        Self::open(volume, path, true)
    }

    /// A folder of our own, whatever leads there.
    pub(super) fn ours(volume: &'a dyn Volume, path: &Path) -> Result<Self, ApplyError> {
        Self::open(volume, path, false)
    }

    fn open(volume: &'a dyn Volume, path: &Path, is_settled: bool) -> Result<Self, ApplyError> {
        let fd = volume.open(path, is_settled).map_err(|error| ApplyError::Write(path.to_owned(), error))?;
        Ok(Self { volume, path: path.to_owned(), fd })
    }

    /// Writes the content of `target` under a name of its own. Mode, owner and group are set while the file is still empty,
    /// whatever the umask.
    pub(super) fn stage(&self, target: &Path, bytes: &[u8], form: &Form) -> Result<Staged, ApplyError> {
        let (mut file, name) = self.create(form.tag)?;
        self.fill(&mut file, target, bytes, form).map(|(uid, gid)| Staged { name: name.clone(), uid, gid }).inspect_err(
            |_| {
                // One that stays is found by its tag.
                let _ = self.volume.remove(&self.fd, &name);
            },
        )
    }

    fn create(&self, tag: &str) -> Result<(File, OsString), ApplyError> {
        let mut tries = 0;
        loop {
            let name = OsString::from(format!("{}{:016x}", temporary(tag), RandomState::new().hash_one(tries)));
            match self.volume.create(&self.fd, &name) {
                Ok(file) => return Ok((file, name)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tries < TRIES => tries += 1,
                Err(error) => return Err(self.fault(error)),
            }
        }
    }

    fn fill(&self, file: &mut File, target: &Path, bytes: &[u8], form: &Form) -> Result<(u32, u32), ApplyError> {
        let fault = |error| ApplyError::Write(target.to_owned(), error);
        let meta = file.metadata().map_err(fault)?;
        let uid = form.uid.filter(|uid| *uid != meta.uid());
        let gid = form.gid.filter(|gid| *gid != meta.gid());
        if uid.is_some() || gid.is_some() {
            self.volume.set_owner(file, uid, gid).map_err(|error| match error.kind() {
                io::ErrorKind::PermissionDenied => ApplyError::Owner(target.to_owned()),
                _ => fault(error),
            })?;
        }
        let filled = self.volume.set_mode(file, form.mode);
        let filled = filled.and_then(|()| self.volume.write(file, bytes)).and_then(|()| self.volume.sync(file));
        filled.map_err(fault)?;
        Ok((uid.unwrap_or(meta.uid()), gid.unwrap_or(meta.gid())))
    }

    /// Whether a staged file still has a name of its own.
    pub(super) fn has(&self, staged: &Staged) -> bool {
        rustix::fs::statat(&self.fd, &staged.name, rustix::fs::AtFlags::SYMLINK_NOFOLLOW).is_ok()
    }

    /// Takes a staged file away.
    pub(super) fn drop_staged(&self, staged: &Staged) -> Result<(), ApplyError> {
        self.remove(&staged.name)
    }

    /// Gives a staged file its name.
    pub(super) fn put(&self, staged: &Staged, name: &OsStr) -> Result<(), ApplyError> {
        let put = self.volume.rename(&self.fd, &staged.name, name).and_then(|()| self.volume.sync_folder(&self.fd));
        put.map_err(|error| ApplyError::Write(self.path.join(name), error))
    }

    /// Keeps what `name` is now under a second name, so that it can be put back when there is room for nothing any more. Says
    /// whether it could: otherwise the copies must do.
    pub(super) fn spare(&self, name: &OsStr, tag: &str) -> bool {
        self.volume.link(&self.fd, name, &spare_name(name, tag)).is_ok()
    }

    /// Whether `name` has a spare, and where.
    pub(super) fn spare_of(&self, name: &OsStr, tag: &str) -> PathBuf {
        self.path.join(spare_name(name, tag))
    }

    /// Puts back what `name` was.
    pub(super) fn put_back(&self, name: &OsStr, tag: &str) -> Result<(), ApplyError> {
        let spare = Staged { name: spare_name(name, tag), uid: 0, gid: 0 };
        self.put(&spare, name)
    }

    /// Takes a file away; one that is not there is no error.
    pub(super) fn remove(&self, name: &OsStr) -> Result<(), ApplyError> {
        match self.volume.remove(&self.fd, name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other
                .and_then(|()| self.volume.sync_folder(&self.fd))
                .map_err(|error| ApplyError::Write(self.path.join(name), error)),
        }
    }

    /// Takes away what has this tag: temporary files that a kill left, and spares that are not needed any more.
    pub(super) fn sweep(&self, tag: &str) -> Result<(), ApplyError> {
        self.sweep_where(|name| name.starts_with(temporary(tag).as_bytes()))
    }

    /// Takes away the files whose names are wanted so.
    pub(super) fn sweep_where(&self, is_left: impl Fn(&[u8]) -> bool) -> Result<(), ApplyError> {
        let names = || -> io::Result<Vec<OsString>> {
            let mut names = Vec::new();
            for entry in rustix::fs::Dir::read_from(&self.fd)? {
                let entry = entry?;
                if is_left(entry.file_name().to_bytes()) {
                    names.push(OsStr::from_bytes(entry.file_name().to_bytes()).to_owned());
                }
            }
            Ok(names)
        };
        names().map_err(|error| self.fault(error))?.iter().try_for_each(|name| self.remove(name))
    }

    /// Makes a folder; one that exists by now is left as it is.
    pub(super) fn make(&self, name: &OsStr, mode: u32) -> Result<(), ApplyError> {
        let path = self.path.join(name);
        let fault = |error| ApplyError::Write(path.clone(), error);
        match self.volume.make_folder(&self.fd, name, mode) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => return Ok(()),
            other => other.map_err(fault)?,
        }
        self.volume.sync_folder(&self.fd).map_err(fault)
    }

    /// Lets others pass through it, without seeing what is in it.
    pub(super) fn let_through(&self) -> Result<(), ApplyError> {
        let mode = rustix::fs::fstat(&self.fd).map_err(|error| self.fault(error.into()))?.st_mode & 0o7777;
        if mode & PASS == PASS {
            return Ok(());
        }
        self.volume.set_folder_mode(&self.fd, mode | PASS).map_err(|error| self.fault(error))
    }

    /// Takes away a folder that is empty.
    pub(super) fn unmake(&self, name: &OsStr) {
        // One that is not empty by now is someone's.
        let _ = self.volume.remove_folder(&self.fd, name);
    }

    fn fault(&self, error: io::Error) -> ApplyError {
        ApplyError::Write(self.path.clone(), error)
    }
}

fn spare_name(name: &OsStr, tag: &str) -> OsString {
    let mut spare = OsString::from(temporary(tag));
    spare.push(name);
    spare.push(".old");
    spare
}

/// Puts `bytes` at `target`, a path without links.
pub(super) fn replace(volume: &dyn Volume, target: &Path, bytes: &[u8], form: &Form) -> Result<(), ApplyError> {
    replace_in(&Folder::settled(volume, folder_of(target))?, target, bytes, form)
}

/// Puts `bytes` at `target`, in a folder of our own.
pub(super) fn replace_ours(volume: &dyn Volume, target: &Path, bytes: &[u8], form: &Form) -> Result<(), ApplyError> {
    replace_in(&Folder::ours(volume, folder_of(target))?, target, bytes, form)
}

fn replace_in(folder: &Folder<'_>, target: &Path, bytes: &[u8], form: &Form) -> Result<(), ApplyError> {
    let staged = folder.stage(target, bytes, form)?;
    folder.put(&staged, name_of(target)).inspect_err(|_| {
        let _ = folder.drop_staged(&staged);
    })
}

/// The folders that are missing for `folder` to exist, outermost first.
pub(super) fn missing(folder: &Path) -> Vec<PathBuf> {
    let mut missing: Vec<PathBuf> =
        folder.ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.exists()).map(Path::to_owned).collect();
    missing.reverse();
    missing
}

/// Makes `folder` of our own and what is missing above it, each with this mode.
pub(super) fn make_folders(volume: &dyn Volume, folder: &Path, mode: u32) -> Result<(), ApplyError> {
    missing(folder).iter().try_for_each(|folder| Folder::ours(volume, folder_of(folder))?.make(name_of(folder), mode))
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The last part of a path; a path without one is refused by every operation on it.
pub(super) fn name_of(path: &Path) -> &OsStr {
    path.file_name().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{super::volume::System, *};

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().mode() & 0o7777
    }

    fn form(mode: u32) -> Form<'static> {
        Form { mode, uid: None, gid: None, tag: "t" }
    }

    #[test]
    fn a_file_is_replaced_with_its_mode_and_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for (bytes, bits) in [(&b"one"[..], 0o644), (b"", 0o600), (b"two", 0o640)] {
            replace(&System, &path, bytes, &form(bits)).unwrap();
            assert_eq!((std::fs::read(&path).unwrap().as_slice(), mode(&path)), (bytes, bits));
        }
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
        let held = Folder::ours(&System, folder.path()).unwrap();
        held.remove(OsStr::new("file")).unwrap();
        held.remove(OsStr::new("file")).unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn a_folder_that_is_not_there_is_named_and_a_folder_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let error = replace(&System, &folder.path().join("none/file"), b"x", &form(0o600)).unwrap_err();
        assert!(
            matches!(&error, ApplyError::Write(path, error)
            if *path == folder.path().join("none") && error.kind() == io::ErrorKind::NotFound),
            "{error:?}"
        );
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        assert!(matches!(replace(&System, &folder.path().join("sub"), b"x", &form(0o600)), Err(ApplyError::Write(..))));
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_was_swapped_for_a_link_is_not_written_in() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(place.join("etc/deep")).unwrap();
        std::os::unix::fs::symlink("etc", place.join("conf")).unwrap();
        for path in ["conf/file", "conf/deep/file"] {
            assert!(replace(&System, &place.join(path), b"x", &form(0o600)).is_err(), "{path}");
        }
        assert_eq!(std::fs::read_dir(place.join("etc/deep")).unwrap().count(), 0);
        replace_ours(&System, &place.join("conf/deep/file"), b"x", &form(0o600)).unwrap();
        // A folder that is held stays the one that was looked at.
        let held = Folder::settled(&System, &place.join("etc/deep")).unwrap();
        std::fs::rename(place.join("etc/deep"), place.join("moved")).unwrap();
        std::os::unix::fs::symlink("/", place.join("etc/deep")).unwrap();
        let staged = held.stage(Path::new("file"), b"y", &form(0o600)).unwrap();
        held.put(&staged, OsStr::new("file")).unwrap();
        assert_eq!(std::fs::read(place.join("moved/file")).unwrap(), b"y");
    }

    #[test]
    fn folders_are_made_with_their_mode_and_leftovers_swept() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b");
        assert_eq!(missing(&deep), [folder.path().join("a"), deep.clone()]);
        make_folders(&System, &deep, 0o711).unwrap();
        assert_eq!((mode(&folder.path().join("a")), mode(&deep)), (0o711, 0o711));
        std::fs::write(deep.join(".mailsetup-7-abc"), "x").unwrap();
        std::fs::write(deep.join(".mailsetup-8-abc"), "x").unwrap();
        Folder::ours(&System, &deep).unwrap().sweep("7").unwrap();
        assert!(!deep.join(".mailsetup-7-abc").exists() && deep.join(".mailsetup-8-abc").exists());
    }

    #[test]
    fn a_spare_brings_the_same_file_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "old").unwrap();
        let inode = path.metadata().unwrap().ino();
        let held = Folder::ours(&System, folder.path()).unwrap();
        let name = OsStr::new("file");
        assert!(held.spare(name, "t") && !held.spare(OsStr::new("none"), "t"));
        let staged = held.stage(&path, b"new", &form(0o600)).unwrap();
        held.put(&staged, name).unwrap();
        assert_eq!(std::fs::read(held.spare_of(name, "t")).unwrap(), b"old");
        held.put_back(name, "t").unwrap();
        assert_eq!((std::fs::read(&path).unwrap(), path.metadata().unwrap().ino()), (b"old".to_vec(), inode));
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    }
}
