//! Why a plan was not applied, or a write not taken back.

use std::{io, path::PathBuf};

use crate::{
    error::{Error, Exit},
    host::{
        command::CommandFault,
        error::{HostError, read_exit, shown, unreadable, unwritable, write_exit, write_hint},
        secrets::SecretError,
    },
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
    /// It leads out of the image.
    Outside,
    /// The file has a second name, where everyone may write.
    Hard,
}

/// Why a plan was not applied, or a write not taken back.
#[derive(Debug)]
pub enum ApplyError {
    /// Something is wrong with this machine or a profile.
    Host(HostError),
    /// Another run is at work; its process, where known.
    Locked(Option<u32>),
    /// The file is not what the plan was made from.
    Changed(PathBuf),
    /// The path is not safe to write to.
    Link(PathBuf, LinkFault),
    /// It cannot be read.
    Read(PathBuf, io::Error),
    /// It cannot be written.
    Write(PathBuf, io::Error),
    /// No group has this name.
    Group(String),
    /// The file cannot keep its owner, or get its group.
    Owner(PathBuf),
    /// A command that belongs to the write failed.
    Build(String, CommandFault),
    /// A record of an earlier write cannot be understood.
    Journal(PathBuf, String),
    /// The file was edited since, in the lines that we wrote; the backup has its content before.
    Conflict(PathBuf, Option<PathBuf>),
    /// There is no write to take back.
    NothingToUndo,
    /// The secret's store fails.
    Secret(Box<SecretError>),
    /// It failed on the way, and everything was put back.
    PutBack(Box<ApplyError>),
    /// It failed on the way, and this file was not put back; the backup has its content before.
    NotPutBack(Box<ApplyError>, PathBuf, Option<PathBuf>),
}

impl ApplyError {
    /// What happened.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::Host(error) => error.phrase(),
            Self::Locked(Some(pid)) => phrase!("host-locked", pid = pid),
            Self::Locked(None) => phrase!("host-locked-unknown"),
            Self::Changed(path) => phrase!("host-changed", path = shown(path)),
            Self::Link(path, fault) => {
                let path = shown(path);
                match fault {
                    LinkFault::Dangling => phrase!("host-link-dangling", path = path),
                    LinkFault::Shared => phrase!("host-link-shared", path = path),
                    LinkFault::Foreign => phrase!("host-link-foreign", path = path),
                    LinkFault::Outside => phrase!("host-link-outside", path = path),
                    LinkFault::Hard => phrase!("host-link-hard", path = path),
                }
            }
            Self::Read(path, error) => unreadable(path, error),
            Self::Write(path, error) => unwritable(path, error),
            Self::Group(name) => phrase!("host-no-group", group = escape(name)),
            Self::Owner(path) => phrase!("host-owner", path = shown(path)),
            Self::Build(command, fault) => run_failed(command, fault),
            Self::Journal(path, error) => phrase!("host-journal", path = shown(path), error = escape(error)),
            Self::Conflict(path, _) => phrase!("host-conflict", path = shown(path)),
            Self::NothingToUndo => phrase!("host-nothing-to-undo"),
            Self::Secret(error) => error.phrase(),
            Self::PutBack(cause) | Self::NotPutBack(cause, ..) => cause.phrase(),
        }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<Phrase> {
        match self {
            Self::Host(error) => error.hint(),
            Self::Locked(_) => Some(phrase!("host-locked-hint")),
            Self::Changed(_) => Some(phrase!("host-changed-hint")),
            Self::Link(..) => Some(phrase!("host-link-hint")),
            Self::Write(_, error) => write_hint(error),
            Self::Owner(_) => Some(phrase!("host-owner-hint")),
            Self::Journal(path, _) => Some(phrase!("host-journal-hint", path = shown(path))),
            Self::Conflict(_, Some(backup)) => Some(phrase!("host-conflict-hint", backup = shown(backup))),
            Self::Conflict(_, None) => Some(phrase!("host-conflict-new-hint")),
            Self::Secret(error) => error.hint(),
            Self::PutBack(_) => Some(phrase!("host-put-back")),
            Self::NotPutBack(_, path, Some(backup)) => {
                Some(phrase!("host-not-put-back", path = shown(path), backup = shown(backup)))
            }
            Self::NotPutBack(_, path, None) => Some(phrase!("host-not-taken-away", path = shown(path))),
            Self::Read(..) | Self::Group(_) | Self::Build(..) | Self::NothingToUndo => None,
        }
    }

    /// The exit status.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Host(error) => error.exit(),
            Self::Locked(_) | Self::Changed(_) => Exit::TempFail,
            Self::Link(..) | Self::Owner(_) | Self::Conflict(..) => Exit::CantCreate,
            Self::Read(_, error) => read_exit(error),
            Self::Write(_, error) => write_exit(error),
            Self::Group(_) | Self::Journal(..) => Exit::Config,
            Self::Build(_, CommandFault::Start(_)) | Self::NothingToUndo => Exit::NoInput,
            Self::Build(..) => Exit::Failed,
            Self::Secret(error) => error.exit(),
            Self::PutBack(cause) => cause.exit(),
            Self::NotPutBack(..) => Exit::Io,
        }
    }
}

impl From<HostError> for ApplyError {
    fn from(error: HostError) -> Self {
        Self::Host(error)
    }
}

impl From<SecretError> for ApplyError {
    fn from(error: SecretError) -> Self {
        Self::Secret(Box::new(error))
    }
}

impl From<ApplyError> for Error {
    fn from(error: ApplyError) -> Self {
        Self { exit: error.exit(), phrase: error.phrase(), hint: error.hint() }
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
