//! A folder that is held open, and the operations in it: replacing the folder meanwhile changes nothing.

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

use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat};

use super::{
    error::{FileError, LinkFault},
    extended::ExtendedAttributes,
    found::{self, FoundFile},
    owned::is_foreign,
    tree::{self, FileTree},
    volume::Volume,
};

/// Mode and owner of a file that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attributes<'a> {
    /// Permission bits.
    pub(crate) mode: u32,
    /// Its owner; `None` takes ours.
    pub(crate) uid: Option<u32>,
    /// Its group; `None` takes ours.
    pub(crate) gid: Option<u32>,
    /// Access list, label and attributes; `None` for none.
    pub(crate) extended: Option<&'a ExtendedAttributes>,
    /// Part of the temporary file's name, so that one left by a kill is found.
    pub(crate) tag: &'a str,
}

impl<'a> Attributes<'a> {
    /// For a file of our own: 0600.
    pub(crate) const fn ours(tag: &'a str) -> Self {
        Self { mode: 0o600, uid: None, gid: None, extended: None, tag }
    }
}

/// How the name of every temporary file of a write begins.
pub(crate) fn temporary(tag: &str) -> String {
    format!(".mailsetup-{tag}-")
}

/// The bits that let everyone pass through a folder.
const PASS: u32 = 0o011;

/// How many names are tried for a temporary file: another process can only take one by guessing it.
const TRIES: u32 = 16;

/// A folder that files are written in, held open.
pub(crate) struct Folder<'a> {
    volume: &'a dyn Volume,
    path: PathBuf,
    fd: OwnedFd,
}

/// A file with all of its content, still under its temporary name.
pub(crate) struct StagedFile {
    name: OsString,
    /// Its owner, as created.
    pub(crate) uid: u32,
    /// Its group, as created.
    pub(crate) gid: u32,
}

impl<'a> Folder<'a> {
    /// The folder of a file, by a path without links (`location::resolve`).
    pub(crate) fn resolved(volume: &'a dyn Volume, path: &Path, tree: FileTree<'_>) -> Result<Self, FileError> {
        Self::open(volume, path, true, tree)
    }

    /// A folder of our own, whatever leads there.
    pub(crate) fn ours(volume: &'a dyn Volume, path: &Path, tree: FileTree<'_>) -> Result<Self, FileError> {
        Self::open(volume, path, false, tree)
    }

    fn open(volume: &'a dyn Volume, path: &Path, is_resolved: bool, tree: FileTree<'_>) -> Result<Self, FileError> {
        let fd = volume.open(path, is_resolved, tree).map_err(FileError::write(path))?;
        Ok(Self { volume, path: path.to_owned(), fd })
    }

