//! Where a path leads: links are followed only where nobody else can have made them.

use std::{
    ffi::OsString,
    fs::Metadata,
    io,
    os::unix::fs::MetadataExt,
    path::{Component, Path, PathBuf},
};

use super::{
    error::{FileError, LinkFault},
    owned,
    tree::FileTree,
};

/// The most links that one path leads through, as in Linux (`path_resolution(7)`).
const LINKS: u32 = 40;

/// The path to write instead of `path`, without links: itself, or what its links lead to.
///
/// # Errors
/// [`FileError::Link`] where writing could end up in a file of someone else's choosing.
pub(crate) fn resolve(path: &Path, tree: FileTree<'_>) -> Result<PathBuf, FileError> {
    let refuse = |fault| Err(FileError::Link(path.to_owned(), fault));
    if tree.root().is_some_and(|root| !path.starts_with(root)) {
        return refuse(LinkFault::Outside);
    }
    let (target, is_link) = follow(path, tree)?;
    let folder = target.parent().and_then(|folder| folder.metadata().ok());
    let is_shared = folder.as_ref().is_some_and(is_shared);
    match target.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(FileError::Write(path.to_owned(), error));
        }
        Err(error) => return Err(FileError::Read(path.to_owned(), error)),
        Ok(meta) => {
            // Root writes a folder's files for the folder's owner, but no file of a third user there.
            let is_owners = folder.is_some_and(|folder| folder.uid() == meta.uid() && folder.mode() & 0o002 == 0);
            if is_foreign(&meta) && (is_link || (is_shared && !is_owners)) {
                return refuse(LinkFault::Foreign);
            }
            if is_shared && is_link {
                return refuse(LinkFault::Shared);
            }
            if is_shared && meta.is_file() && meta.nlink() > 1 {
                return refuse(LinkFault::Hard);
            }
        }
    }
    Ok(target)
}

/// Follows the path link by link, as the machine does whose tree it is; says whether the path itself is a link. Each link must
/// be where only root and we can make one, and lead somewhere.
fn follow(path: &Path, tree: FileTree<'_>) -> Result<(PathBuf, bool), FileError> {
    let refuse = |fault| Err(FileError::Link(path.to_owned(), fault));
    let unread = FileError::read(path);
    let base = tree.root().unwrap_or(Path::new("/"));
    let mut real = base.to_owned();
    let whole = std::path::absolute(path).map_err(&unread)?;
    // The remaining parts, last first, and whether each comes from a link.
    let mut ahead = parts(whole.strip_prefix(base).unwrap_or(&whole), false);
    let (mut links, mut is_link) = (0, false);
    while let Some((part, is_linked)) = ahead.pop() {
        if part == ".." {
            if real != base {
                real.pop();
            }
            continue;
        }
        let here = real.join(&part);
        match here.symlink_metadata() {
            Ok(meta) if meta.is_symlink() => {
                if real.metadata().is_ok_and(|folder| is_shared(&folder)) {
                    return refuse(LinkFault::Shared);
                }
                links += 1;
                is_link |= !is_linked && ahead.is_empty();
                if links > LINKS {
                    return refuse(LinkFault::Dangling);
                }
                let leads = here.read_link().map_err(&unread)?;
                if leads.is_absolute() {
                    base.clone_into(&mut real);
                }
                ahead.extend(parts(&leads, true));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && is_linked => return refuse(LinkFault::Dangling),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Err(unread(error)),
            // The write makes what is missing, or refuses to.
            _ => real = here,
        }
    }
    Ok((real, is_link))
}

/// The parts of a path below `/`, last first.
fn parts(path: &Path, is_linked: bool) -> Vec<(OsString, bool)> {
    let part = |component: Component<'_>| match component {
        Component::Normal(name) => Some((name.to_owned(), is_linked)),
        Component::ParentDir => Some(("..".into(), is_linked)),
        _ => None,
    };
    path.components().rev().filter_map(part).collect()
}

/// Whether others may make files in a folder.
fn is_shared(folder: &Metadata) -> bool {
    owned::is_shared(folder.uid(), folder.gid(), folder.mode())
}

