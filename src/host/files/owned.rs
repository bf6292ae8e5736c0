//! Whom something belongs to, and whether others can change it.

use std::{fs::File, path::Path};

use rustix::fs::{FileType, Stat};

use super::{
    accounts,
    error::FileError,
    found::{self, FoundFile},
    tree::FileTree,
};

/// Whether a user is neither root nor we.
pub(crate) fn is_foreign(uid: u32) -> bool {
    uid != 0 && uid != rustix::process::geteuid().as_raw()
}

/// Whether others may write: it is theirs, everyone's, or a group's that is not ours alone.
pub(crate) fn is_shared(uid: u32, gid: u32, mode: u32) -> bool {
    let (user, group) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
    // Many systems give each user a group of the same number with no other members (user private groups).
    let is_own_group = gid == 0 || (gid == group && group == user);
    is_foreign(uid) || mode & 0o002 != 0 || (mode & 0o020 != 0 && !is_own_group)
}

/// Refuses a file that another user made or can change: what it says would be done with our rights.
///
/// # Errors
/// Whose it is, or that others may write to it.
pub(crate) fn ours(path: &Path, found: &FoundFile) -> Result<(), FileError> {
    refuse(path, found.uid, found.gid, found.mode)
}

/// The same for a file that need not be there. The user who sends may own what was written for them alone, 0400.
///
/// # Errors
/// It is another's, others may write to it, or it cannot be looked at.
pub(crate) fn our_file(path: &Path, tree: FileTree<'_>) -> Result<(), FileError> {
    let stat = tree.stat(path).map_err(FileError::read(path))?;
    stat.map_or(Ok(()), |stat| ours_or_the_senders(path, &stat))
}

/// Reads a file of a secret, whose owner and names are those of the file that was opened, whatever has its name by then; `None` when
/// there is none.
///
/// # Errors
/// As of [`our_file`] and [`only_name`].
pub(crate) fn look_at_ours(path: &Path, tree: FileTree<'_>) -> Result<Option<FoundFile>, FileError> {
    let opened = tree.open(path, found::LOOKING).map(File::from);
    if let Ok(file) = &opened {
        let stat = rustix::fs::fstat(file).map_err(|errno| FileError::Read(path.to_owned(), errno.into()))?;
        ours_or_the_senders(path, &stat)?;
        has_one_name(path, &stat, tree)?;
    }
    found::of_opened(opened).map_err(FileError::read(path))
}

fn ours_or_the_senders(path: &Path, stat: &Stat) -> Result<(), FileError> {
    if stat.st_mode & 0o7777 == 0o400 { Ok(()) } else { of(path, stat) }
}

/// Refuses a file below an image's root that has a second name: whoever made the image could have given one to a file of this
/// machine.
///
/// # Errors
/// It has a second name, or cannot be looked at.
pub(crate) fn only_name(path: &Path, tree: FileTree<'_>) -> Result<(), FileError> {
    let stat = tree.stat(path).map_err(FileError::read(path))?;
    stat.map_or(Ok(()), |stat| has_one_name(path, &stat, tree))
}

fn has_one_name(path: &Path, stat: &Stat, tree: FileTree<'_>) -> Result<(), FileError> {
    let is_second = tree.root().is_some() && stat.st_nlink > 1;
    if is_second { Err(FileError::SecondName(path.to_owned())) } else { Ok(()) }
}

/// The same for one of our folders; one that is not there is made by us. For root, and below an image's root, all that leads there
/// counts as well: who can rename a folder can put another one in its place.
///
/// # Errors
/// The first that is another's, or that cannot be looked at.
pub(crate) fn our_folder(folder: &Path, tree: FileTree<'_>) -> Result<(), FileError> {
    let look = |path: &Path| tree.stat(path).map_err(FileError::read(path));
    if let Some(stat) = look(folder)? {
        of(folder, &stat)?;
    }
    let leads = |path: &Path| match look(path)? {
        // Where the sticky bit is set, only the owner of what is inside can rename it.
        Some(stat) if stat.st_mode & 0o1000 != 0 && !is_foreign(stat.st_uid) => Ok(()),
        Some(stat) => of(path, &stat),
        None => Ok(()),
    };
    if let Some(root) = tree.root() {
        return folder.ancestors().skip(1).take_while(|path| path.starts_with(root)).try_for_each(leads);
    }
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let real = folder.ancestors().find_map(|path| path.canonicalize().ok());
    folder.ancestors().skip(1).chain(real.iter().flat_map(|real| real.ancestors())).try_for_each(leads)
}

/// Refuses a file that another user could have made or put there, or can change: a program of that file, or that it names, would run
/// with our rights. Nothing that is not there is refused.
///
/// # Errors
/// The file, the link or the folder that is another's or that others can write to.
pub fn unsteered(path: &Path) -> Result<(), FileError> {
    let real = path.canonicalize().ok();
    let is_root = rustix::process::geteuid().is_root();
    for path in std::iter::once(path).chain(real.as_deref()) {
        for (depth, part) in path.ancestors().take(if is_root { usize::MAX } else { 2 }).enumerate() {
            let Ok(stat) = rustix::fs::lstat(part) else { continue };
            let is_link = FileType::from_raw_mode(stat.st_mode) == FileType::Symlink;
            // A link has no mode; where the sticky bit is set, only the owner of what is inside can rename it.
            let is_mode_harmless = is_link || depth > 0 && stat.st_mode & 0o1000 != 0;
            refuse(part, stat.st_uid, stat.st_gid, if is_mode_harmless { 0 } else { stat.st_mode & 0o7777 })?;
        }
    }
    Ok(())
}

fn of(path: &Path, stat: &Stat) -> Result<(), FileError> {
    refuse(path, stat.st_uid, stat.st_gid, stat.st_mode & 0o7777)
}

fn refuse(path: &Path, uid: u32, gid: u32, mode: u32) -> Result<(), FileError> {
    if is_foreign(uid) {
        let owner = accounts::user_name(None, uid).unwrap_or_else(|| uid.to_string());
        return Err(FileError::Foreign(path.to_owned(), owner));
    }
    if is_shared(uid, gid, mode) { Err(FileError::Writable(path.to_owned())) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_file_is_judged_by_what_was_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let look = |tree| look_at_ours(&path, tree).map(|found| found.map(FoundFile::into_bytes));
        assert!(matches!(look(FileTree::HERE), Ok(None)));
        std::fs::write(&path, "word").unwrap();
        let set_mode = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        for (mode, is_ours) in [(0o600, true), (0o400, true), (0o640, true), (0o666, false), (0o602, false)] {
            set_mode(mode);
            match look(FileTree::HERE) {
                Ok(Some(bytes)) => assert!(is_ours && bytes == b"word", "{mode:o}"),
                other => assert!(!is_ours && matches!(other, Err(FileError::Writable(_))), "{mode:o}: {other:?}"),
            }
        }
        set_mode(0o600);
        std::fs::hard_link(&path, folder.path().join("second")).unwrap();
        assert!(look(FileTree::HERE).is_ok());
        assert!(matches!(look(FileTree::below(Some(folder.path()))), Err(FileError::SecondName(_))));
    }
}
