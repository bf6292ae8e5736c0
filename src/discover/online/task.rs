//! A search under way: what is asked, what came of it, what is asked next.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, mpsc::Sender},
    thread,
    time::Instant,
};

use super::{
    DomainFault, Mx, NameFault, Net, Origin, Proposal, Reach, Search, Srv,
    confirm::Confirmer,
    event::SearchEvent,
    guess,
    http::Web,
    mx::{self, MailExchange},
    srv::{self, Service},
    suggestions::nearest_domain,
    web::{self, AutoconfigLocation, WebFinding},
};
use crate::{
    phrase,
    presets::{Catalog, Phrase},
    probe::Cancel,
};

/// A proposal, and its rank among those of the same origin.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) proposal: Proposal,
    pub(super) rank: u8,
}

/// A search under way.
pub(super) struct SearchTask<'a> {
    pub(super) search: &'a Search,
    pub(super) catalog: &'a Catalog,
    pub(super) confirmer: Confirmer,
    pub(super) candidates: Vec<Candidate>,
    pub(super) exchange: Option<MailExchange<'a>>,
    pub(super) addresses: HashMap<String, Vec<IpAddr>>,
    pub(super) fault: Option<DomainFault>,
    pub(super) notes: Vec<Phrase>,
    domain: String,
    net: Net,
    until: Instant,
    cancel: Cancel,
    events: Sender<SearchEvent>,
    web: Option<Arc<Web>>,
    services: Vec<(Service, Vec<Srv>)>,
    /// Questions under way.
    asking: usize,
    /// DNS has answered, if only with no.
    answered: bool,
    /// The MX records are known, or never will be.
    pub(super) mx_is_known: bool,
    guessed: bool,
}

impl<'a> SearchTask<'a> {
    pub(super) fn new(
        search: &'a Search,
        catalog: &'a Catalog,
        net: &Net,
        until: Instant,
        cancel: &Cancel,
        events: &Sender<SearchEvent>,
    ) -> Self {
        Self {
            confirmer: Confirmer::new(net, search, until, cancel, events),
            search,
            catalog,
            candidates: Vec::new(),
            exchange: None,
            addresses: HashMap::new(),
            fault: None,
            notes: Vec::new(),
            domain: search.address.ascii_domain(),
            net: net.clone(),
            until,
            cancel: cancel.clone(),
            events: events.clone(),
            web: None,
            services: Vec::new(),
            asking: 0,
            answered: false,
            mx_is_known: false,
            guessed: false,
        }
    }

    /// Starts by confirming what is known. Unless that is the provider's own domain, DNS and the web are asked as well.
    pub(super) fn begin(&mut self, known: Option<Proposal>) {
        let mut is_own = false;
        let mut by_mx = false;
        if let Some(proposal) = known {
            is_own = proposal.origin == Origin::Preset;
            by_mx = proposal.smtp.iter().any(|server| server.endpoint.host.contains("{mx}"));
            self.add(proposal, 0);
        }
        if !self.is_in_dns() {
            return;
        }
        if !is_own || by_mx {
            self.ask(|net, domain, until, cancel| SearchEvent::Mx(net.dns.mx(domain, until, cancel)));
        }
        if is_own {
            return;
        }
        for service in Service::ALL {
            self.ask(move |net, domain, until, cancel| {
                SearchEvent::Srv(service, net.dns.srv(&service.name(domain), until, cancel))
            });
        }
        let mut locations = web::of_domain(&self.domain, &self.search.address);
        if self.search.reach == Reach::Database {
            locations.push(web::database(&self.domain));
        }
        self.fetch(locations);
    }

    /// The address's domain, as DNS has it.
    pub(super) fn domain(&self) -> &str {
        &self.domain
    }

    /// Whether DNS can know the domain: more than one label, and not an address literal.
    fn is_in_dns(&self) -> bool {
        self.domain.contains('.') && self.domain.trim_matches(['[', ']']).parse::<IpAddr>().is_err()
    }