    /// The regular file of this name; `None` when there is none. A link is refused.
    pub(crate) fn look(&self, name: &OsStr) -> io::Result<Option<FoundFile>> {
        let flags = OFlags::NOFOLLOW | OFlags::CLOEXEC;
        match rustix::fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW).map(|stat| tree::kind(&stat)) {
            // What is no file is not opened to find that out.
            Ok(FileType::RegularFile | FileType::Directory) | Err(_) => {}
            Ok(_) => return Err(io::ErrorKind::Unsupported.into()),
        }
        let opened = rustix::fs::openat(&self.fd, name, found::LOOKING | flags, Mode::empty());
        found::of_opened(opened.map(File::from).map_err(io::Error::from))
    }

    /// Opens the plain file of this name to be locked, and makes it where there is none, 0600.
    pub(crate) fn open_lock(&self, name: &OsStr) -> Result<File, FileError> {
        let path = self.path.join(name);
        let strange = || FileError::Link(path.clone(), LinkFault::Strange);
        let is_plain = |stat: &Stat| tree::kind(stat) == FileType::RegularFile && stat.st_nlink == 1;
        match rustix::fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) if !is_plain(&stat) => return Err(strange()),
            _ => {}
        }
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let opened = rustix::fs::openat(&self.fd, name, flags, Mode::RUSR | Mode::WUSR);
        let file = opened.map_err(|error| FileError::Write(path.clone(), error.into()))?;
        let stat = rustix::fs::fstat(&file).map_err(|error| FileError::Write(path.clone(), error.into()))?;
        if !is_plain(&stat) {
            return Err(strange());
        }
        if is_foreign(stat.st_uid) {
            return Err(FileError::Foreign(path, stat.st_uid.to_string()));
        }
        Ok(File::from(file))
    }

    /// Writes the content of `target` under a temporary name. Mode, owner and group are set while the file is still empty,
    /// whatever the umask.
    pub(crate) fn stage(&self, target: &Path, bytes: &[u8], attributes: &Attributes) -> Result<StagedFile, FileError> {
        let (mut file, name) = self.create(attributes.tag)?;
        self.fill(&mut file, target, bytes, attributes)
            .map(|(uid, gid)| StagedFile { name: name.clone(), uid, gid })
            .inspect_err(|_| {
                // A file that stays is found by its tag.
                let _ = self.volume.remove(&self.fd, &name);
            })
    }

    fn create(&self, tag: &str) -> Result<(File, OsString), FileError> {
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

    fn fill(&self, file: &mut File, target: &Path, bytes: &[u8], attributes: &Attributes) -> Result<(u32, u32), FileError> {
        let fault = FileError::write(target);
        let meta = file.metadata().map_err(&fault)?;
        let uid = attributes.uid.filter(|uid| *uid != meta.uid());
        let gid = attributes.gid.filter(|gid| *gid != meta.gid());
        if uid.is_some() || gid.is_some() {
            self.volume.set_owner(file, uid, gid).map_err(|error| match error.kind() {
                io::ErrorKind::PermissionDenied => FileError::Owner(target.to_owned()),
                _ => fault(error),
            })?;
        }
        if let Some(extended) = attributes.extended {
            extended.give(file).map_err(|(name, error)| FileError::Extended(target.to_owned(), name, error))?;
        }
        // After the access list: it would open the file as far as it did before.
        let filled = self.volume.set_mode(file, attributes.mode & 0o777);
        let filled = filled.and_then(|()| self.volume.write(file, bytes)).and_then(|()| self.volume.sync(file));
        filled.map_err(fault)?;
        Ok((uid.unwrap_or(meta.uid()), gid.unwrap_or(meta.gid())))
    }

    /// Whether a staged file still has its temporary name.
    pub(crate) fn has(&self, staged: &StagedFile) -> bool {
        rustix::fs::statat(&self.fd, &staged.name, AtFlags::SYMLINK_NOFOLLOW).is_ok()
    }

    /// Removes a staged file.
    pub(crate) fn drop_staged(&self, staged: &StagedFile) -> Result<(), FileError> {
        self.remove(&staged.name)
    }

    /// Gives a staged file its name.
    pub(crate) fn put(&self, staged: &StagedFile, name: &OsStr) -> Result<(), FileError> {
        let put = self.volume.rename(&self.fd, &staged.name, name).and_then(|()| self.volume.sync_folder(&self.fd));
        put.map_err(|error| FileError::Write(self.path.join(name), error))
    }

    /// Gives the file `name` a second name, so that it can be restored on a full disk too. Returns whether that worked:
    /// otherwise the backup has to do.
    pub(crate) fn spare(&self, name: &OsStr, tag: &str) -> bool {
        self.volume.link(&self.fd, name, &spare_name(name, tag)).is_ok()
    }

    /// The spare of `name`, if there is one.
    pub(crate) fn spare_of(&self, name: &OsStr, tag: &str) -> io::Result<Option<FoundFile>> {
        self.look(&spare_name(name, tag))
    }

    /// Restores `name` from its spare.
    pub(crate) fn restore(&self, name: &OsStr, tag: &str) -> Result<(), FileError> {
        let spare = StagedFile { name: spare_name(name, tag), uid: 0, gid: 0 };
        self.put(&spare, name)
    }

    /// Removes a file; one that is not there is no error.
    pub(crate) fn remove(&self, name: &OsStr) -> Result<(), FileError> {
        match self.volume.remove(&self.fd, name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other
                .and_then(|()| self.volume.sync_folder(&self.fd))
                .map_err(|error| FileError::Write(self.path.join(name), error)),
        }
    }

    /// Removes the files with this tag: temporary files left by a kill, and spares that are no longer needed.
    pub(crate) fn sweep(&self, tag: &str) -> Result<(), FileError> {
        self.sweep_where(|name| name.starts_with(temporary(tag).as_bytes()))
    }

    /// Removes the files whose names fit.
    pub(crate) fn sweep_where(&self, is_left: impl Fn(&[u8]) -> bool) -> Result<(), FileError> {
        let names = || -> io::Result<Vec<OsString>> {
            let mut names = Vec::new();
            for entry in rustix::fs::Dir::read_from(&self.fd)? {
                let entry = entry?;
                let name = entry.file_name().to_bytes();
                if name != b"." && name != b".." && is_left(name) {
                    names.push(OsStr::from_bytes(name).to_owned());
                }
            }
            Ok(names)
        };
        names().map_err(|error| self.fault(error))?.iter().try_for_each(|name| self.remove(name))
    }

    /// Makes a folder; one that exists by now stays as it is.
    pub(crate) fn make(&self, name: &OsStr, mode: u32) -> Result<(), FileError> {
        let path = self.path.join(name);
        let fault = FileError::write(&path);
        match self.volume.make_folder(&self.fd, name, mode) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && self.has_folder(name) => return Ok(()),
            other => other.map_err(&fault)?,
        }
        self.volume.sync_folder(&self.fd).map_err(fault)
    }

    fn has_folder(&self, name: &OsStr) -> bool {
        let stat = rustix::fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW);
        stat.is_ok_and(|stat| tree::kind(&stat) == FileType::Directory)
    }

    /// Lets others pass through the folder, without listing it.
    pub(crate) fn let_through(&self) -> Result<(), FileError> {
        let mode = rustix::fs::fstat(&self.fd).map_err(|error| self.fault(error.into()))?.st_mode & 0o7777;
        if mode & PASS == PASS {
            return Ok(());
        }
        self.volume.set_folder_mode(&self.fd, mode | PASS).map_err(|error| self.fault(error))
    }

    /// Removes a folder if it is empty.
    pub(crate) fn unmake(&self, name: &OsStr) {
        // A folder that is not empty by now is in use.
        let _ = self.volume.remove_folder(&self.fd, name);
    }

    fn fault(&self, error: io::Error) -> FileError {
        FileError::Write(self.path.clone(), error)
    }
}

fn spare_name(name: &OsStr, tag: &str) -> OsString {
    let mut spare = OsString::from(temporary(tag));
    spare.push(name);
    spare.push(".old");
    spare
}

/// The folder of a file; the current one for a bare name.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The last part of a path; every operation refuses a path without one.
pub(crate) fn name_of(path: &Path) -> &OsStr {
    path.file_name().unwrap_or_default()
}
