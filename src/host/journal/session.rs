//! One run at a time: the lock on the state folder.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Seek, Write},
    os::unix::fs::OpenOptionsExt,
    time::Duration,
};

use rustix::fs::FlockOperation;

use crate::{
    host::{
        files::{
            error::FileError,
            volume::{System, Volume},
            write::make_folders,
        },
        journal::error::JournalError,
    },
    plan::Places,
    presets::Phrase,
};

/// How files are written and undone.
#[derive(Debug, Clone, Copy)]
pub struct WriteOptions<'a> {
    /// How long each command after writing may take.
    pub run_limit: Duration,
    /// Where files are written.
    pub volume: &'a dyn Volume,
}

impl Default for WriteOptions<'_> {
    fn default() -> Self {
        Self { run_limit: Duration::from_secs(60), volume: &System }
    }
}

/// The right to write: held until it is dropped; the system releases it when the process dies.
pub(crate) struct WriteSession<'a> {
    pub(crate) places: &'a Places,
    pub(crate) options: &'a WriteOptions<'a>,
    /// What was rolled back of an earlier run.
    pub(crate) notes: Vec<Phrase>,
    _lock: StateLock,
}

impl<'a> WriteSession<'a> {
    /// Takes the lock.
    ///
    /// # Errors
    /// Another run has it, or the state folder cannot be written.
    pub(crate) fn lock(places: &'a Places, options: &'a WriteOptions<'a>) -> Result<Self, JournalError> {
        make_folders(options.volume, &places.state, 0o700)?;
        Ok(Self { places, options, notes: Vec::new(), _lock: lock(places)? })
    }
}

/// The locked file.
struct StateLock(File);

impl Drop for StateLock {
    fn drop(&mut self) {
        // Unlocked explicitly: a child that another thread is starting may hold a copy of the descriptor for a moment.
        let _ = rustix::fs::flock(&self.0, FlockOperation::Unlock);
    }
}

fn lock(places: &Places) -> Result<StateLock, JournalError> {
    let path = places.state.join("lock");
    let fault = FileError::write(&path);
    let mut file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(&fault)?;
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => {}
        Err(rustix::io::Errno::WOULDBLOCK) => {
            let mut text = String::new();
            let _ = file.read_to_string(&mut text);
            return Err(JournalError::Locked(text.trim().parse().ok()));
        }
        Err(error) => return Err(fault(error.into()).into()),
    }
    file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(&fault)?;
    Ok(StateLock(file))
}