    /// Takes an event.
    pub(super) fn take(&mut self, event: SearchEvent) {
        match event {
            SearchEvent::Tried(endpoint, check) => {
                self.confirmer.tried(endpoint, check);
                return;
            }
            SearchEvent::Cancelled => return,
            _ => self.asking = self.asking.saturating_sub(1),
        }
        match event {
            SearchEvent::Mx(answer) => self.take_mx(answer),
            SearchEvent::Srv(service, answer) => {
                self.answered |= answer != Err(NameFault::NoResolver);
                self.services.push((service, answer.unwrap_or_default()));
                if self.services.len() == Service::ALL.len() {
                    self.services.sort_by_key(|(service, _)| *service);
                    if let Some(proposal) = srv::proposal(&self.services, &self.domain) {
                        self.add(proposal, 0);
                    }
                }
            }
            SearchEvent::Document(rank, WebFinding::Proposal(proposal)) => self.add(proposal, rank),
            SearchEvent::Document(_, WebFinding::Unusable(link)) => {
                self.notes.push(phrase!("discover-unreadable", place = link));
            }
            SearchEvent::Document(_, WebFinding::Nothing) | SearchEvent::Tried(..) | SearchEvent::Cancelled => {}
            SearchEvent::Names(names) => {
                if !names.wildcard.is_empty() {
                    self.notes.push(phrase!("discover-wildcard", domain = self.domain));
                }
                if let Some(proposal) = names.proposal(&self.net.guesses) {
                    self.add(proposal, 0);
                }
            }
            SearchEvent::Addresses(host, addresses) => {
                self.addresses.insert(host, addresses);
            }
        }
        if self.fault == Some(DomainFault::NotFound) {
            return;
        }
        self.guess();
    }

    fn take_mx(&mut self, answer: Result<Vec<Mx>, NameFault>) {
        self.mx_is_known = true;
        self.answered |= answer != Err(NameFault::NoResolver);
        let records = match answer {
            Ok(records) => records,
            Err(NameFault::NotFound) => {
                self.fault = Some(DomainFault::NotFound);
                if let Some(near) = nearest_domain(&self.domain, self.catalog) {
                    self.notes.push(phrase!("discover-nearest", domain = self.domain, near = near));
                }
                return;
            }
            Err(NameFault::Broken) => {
                self.fault = Some(DomainFault::Broken);
                return;
            }
            Err(NameFault::NoResolver) => return,
        };
        let exchange = MailExchange::read(records, self.catalog);
        if exchange.null {
            self.fault = Some(DomainFault::NullMx);
        } else if exchange.hosts.is_empty() {
            self.notes.push(phrase!("discover-no-mx", domain = self.domain));
        }
        if let Some(name) = exchange.gateway {
            self.notes.push(phrase!("discover-gateway", domain = self.domain, gateway = name));
        }
        let known = self.candidates.iter_mut().find(|candidate| candidate.proposal.origin <= Origin::Table);
        let is_own = known.as_ref().is_some_and(|known| known.proposal.origin == Origin::Preset);
        if let (Some(known), Some(host)) = (known, exchange.hosts.first()) {
            mx::fill(&mut known.proposal, host);
            self.confirmer.start(&known.proposal);
        }
        let (proposal, parents) = (exchange.proposal(&self.search.address), exchange.parents(&self.domain));
        self.exchange = Some(exchange);
        if is_own {
            return;
        }
        if let Some(proposal) = proposal {
            self.add(proposal, 0);
        }
        self.fetch(web::of_hoster(&parents));
    }

    /// Adds a proposal and starts trying its servers.
    fn add(&mut self, proposal: Proposal, rank: u8) {
        // The same document is often published in several places: take the one that needs no consent, else the first.
        let same = |known: &Candidate| {
            known.proposal.origin == Origin::Autoconfig
                && proposal.origin == Origin::Autoconfig
                && known.proposal.smtp == proposal.smtp
        };
        if let Some(known) = self.candidates.iter_mut().find(|known| same(known)) {
            let turn = |proposal: &Proposal, rank| (proposal.consents.len(), rank);
            if turn(&proposal, rank) < turn(&known.proposal, known.rank) {
                *known = Candidate { proposal, rank };
            }
            return;
        }
        self.confirmer.start(&proposal);
        if proposal.origin > Origin::Table {
            for server in &proposal.smtp {
                self.locate(&server.endpoint.host);
            }
        }
        self.candidates.push(Candidate { proposal, rank });
    }

