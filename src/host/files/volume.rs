//! The few operations that write files, in one place, so that a test can make each of them fail.
//!
//! They work on folders that are held open, by names within them: replacing the folder meanwhile changes nothing.

use std::{
    ffi::OsStr,
    fmt,
    fs::{File, Permissions},
    io::{self, Write},
    os::{
        fd::{AsFd, OwnedFd},
        unix::fs::PermissionsExt,
    },
    path::Path,
};

use rustix::fs::{AtFlags, Gid, Mode, OFlags, Uid};

use super::tree::FileTree;

/// Where files are written. Every operation is the system's own; a test's volume may fail in any of them.
pub trait Volume: fmt::Debug + Sync {
    /// Opens a folder of a tree. A resolved path had no links (`location::resolve`); one that has links by now is refused.
    ///
    /// # Errors
    /// What the system says.
    fn open(&self, folder: &Path, is_resolved: bool, tree: FileTree<'_>) -> io::Result<OwnedFd> {
        let open = |flags| {
            let flags = flags | OFlags::DIRECTORY;
            if is_resolved { tree.open_plain(folder, flags) } else { tree.open(folder, flags) }
        };
        match open(OFlags::empty()) {
            // A folder that may be written but not read.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => open(OFlags::PATH),
            other => other,
        }
    }

    /// Makes a folder, and gives it its mode whatever the umask.
    ///
    /// # Errors
    /// What the system says.
    fn make_folder(&self, folder: &OwnedFd, name: &OsStr, mode: u32) -> io::Result<()> {
        rustix::fs::mkdirat(folder, name, Mode::from_raw_mode(mode))?;
        let made = rustix::fs::openat(folder, name, OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())?;
        Ok(rustix::fs::fchmod(made, Mode::from_raw_mode(mode))?)
    }

    /// Sets the permission bits of an existing folder.
    ///
    /// # Errors
    /// What the system says.
    fn set_folder_mode(&self, folder: &OwnedFd, mode: u32) -> io::Result<()> {
        Ok(rustix::fs::fchmod(folder, Mode::from_raw_mode(mode))?)
    }

    /// Makes an empty file, 0600; one that exists is refused.
    ///
    /// # Errors
    /// What the system says.
    fn create(&self, folder: &OwnedFd, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(File::from(rustix::fs::openat(folder, name, flags, Mode::RUSR | Mode::WUSR)?))
    }

    /// Sets a file's owner and group; `None` keeps what it has.
    ///
    /// # Errors
    /// What the system says.
    fn set_owner(&self, file: &File, uid: Option<u32>, gid: Option<u32>) -> io::Result<()> {
        Ok(rustix::fs::fchown(file, uid.map(Uid::from_raw), gid.map(Gid::from_raw))?)
    }

    /// Sets a file's permission bits.
    ///
    /// # Errors
    /// What the system says.
    fn set_mode(&self, file: &File, mode: u32) -> io::Result<()> {
        file.set_permissions(Permissions::from_mode(mode))
    }

    /// Writes all of the content.
    ///
    /// # Errors
    /// What the system says; some of it may be written.
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    /// Syncs a file to the disk.
    ///
    /// # Errors
    /// What the system says.
    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    /// Syncs a folder's entries to the disk.
    ///
    /// # Errors
    /// What the system says.
    fn sync_folder(&self, folder: &OwnedFd) -> io::Result<()> {
        match rustix::fs::fsync(folder.as_fd()) {
            // Some file systems do not sync folders; one that may not be read cannot be.
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::BADF) => Ok(()),
            other => Ok(other?),
        }
    }

    /// Gives a file a second name.
    ///
    /// # Errors
    /// What the system says: some file systems have no hard links.
    fn link(&self, folder: &OwnedFd, name: &OsStr, second: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::linkat(folder, name, folder, second, AtFlags::empty())?)
    }

    /// Renames a file over another one.
    ///
    /// # Errors
    /// What the system says.
    fn rename(&self, folder: &OwnedFd, name: &OsStr, other: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::renameat(folder, name, folder, other)?)
    }

    /// Removes a file.
    ///
    /// # Errors
    /// What the system says.
    fn remove(&self, folder: &OwnedFd, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(folder, name, AtFlags::empty())?)
    }

    /// Removes an empty folder.
    ///
    /// # Errors
    /// What the system says.
    fn remove_folder(&self, folder: &OwnedFd, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(folder, name, AtFlags::REMOVEDIR)?)
    }
}

/// The machine's own volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct System;

impl Volume for System {}
