//! A result together with what it was made from: it is forgotten as soon as something else is wanted.

use super::effect::{Effect, Work};
use crate::probe::StageReport;

/// What is wanted, its generation, and the result.
#[derive(Debug)]
pub(super) struct Task<Wanted, Made> {
    wanted: Option<Wanted>,
    generation: u64,
    made: Option<Made>,
    /// Stages of an effect in progress.
    pub(super) steps: Vec<StageReport>,
}

impl<Wanted, Made> Default for Task<Wanted, Made> {
    fn default() -> Self {
        Self { wanted: None, generation: 0, made: None, steps: Vec::new() }
    }
}

impl<Wanted: PartialEq, Made> Task<Wanted, Made> {
    /// Sets what is wanted; a change begins a new generation. Says whether it changed.
    pub(super) fn want(&mut self, wanted: Option<Wanted>) -> bool {
        let changed = self.wanted != wanted;
        if changed {
            self.wanted = wanted;
            self.again();
        }
        changed
    }

    /// Forgets the result: the same is wanted once more.
    pub(super) fn again(&mut self) {
        self.generation += 1;
        self.made = None;
        self.steps.clear();
    }

    pub(super) const fn wanted(&self) -> Option<&Wanted> {
        self.wanted.as_ref()
    }

    pub(super) const fn result(&self) -> Option<&Made> {
        self.made.as_ref()
    }

    pub(super) const fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether a result of this generation is still wanted.
    pub(super) const fn is_current(&self, generation: u64) -> bool {
        generation == self.generation && self.wanted.is_some()
    }

    /// Takes a result, unless it is from another generation.
    pub(super) fn finish(&mut self, generation: u64, made: Made) {
        if self.is_current(generation) {
            self.made = Some(made);
        }
    }

    /// Takes a stage of an effect in progress, unless it is from another generation.
    pub(super) fn progress(&mut self, generation: u64, step: StageReport) {
        if generation != self.generation {
            return;
        }
        match self.steps.iter_mut().find(|known| known.stage == step.stage) {
            Some(known) => *known = step,
            None => self.steps.push(step),
        }
    }

    /// The effect that makes what is wanted; `None` when nothing is wanted or the result is already there.
    pub(super) fn effect(&self, work: impl FnOnce(&Wanted) -> Work) -> Option<Effect> {
        let wanted = self.wanted.as_ref().filter(|_| self.made.is_none())?;
        Some(Effect { generation: self.generation, work: work(wanted) })
    }
}
