//! Cancels an attempt from another thread.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

type Hook = Box<dyn Fn() + Send>;

/// Cancels an attempt from another thread: open sockets are shut down, and none is opened any more.
#[derive(Clone, Default)]
pub struct Cancel(Arc<CancelState>);

#[derive(Default)]
struct CancelState {
    cancelled: AtomicBool,
    hooks: Mutex<Hooks>,
}

#[derive(Default)]
struct Hooks {
    next: u64,
    active: Vec<(u64, Hook)>,
}

impl Cancel {
    /// Cancels at once.
    pub fn cancel(&self) {
        let hooks = self.0.hooks.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.cancelled.store(true, Ordering::SeqCst);
        for (_, hook) in &hooks.active {
            hook();
        }
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::SeqCst)
    }

    /// Runs `hook` on cancellation (at once if that has happened already) until the guard is dropped.
    pub(crate) fn watch(&self, hook: impl Fn() + Send + 'static) -> Watch {
        let mut hooks = self.0.hooks.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_cancelled() {
            hook();
        }
        let id = hooks.next;
        hooks.next += 1;
        hooks.active.push((id, Box::new(hook)));
        Watch { state: Arc::clone(&self.0), id }
    }
}

impl fmt::Debug for Cancel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cancel").field("cancelled", &self.is_cancelled()).finish_non_exhaustive()
    }
}

/// Keeps a hook alive.
pub(crate) struct Watch {
    state: Arc<CancelState>,
    id: u64,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.state.hooks.lock().unwrap_or_else(PoisonError::into_inner).active.retain(|(id, _)| *id != self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn hooks_run_once_watched_and_not_after() {
        let (sender, fired) = mpsc::channel();
        let cancel = Cancel::default();
        let watch = |name: &'static str| {
            let sender = sender.clone();
            cancel.watch(move || sender.send(name).unwrap())
        };
        let kept = watch("kept");
        drop(watch("dropped"));
        cancel.cancel();
        let late = watch("late");
        assert_eq!(fired.try_iter().collect::<Vec<_>>(), ["kept", "late"]);
        drop((kept, late));
        cancel.cancel();
        assert!(cancel.is_cancelled() && fired.try_recv().is_err());
    }
}
