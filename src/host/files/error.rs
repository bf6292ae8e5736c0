//! Why a file is not read, or not written to.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use crate::{
    error::{Error, Exit},
    mail::reply::escape,
    phrase,
    presets::Phrase,
};

/// Why a path is not written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkFault {
    /// A symbolic link that leads nowhere.
    Dangling,
    /// A link, or its target, is where everyone may write.
    Shared,
    /// The target belongs to neither root nor us.
    Foreign,
    /// It is not below the image's root.
    Outside,
    /// It is a link, a device, or has a second name, where a plain file of ours belongs.
    Strange,
    /// The file has a second name, where everyone may write.
    Hard,
}

/// Why a file is not read, or not written to.
#[derive(Debug)]
pub enum FileError {
    /// The path is not safe to write to.
    Link(PathBuf, LinkFault),
    /// It cannot be read.
    Read(PathBuf, io::Error),
    /// It cannot be written.
    Write(PathBuf, io::Error),
    /// The file cannot keep its owner, or get its group.
    Owner(PathBuf),
    /// The file cannot keep this access list, label or attribute.
    Extended(PathBuf, String, io::Error),
    /// It belongs to another user, who could have us do what it says; the user's name, else number.
    Foreign(PathBuf, String),
    /// Others may write to it, and could have us do what it says.
    Writable(PathBuf),
    /// A file of an image has a second name, which may be one of this machine.
    SecondName(PathBuf),
}

impl FileError {
    /// A file or folder that cannot be read.
    pub(crate) fn read(path: &Path) -> impl Fn(io::Error) -> Self {
        |error| Self::Read(path.to_owned(), error)
    }

    /// A file or folder that cannot be written.
    pub(crate) fn write(path: &Path) -> impl Fn(io::Error) -> Self {
        |error| Self::Write(path.to_owned(), error)
    }

    /// The file or folder.
    pub fn path(&self) -> &Path {
        match self {
            Self::Link(path, _)
            | Self::Read(path, _)
            | Self::Write(path, _)
            | Self::Owner(path)
            | Self::Extended(path, ..)
            | Self::Foreign(path, _)
            | Self::Writable(path)
            | Self::SecondName(path) => path,
        }
    }

    /// What happened.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::Link(path, fault) => {
                let path = shown(path);
                match fault {
                    LinkFault::Dangling => phrase!("host-link-dangling", path = path),
                    LinkFault::Shared => phrase!("host-link-shared", path = path),
                    LinkFault::Foreign => phrase!("host-link-foreign", path = path),
                    LinkFault::Outside => phrase!("host-link-outside", path = path),
                    LinkFault::Hard => phrase!("host-link-hard", path = path),
                    LinkFault::Strange => phrase!("host-link-strange", path = path),
                }
            }
            Self::Read(path, error) => unreadable(path, error),
            Self::Write(path, error) => unwritable(path, error),
            Self::Owner(path) => phrase!("host-owner", path = shown(path)),
            Self::Extended(path, name, error) => {
                phrase!("host-extended", path = shown(path), name = escape(name), error = escape(&error.to_string()))
            }
            Self::Foreign(path, owner) => phrase!("host-foreign", path = shown(path), owner = escape(owner)),
            Self::Writable(path) => phrase!("host-writable", path = shown(path)),
            Self::SecondName(path) => phrase!("host-second-name", path = shown(path)),
        }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<Phrase> {
        match self {
            Self::Link(path, LinkFault::Strange) => Some(phrase!("host-link-strange-hint", path = shown(path))),
            Self::Link(..) => Some(phrase!("host-link-hint")),
            Self::Foreign(path, owner) => Some(phrase!("host-foreign-hint", path = shown(path), owner = escape(owner))),
            // chmod would change what the link leads to, such as /dev/null.
            Self::Writable(path) if path.is_symlink() => Some(phrase!("host-writable-link-hint", path = shown(path))),
            Self::Writable(path) => Some(phrase!("host-writable-hint", path = shown(path))),
            Self::SecondName(path) => Some(phrase!("host-second-name-hint", path = shown(path))),
            Self::Write(_, error) => write_hint(error),
            Self::Owner(_) => Some(phrase!("host-owner-hint")),
            Self::Extended(..) => Some(phrase!("host-extended-hint")),
            Self::Read(..) => None,
        }
    }

    /// The exit status.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Link(..) | Self::Owner(_) | Self::Extended(..) => Exit::CantCreate,
            Self::Foreign(..) | Self::Writable(_) | Self::SecondName(_) => Exit::NoPerm,
            Self::Read(_, error) => read_exit(error),
            Self::Write(_, error) => write_exit(error),
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}

