//! The disk as plans see it: this machine's, or an image's below its root.

use std::{
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use super::{accounts, found::look_in, tree::FileTree};
use crate::plan::{Existing, Files, Node, Places};

/// The most links that one path leads through, as in Linux (`path_resolution(7)`).
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

    fn tree(&self) -> FileTree<'_> {
        FileTree::below(self.root.as_deref())
    }
}

impl Files for Disk {
    fn read(&self, path: &Path) -> io::Result<Option<Existing>> {
        Ok(look_in(self.tree(), path)?.map(|found| Existing { mode: found.mode, bytes: found.into_bytes() }))
    }

    fn folders(&self, parent: &Path) -> Vec<String> {
        let names = self.tree().names(parent).ok().flatten().unwrap_or_default();
        let folders = names.into_iter().filter(|name| self.tree().is_folder(&parent.join(name)));
        folders.filter_map(|name| name.into_string().ok()).collect()
    }

    fn has_group(&self, group: &str) -> bool {
        accounts::group_id(self.root.as_deref(), group).is_some()
    }

    fn groups_of(&self, user: &str) -> Option<Vec<String>> {
        accounts::groups_of(self.root.as_deref(), user)
    }

    fn own_group(&self, user: &str) -> Option<String> {
        accounts::own_group(self.root.as_deref(), user)
    }

    fn members(&self, group: &str) -> Vec<String> {
        accounts::members(self.root.as_deref(), group)
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

/// A path of the machine, below its root.
fn below(root: Option<&Path>, path: &Path) -> PathBuf {
    root.map_or_else(|| path.to_owned(), |root| root.join(path.strip_prefix("/").unwrap_or(path)))
}

/// Where a path leads for the machine whose root this is: a link's `/` and `..` stay within the root. `None` when links go
/// in a circle, or when something on the way is not there.
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
        match std::fs::read_link(below(Some(root), &way)) {
            Ok(link) => {
                links += 1;
                (links <= LINKS).then_some(())?;
                way.pop();
                // A link to `/...` begins at the root: `push` replaces the path with an absolute one.
                ahead.extend(link.iter().rev().map(ToOwned::to_owned));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(_) => {}
        }
    }
    Some(way)
}

#[cfg(test)]
mod tests {
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
}
