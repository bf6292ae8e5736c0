//! One write from beginning to end: look, keep copies, record, write, run, record again.

use std::{
    path::{Path, PathBuf},
    time::SystemTime,
};

use zeroize::{Zeroize, Zeroizing};

use super::{
    Action, Applied, AppliedFile, ApplyError,
    error::run_failed,
    journal::{self, Entry, Journal, Kept, Kind, RunEntry, Stamp, State},
    land::settle,
    rollback::{roll_back, sweep},
    run,
    session::Session,
    volume::Volume,
    write::{Folder, Form, Staged, folder_of, missing, name_of},
};
use crate::{
    host::{
        clock,
        disk::{self, Found},
        secrets::{self, SecretError, VaultFault},
    },
    mail::{Secret, SecretPlace},
    phrase,
    plan::{Change, Places, Run, Scope},
    presets::{Phrase, target::RunPurpose},
};

/// One file to write.
pub(in crate::host) struct Step {
    pub(in crate::host) owner: String,
    pub(in crate::host) path: PathBuf,
    /// What the file must still be: content and mode.
    pub(in crate::host) before: Option<(Zeroizing<Vec<u8>>, Option<u32>)>,
    /// What it becomes; `None` takes it away.
    pub(in crate::host) after: Option<After>,
}

/// What a file becomes.
pub(in crate::host) struct After {
    pub(in crate::host) bytes: Vec<u8>,
    pub(in crate::host) mode: u32,
    pub(in crate::host) access: Access,
}

impl Drop for After {
    fn drop(&mut self) {
        // It may hold the secret.
        self.bytes.zeroize();
    }
}

/// Whose a file becomes.
pub(in crate::host) enum Access {
    /// As it is; ours when it is new.
    Keep,
    /// The same, with this group.
    Group(String),
    /// This owner and group.
    Exact(u32, u32),
}

/// One write.
pub(in crate::host) struct Job {
    pub(in crate::host) kind: Kind,
    pub(in crate::host) of: Vec<String>,
    pub(in crate::host) profile: String,
    pub(in crate::host) steps: Vec<Step>,
    pub(in crate::host) runs: Vec<Run>,
    pub(in crate::host) entry: Option<StoreEntry>,
}

/// A step that may be taken.
struct Ready {
    step: Step,
    target: PathBuf,
    found: Option<Found>,
    uid: Option<u32>,
    gid: Option<u32>,
}

impl Step {
    /// A plan's change as a step.
    pub(super) fn of(change: &Change) -> Self {
        let access = change.group.clone().map_or(Access::Keep, Access::Group);
        Self {
            owner: change.owner.clone(),
            path: change.path.clone(),
            before: change.before.clone().map(|bytes| (Zeroizing::new(bytes), change.mode_before)),
            after: change.after.clone().map(|bytes| After { bytes, mode: change.mode, access }),
        }
    }

    fn ready(self, places: &Places) -> Result<Ready, ApplyError> {
        let target = settle(&self.path, places.root.as_deref())?;
        let found = look(&target)?;
        let is_same = match (&found, &self.before) {
            (None, None) => true,
            (Some(found), Some((bytes, mode))) => found.bytes == **bytes && mode.is_none_or(|mode| mode == found.mode),
            _ => false,
        };
        if !is_same {
            return Err(ApplyError::Changed(self.path));
        }
        let has = found.as_ref().map(|found| (found.uid, found.gid));
        let (uid, gid) = match self.after.as_ref().map(|after| &after.access) {
            Some(Access::Exact(uid, gid)) => (Some(*uid), Some(*gid)),
            Some(Access::Group(group)) => {
                let gid = disk::group_id(places.root.as_deref(), group);
                (has.map(|has| has.0), Some(gid.ok_or_else(|| ApplyError::Group(group.clone()))?))
            }
            Some(Access::Keep) | None => (has.map(|has| has.0), has.map(|has| has.1)),
        };
        Ok(Ready { step: self, target, found, uid, gid })
    }
}

