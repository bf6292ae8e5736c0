//! What can be wrong with this machine or with a profile's file.

use std::{fmt, path::PathBuf};

use super::files::error::{FileError, shown};
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
    /// This variable holds a relative path.
    Relative(&'static str),
    /// Another user could lead what is written below an image's root.
    Image(FileError),
    /// A file or folder cannot be read or written.
    File(FileError),
    /// This name and all that follow from it are taken.
    Taken(PathBuf),
    /// A word that cannot be a profile's name.
    ProfileName(String),
    /// No profile has this name; carries the nearest one that there is.
    NoProfile(String, Option<String>),
    /// The profile was written by a newer mailsetup: its file and schema.
    NewerSchema(PathBuf, u64),
    /// The profile's file cannot be understood.
    BadProfile(PathBuf, Box<ProfileFault>),
}

impl HostError {
    /// What happened.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::NoHome => phrase!("host-no-home"),
            Self::NoRoot(path) => phrase!("host-no-root", path = shown(path)),
            Self::NoCwd => phrase!("host-no-cwd"),
            Self::File(error) | Self::Image(error) => error.phrase(),
            Self::Relative(variable) => phrase!("host-relative", variable = variable),
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
            Self::Image(FileError::Foreign(path, owner)) => {
                Some(phrase!("host-image-foreign-hint", path = shown(path), owner = escape(owner)))
            }
            Self::File(error) | Self::Image(error) => error.hint(),
            Self::Relative(_) => Some(phrase!("host-relative-hint")),
            Self::NoRoot(_) | Self::NoCwd => None,
        }
    }

    /// The exit status.
    pub fn exit(&self) -> Exit {
        match self {
            Self::ProfileName(_) => Exit::Usage,
            Self::NoRoot(_) | Self::NoProfile(..) | Self::NoCwd => Exit::NoInput,
            Self::NoHome | Self::Relative(_) | Self::NewerSchema(..) | Self::BadProfile(..) => Exit::Config,
            Self::File(error) | Self::Image(error) => error.exit(),
            Self::Taken(_) => Exit::CantCreate,
        }
    }
}

impl From<HostError> for Error {
    fn from(error: HostError) -> Self {
        Self { exit: error.exit(), phrase: error.phrase(), hint: error.hint() }
    }
}

impl From<FileError> for HostError {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}

impl std::error::Error for HostError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File(error) | Self::Image(error) => Some(error),
            _ => None,
        }
    }
}
