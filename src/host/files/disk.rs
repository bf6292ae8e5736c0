//! Files as they are, on this machine or below an image's root.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use zeroize::Zeroize;

use super::accounts;
use crate::plan::{Existing, Files, Node, Places};

/// The largest file that is read, in bytes: settings are small, and a backup is kept of each.
const LIMIT: u64 = 16 * 1024 * 1024;

/// The most links that one path leads through, as in Linux (path_resolution(7)).
const LINKS: usize = 40;

/// The disk, as plans see it.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    root: Option<PathBuf>,
}

impl Disk {
    /// The disk of these places.
    pub fn new(places: &Places) -> Self {
        Self { root: places.root.clone() }
    }
}

impl Files for Disk {
    fn read(&self, path: &Path) -> io::Result<Option<Existing>> {
        Ok(look(path)?.map(|found| Existing { mode: found.mode, bytes: found.into_bytes() }))
    }

    fn folders(&self, parent: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
        let folders = entries.filter(|entry| entry.path().is_dir());
        let mut names: Vec<String> = folders.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        names
    }

    fn has_group(&self, group: &str) -> bool {
        accounts::group_id(self.root.as_deref(), group).is_some()
    }

    fn groups_of(&self, user: &str) -> Option<Vec<String>> {
        accounts::groups_of(self.root.as_deref(), user)
    }

    fn find(&self, path: &Path) -> Option<Node> {
        let root = self.root.as_deref();
        let path = follow(root.unwrap_or(Path::new("/")), path)?;
        let meta = std::fs::symlink_metadata(below(root, &path)).ok()?;
        Some(Node {
            mode: meta.mode() & 0o7777,
            user: accounts::user_name(root, meta.uid()).unwrap_or_else(|| meta.uid().to_string()),
            group: accounts::group_name(root, meta.gid()).unwrap_or_else(|| meta.gid().to_string()),
            path,
        })
    }
}

/// A path of the machine, with its root in front.
fn below(root: Option<&Path>, path: &Path) -> PathBuf {
    root.map_or_else(|| path.to_owned(), |root| root.join(path.strip_prefix("/").unwrap_or(path)))
}

/// Where a path leads for the machine whose root this is: a link's `/` and `..` stay within the root. `None` when links go
/// in a circle.
fn follow(root: &Path, path: &Path) -> Option<PathBuf> {
    let own = path.strip_prefix(root).unwrap_or(path);
    let mut ahead: Vec<std::ffi::OsString> = own.iter().rev().map(ToOwned::to_owned).collect();
    let mut way = PathBuf::from("/");
    let mut links = 0;
    while let Some(step) = ahead.pop() {
        if step == ".." {
            way.pop();
            continue;
        }
        way.push(&step);
        if let Ok(link) = std::fs::read_link(below(Some(root), &way)) {
            links += 1;
            (links <= LINKS).then_some(())?;
            way.pop();
            // A link to `/...` begins at the root: `push` replaces the path with an absolute one.
            ahead.extend(link.iter().rev().map(ToOwned::to_owned));
        }
    }
    Some(way)
}

/// A file with what a write must keep.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct FoundFile {
    pub(crate) bytes: Vec<u8>,
    /// Permission bits.
    pub(crate) mode: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
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

/// The regular file at `path`, links followed; `None` when there is none.
///
/// # Errors
/// `IsADirectory`, `Unsupported` for a device or pipe, `FileTooLarge`, or what the system says.
pub(crate) fn look(path: &Path) -> io::Result<Option<FoundFile>> {
    // Without NONBLOCK this would hang on a pipe without a writer.
    let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let file = match OpenOptions::new().read(true).custom_flags(flags).open(path) {
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
    let bytes = limited(file, room, LIMIT)?;
    Ok(Some(FoundFile { bytes, mode: meta.mode() & 0o7777, uid: meta.uid(), gid: meta.gid() }))
}

fn limited(file: File, room: usize, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(room);
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

/// The file's text below `root`; empty when it cannot be read or is not text.
pub(crate) fn text_below(root: Option<&Path>, path: &str) -> String {
    let path = root.unwrap_or(Path::new("/")).join(path);
    look(&path).ok().flatten().and_then(|found| String::from_utf8(found.into_bytes()).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn links_stay_within_an_image() {
        let image = tempfile::tempdir().unwrap();
        let path = |path: &str| image.path().join(path);
        for folder in ["usr/sbin", "usr/bin", "etc/alternatives"] {
            std::fs::create_dir_all(path(folder)).unwrap();
        }
        std::fs::write(path("usr/bin/msmtp"), b"").unwrap();
        let link = |to: &str, at: &str| std::os::unix::fs::symlink(to, path(at)).unwrap();
        link("/etc/alternatives/mta", "usr/sbin/sendmail");
        link("../../../../usr/bin/msmtp", "etc/alternatives/mta");
        link("usr/sbin", "sbin");
        link("loop", "loop");
        let disk = Disk { root: Some(image.path().to_owned()) };
        let found = |at: &str| disk.find(&path(at)).map(|node| node.path);
        for way in ["usr/sbin/sendmail", "sbin/sendmail", "usr/bin/msmtp"] {
            assert_eq!(found(way).as_deref(), Some(Path::new("/usr/bin/msmtp")), "{way}");
        }
        assert_eq!((found("loop"), found("usr/bin/none"), found("usr/bin/msmtp/x")), (None, None, None));
    }

    #[test]
    fn files_with_their_mode_and_what_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        assert!(Disk::default().read(&path).unwrap().is_none());
        std::fs::write(&path, b"\xff\0").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let found = Disk::default().read(&path).unwrap().unwrap();
        assert_eq!((found.bytes.as_slice(), found.mode), (&b"\xff\0"[..], 0o640));
        let error = |path: &Path| Disk::default().read(path).err().map(|error| error.kind());
        assert_eq!(error(folder.path()), Some(io::ErrorKind::IsADirectory));
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert_eq!(error(&pipe), Some(io::ErrorKind::Unsupported));
        assert_eq!(limited(File::open(&path).unwrap(), 0, 1).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }
}
