//! One run at a time: the lock on the state folder.

use std::{ffi::OsStr, io::Read, os::unix::fs::FileExt, time::Duration};

use rustix::fs::FlockOperation;

use crate::{
    host::{
        files::{
            error::FileError,
            folder::Folder,
            found,
            lock::{FileLock, LockFault},
            tree::FileTree,
            volume::{System, Volume},
            write::make_folders,
        },
        journal::error::JournalError,
    },
    plan::Places,
    presets::Phrase,
};

/// How long to wait for another run, where nobody says.
pub const LOCK_LIMIT: Duration = Duration::from_secs(10);

/// The places in which a process's number is written, so that a shorter one leaves nothing of a longer one.
const WIDTH: usize = 10;

/// How files are written and undone.
#[derive(Debug, Clone, Copy)]
pub struct WriteOptions<'a> {
    /// How long each command after writing may take.
    pub run_limit: Duration,
    /// How long to wait for another run that writes.
    pub lock_limit: Duration,
    /// Where files are written.
    pub volume: &'a dyn Volume,
}

impl Default for WriteOptions<'_> {
    fn default() -> Self {
        Self { run_limit: Duration::from_secs(60), lock_limit: LOCK_LIMIT, volume: &System }
    }
}

/// The right to write: held until it is dropped; the system releases it when the process dies.
pub struct WriteSession<'a> {
    pub(crate) places: &'a Places,
    pub(crate) options: &'a WriteOptions<'a>,
    /// What was rolled back of an earlier run.
    pub(crate) notes: Vec<Phrase>,
    _lock: FileLock,
}

impl std::fmt::Debug for WriteSession<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WriteSession").field("places", &self.places).finish_non_exhaustive()
    }
}

impl<'a> WriteSession<'a> {
    /// Takes the lock.
    ///
    /// # Errors
    /// Another run has it, or the state folder cannot be written.
    pub(crate) fn lock(places: &'a Places, options: &'a WriteOptions<'a>) -> Result<Self, JournalError> {
        make_folders(options.volume, &places.state, 0o700, FileTree::of(places))?;
        Ok(Self { places, options, notes: Vec::new(), _lock: lock(places, options.lock_limit)? })
    }
}

/// Whether a run is at work: what it has begun is not cut off. Nothing is waited for.
pub(crate) fn is_at_work(places: &Places) -> bool {
    let Ok(file) = FileTree::of(places).open(&places.state.join("lock"), found::LOOKING) else { return false };
    rustix::fs::flock(&file, FlockOperation::NonBlockingLockShared) == Err(rustix::io::Errno::WOULDBLOCK)
}

fn lock(places: &Places, limit: Duration) -> Result<FileLock, JournalError> {
    let path = places.state.join("lock");
    let fault = FileError::write(&path);
    let file = Folder::ours(&System, &places.state, FileTree::of(places))?.open_lock(OsStr::new("lock"))?;
    let lock = FileLock::wait(file, limit).map_err(|refused| match refused {
        LockFault::Busy(mut file) => {
            let mut text = String::new();
            let _ = file.read_to_string(&mut text);
            JournalError::Locked(text.trim().parse().ok())
        }
        LockFault::Refused(error) => fault(error).into(),
    })?;
    lock.file().write_all_at(format!("{:<WIDTH$}\n", std::process::id()).as_bytes(), 0).map_err(&fault)?;
    Ok(lock)
}
