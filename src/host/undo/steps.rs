//! The steps and commands of an undo.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::{
    host::{
        apply::step::{FileAfter, FileOwner, FileStep},
        files::{
            error::{FileError, shown},
            tree::FileTree,
        },
        journal::{
            file_undo::FileUndo,
            record::{RunRecord, WriteRecord},
        },
    },
    phrase,
    plan::{Places, Run},
    presets::{Phrase, target::RunPurpose},
};

/// What an undo does.
#[derive(Default)]
pub(super) struct UndoSteps {
    pub(super) files: Vec<FileStep>,
    pub(super) runs: Vec<Run>,
    pub(super) notes: Vec<Phrase>,
    /// Files that hold a person's edits too.
    pub(super) merged: Vec<PathBuf>,
    /// Damaged profiles that are replaced: their text stays as a backup.
    pub(super) damaged: Vec<PathBuf>,
}

impl UndoSteps {
    /// Adds what a file becomes.
    pub(super) fn add(&mut self, file: FileUndo, backup: Option<&Path>) {
        if file.is_gone {
            self.notes.push(match backup {
                Some(backup) => phrase!("host-undo-gone", path = shown(&file.path), backup = shown(backup)),
                None => phrase!("host-undo-gone-new", path = shown(&file.path)),
            });
        }
        if file.is_merged {
            self.merged.push(file.path.clone());
        }
        self.files.extend(step(file));
    }

    /// Adds commands: a built file is built again if its source remains, else removed; programs are reloaded.
    pub(super) fn add_runs(&mut self, records: &[&WriteRecord], places: &Places) -> Result<(), FileError> {
        let mut seen: Vec<&[String]> = Vec::new();
        for run in records.iter().flat_map(|record| &record.runs) {
            if seen.contains(&run.command.as_slice()) {
                continue;
            }
            seen.push(&run.command);
            let purpose = if run.build { RunPurpose::Build } else { RunPurpose::Reload };
            let mut files = records.iter().flat_map(|record| &record.files);
            let source = files.find(|file| file.owner == run.owner && is_source(&file.path, run));
            let remains = source.is_none_or(|file| self.remains(&file.path, places));
            match &run.creates {
                Some(built) if !remains || (source.is_none() && run.before.is_none()) => {
                    self.add(FileUndo::new(&run.owner, built, places)?.into_nothing(), None);
                }
                _ if remains => self.runs.push(Run {
                    owner: run.owner.clone(),
                    command: run.command.clone(),
                    creates: run.creates.clone(),
                    purpose,
                }),
                _ => {}
            }
        }
        Ok(())
    }

    fn remains(&self, path: &Path, places: &Places) -> bool {
        match self.files.iter().find(|step| step.path == path) {
            Some(step) => step.after.is_some(),
            None => FileTree::of(places).is_there(path),
        }
    }
}

/// The step that makes a file what it becomes; `None` when there is nothing to do.
pub(super) fn step(file: FileUndo) -> Option<FileStep> {
    let (owner, path) = (file.owner.clone(), file.path.clone());
    let (now, becomes) = file.into_change()?;
    Some(FileStep {
        owner,
        path,
        before: now.map(|now| (Zeroizing::new(now.bytes().to_vec()), Some(now.mode))),
        after: becomes.map(|mut state| {
            let (mode, owner) = (state.mode, FileOwner::Exact(state.uid, state.gid));
            let extended = std::mem::take(&mut state.extended);
            FileAfter { bytes: state.into_bytes(), mode, owner, extended }
        }),
    })
}

/// Whether the command builds its file from this one: it names the file in an argument (`hash:/etc/postfix/sasl_passwd`), or
/// the built file's name begins with it.
fn is_source(path: &Path, run: &RunRecord) -> bool {
    let path = path.to_string_lossy();
    let named = |word: &String| word == &*path || word.strip_suffix(&*path).is_some_and(|kind| kind.ends_with(':'));
    let built = run.creates.as_ref().map(|built| built.to_string_lossy());
    run.command.iter().any(named) || built.is_some_and(|built| built.starts_with(&format!("{path}.")))
}