impl std::error::Error for FileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Read(_, error) | Self::Write(_, error) | Self::Extended(_, _, error) => Some(error),
            Self::Link(..) | Self::Owner(_) | Self::Foreign(..) | Self::Writable(_) | Self::SecondName(_) => None,
        }
    }
}

impl From<FileError> for Error {
    fn from(error: FileError) -> Self {
        Self { exit: error.exit(), phrase: error.phrase(), hint: error.hint() }
    }
}

/// A path as text that is safe on a terminal.
pub(crate) fn shown(path: &Path) -> String {
    escape(&path.to_string_lossy())
}

/// The sentence for a file that cannot be read.
pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Phrase {
    let path = shown(path);
    match error.kind() {
        io::ErrorKind::NotFound => phrase!("host-read-missing", path = path),
        io::ErrorKind::PermissionDenied => phrase!("host-read-denied", path = path),
        io::ErrorKind::IsADirectory => phrase!("host-read-folder", path = path),
        io::ErrorKind::FileTooLarge => phrase!("host-read-large", path = path),
        io::ErrorKind::Unsupported => phrase!("host-read-special", path = path),
        _ => phrase!("host-read-other", path = path, error = escape(&error.to_string())),
    }
}

/// The sentence for a file or folder that cannot be written.
fn unwritable(path: &Path, error: &io::Error) -> Phrase {
    let path = shown(path);
    match error.kind() {
        io::ErrorKind::PermissionDenied => phrase!("host-write-denied", path = path),
        io::ErrorKind::ReadOnlyFilesystem => phrase!("host-write-read-only", path = path),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => phrase!("host-write-full", path = path),
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => phrase!("host-write-not-folder", path = path),
        io::ErrorKind::IsADirectory => phrase!("host-write-folder", path = path),
        _ => phrase!("host-write-other", path = path, error = escape(&error.to_string())),
    }
}

/// What to do about a file that cannot be written.
fn write_hint(error: &io::Error) -> Option<Phrase> {
    match error.kind() {
        io::ErrorKind::PermissionDenied => Some(phrase!("host-write-denied-hint")),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some(phrase!("host-write-full-hint")),
        _ => None,
    }
}

/// The exit status for a file that cannot be read.
pub(crate) fn read_exit(error: &io::Error) -> Exit {
    match error.kind() {
        io::ErrorKind::NotFound => Exit::NoInput,
        io::ErrorKind::PermissionDenied => Exit::NoPerm,
        io::ErrorKind::InvalidData | io::ErrorKind::FileTooLarge => Exit::Data,
        _ => Exit::Io,
    }
}

/// The exit status for a file that cannot be written.
fn write_exit(error: &io::Error) -> Exit {
    match error.kind() {
        io::ErrorKind::PermissionDenied
        | io::ErrorKind::ReadOnlyFilesystem
        | io::ErrorKind::StorageFull
        | io::ErrorKind::QuotaExceeded
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::AlreadyExists
        | io::ErrorKind::IsADirectory
        | io::ErrorKind::NotFound => Exit::CantCreate,
        _ => Exit::Io,
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn the_cause_is_kept() {
        let error = FileError::read(Path::new("/x"))(io::ErrorKind::NotFound.into());
        assert_eq!(error.to_string(), "host-read-missing, path: /x");
        let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
        assert_eq!(cause, Some(io::ErrorKind::NotFound));
    }
}
