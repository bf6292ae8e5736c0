//! Why a plan was not applied, or a write not undone.

use std::{fmt, path::PathBuf};

use crate::{
    error::{Error, Exit},
    host::{
        error::HostError,
        files::error::{FileError, shown},
        journal::error::JournalError,
        process::CommandFault,
        stores::error::StoreError,
    },
    mail::reply::escape,
    phrase,
    presets::Phrase,
};

/// Why a plan was not applied, or a write not undone.
#[derive(Debug)]
pub enum ApplyError {
    /// Something is wrong with this machine or a profile.
    Host(HostError),
    /// A file cannot be read or written.
    File(FileError),
    /// Something is wrong with the journal.
    Journal(JournalError),
    /// The secret's store fails.
    Store(StoreError),
    /// The file is not what the plan was made from.
    Changed(PathBuf),
    /// No group has this name.
    Group(String),
    /// A command that belongs to the write failed.
    Build(String, CommandFault),
    /// The file was edited since, in the lines that we wrote; the backup has its content before.
    Conflict(PathBuf, Option<PathBuf>),
    /// The profile's secret before the write went into another store, and is not there any more; its file was this one.
    SecretGone(String, PathBuf),
    /// There is no write to undo.
    NothingToUndo,
    /// It failed on the way, and everything was rolled back.
    RolledBack(Box<ApplyError>),
    /// It failed on the way, and this file was not rolled back; the backup has its content before.
    NotRolledBack(Box<ApplyError>, PathBuf, Option<PathBuf>),
}

impl ApplyError {
    /// What happened.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::Host(error) => error.phrase(),
            Self::File(error) => error.phrase(),
            Self::Journal(error) => error.phrase(),
            Self::Store(error) => error.phrase(),
            Self::Changed(path) => phrase!("host-changed", path = shown(path)),
            Self::Group(name) => phrase!("host-no-group", group = escape(name)),
            Self::Build(command, fault) => run_failed(command, fault),
            Self::Conflict(path, _) => phrase!("host-conflict", path = shown(path)),
            Self::SecretGone(_, path) => phrase!("host-undo-secret", path = shown(path)),
            Self::NothingToUndo => phrase!("host-nothing-to-undo"),
            Self::RolledBack(cause) | Self::NotRolledBack(cause, ..) => cause.phrase(),
        }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<Phrase> {
        match self {
            Self::Host(error) => error.hint(),
            Self::File(error) => error.hint(),
            Self::Journal(error) => error.hint(),
            Self::Store(error) => error.hint(),
            Self::Changed(_) => Some(phrase!("host-changed-hint")),
            Self::Conflict(_, Some(backup)) => Some(phrase!("host-conflict-hint", backup = shown(backup))),
            Self::Conflict(_, None) => Some(phrase!("host-conflict-new-hint")),
            Self::SecretGone(profile, _) => Some(phrase!("host-undo-secret-hint", profile = escape(profile))),
            Self::RolledBack(_) => Some(phrase!("host-put-back")),
            Self::NotRolledBack(_, path, Some(backup)) => {
                Some(phrase!("host-not-put-back", path = shown(path), backup = shown(backup)))
            }
            Self::NotRolledBack(_, path, None) => Some(phrase!("host-not-taken-away", path = shown(path))),
            Self::Group(_) | Self::Build(..) | Self::NothingToUndo => None,
        }
    }

    /// The exit status.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Host(error) => error.exit(),
            Self::File(error) => error.exit(),
            Self::Journal(error) => error.exit(),
            Self::Store(error) => error.exit(),
            Self::Changed(_) => Exit::TempFail,
            Self::Conflict(..) | Self::SecretGone(..) => Exit::CantCreate,
            Self::Group(_) => Exit::Config,
            Self::Build(_, CommandFault::Start(_)) | Self::NothingToUndo => Exit::NoInput,
            Self::Build(..) => Exit::Failed,
            Self::RolledBack(cause) => cause.exit(),
            Self::NotRolledBack(..) => Exit::Io,
        }
    }
}

impl From<HostError> for ApplyError {
    fn from(error: HostError) -> Self {
        Self::Host(error)
    }
}

impl From<FileError> for ApplyError {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

impl From<JournalError> for ApplyError {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::File(error) => Self::File(error),
            error => Self::Journal(error),
        }
    }
}

impl From<StoreError> for ApplyError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ApplyError> for Error {
    fn from(error: ApplyError) -> Self {
        Self { exit: error.exit(), phrase: error.phrase(), hint: error.hint() }
    }
}

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}

impl std::error::Error for ApplyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Host(error) => Some(error),
            Self::File(error) => Some(error),
            Self::Journal(error) => Some(error),
            Self::Store(error) => Some(error),
            Self::Build(_, fault) => Some(fault),
            Self::RolledBack(cause) | Self::NotRolledBack(cause, ..) => Some(&**cause),
            Self::Changed(_) | Self::Group(_) | Self::Conflict(..) | Self::SecretGone(..) | Self::NothingToUndo => None,
        }
    }
}

/// The sentence for a command after writing that failed.
pub(super) fn run_failed(command: &str, fault: &CommandFault) -> Phrase {
    let command = escape(command);
    match fault {
        CommandFault::Start(error) => phrase!("host-run-start", command = command, error = escape(&error.to_string())),
        CommandFault::Slow(limit) => phrase!("host-run-slow", command = command, seconds = limit.as_secs()),
        CommandFault::Large(_) => phrase!("host-run-large", command = command),
        CommandFault::Failed(status, said) if said.is_empty() => {
            phrase!("host-run-failed", command = command, status = status)
        }
        CommandFault::Failed(_, said) => phrase!("host-run-said", command = command, said = said),
    }
}
