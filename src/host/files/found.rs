//! A file as it is, with all that a write must keep.

use std::{
    fs::File,
    io::{self, Read},
    os::unix::fs::MetadataExt,
    path::Path,
};

use rustix::fs::OFlags;
use zeroize::Zeroize;

use super::{extended::ExtendedAttributes, tree::FileTree};

/// The largest file that is read, in bytes: settings are small, and a backup is kept of each.
const LIMIT: u64 = 16 * 1024 * 1024;

/// A file with what a write must keep.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct FoundFile {
    pub(crate) bytes: Vec<u8>,
    /// Permission bits.
    pub(crate) mode: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) extended: ExtendedAttributes,
}

impl FoundFile {
    /// The content alone: the caller wipes it.
    pub(crate) fn into_bytes(mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}

impl Drop for FoundFile {
    fn drop(&mut self) {
        // It may hold the secret.
        self.bytes.zeroize();
    }
}

/// How a file is opened to be looked at. Without NONBLOCK that would hang on a pipe without a writer.
pub(crate) const LOOKING: OFlags = OFlags::RDONLY.union(OFlags::NONBLOCK);

/// The regular file at `path` of this machine, links followed; `None` when there is none.
///
/// # Errors
/// `IsADirectory`, `Unsupported` for a device or pipe, `FileTooLarge`, or what the system says.
pub(crate) fn look(path: &Path) -> io::Result<Option<FoundFile>> {
    look_in(FileTree::HERE, path)
}

/// The regular file at `path` of a tree, links followed; `None` when there is none.
///
/// # Errors
/// As of [`look`].
pub(crate) fn look_in(tree: FileTree<'_>, path: &Path) -> io::Result<Option<FoundFile>> {
    of_opened(tree.open(path, LOOKING).map(File::from))
}

/// The file that was opened, or the reason why not; `None` when there is none.
pub(crate) fn of_opened(opened: io::Result<File>) -> io::Result<Option<FoundFile>> {
    let file = match opened {
        Ok(file) => file,
        // Below a file there is nothing either: a write there fails with that error.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(error),
    };
    let meta = file.metadata()?;
    if meta.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !meta.is_file() {
        return Err(io::ErrorKind::Unsupported.into());
    }
    // Allocated at once: growing would leave copies of a secret in memory.
    let room = usize::try_from(meta.len().min(LIMIT)).unwrap_or_default() + 32;
    let extended = ExtendedAttributes::of(&file)?;
    let bytes = limited(file, room, LIMIT)?;
    Ok(Some(FoundFile { bytes, mode: meta.mode() & 0o7777, uid: meta.uid(), gid: meta.gid(), extended }))
}

fn limited(file: File, room: usize, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(room);
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

/// The file's text below `root`; empty when it cannot be read or is not text.
pub(crate) fn text_below(root: Option<&Path>, path: &str) -> String {
    let path = root.unwrap_or(Path::new("/")).join(path);
    look_in(FileTree::below(root), &path)
        .ok()
        .flatten()
        .and_then(|found| String::from_utf8(found.into_bytes()).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn files_with_their_mode_and_what_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        assert!(look(&path).unwrap().is_none());
        std::fs::write(&path, b"\xff\0").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let found = look(&path).unwrap().unwrap();
        assert_eq!((found.bytes.as_slice(), found.mode), (&b"\xff\0"[..], 0o640));
        let error = |path: &Path| look(path).err().map(|error| error.kind());
        assert_eq!(error(folder.path()), Some(io::ErrorKind::IsADirectory));
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert_eq!(error(&pipe), Some(io::ErrorKind::Unsupported));
        assert_eq!(limited(File::open(&path).unwrap(), 0, 1).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }
}
