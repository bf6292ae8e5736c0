//! Where paths are looked up: on this machine, or below an image's root, which no link and no `..` leads out of.
//!
//! Below a root every step is taken from a folder that is held open, and links are read rather than followed: they lead where
//! they lead the machine whose root it is. Whoever changes the image meanwhile changes where a path leads in it, and no more.

use std::{
    ffi::{OsStr, OsString},
    io,
    os::{fd::OwnedFd, unix::ffi::OsStrExt},
    path::{Component, Path},
};

use rustix::{
    fs::{FileType, Mode, OFlags, Stat},
    io::Errno,
};

use crate::plan::Places;

/// The most links that one path leads through, as in Linux (`path_resolution(7)`).
const LINKS: usize = 40;

/// Where paths are looked up.
#[derive(Debug, Clone, Copy, Default)]
pub struct FileTree<'a> {
    root: Option<&'a Path>,
}

impl<'a> FileTree<'a> {
    /// This machine's.
    pub(crate) const HERE: FileTree<'static> = FileTree { root: None };

    /// The tree of these places.
    pub(crate) fn of(places: &'a Places) -> Self {
        Self::below(places.root.as_deref())
    }

    /// An image's, by its root; without one this machine's.
    pub(crate) const fn below(root: Option<&'a Path>) -> Self {
        Self { root }
    }

    /// The image's root.
    pub(crate) const fn root(self) -> Option<&'a Path> {
        self.root
    }

    /// Opens what is at `path`, links followed. A path that a person gave outside of the root is this machine's.
    pub(crate) fn open(self, path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
        match self.root.and_then(|root| Some((root, path.strip_prefix(root).ok()?))) {
            Some((root, rest)) => walk(root, rest, flags, true),
            None => Ok(rustix::fs::open(path, flags | OFlags::CLOEXEC, Mode::empty())?),
        }
    }

    /// Opens what is at an absolute `path` that has no links; one that is there by now is refused.
    pub(crate) fn open_plain(self, path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
        let root = self.root.unwrap_or(Path::new("/"));
        let rest = path.strip_prefix(root).map_err(|_| io::Error::from(Errno::XDEV))?;
        walk(root, rest, flags, false)
    }

    /// What is known of what is at `path`; `None` when there is nothing.
    pub(crate) fn stat(self, path: &Path) -> io::Result<Option<Stat>> {
        let stat = self.open(path, OFlags::PATH).and_then(|file| Ok(rustix::fs::fstat(file)?));
        match stat {
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            other => other.map(Some),
        }
    }

    /// Whether there is anything at `path`.
    pub(crate) fn is_there(self, path: &Path) -> bool {
        self.stat(path).is_ok_and(|stat| stat.is_some())
    }

    /// Whether there is a folder at `path`.
    pub(crate) fn is_folder(self, path: &Path) -> bool {
        self.stat(path).is_ok_and(|stat| stat.is_some_and(|stat| kind(&stat) == FileType::Directory))
    }

    /// The names in a folder, sorted; `None` when there is no such folder.
    pub(crate) fn names(self, folder: &Path) -> io::Result<Option<Vec<OsString>>> {
        let folder = match self.open(folder, OFlags::DIRECTORY) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let mut names = Vec::new();
        for entry in rustix::fs::Dir::read_from(&folder)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                names.push(OsStr::from_bytes(name).to_owned());
            }
        }
        names.sort();
        Ok(Some(names))
    }
}

/// The kind of what was looked at.
pub(crate) fn kind(stat: &Stat) -> FileType {
    FileType::from_raw_mode(stat.st_mode)
}

