//! Where a write lands: links are followed only where nobody else can have laid them.

use std::{
    fs::Metadata,
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use super::{ApplyError, LinkFault};

/// The path that is written for `path`: itself, or what its link leads to.
///
/// # Errors
/// [`ApplyError::Link`] where writing could end up in a file of someone else's choosing.
pub(in crate::host) fn settle(path: &Path, root: Option<&Path>) -> Result<PathBuf, ApplyError> {
    let refuse = |fault| Err(ApplyError::Link(path.to_owned(), fault));
    let read = |error| ApplyError::Read(path.to_owned(), error);
    let target = match path.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(ApplyError::Write(path.to_owned(), error));
        }
        Err(error) => return Err(read(error)),
        Ok(meta) if meta.is_symlink() => {
            if is_shared(path) {
                return refuse(LinkFault::Shared);
            }
            let target = match path.canonicalize() {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return refuse(LinkFault::Dangling),
                other => other.map_err(read)?,
            };
            if is_foreign(&target.metadata().map_err(read)?) {
                return refuse(LinkFault::Foreign);
            }
            if is_shared(&target) {
                return refuse(LinkFault::Shared);
            }
            target
        }
        Ok(meta) if is_shared(path) && is_foreign(&meta) => return refuse(LinkFault::Foreign),
        Ok(meta) if is_shared(path) && meta.is_file() && meta.nlink() > 1 => return refuse(LinkFault::Hard),
        Ok(_) => path.to_owned(),
    };
    match root {
        Some(root) if path.starts_with(root) && leads_out(&target, root) => refuse(LinkFault::Outside),
        _ => Ok(target),
    }
}

/// Whether everyone may write to the folder that `path` is in.
fn is_shared(path: &Path) -> bool {
    path.parent().and_then(|folder| folder.metadata().ok()).is_some_and(|meta| meta.mode() & 0o002 != 0)
}

fn is_foreign(meta: &Metadata) -> bool {
    meta.uid() != 0 && meta.uid() != rustix::process::geteuid().as_raw()
}

/// Whether the nearest folder that exists is, without links, outside `root`.
fn leads_out(target: &Path, root: &Path) -> bool {
    let real = target.ancestors().find_map(|path| path.canonicalize().ok());
    match (real, root.canonicalize()) {
        (Some(real), Ok(root)) => !real.starts_with(root),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn fault(path: &Path, root: Option<&Path>) -> Option<LinkFault> {
        match settle(path, root) {
            Err(ApplyError::Link(at, fault)) if at == path => Some(fault),
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
        assert_eq!(settle(&at("link"), None).unwrap(), at("real"));
        assert_eq!(settle(&at("new"), None).unwrap(), at("new"));
        assert_eq!(fault(&at("dangling"), None), Some(LinkFault::Dangling));

        std::fs::create_dir(at("shared")).unwrap();
        std::fs::set_permissions(at("shared"), PermissionsExt::from_mode(0o1777)).unwrap();
        std::fs::write(at("shared/file"), "x").unwrap();
        symlink(at("real"), at("shared/link")).unwrap();
        symlink(at("shared/file"), at("into")).unwrap();
        assert_eq!(fault(&at("shared/link"), None), Some(LinkFault::Shared));
        assert_eq!(fault(&at("into"), None), Some(LinkFault::Shared));
        assert!(settle(&at("shared/file"), None).is_ok());
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
        assert!(settle(&real, None).is_ok());
    }

    #[test]
    fn an_image_is_not_left() {
        let (image, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(other.path().join("file"), "x").unwrap();
        symlink(other.path().join("file"), image.path().join("link")).unwrap();
        symlink(other.path(), image.path().join("etc")).unwrap();
        let root = Some(image.path());
        assert_eq!(fault(&image.path().join("link"), root), Some(LinkFault::Outside));
        assert_eq!(fault(&image.path().join("etc/new"), root), Some(LinkFault::Outside));
        assert!(settle(&image.path().join("usr/new"), root).is_ok());
        assert!(settle(&other.path().join("file"), root).is_ok());
    }
}
