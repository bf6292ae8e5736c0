//! One write from beginning to end: look, keep copies, record, write, run, record again.

use std::{path::PathBuf, time::SystemTime};

use super::{
    entry::EntryChange,
    error::{ApplyError, run_failed},
    folders,
    outcome::Applied,
    rollback::roll_back,
    run,
    step::{FileStep, ReadyStep, StagedStep},
};
use crate::{
    host::{
        clock,
        files::{error::FileError, found, location::resolve, stamp::Stamp, tree::FileTree, volume::Volume},
        journal::{
            archive,
            error::JournalError,
            file_undo::FileState,
            record::{FileRecord, RunRecord, SCHEMA, WriteKind, WriteRecord, WriteState},
            session::WriteSession,
        },
    },
    phrase,
    plan::{Places, Run},
    presets::{Phrase, target::RunPurpose},
};

/// One write.
pub(crate) struct Job {
    pub(crate) kind: WriteKind,
    /// The writes that it undoes.
    pub(crate) of: Vec<String>,
    pub(crate) profile: String,
    pub(crate) steps: Vec<FileStep>,
    pub(crate) runs: Vec<Run>,
    pub(crate) entries: Vec<EntryChange>,
    /// What is done in it for other profiles.
    pub(crate) parts: Vec<JobPart>,
}

/// What a write does for another profile; the files are among its steps, with all that happens to them.
pub(crate) struct JobPart {
    pub(crate) profile: String,
    /// Each file as it would be without this part, and as it is with it.
    pub(crate) files: Vec<PartFile>,
    /// Commands that it would have to run alone.
    pub(crate) runs: Vec<Run>,
}

/// A file that a write changes for another profile.
pub(crate) struct PartFile {
    pub(crate) owner: String,
    pub(crate) path: PathBuf,
    pub(crate) before: Option<FileState>,
    pub(crate) after: Option<FileState>,
}

impl Job {
    /// Does all of it, or none of it.
    pub(crate) fn execute(self, session: &WriteSession<'_>) -> Result<Applied, ApplyError> {
        let places = session.places;
        let mut applied = Applied { changed: true, notes: session.notes.clone(), ..Applied::default() };
        let is_here = places.root.is_none();
        let (runs, left): (Vec<Run>, Vec<Run>) = self.runs.into_iter().partition(|_| is_here);
        applied.left_to_do = left.iter().map(|run| run::line(&run.command)).collect();
        let steps = self.steps.into_iter().map(|step| step.ready(places)).collect::<Result<Vec<_>, _>>()?;

        let now = SystemTime::now();
        let when = clock::rfc3339(now);
        let mut ids = archive::next_ids(places, &clock::stamp(now))?;
        // A part is older than the whole, which is undone first.
        let part_ids: Vec<String> = ids.by_ref().take(self.parts.len()).collect();
        let id = ids.next().unwrap_or_default();
        let record = WriteRecord {
            schema: SCHEMA,
            kind: self.kind,
            state: WriteState::Begun,
            profile: self.profile,
            when: when.clone(),
            of: self.of,
            part_of: None,
            covers: Vec::new(),
            folders: folders::missing(&steps, places),
            files: steps.iter().enumerate().map(|(index, step)| step.record(index)).collect(),
            runs: Vec::new(),
            entries: self.entries.iter().map(|entry| entry.record(&id)).collect(),
            kept: None,
            sum: None,
            id,
        };
        if let Some(field) = record.foreign(places) {
            return Err(JournalError::Record(places.profile(&record.profile), field.to_owned()).into());
        }
        let parts = self.parts.iter().zip(part_ids).map(|(part, part_id)| part.record(part_id, &record, places));
        let parts = parts.collect::<Result<Vec<_>, _>>()?;
        let mut work = JobRun { session, record, steps, runs, entries: self.entries };
        if let Err(error) = work.begin(self.parts.iter().zip(&parts)) {
            // Only copies and parts that do not count are written yet, which the next run would remove too.
            for record in parts.iter().chain([&work.record]) {
                let _ = record.discard(places, session.options.volume);
            }
            return Err(error.into());
        }
        match work.carry_out() {
            Ok(notes) => applied.notes.extend(notes),
            Err(cause) => return Err(work.roll_back(cause)),
        }
        let done = work.steps.iter().zip(&work.record.files);
        applied.files = done.map(|(step, file)| step.outcome(file, &work.record, places)).collect();
        Ok(applied)
    }
}

impl JobPart {
    fn record(&self, id: String, whole: &WriteRecord, places: &Places) -> Result<WriteRecord, FileError> {
        let file = |(index, file): (usize, &PartFile)| {
            let stamp = |state: &Option<FileState>, end| state.as_ref().map(|state| state.stamp(format!("{index}.{end}")));
            Ok(FileRecord {
                owner: file.owner.clone(),
                path: file.path.clone(),
                target: resolve(&file.path, FileTree::of(places))?,
                before: stamp(&file.before, "before"),
                after: stamp(&file.after, "after"),
            })
        };
        Ok(WriteRecord {
            id,
            kind: WriteKind::Apply,
            state: WriteState::Done,
            profile: self.profile.clone(),
            of: Vec::new(),
            part_of: Some(whole.id.clone()),
            folders: Vec::new(),
            files: self.files.iter().enumerate().map(file).collect::<Result<_, FileError>>()?,
            runs: self.runs.iter().map(|run| run_record(run, None)).collect(),
            entries: Vec::new(),
            ..whole.clone()
        })
    }

