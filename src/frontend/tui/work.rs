//! The work that the conversation wants done: started once, cancelled when no longer wanted.

use std::mem::{Discriminant, discriminant};

use super::options::Starter;
use crate::{
    probe::Cancel,
    setup::{Effect, Work},
};

/// The effects under way.
#[derive(Default)]
pub(super) struct Tasks(Vec<RunningTask>);

/// An effect under way.
struct RunningTask {
    kind: Discriminant<Work>,
    generation: u64,
    cancel: Cancel,
}

impl RunningTask {
    fn is(&self, effect: &Effect) -> bool {
        self.kind == discriminant(&effect.work) && self.generation == effect.generation
    }
}

impl Tasks {
    /// Starts what is wanted and not under way, and cancels what is no longer wanted. Returns whether a test or a write began.
    pub(super) fn update(&mut self, wanted: Vec<Effect>, starter: &mut Starter) -> bool {
        self.0.retain(|task| {
            let is_wanted = wanted.iter().any(|effect| task.is(effect));
            if !is_wanted {
                task.cancel.cancel();
            }
            is_wanted
        });
        let mut began = false;
        for effect in wanted {
            if self.0.iter().any(|task| task.is(&effect)) {
                continue;
            }
            began |= matches!(effect.work, Work::Test(_) | Work::Apply(_));
            let (kind, generation) = (discriminant(&effect.work), effect.generation);
            self.0.push(RunningTask { kind, generation, cancel: starter(effect) });
        }
        began
    }

    /// Cancels everything, and still waits for it to end.
    pub(super) fn cancel(&self) {
        for task in &self.0 {
            task.cancel.cancel();
        }
    }

    /// Cancels everything and forgets it.
    pub(super) fn clear(&mut self) {
        self.cancel();
        self.0.clear();
    }
}
