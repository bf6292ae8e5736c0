//! The search: everybody is asked side by side, under one deadline.

use std::{
    net::IpAddr,
    sync::mpsc::{self, Receiver},
    time::{Duration, Instant},
};

use super::{
    Check, Discovery, DomainFault, Mx, NameFault, Net, Origin, Proposal, Reach, Search, Srv, guess::Names, hunt::Hunt,
    known, srv::Service, web::Found,
};
use crate::{mail::Endpoint, presets::Catalog, probe::Cancel};

/// What happens during a search.
pub(super) enum Event {
    Mx(Result<Vec<Mx>, NameFault>),
    Srv(Service, Result<Vec<Srv>, NameFault>),
    /// The turn of a place, and what came of it.
    Found(u8, Found),
    Names(Names),
    Addresses(String, Vec<IpAddr>),
    Climbed(Endpoint, Check),
    Cancelled,
}

/// Finds out the settings of an address. What is found is told to `progress` at once, best first; the whole ends with the
/// search's time, or as soon as `cancel` says so, with what was found by then.
pub fn discover(
    search: &Search,
    catalog: &Catalog,
    net: &Net,
    cancel: &Cancel,
    progress: &mut dyn FnMut(&Discovery),
) -> Discovery {
    let known = known(&search.address, catalog);
    if search.reach == Reach::Offline {
        return Discovery { proposals: known.into_iter().collect(), finished: true, ..Discovery::default() };
    }
    let deadline = Instant::now() + search.timeout;
    // Work ends a little earlier, so that its own word on why is heard.
    let until = deadline.checked_sub((search.timeout / 10).min(Duration::from_millis(300))).unwrap_or(deadline);
    let (events, happened) = mpsc::channel();
    let inner = Cancel::default();
    let (stop, wake) = (inner.clone(), events.clone());
    let watch = cancel.watch(move || {
        stop.cancel();
        drop(wake.send(Event::Cancelled));
    });
    let mut hunt = Hunt::new(search, catalog, net, until, &inner, &events);
    hunt.begin(known);
    follow(&mut hunt, &happened, deadline, cancel, progress);
    // The guard goes first: a search that is over cannot be stopped any more.
    drop(watch);
    inner.cancel();
    if !cancel.is_cancelled() {
        hunt.end();
    }
    Discovery { finished: true, ..hunt.view() }
}

/// Takes events until there is nothing more to wait for.
fn follow(
    hunt: &mut Hunt<'_>,
    happened: &Receiver<Event>,
    deadline: Instant,
    cancel: &Cancel,
    progress: &mut dyn FnMut(&Discovery),
) {
    let mut told = Discovery::default();
    let mut limit = deadline;
    loop {
        let view = hunt.view();
        if view.best().is_some_and(is_certain) {
            // Of several documents one may be better: they get some time, and not all of it.
            limit = limit.min(Instant::now() + hunt.search.timeout / 4);
        }
        let last = view.best().filter(|best| hunt.mx_is_known && is_final(best));
        let ends = last.is_some_and(is_settled);
        if last.is_some() {
            limit = limit.min(Instant::now() + hunt.search.timeout / 8);
        }
        if view != told {
            progress(&view);
            told = view;
        }
        if ends || cancel.is_cancelled() || hunt.fault == Some(DomainFault::NotFound) {
            return;
        }
        if !hunt.is_busy() && !hunt.last_resort() {
            return;
        }
        match happened.recv_timeout(limit.saturating_duration_since(Instant::now())) {
            Ok(event) => hunt.take(event),
            Err(_) => return,
        }
    }
}

/// Whether nothing that is still to come could be believed before it: DNS has spoken, and its first server answers.
fn is_final(proposal: &Proposal) -> bool {
    let first_answers = proposal.smtp.first().is_some_and(|server| matches!(server.check, Check::Passed(_)));
    is_certain(proposal) && first_answers && matches!(proposal.origin, Origin::Mx | Origin::Srv)
}

/// Whether each of its servers was tried.
fn is_settled(proposal: &Proposal) -> bool {
    proposal.smtp.iter().all(|server| server.check != Check::Unchecked)
}

fn is_certain(proposal: &Proposal) -> bool {
    proposal.is_confirmed() && proposal.consents.is_empty() && proposal.origin < Origin::Guess
}
