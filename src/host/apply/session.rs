//! One run at a time: the lock, and what an earlier run left half done.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Seek, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use rustix::{
    fs::FlockOperation,
    process::{Pid, test_kill_process},
};

use super::{
    ApplyError, Options,
    journal::{self, State},
    rollback::{roll_back, sweep},
    volume::Volume,
    write::{Folder, make_folders, temporary},
};
use crate::{host::error::shown, mail::reply::escape, phrase, plan::Places, presets::Phrase};

/// The right to write: held until it is dropped, and by the system when the process dies.
pub(in crate::host) struct Session<'a> {
    pub(in crate::host) places: &'a Places,
    pub(in crate::host) options: &'a Options<'a>,
    /// What was put back of an earlier run.
    pub(in crate::host) notes: Vec<Phrase>,
    _lock: Lock,
}

impl<'a> Session<'a> {
    /// Takes the lock, and puts back what an earlier run left half done.
    pub(in crate::host) fn open(places: &'a Places, options: &'a Options<'a>) -> Result<Self, ApplyError> {
        make_folders(options.volume, &places.state, 0o700)?;
        let mut session = Self { places, options, notes: Vec::new(), _lock: lock(places)? };
        session.recover()?;
        Ok(session)
    }

    fn recover(&mut self) -> Result<(), ApplyError> {
        let volume = self.options.volume;
        let mut journals = journal::all(self.places)?;
        while let Some(index) = journals.iter().rposition(|journal| journal.state == State::Begun) {
            let journal = journals.remove(index);
            let leavings = roll_back(&journal, self.places, volume)?;
            self.notes.push(phrase!("host-recovered", when = journal.when));
            self.notes.extend(leavings.files.into_iter().map(|left| match left.backup {
                Some(backup) => phrase!("host-recovered-not", path = shown(&left.path), backup = shown(&backup)),
                None => phrase!("host-recovered-left", path = shown(&left.path)),
            }));
            self.notes.extend(leavings.entry.map(|entry| phrase!("host-recovered-entry", entry = escape(&entry))));
        }
        if let Some(last) = journals.last() {
            // It may have been cut off after its end, before its spares were gone.
            let _ = sweep(last, volume);
        }
        for covered in journals.iter().filter(|older| journals.iter().any(|newer| newer.covers.contains(&older.id))) {
            covered.discard(self.places, volume)?;
        }
        for joined in journals.iter().filter(|journal| !journal.covers.is_empty()) {
            joined.drop_unused(self.places, volume)?;
        }
        for folder in [&self.places.state, &self.places.config.join("profiles")] {
            sweep_own(volume, folder);
        }
        journal::tidy(self.places, volume)
    }
}

/// The tag of a temporary file outside a job. It names the process: others do not take it away.
pub(super) fn own_tag() -> String {
    format!("own-{}", std::process::id())
}

/// Takes away temporary files outside of jobs whose process is gone.
pub(super) fn sweep_own(volume: &dyn Volume, folder: &Path) {
    let is_left = |name: &[u8]| {
        let pid = std::str::from_utf8(name).ok().and_then(|name| name.strip_prefix(&temporary("own")));
        let pid = pid.and_then(|rest| rest.split('-').next()?.parse().ok()).and_then(Pid::from_raw);
        pid.is_some_and(|pid| test_kill_process(pid) == Err(rustix::io::Errno::SRCH))
    };
    if folder.is_dir() {
        // What cannot be removed now is removed later.
        let _ = Folder::ours(volume, folder).and_then(|folder| folder.sweep_where(is_left));
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
