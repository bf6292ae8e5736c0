//! Confirmation: tries the proposed servers up to TLS, all at once.

use std::{collections::HashMap, sync::mpsc::Sender, thread, time::Instant};

use super::{Net, Proposal, Search, ServerCheck, event::SearchEvent};
use crate::{
    mail::{Endpoint, Protocol, Proxy},
    probe::{self, Attempt, Cancel, Goal},
};

/// Most servers that are tried: a document may name any number of them.
const MOST: usize = 24;

/// Servers that are being tried or have been, each once however many proposals name it.
pub(super) struct Confirmer {
    pub(super) net: Net,
    pub(super) ehlo: String,
    proxy: Option<Proxy>,
    pub(super) until: Instant,
    pub(super) cancel: Cancel,
    pub(super) events: Sender<SearchEvent>,
    checks: HashMap<Endpoint, ServerCheck>,
    running: usize,
}

impl Confirmer {
    pub(super) fn new(net: &Net, search: &Search, until: Instant, cancel: &Cancel, events: &Sender<SearchEvent>) -> Self {
        Self {
            net: net.clone(),
            ehlo: search.ehlo.clone(),
            proxy: search.proxy.clone(),
            until,
            cancel: cancel.clone(),
            events: events.clone(),
            checks: HashMap::new(),
            running: 0,
        }
    }

    /// Tries the servers of a proposal whose names are known.
    pub(super) fn start(&mut self, proposal: &Proposal) {
        for server in &proposal.smtp {
            self.try_server(&server.endpoint, proposal.provider.as_deref());
        }
    }

    fn try_server(&mut self, endpoint: &Endpoint, provider: Option<&str>) {
        if endpoint.host.contains('{') || self.checks.contains_key(endpoint) || self.checks.len() >= MOST {
            return;
        }
        let attempt = Attempt {
            endpoint: endpoint.clone(),
            protocol: Protocol::Smtp,
            provider: provider.map(str::to_owned),
            goal: Goal::Connect,
            ehlo: self.ehlo.clone(),
            login: None,
            message: None,
            others: Vec::new(),
            trust: self.net.trust.clone(),
            client: None,
            proxy: self.proxy.clone(),
            had_starttls: false,
            allow_plaintext: false,
            timeout: self.until.saturating_duration_since(Instant::now()),
        };
        let (resolver, cancel, events) = (self.net.resolver.clone(), self.cancel.clone(), self.events.clone());
        let begun = thread::Builder::new().name("confirm".into()).spawn(move || {
            let check = ServerCheck::of(probe::attempt(&attempt, &*resolver, &cancel, &mut |_| {}));
            // The receiver may be gone; ignore the error.
            drop(events.send(SearchEvent::Tried(attempt.endpoint, check)));
        });
        self.checks.insert(endpoint.clone(), ServerCheck::Unchecked);
        self.running += usize::from(begun.is_ok());
    }

    /// Takes the outcome of an attempt.
    pub(super) fn tried(&mut self, endpoint: Endpoint, check: ServerCheck) {
        self.running = self.running.saturating_sub(1);
        self.checks.insert(endpoint, check);
    }

    /// Whether attempts are under way.
    pub(super) const fn is_busy(&self) -> bool {
        self.running > 0
    }

    /// What is known of a server.
    pub(super) fn check(&self, endpoint: &Endpoint) -> ServerCheck {
        self.checks.get(endpoint).cloned().unwrap_or(ServerCheck::Unchecked)
    }
}
