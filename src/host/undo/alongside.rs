//! What other profiles need of the files that one is taken out of: each has its part in the same write.

use super::steps::{UndoSteps, step};
use crate::{
    host::{
        apply::{
            error::ApplyError,
            is_due,
            job::{JobPart, PartFile},
            step::{FileOwner, FileStep},
        },
        journal::file_undo::{FileState, FileUndo},
    },
    plan::{Change, Places, Plan},
    presets::Phrase,
};

/// What is written for other profiles when one is removed.
#[derive(Debug, Default)]
pub struct Alongside {
    /// A plan for each of them, made upon the files as the removal leaves them and as those before it do.
    pub plans: Vec<Plan>,
    /// What a person should know.
    pub notes: Vec<Phrase>,
}

/// Makes it, from the files as the removal alone would leave them.
pub type PlanAlongside<'a> = dyn Fn(&[Change]) -> Alongside + 'a;

/// Adds to an undo what these plans write. Their parts are returned, by which their profiles can be removed as well.
pub(super) fn add(steps: &mut UndoSteps, alongside: Alongside, places: &Places) -> Result<Vec<JobPart>, ApplyError> {
    steps.notes.extend(alongside.notes);
    let parts = alongside.plans.iter().map(|plan| part(steps, plan, places)).collect::<Result<Vec<_>, _>>()?;
    Ok(parts.into_iter().filter(|part| !part.files.is_empty()).collect())
}

fn part(steps: &mut UndoSteps, plan: &Plan, places: &Places) -> Result<JobPart, ApplyError> {
    let mut files = Vec::new();
    for change in plan.changes.iter().filter(|change| change.is_needed()) {
        let now = FileUndo::new(&change.owner, &change.path, places)?;
        let known = steps.files.iter().position(|step| step.path == change.path);
        let before = known.map_or_else(|| now.becomes().cloned(), |at| left(&steps.files[at]));
        let after = written(change, before.as_ref().or(now.becomes()), places)?;
        // A file that is in the end as it is now is no step.
        if let Some(at) = known {
            steps.files.remove(at);
        }
        steps.files.extend(step(now.into_state(after.clone())));
        files.push(PartFile { owner: change.owner.clone(), path: change.path.clone(), before, after });
    }
    let runs: Vec<_> = plan.runs.iter().filter(|run| is_due(run, &plan.changes, places)).cloned().collect();
    for run in &runs {
        if steps.runs.iter().all(|known| known.command != run.command) {
            steps.runs.push(run.clone());
        }
    }
    Ok(JobPart { profile: plan.name.clone(), files, runs })
}

/// A file as a step of an undo leaves it, which names its owner by number.
fn left(step: &FileStep) -> Option<FileState> {
    let after = step.after.as_ref()?;
    let FileOwner::Exact(uid, gid) = after.owner else { return None };
    Some(FileState::new(after.bytes.clone(), after.mode, (uid, gid), after.extended.clone()))
}

/// A file as a plan writes it upon what is there.
fn written(change: &Change, there: Option<&FileState>, places: &Places) -> Result<Option<FileState>, ApplyError> {
    let Some(bytes) = change.after.clone() else { return Ok(None) };
    let (uid, gid) = FileOwner::of(change).ids(there.map(|there| (there.uid, there.gid)), places)?;
    let uid = uid.unwrap_or_else(|| rustix::process::geteuid().as_raw());
    let gid = gid.unwrap_or_else(|| rustix::process::getegid().as_raw());
    let extended = there.map(|there| there.extended.clone()).unwrap_or_default();
    Ok(Some(FileState::new(bytes, change.mode, (uid, gid), extended)))
}
