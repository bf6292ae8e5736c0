//! What was written for targets that a profile no longer has is taken back, as a part of the plan that writes the profile.

use std::path::Path;

use super::{all::undo_writes, preview::change, steps::UndoSteps};
use crate::{
    host::{
        apply::error::ApplyError,
        journal::{
            archive,
            record::{FileRecord, WriteKind, WriteRecord},
        },
    },
    mail::reply::escape,
    phrase,
    plan::{Note, Places, Plan},
};

/// Adds to a plan what becomes of the files of its dropped targets: what they were before anything was written to them.
///
/// # Errors
/// A file was edited since in the lines that were written, or a record cannot be read.
pub fn take_back(plan: &mut Plan, places: &Places) -> Result<(), ApplyError> {
    if plan.dropped.is_empty() {
        return Ok(());
    }
    let records = archive::all(places)?;
    let is_ours = |record: &&WriteRecord| record.profile == plan.name && record.kind == WriteKind::Apply;
    let writes: Vec<&WriteRecord> = archive::standing(&records).into_iter().filter(is_ours).collect();
    let is_dropped = |owner: &str| plan.dropped.iter().any(|dropped| dropped.name == owner);
    let is_left = |file: &&FileRecord| is_dropped(&file.owner) && plan.changes.iter().all(|it| it.path != file.path);
    let mut paths: Vec<(&str, &Path)> = Vec::new();
    for file in writes.iter().flat_map(|record| record.files.iter().rev()).filter(is_left) {
        if !paths.iter().any(|(_, path)| *path == file.path) {
            paths.push((&file.owner, &file.path));
        }
    }
    let is_taken_back = |owner: &str| paths.iter().any(|(known, _)| *known == owner);
    let mut steps = UndoSteps::default();
    for (_, path) in &paths {
        let (file, backup) = undo_writes(path, &writes, places)?;
        steps.add(file, backup.as_deref());
    }
    let mut own: Vec<WriteRecord> = writes.iter().map(|record| (*record).clone()).collect();
    for record in &mut own {
        record.runs.retain(|run| is_taken_back(&run.owner));
    }
    steps.add_runs(&own.iter().collect::<Vec<_>>(), places)?;

    let unknown = plan.dropped.iter().filter(|dropped| !is_taken_back(&dropped.name)).map(|dropped| Note {
        owner: dropped.name.clone(),
        phrase: phrase!("host-dropped-unknown", target = escape(&dropped.name)),
    });
    let owner = plan.dropped.first().map(|dropped| dropped.name.clone()).unwrap_or_default();
    let notes: Vec<Note> =
        unknown.chain(steps.notes.into_iter().map(|phrase| Note { owner: owner.clone(), phrase })).collect();
    let runs: Vec<_> = steps.runs.into_iter().filter(|run| !plan.runs.contains(run)).collect();
    plan.notes.extend(notes);
    plan.runs.extend(runs);
    plan.changes.extend(steps.files.iter().map(change));
    Ok(())
}
