//! The work that the conversation wants done: started once, stopped when it is not wanted any more.

use std::{
    mem::{Discriminant, discriminant},
    time::{Duration, Instant},
};

use super::app::App;
use crate::{
    probe::Cancel,
    setup::{Status, Work},
};

/// An effect that was started.
pub(super) struct Running {
    kind: Discriminant<Work>,
    generation: u64,
    pub(super) cancel: Cancel,
}

impl App {
    /// Starts what is wanted and stops what is not wanted any more.
    pub(super) fn settle(&mut self) {
        let mut wanted = if self.status == Status::Cancelled { Vec::new() } else { self.setup.background() };
        if let Status::Run(effect) = &self.status
            && !wanted.contains(effect)
        {
            wanted.push(effect.clone());
        }
        let key = |work: &Work, generation: u64| (discriminant(work), generation);
        let keys: Vec<_> = wanted.iter().map(|effect| key(&effect.work, effect.generation)).collect();
        self.running.retain(|running| {
            let still = keys.contains(&(running.kind, running.generation));
            if !still {
                running.cancel.cancel();
            }
            still
        });
        for effect in wanted {
            let (kind, generation) = key(&effect.work, effect.generation);
            if self.running.iter().any(|running| (running.kind, running.generation) == (kind, generation)) {
                continue;
            }
            if matches!(effect.work, Work::Test(_) | Work::Apply(_)) {
                self.began = Some(Instant::now());
                self.clock = Duration::ZERO;
            }
            let cancel = (self.starter)(effect);
            self.running.push(Running { kind, generation, cancel });
        }
    }
}