impl Ready {
    fn entry(&self, index: usize) -> Entry {
        let before = self.found.as_ref();
        let mode = |after: &After| Stamp::of(&after.bytes, after.mode, self.uid(), self.gid(), format!("{index}.after"));
        Entry {
            owner: self.step.owner.clone(),
            path: self.step.path.clone(),
            target: self.target.clone(),
            before: before.map(|found| stamp(found, format!("{index}.before"))),
            after: self.step.after.as_ref().map(mode),
        }
    }

    fn uid(&self) -> u32 {
        self.uid.unwrap_or_else(|| rustix::process::geteuid().as_raw())
    }

    fn gid(&self) -> u32 {
        self.gid.unwrap_or_else(|| rustix::process::getegid().as_raw())
    }

    /// Writes all of the new content beside the file, and keeps the old one there: what is left to do takes no room.
    fn stage<'a>(&'a self, tag: &str, volume: &'a dyn Volume) -> Result<Beside<'a>, ApplyError> {
        let folder = Folder::settled(volume, folder_of(&self.target))?;
        let staged = match &self.step.after {
            Some(after) => {
                let form = Form { mode: after.mode, uid: self.uid, gid: self.gid, tag };
                Some(folder.stage(&self.target, &after.bytes, &form)?)
            }
            None => None,
        };
        if self.found.is_some() {
            // Without a second name the copy has to do.
            folder.spare(name_of(&self.target), tag);
        }
        Ok(Beside { ready: self, folder, staged })
    }

    fn report(&self, entry: &Entry, journal: &Journal, places: &Places) -> AppliedFile {
        let action = match (&self.found, &self.step.after) {
            (_, None) => Action::Removed,
            (None, Some(_)) => Action::Created,
            (Some(_), Some(_)) => Action::Changed,
        };
        let backup = entry.before.as_ref().map(|stamp| journal.copy(places, stamp));
        AppliedFile { path: self.step.path.clone(), action, backup }
    }
}

/// A step that only has to be taken.
struct Beside<'a> {
    ready: &'a Ready,
    folder: Folder<'a>,
    staged: Option<Staged>,
}

impl Beside<'_> {
    fn take(&self) -> Result<(), ApplyError> {
        let (target, name) = (&self.ready.target, name_of(&self.ready.target));
        // Looked at once more, so that only the moment of the rename is left to lose another's edit in.
        if look(target)? != self.ready.found {
            return Err(ApplyError::Changed(self.ready.step.path.clone()));
        }
        match &self.staged {
            Some(staged) => self.folder.put(staged, name),
            None => self.folder.remove(name),
        }
    }
}

