//! One run at a time: the lock, and what an earlier run left half done.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Seek, Write},
    os::unix::fs::OpenOptionsExt,
};

use rustix::fs::FlockOperation;

use super::{
    ApplyError,
    journal::{self, State},
    rollback::roll_back,
    write::make_folders,
};
use crate::{host::error::shown, mail::reply::escape, phrase, plan::Places, presets::Phrase};

/// The right to write: held until it is dropped, and by the system when the process dies.
pub(in crate::host) struct Session<'a> {
    pub(in crate::host) places: &'a Places,
    /// What was put back of an earlier run.
    pub(in crate::host) notes: Vec<Phrase>,
    _lock: Lock,
}

impl<'a> Session<'a> {
    /// Takes the lock, and puts back what an earlier run left half done.
    pub(in crate::host) fn open(places: &'a Places) -> Result<Self, ApplyError> {
        make_folders(&places.state, 0o700)?;
        let mut session = Self { places, notes: Vec::new(), _lock: lock(places)? };
        session.recover()?;
        Ok(session)
    }

    fn recover(&mut self) -> Result<(), ApplyError> {
        let mut journals = journal::all(self.places)?;
        while let Some(index) = journals.iter().rposition(|journal| journal.state == State::Begun) {
            let journal = journals.remove(index);
            let leavings = roll_back(&journal, self.places)?;
            self.notes.push(phrase!("host-recovered", when = journal.when));
            self.notes.extend(leavings.files.into_iter().map(|left| match left.backup {
                Some(backup) => phrase!("host-recovered-not", path = shown(&left.path), backup = shown(&backup)),
                None => phrase!("host-recovered-left", path = shown(&left.path)),
            }));
            self.notes.extend(leavings.entry.map(|entry| phrase!("host-recovered-entry", entry = escape(&entry))));
        }
        journal::tidy(self.places)
    }
}

/// The locked file.
struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Said outright: a child that another thread starts right now holds a copy of the file for a moment.
        let _ = rustix::fs::flock(&self.0, FlockOperation::Unlock);
    }
}

fn lock(places: &Places) -> Result<Lock, ApplyError> {
    let path = places.state.join("lock");
    let fault = |error| ApplyError::Write(path.clone(), error);
    let mut file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(fault)?;
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => {}
        Err(rustix::io::Errno::WOULDBLOCK) => {
            let mut text = String::new();
            let _ = file.read_to_string(&mut text);
            return Err(ApplyError::Locked(text.trim().parse().ok()));
        }
        Err(error) => return Err(fault(error.into())),
    }
    file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(fault)?;
    Ok(Lock(file))
}
