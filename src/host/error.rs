//! What can be wrong with this machine or with a profile's file.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::{
    error::{Error, Exit},
    mail::{ProfileFault, reply::escape},
    phrase,
    presets::Phrase,
};

/// What can be wrong before anything is written.
#[derive(Debug)]
pub enum HostError {
    /// There is no home folder to write for one user.
    NoHome,
    /// The folder given as root is none.
    NoRoot(PathBuf),
    /// The current folder is gone.
    NoCwd,
    /// A file or folder cannot be read.
    Read(PathBuf, io::Error),
    /// A file or folder cannot be written.
    Write(PathBuf, io::Error),
    /// This name and all that follow from it are taken.
    Taken(PathBuf),
    /// A word that cannot be a profile's name.
    ProfileName(String),
    /// No profile has this name; carries the nearest one that there is.
    NoProfile(String, Option<String>),
    /// The profile was written by a newer mailsetup: its file and schema.
    NewerSchema(PathBuf, u64),
    /// The profile's file cannot be understood.
    BadProfile(PathBuf, ProfileFault),
}

impl HostError {
    /// What happened.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::NoHome => phrase!("host-no-home"),
            Self::NoRoot(path) => phrase!("host-no-root", path = shown(path)),
            Self::NoCwd => phrase!("host-no-cwd"),
            Self::Read(path, error) => unreadable(path, error),
            Self::Write(path, error) => unwritable(path, error),
            Self::Taken(path) => phrase!("host-taken", path = shown(path)),
            Self::ProfileName(name) => phrase!("host-profile-name", name = escape(name)),
            Self::NoProfile(name, _) => phrase!("host-no-profile", name = escape(name)),
            Self::NewerSchema(path, schema) => phrase!("host-newer-schema", path = shown(path), schema = schema),
            Self::BadProfile(path, fault) => fault.phrase(&path.to_string_lossy()),
        }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<Phrase> {
        match self {
            Self::NoHome => Some(phrase!("host-no-home-hint")),
            Self::Taken(_) => Some(phrase!("host-taken-hint")),
            Self::ProfileName(_) => Some(phrase!("host-profile-name-hint")),
            Self::NoProfile(_, Some(nearest)) => Some(phrase!("host-nearest", word = escape(nearest))),
            Self::NoProfile(_, None) => Some(phrase!("host-no-profile-hint")),
            Self::NewerSchema(..) => Some(phrase!("host-newer-schema-hint")),
            Self::BadProfile(_, fault) => fault.nearest().map(|word| phrase!("host-nearest", word = escape(word))),
            Self::Write(_, error) => write_hint(error),
            Self::NoRoot(_) | Self::NoCwd | Self::Read(..) => None,
        }
    }

    /// The exit status.
    pub fn exit(&self) -> Exit {
        match self {
            Self::ProfileName(_) => Exit::Usage,
            Self::NoRoot(_) | Self::NoProfile(..) | Self::NoCwd => Exit::NoInput,
            Self::NoHome | Self::NewerSchema(..) | Self::BadProfile(..) => Exit::Config,
            Self::Read(_, error) => read_exit(error),
            Self::Write(_, error) => write_exit(error),
            Self::Taken(_) => Exit::CantCreate,
        }
    }
}

impl From<HostError> for Error {
    fn from(error: HostError) -> Self {
        Self { exit: error.exit(), phrase: error.phrase(), hint: error.hint() }
    }
}

/// A path as text that is safe on a terminal.
pub(super) fn shown(path: &Path) -> String {
    escape(&path.to_string_lossy())
}

/// The sentence for a file that cannot be read.
pub(super) fn unreadable(path: &Path, error: &io::Error) -> Phrase {
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
pub(super) fn unwritable(path: &Path, error: &io::Error) -> Phrase {
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
pub(super) fn write_hint(error: &io::Error) -> Option<Phrase> {
    match error.kind() {
        io::ErrorKind::PermissionDenied => Some(phrase!("host-write-denied-hint")),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some(phrase!("host-write-full-hint")),
        _ => None,
    }
}

/// The exit status for a file that cannot be read.
pub(super) fn read_exit(error: &io::Error) -> Exit {
    match error.kind() {
        io::ErrorKind::NotFound => Exit::NoInput,
        io::ErrorKind::PermissionDenied => Exit::NoPerm,
        io::ErrorKind::InvalidData | io::ErrorKind::FileTooLarge => Exit::Data,
        _ => Exit::Io,
    }
}

/// The exit status for a file that cannot be written.
pub(super) fn write_exit(error: &io::Error) -> Exit {
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