    fn keep_copies(&self, record: &WriteRecord, places: &Places, volume: &dyn Volume) -> Result<(), FileError> {
        for (file, kept) in self.files.iter().zip(&record.files) {
            for (state, stamp) in [(&file.before, &kept.before), (&file.after, &kept.after)] {
                if let (Some(state), Some(stamp)) = (state, stamp) {
                    record.keep_copy(places, volume, &stamp.copy, state.bytes())?;
                }
            }
        }
        Ok(())
    }
}

fn run_record(run: &Run, before: Option<Stamp>) -> RunRecord {
    RunRecord {
        owner: run.owner.clone(),
        command: run.command.clone(),
        creates: run.creates.clone(),
        build: run.purpose == RunPurpose::Build,
        before,
    }
}

/// A job under way.
struct JobRun<'a> {
    session: &'a WriteSession<'a>,
    record: WriteRecord,
    steps: Vec<ReadyStep>,
    runs: Vec<Run>,
    entries: Vec<EntryChange>,
}

impl JobRun<'_> {
    /// Copies first, then the record: from here on the next run rolls back after a kill. The records of parts follow, which count
    /// once the whole is done.
    fn begin<'p>(&mut self, parts: impl Iterator<Item = (&'p JobPart, &'p WriteRecord)>) -> Result<(), FileError> {
        let (places, volume) = (self.session.places, self.session.options.volume);
        for (step, file) in self.steps.iter().zip(&self.record.files) {
            if let (Some(bytes), Some(stamp)) = (step.bytes_before(), &file.before) {
                self.record.keep_copy(places, volume, &stamp.copy, bytes)?;
            }
            // An undo is not undone itself, so it needs no base to merge from.
            if let (Some(bytes), Some(stamp), true) = (step.bytes_after(), &file.after, self.record.kind != WriteKind::Undo)
            {
                self.record.keep_copy(places, volume, &stamp.copy, bytes)?;
            }
        }
        for (index, run) in self.runs.iter().enumerate() {
            let look = |path: &PathBuf| found::look_in(FileTree::of(places), path).map_err(FileError::read(path));
            let found = run.creates.as_ref().map(look).transpose()?.flatten();
            let before = found.as_ref().map(|found| Stamp::of_found(found, format!("run-{index}.before")));
            if let (Some(found), Some(stamp)) = (&found, &before) {
                self.record.keep_copy(places, volume, &stamp.copy, &found.bytes)?;
            }
            self.record.runs.push(run_record(run, before));
        }
        self.record.save(places, volume)?;
        for (part, record) in parts {
            part.keep_copies(record, places, volume)?;
            record.save(places, volume)?;
        }
        Ok(())
    }

    /// First all that takes room, then nothing but renames: a full disk is noticed before anything is changed.
    fn carry_out(&mut self) -> Result<Vec<Phrase>, ApplyError> {
        let (places, volume) = (self.session.places, self.session.options.volume);
        for entry in &self.entries {
            entry.carry_out(&self.record.profile, &self.record.id, places)?;
        }
        folders::make(&self.record.folders, &self.steps, places, volume)?;
        let staged =
            self.steps.iter().map(|step| step.stage(&self.record.id, places, volume)).collect::<Result<Vec<_>, _>>()?;
        // The folder decides which group a new file has.
        for (file, step) in self.record.files.iter_mut().zip(&staged) {
            if let (Some(stamp), Some(staged)) = (&mut file.after, &step.staged) {
                (stamp.uid, stamp.gid) = (staged.uid, staged.gid);
            }
        }
        let done = WriteRecord { state: WriteState::Done, ..self.record.clone() }.stage(places, volume)?;
        staged.iter().try_for_each(StagedStep::take)?;
        let mut notes = self.run_commands()?;
        match done.save() {
            // Every file has its new content on the found, and the record says so.
            Err(_) if done.is_saved() => notes.push(phrase!("host-unsynced")),
            other => other?,
        }
        // Spares that stay are removed by the next run.
        let _ = self.record.sweep(places, volume);
        Ok(notes)
    }

    /// First what builds, then what reloads. A reload that fails is only noted.
    fn run_commands(&self) -> Result<Vec<Phrase>, ApplyError> {
        let mut notes = Vec::new();
        for purpose in [RunPurpose::Build, RunPurpose::Reload] {
            for run in self.runs.iter().filter(|run| run.purpose == purpose) {
                let Err(fault) = run::run(&run.command, self.session.options.run_limit) else { continue };
                let line = run::line(&run.command);
                if purpose == RunPurpose::Build {
                    return Err(ApplyError::Build(line, fault));
                }
                notes.push(run_failed(&line, &fault));
            }
        }
        Ok(notes)
    }

    /// Rolls everything back after a failure; returns the error that says how that went.
    fn roll_back(&self, cause: ApplyError) -> ApplyError {
        let (places, record) = (self.session.places, &self.record);
        let cause = Box::new(cause);
        match roll_back(record, places, self.session.options.volume) {
            Err(ApplyError::File(
                FileError::Write(path, _)
                | FileError::Read(path, _)
                | FileError::Owner(path)
                | FileError::Extended(path, ..),
            )) => {
                let file = record.files.iter().find(|file| file.target == path);
                let backup = file.and_then(|file| file.before.as_ref()).map(|stamp| record.copy(places, stamp));
                ApplyError::NotRolledBack(cause, path, backup)
            }
            Err(_) => ApplyError::NotRolledBack(cause, places.state.clone(), None),
            Ok(left) => match (left.files.into_iter().next(), left.entry) {
                (Some(file), _) => ApplyError::NotRolledBack(cause, file.path, file.backup),
                (None, Some(entry)) => ApplyError::NotRolledBack(cause, PathBuf::from(entry), None),
                (None, None) => ApplyError::RolledBack(cause),
            },
        }
    }
}
