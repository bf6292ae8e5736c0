//! What can be wrong with the journal.

use std::{fmt, path::PathBuf};

use crate::{
    error::Exit,
    host::files::error::{FileError, shown},
    mail::reply::escape,
    phrase,
    presets::Phrase,
};

/// What can be wrong with the journal.
#[derive(Debug)]
pub enum JournalError {
    /// A file of it cannot be read or written.
    File(FileError),
    /// Another run is at work; its process, where known.
    Locked(Option<u32>),
    /// A record of an earlier write cannot be understood, and why.
    Record(PathBuf, String),
}

impl JournalError {
    /// What happened.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::File(error) => error.phrase(),
            Self::Locked(Some(pid)) => phrase!("host-locked", pid = pid),
            Self::Locked(None) => phrase!("host-locked-unknown"),
            Self::Record(path, error) => phrase!("host-journal", path = shown(path), error = escape(error)),
        }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<Phrase> {
        match self {
            Self::File(error) => error.hint(),
            Self::Locked(_) => Some(phrase!("host-locked-hint")),
            Self::Record(path, _) => Some(phrase!("host-journal-hint", path = shown(path))),
        }
    }

    /// The exit status.
    pub fn exit(&self) -> Exit {
        match self {
            Self::File(error) => error.exit(),
            Self::Locked(_) => Exit::TempFail,
            Self::Record(..) => Exit::Config,
        }
    }
}

impl From<FileError> for JournalError {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}

impl std::error::Error for JournalError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File(error) => Some(error),
            Self::Locked(_) | Self::Record(..) => None,
        }
    }
}