impl Session<'_> {
    /// Does all of a job, or none of it.
    pub(in crate::host) fn execute(&self, job: Job) -> Result<Applied, ApplyError> {
        let mut applied = Applied { changed: true, notes: self.notes.clone(), ..Applied::default() };
        let is_here = self.places.root.is_none();
        let (runs, left): (Vec<Run>, Vec<Run>) = job.runs.into_iter().partition(|_| is_here);
        applied.left_to_do = left.iter().map(|run| run::line(&run.command)).collect();
        let ready = job.steps.into_iter().map(|step| step.ready(self.places)).collect::<Result<Vec<_>, _>>()?;
        let store = job.entry;

        let now = SystemTime::now();
        let mut journal = Journal {
            schema: journal::SCHEMA,
            id: journal::next_id(self.places, &clock::stamp(now))?,
            kind: job.kind,
            state: State::Begun,
            profile: job.profile,
            when: clock::rfc3339(now),
            of: job.of,
            covers: Vec::new(),
            folders: folders(&ready),
            files: ready.iter().enumerate().map(|(index, ready)| ready.entry(index)).collect(),
            runs: Vec::new(),
            kept: store.as_ref().map(|it| Kept { place: it.place.clone(), existed: it.old.is_some() }),
        };
        if let Err(error) = self.record(&mut journal, &ready, &runs) {
            // Nothing is written yet but copies, which the next run would take away too.
            journal.drop_copies(self.places, self.options.volume);
            return Err(error);
        }
        let done = self.carry_out(&mut journal, &ready, &runs, store.as_ref());
        match done {
            Ok(notes) => applied.notes.extend(notes),
            Err(cause) => return Err(self.put_back(cause, &journal, store.as_ref())),
        }
        applied.files =
            ready.iter().zip(&journal.files).map(|(ready, entry)| ready.report(entry, &journal, self.places)).collect();
        Ok(applied)
    }

    /// Copies first, then the record: from here on a kill is put back by the next run.
    fn record(&self, journal: &mut Journal, ready: &[Ready], runs: &[Run]) -> Result<(), ApplyError> {
        let (places, volume) = (self.places, self.options.volume);
        for (ready, entry) in ready.iter().zip(&journal.files) {
            if let (Some(found), Some(stamp)) = (&ready.found, &entry.before) {
                journal.keep_copy(places, volume, &stamp.copy, &found.bytes)?;
            }
            // A taking back is not taken back itself, so it needs no base to merge from.
            if let (Some(after), Some(stamp), true) = (&ready.step.after, &entry.after, journal.kind != Kind::Undo) {
                journal.keep_copy(places, volume, &stamp.copy, &after.bytes)?;
            }
        }
        for (index, run) in runs.iter().enumerate() {
            let found = run.creates.as_deref().map(look).transpose()?.flatten();
            let before = found.as_ref().map(|found| stamp(found, format!("run-{index}.before")));
            if let (Some(found), Some(stamp)) = (&found, &before) {
                journal.keep_copy(places, volume, &stamp.copy, &found.bytes)?;
            }
            journal.runs.push(RunEntry {
                owner: run.owner.clone(),
                command: run.command.clone(),
                creates: run.creates.clone(),
                build: run.purpose == RunPurpose::Build,
                before,
            });
        }
        journal.save(places, volume)
    }

    /// First all that takes room, then nothing but renaming: a full disk is found out before anything is changed.
    fn carry_out(
        &self,
        journal: &mut Journal,
        ready: &[Ready],
        runs: &[Run],
        store: Option<&StoreEntry>,
    ) -> Result<Vec<Phrase>, ApplyError> {
        let volume = self.options.volume;
        if let Some(entry) = store {
            secrets::keep(&journal.profile, &entry.place, &entry.new, self.places)?;
        }
        for folder in &journal.folders {
            Folder::settled(volume, folder_of(folder))?.make(name_of(folder), self.folder_mode(folder, ready))?;
        }
        self.let_through(ready)?;
        let beside = ready.iter().map(|ready| ready.stage(&journal.id, volume)).collect::<Result<Vec<_>, _>>()?;
        // New files have the group that their folder gave them.
        for (entry, beside) in journal.files.iter_mut().zip(&beside) {
            if let (Some(stamp), Some(staged)) = (&mut entry.after, &beside.staged) {
                (stamp.uid, stamp.gid) = (staged.uid, staged.gid);
            }
        }
        let done = Journal { state: State::Done, ..journal.clone() }.stage(self.places, volume)?;
        beside.iter().try_for_each(Beside::take)?;
        let mut notes = Vec::new();
        for purpose in [RunPurpose::Build, RunPurpose::Reload] {
            for run in runs.iter().filter(|run| run.purpose == purpose) {
                let Err(fault) = run::run(&run.command, self.options.run_limit) else { continue };
                let line = run::line(&run.command);
                if purpose == RunPurpose::Build {
                    return Err(ApplyError::Build(line, fault));
                }
                notes.push(run_failed(&line, &fault));
            }
        }
        match done.save() {
            // Every file has its new content on the disk, and the record says so.
            Err(_) if done.is_saved() => notes.push(phrase!("host-unsynced")),
            other => other?,
        }
        // Spares that stay are taken away by the next run.
        let _ = sweep(journal, volume);
        Ok(notes)
    }

    fn put_back(&self, cause: ApplyError, journal: &Journal, store: Option<&StoreEntry>) -> ApplyError {
        let cause = Box::new(cause);
        let state = self.places.state.clone();
        if let Some((entry, old)) = store.and_then(|entry| Some((entry, entry.old.as_ref()?)))
            && secrets::keep(&journal.profile, &entry.place, old, self.places).is_err()
        {
            let name = secrets::entry_name(&journal.profile, &entry.place);
            return ApplyError::NotPutBack(cause, PathBuf::from(name), None);
        }
        match roll_back(journal, self.places, self.options.volume) {
            Err(ApplyError::Write(path, _) | ApplyError::Read(path, _) | ApplyError::Owner(path)) => {
                let entry = journal.files.iter().find(|entry| entry.target == path);
                let backup = entry.and_then(|entry| entry.before.as_ref()).map(|stamp| journal.copy(self.places, stamp));
                ApplyError::NotPutBack(cause, path, backup)
            }
            Err(_) => ApplyError::NotPutBack(cause, state, None),
            Ok(leavings) => match (leavings.files.into_iter().next(), leavings.entry) {
                (Some(left), _) => ApplyError::NotPutBack(cause, left.path, left.backup),
                (None, Some(entry)) => ApplyError::NotPutBack(cause, PathBuf::from(entry), None),
                (None, None) => ApplyError::PutBack(cause),
            },
        }
    }

    /// Folders of ours that are there already are opened for passing through, where a file below is for another user.
    fn let_through(&self, ready: &[Ready]) -> Result<(), ApplyError> {
        let is_for_others = |ready: &&Ready| ready.step.after.as_ref().is_some_and(|after| after.mode & 0o077 != 0);
        for ready in ready.iter().filter(is_for_others) {
            let ours = ready.target.ancestors().skip(1).filter(|folder| folder.starts_with(&self.places.config));
            ours.take_while(|_| self.places.scope == Scope::System)
                .try_for_each(|folder| Folder::settled(self.options.volume, folder)?.let_through())?;
        }
        Ok(())
    }

    /// Our own folders are ours alone, but can be passed through where a file below is for a consumer's group.
    fn folder_mode(&self, folder: &Path, ready: &[Ready]) -> u32 {
        let is_own = |own: &Path| folder.starts_with(own) || (self.places.scope == Scope::User && own.starts_with(folder));
        let is_for_others = |ready: &Ready| {
            ready.target.starts_with(folder) && ready.step.after.as_ref().is_some_and(|after| after.mode & 0o077 != 0)
        };
        match is_own(&self.places.config) || is_own(&self.places.state) {
            true if ready.iter().any(is_for_others) => 0o711,
            true => 0o700,
            false => 0o755,
        }
    }
}

