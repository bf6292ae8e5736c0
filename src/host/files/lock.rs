//! Locks that runs wait for (flock(2)).

use std::{
    fs::File,
    io, thread,
    time::{Duration, Instant},
};

use rustix::{fs::FlockOperation, io::Errno};

/// How often it is looked whether the other run has ended.
const LOOK: Duration = Duration::from_millis(20);

/// A locked file: held until it is dropped; the system releases it when the process dies.
#[derive(Debug)]
pub(crate) struct FileLock(File);

/// Why a file is not locked.
#[derive(Debug)]
pub(crate) enum LockFault {
    /// Another run has it, and went on for longer than was waited; the file, to see whose it is.
    Busy(File),
    /// The system refuses.
    Refused(io::Error),
}

impl FileLock {
    /// Waits for a file at most this long.
    ///
    /// # Errors
    /// Another run has it for longer, or the system refuses.
    pub(crate) fn wait(file: File, limit: Duration) -> Result<Self, LockFault> {
        let begun = Instant::now();
        loop {
            match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Self(file)),
                Err(Errno::WOULDBLOCK) if begun.elapsed() < limit => thread::sleep(LOOK),
                Err(Errno::WOULDBLOCK) => return Err(LockFault::Busy(file)),
                Err(error) => return Err(LockFault::Refused(error.into())),
            }
        }
    }

    /// The file.
    pub(crate) const fn file(&self) -> &File {
        &self.0
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // Unlocked explicitly: a child that another thread is starting may hold a copy of the descriptor for a moment.
        let _ = rustix::fs::flock(&self.0, FlockOperation::Unlock);
    }
}