/// Whether something belongs to neither root nor us.
fn is_foreign(meta: &Metadata) -> bool {
    owned::is_foreign(meta.uid())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn fault(path: &Path, root: Option<&Path>) -> Option<LinkFault> {
        match resolve(path, FileTree::below(root)) {
            Err(FileError::Link(at, fault)) if at == path => Some(fault),
            _ => None,
        }
    }

    #[test]
    fn links() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().canonicalize().unwrap().join(name);
        std::fs::write(at("real"), "x").unwrap();
        symlink("real", at("link")).unwrap();
        symlink("none", at("dangling")).unwrap();
        assert_eq!(resolve(&at("link"), FileTree::HERE).unwrap(), at("real"));
        assert_eq!(resolve(&at("new"), FileTree::HERE).unwrap(), at("new"));
        assert_eq!(fault(&at("dangling"), None), Some(LinkFault::Dangling));
        symlink("round", at("round")).unwrap();
        assert_eq!(fault(&at("round"), None), Some(LinkFault::Dangling));
        std::fs::create_dir(at("folder")).unwrap();
        symlink("folder/../folder", at("way")).unwrap();
        assert_eq!(resolve(&at("way/new"), FileTree::HERE).unwrap(), at("folder/new"));
        assert_eq!(resolve(&at("none/../way/none/new"), FileTree::HERE).unwrap(), at("folder/none/new"));

        std::fs::create_dir(at("shared")).unwrap();
        std::fs::set_permissions(at("shared"), PermissionsExt::from_mode(0o1777)).unwrap();
        std::fs::write(at("shared/file"), "x").unwrap();
        symlink(at("real"), at("shared/link")).unwrap();
        symlink(at("shared/file"), at("into")).unwrap();
        assert_eq!(fault(&at("shared/link"), None), Some(LinkFault::Shared));
        assert_eq!(fault(&at("into"), None), Some(LinkFault::Shared));
        assert!(resolve(&at("shared/file"), FileTree::HERE).is_ok());
        std::fs::hard_link(at("real"), at("shared/hard")).unwrap();
        assert_eq!(fault(&at("shared/hard"), None), Some(LinkFault::Hard));
    }

    #[test]
    fn a_file_of_another_user_behind_a_link() {
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        std::fs::write(&real, "x").unwrap();
        std::os::unix::fs::chown(&real, Some(12_345), None).unwrap();
        symlink(&real, &link).unwrap();
        assert_eq!(fault(&link, None), Some(LinkFault::Foreign));
        assert!(resolve(&real, FileTree::HERE).is_ok());
    }

    #[test]
    fn links_that_another_user_can_lay() {
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().canonicalize().unwrap().join(name);
        let chown = |name: &str, gid| std::os::unix::fs::chown(at(name), Some(12_345), gid).unwrap();
        for name in ["etc", "theirs", "theirs/ours", "group"] {
            std::fs::create_dir(at(name)).unwrap();
        }
        for name in ["etc/shadow", "theirs/.env"] {
            std::fs::write(at(name), "x").unwrap();
        }
        chown("theirs", None);
        chown("theirs/.env", None);
        // Their own file in their own folder is written for them.
        assert_eq!(resolve(&at("theirs/.env"), FileTree::HERE).unwrap(), at("theirs/.env"));
        assert!(resolve(&at("theirs/new"), FileTree::HERE).is_ok());
        symlink(at("etc/shadow"), at("theirs/link")).unwrap();
        symlink(at("etc"), at("theirs/conf")).unwrap();
        std::fs::hard_link(at("etc/shadow"), at("theirs/hard")).unwrap();
        assert_eq!(fault(&at("theirs/link"), None), Some(LinkFault::Shared));
        assert_eq!(fault(&at("theirs/conf/new"), None), Some(LinkFault::Shared), "a link above the file");
        assert_eq!(fault(&at("theirs/hard"), None), Some(LinkFault::Hard));
        // A link of ours that leads through one of theirs.
        symlink("theirs/conf", at("through")).unwrap();
        assert_eq!(fault(&at("through/new"), None), Some(LinkFault::Shared));

        std::os::unix::fs::chown(at("group"), None, Some(54_321)).unwrap();
        symlink(at("etc/shadow"), at("group/link")).unwrap();
        assert!(resolve(&at("group/link"), FileTree::HERE).is_ok(), "only its owner writes there");
        std::fs::set_permissions(at("group"), PermissionsExt::from_mode(0o775)).unwrap();
        assert_eq!(fault(&at("group/link"), None), Some(LinkFault::Shared));
    }

    #[test]
    fn links_of_an_image_lead_where_they_lead_inside() {
        let (image, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let at = |name: &str| image.path().join(name);
        std::fs::write(other.path().join("file"), "x").unwrap();
        std::fs::create_dir_all(at("usr/etc")).unwrap();
        symlink(other.path().join("file"), at("link")).unwrap();
        symlink("/usr/etc", at("etc")).unwrap();
        symlink("../../../usr", at("usr/up")).unwrap();
        let tree = FileTree::below(Some(image.path()));
        assert_eq!(fault(&at("link"), Some(image.path())), Some(LinkFault::Dangling), "there is no such file inside");
        assert_eq!(resolve(&at("etc/new"), tree).unwrap(), at("usr/etc/new"));
        assert_eq!(resolve(&at("usr/up/etc/../../../new"), tree).unwrap(), at("new"));
        assert_eq!(fault(&other.path().join("file"), Some(image.path())), Some(LinkFault::Outside));
    }
}