/// An entry of a store that is made or changed.
pub(in crate::host) struct StoreEntry {
    place: SecretPlace,
    old: Option<Secret>,
    new: Secret,
}

impl StoreEntry {
    /// What is to be done for an entry to hold the secret; `None` when it does.
    pub(super) fn of(
        profile: &str,
        place: &SecretPlace,
        secret: &Secret,
        places: &Places,
    ) -> Result<Option<Self>, ApplyError> {
        let old = match secrets::read(profile, place, places) {
            Ok(old) if old == *secret => return Ok(None),
            Ok(old) => Some(old),
            Err(SecretError::NoEntry(_) | SecretError::Vault(VaultFault::Missing(_))) => None,
            Err(error) => return Err(error.into()),
        };
        Ok(Some(Self { place: place.clone(), old, new: secret.clone() }))
    }
}

fn folders(ready: &[Ready]) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = Vec::new();
    for ready in ready.iter().filter(|ready| ready.step.after.is_some()) {
        for folder in missing(folder_of(&ready.target)) {
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
    }
    folders
}

fn look(path: &Path) -> Result<Option<Found>, ApplyError> {
    disk::look(path).map_err(|error| ApplyError::Read(path.to_owned(), error))
}

fn stamp(found: &Found, copy: String) -> Stamp {
    Stamp::of(&found.bytes, found.mode, found.uid, found.gid, copy)
}
