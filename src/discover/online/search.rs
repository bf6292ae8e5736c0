//! The search of the network: every source is asked at once, under one deadline.

use std::{
    sync::mpsc::{self, Receiver},
    time::{Duration, Instant},
};

use super::{Discovery, DomainFault, Net, Origin, Proposal, Search, ServerCheck, event::SearchEvent, task::SearchTask};
use crate::{presets::Catalog, probe::Cancel};

/// Confirms what is known of an address and asks for more. `progress` is called with each new state, best proposal first; the
/// search ends with its time-out or when it is cancelled, with what was found by then.
pub(in crate::discover) fn online(
    search: &Search,
    known: Option<Proposal>,
    catalog: &Catalog,
    net: &Net,
    cancel: &Cancel,
    progress: &mut dyn FnMut(&Discovery),
) -> Discovery {
    let deadline = Instant::now() + search.timeout;
    // Work ends a little earlier, so that its own reason for failing still arrives.
    let until = deadline.checked_sub((search.timeout / 10).min(Duration::from_millis(300))).unwrap_or(deadline);
    let (events, happened) = mpsc::channel();
    let inner = Cancel::default();
    let (stop, wake) = (inner.clone(), events.clone());
    let watch = cancel.watch(move || {
        stop.cancel();
        drop(wake.send(SearchEvent::Cancelled));
    });
    let mut task = SearchTask::new(search, catalog, net, until, &inner, &events);
    task.begin(known);
    follow(&mut task, &happened, deadline, cancel, progress);
    // Drop the guard first: a search that is over can no longer be cancelled.
    drop(watch);
    inner.cancel();
    if !cancel.is_cancelled() {
        task.end();
    }
    Discovery { finished: true, ..task.view() }
}

/// Handles events until there is nothing left to wait for.
fn follow(
    task: &mut SearchTask<'_>,
    happened: &Receiver<SearchEvent>,
    deadline: Instant,
    cancel: &Cancel,
    progress: &mut dyn FnMut(&Discovery),
) {
    let mut told = Discovery::default();
    let mut limit = deadline;
    loop {
        let view = task.view();
        if view.best().is_some_and(is_certain) {
            // Of several documents another may be better: wait for them, but not to the end.
            limit = limit.min(Instant::now() + task.search.timeout / 4);
        }
        let last = view.best().filter(|best| task.mx_is_known && is_final(best));
        let ends = last.is_some_and(is_settled);
        if last.is_some() {
            limit = limit.min(Instant::now() + task.search.timeout / 8);
        }
        if view != told {
            progress(&view);
            told = view;
        }
        if ends || cancel.is_cancelled() || task.fault == Some(DomainFault::NotFound) {
            return;
        }
        if !task.is_busy() && !task.last_resort() {
            return;
        }
        match happened.recv_timeout(limit.saturating_duration_since(Instant::now())) {
            Ok(event) => task.take(event),
            Err(_) => return,
        }
    }
}

/// Whether nothing still to come could rank above it: DNS has answered, and the first server it names works.
fn is_final(proposal: &Proposal) -> bool {
    let first_answers = proposal.smtp.first().is_some_and(|server| matches!(server.check, ServerCheck::Passed(_)));
    is_certain(proposal) && first_answers && matches!(proposal.origin, Origin::Mx | Origin::Srv)
}

/// Whether all of its servers have been tried.
fn is_settled(proposal: &Proposal) -> bool {
    proposal.smtp.iter().all(|server| server.check != ServerCheck::Unchecked)
}

fn is_certain(proposal: &Proposal) -> bool {
    proposal.is_confirmed() && proposal.consents.is_empty() && proposal.origin < Origin::Guess
}