/// Opens `rest` below `root`, step by step. Links lead on below the root, or are refused.
fn walk(root: &Path, rest: &Path, flags: OFlags, follows: bool) -> io::Result<OwnedFd> {
    let folder = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    // The folders on the way, the root first: `..` goes back to one of them.
    let mut way = vec![rustix::fs::open(root, folder, Mode::empty())?];
    let mut ahead = steps(rest);
    let mut links = 0;
    while let (Some(step), Some(here)) = (ahead.pop(), way.last()) {
        if step == ".." {
            way.truncate((way.len() - 1).max(1));
            continue;
        }
        let next = rustix::fs::openat(here, &step, OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())?;
        match kind(&rustix::fs::fstat(&next)?) {
            FileType::Symlink if follows && links < LINKS => {
                links += 1;
                let leads = rustix::fs::readlinkat(&next, "", Vec::new())?;
                let leads = Path::new(OsStr::from_bytes(leads.to_bytes()));
                if leads.is_absolute() {
                    way.truncate(1);
                }
                ahead.extend(steps(leads));
            }
            FileType::Symlink => return Err(Errno::LOOP.into()),
            FileType::Directory => way.push(next),
            // A device or a pipe is not opened to find out what it is.
            _ if ahead.is_empty() && flags.contains(OFlags::PATH) => return Ok(next),
            FileType::RegularFile if ahead.is_empty() => {
                return Ok(rustix::fs::openat(here, &step, flags | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())?);
            }
            _ if ahead.is_empty() => return Err(io::ErrorKind::Unsupported.into()),
            _ => return Err(Errno::NOTDIR.into()),
        }
    }
    let last = way.last().ok_or(Errno::NOENT)?;
    Ok(rustix::fs::openat(last, ".", flags | OFlags::CLOEXEC, Mode::empty())?)
}

/// The steps of a path, last first.
fn steps(path: &Path) -> Vec<OsString> {
    let step = |component: Component<'_>| match component {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        _ => None,
    };
    path.components().rev().filter_map(step).collect()
}

#[cfg(test)]
mod tests {
    use std::{io::Read, os::unix::fs::symlink};

    use super::*;

    fn text(tree: FileTree<'_>, path: &Path) -> io::Result<String> {
        let mut text = String::new();
        std::fs::File::from(tree.open(path, OFlags::RDONLY)?).read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn links_and_dots_lead_where_they_lead_inside() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let at = |name: &str| folder.path().join("image").join(name);
        std::fs::create_dir_all(at("etc/deep")).unwrap();
        for (path, text) in
            [(at("etc/file"), "inside"), (folder.path().join("etc-file"), "host"), (other.path().join("file"), "host")]
        {
            std::fs::write(path, text).unwrap();
        }
        symlink("/etc", at("absolute")).unwrap();
        symlink("../../../../../../etc/deep/../file", at("up")).unwrap();
        symlink(other.path(), at("out")).unwrap();
        symlink("round", at("round")).unwrap();
        symlink("/absolute/deep/../../up", at("etc/deep/chain")).unwrap();
        let (root, image) = (folder.path().join("image"), at(""));
        let tree = FileTree::below(Some(&root));
        for path in ["etc/file", "absolute/file", "up", "../../etc/file", "etc/deep/../file", "etc/deep/chain"] {
            assert_eq!(text(tree, &image.join(path)).unwrap(), "inside", "{path}");
        }
        assert_eq!(text(tree, &at("out/file")).unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!(tree.stat(&at("round")).unwrap_err().raw_os_error(), Some(Errno::LOOP.raw_os_error()));
        for path in ["absolute/file", "up", "etc/deep/chain"] {
            assert!(tree.open_plain(&at(path), OFlags::RDONLY).is_err(), "{path}");
        }
        assert!(tree.open_plain(&at("etc/file"), OFlags::RDONLY).is_ok());
        assert!(tree.open_plain(other.path(), OFlags::RDONLY).is_err());
        assert_eq!(text(tree, &other.path().join("file")).unwrap(), "host", "a person's own path");
        assert_eq!(tree.names(&at("absolute")).unwrap().unwrap(), ["deep", "file"]);
        assert!(tree.names(&at("none")).unwrap().is_none() && tree.is_folder(&image) && !tree.is_there(&at("out")));
    }

    #[test]
    fn a_folder_that_is_moved_out_meanwhile_is_no_way_out() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("image");
        std::fs::create_dir_all(root.join("a/b/c")).unwrap();
        std::fs::write(folder.path().join("secret"), "host").unwrap();
        symlink("../../../../secret", root.join("a/b/c/link")).unwrap();
        let tree = FileTree::below(Some(&root));
        std::thread::scope(|scope| {
            let swapping = scope.spawn(|| {
                for _ in 0..300 {
                    std::fs::rename(root.join("a/b"), folder.path().join("b")).unwrap();
                    std::fs::rename(folder.path().join("b"), root.join("a/b")).unwrap();
                }
            });
            while !swapping.is_finished() {
                assert!(text(tree, &root.join("a/b/c/link")).is_err());
            }
        });
    }
}