    /// Asks for the addresses of a host: private ones work only inside their own network.
    fn locate(&mut self, host: &str) {
        if host.contains('{') || self.addresses.contains_key(host) || self.addresses.len() >= 24 {
            return;
        }
        self.addresses.insert(host.to_owned(), Vec::new());
        let host = host.to_owned();
        self.ask(move |net, _, until, cancel| {
            let addresses = net.dns.addresses(&host, until, cancel).unwrap_or_default();
            SearchEvent::Addresses(host, addresses)
        });
    }

    /// Looks for documents at these locations.
    fn fetch(&mut self, locations: Vec<AutoconfigLocation>) {
        for location in locations {
            let web = Arc::clone(self.web.get_or_insert_with(|| Arc::new(Web::new(&self.net, self.search.proxy.as_ref()))));
            let address = self.search.address.clone();
            self.ask(move |_, domain, until, _| {
                SearchEvent::Document(location.rank, location.fetch(&web, &address, domain, until))
            });
        }
    }

    /// Guesses, once DNS has named no server that can be believed.
    fn guess(&mut self) {
        let dns_is_done = self.exchange.is_some() && self.services.len() == Service::ALL.len();
        let believed =
            |candidate: &Candidate| candidate.proposal.origin <= Origin::Mx || candidate.proposal.consents.is_empty();
        if !dns_is_done || self.candidates.iter().any(believed) {
            return;
        }
        self.try_names();
    }

    /// The last resort, when everything else has ended and nothing is confirmed. Returns whether there is something to wait for.
    pub(super) fn last_resort(&mut self) -> bool {
        let named = |candidate: &Candidate| candidate.proposal.origin <= Origin::Mx || candidate.proposal.smtp.is_empty();
        let is_alive = self.exchange.is_some() && self.fault.is_none();
        if is_alive && !self.candidates.iter().any(named) && !self.view().proposals.iter().any(Proposal::is_confirmed) {
            self.try_names();
        }
        self.is_busy()
    }

    fn try_names(&mut self) {
        if self.guessed || self.fault.is_some() {
            return;
        }
        self.guessed = true;
        let mx = self.exchange.as_ref().map(|exchange| exchange.hosts.clone()).unwrap_or_default();
        self.ask(move |net, domain, until, cancel| SearchEvent::Names(guess::ask(net, domain, &mx, until, cancel)));
    }

    /// Runs `work` on its own thread.
    fn ask(&mut self, work: impl FnOnce(&Net, &str, Instant, &Cancel) -> SearchEvent + Send + 'static) {
        let (net, domain, cancel, events) =
            (self.net.clone(), self.domain.clone(), self.cancel.clone(), self.events.clone());
        let until = self.until;
        let begun = thread::Builder::new().name("discover".into()).spawn(move || {
            // The receiver may be gone; ignore the error.
            drop(events.send(work(&net, &domain, until, &cancel)));
        });
        self.asking += usize::from(begun.is_ok());
    }

    /// Whether work is under way.
    pub(super) const fn is_busy(&self) -> bool {
        self.asking > 0 || self.confirmer.is_busy()
    }

    /// Ends the search: a resolver that never answered is the fault.
    pub(super) fn end(&mut self) {
        self.mx_is_known = true;
        let asked = self.exchange.is_none() && self.candidates.iter().all(|known| known.proposal.origin != Origin::Preset);
        if asked && self.is_in_dns() && !self.answered && self.fault.is_none() {
            self.fault = Some(DomainFault::NoResolver);
            if self.search.proxy.is_some() {
                self.notes.push(phrase!("discover-dns-directly"));
            }
        }
    }
}
