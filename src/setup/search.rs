//! The search for the settings of the address, and the answers that follow from it.

use super::{
    answers::Answers,
    discovery::{Lookup, has_gap},
    effect::{Effect, Work},
    field::Field,
    msg::Status,
    source::AnswerSource,
    state::Setup,
    value::{AnswerValue, ProviderChoice},
};
use crate::{
    discover::{self, Consent, Discovery, DomainFault, Origin, Proposal, Reach, Search, of_address},
    mail::{Endpoint, Host, Port, Security, TextLine, endpoint::is_loopback, reply::escape},
    phrase,
    presets::{Phrase, Provider, provider::Category},
};

/// The server that an address led to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProposedServer<'a> {
    /// Who proposes it.
    pub origin: Origin,
    /// Where it was found, safe for a terminal.
    pub at: Option<&'a str>,
    /// Key of the preset that knows it.
    pub provider: Option<&'a str>,
    /// The server.
    pub endpoint: &'a Endpoint,
    /// A preset or the table knows it, or it answered as it should, up to TLS.
    pub is_confirmed: bool,
    /// It is the server of the answers.
    pub is_taken: bool,
}

impl ProposedServer<'_> {
    /// The options that take it.
    pub fn flags(&self) -> String {
        if let Some(key) = self.provider {
            return format!("{} {key}", Field::Provider.flag());
        }
        let Endpoint { host, port, security } = self.endpoint;
        let [host_flag, port_flag, mode] = [Field::Host, Field::Port, Field::Security].map(Field::flag);
        format!("{host_flag} {} {port_flag} {port} {mode} {security}", escape(host))
    }
}

impl Answers {
    /// Looks the address up in presets and table, when it changed.
    pub(super) fn look_up(&mut self) {
        let address = self.address();
        if address != self.lookup.address {
            let known = address.as_ref().and_then(|address| discover::known(address, &self.catalog));
            self.lookup = Lookup { address, known, discovery: None };
        }
    }

    /// The domain of an address that is probably a slip, and the one that was meant; none where something else shows that it is
    /// right: a server or provider that was given, settings to start from, or a profile.
    pub(super) fn slip(&self) -> Option<(String, &'static str)> {
        let is_given = [Field::Provider, Field::Host].iter().any(|field| self.given.contains_key(field));
        let address = self.address().filter(|_| !is_given && self.import().is_none())?;
        let domain = address.domain();
        if self.facts.known_domains.iter().any(|known| known.eq_ignore_ascii_case(domain)) {
            return None;
        }
        Some((domain.to_owned(), discover::probably_meant(domain, &self.catalog)?))
    }

    /// The provider that the address suggests, and where that comes from; a host given without one is that of the provider whose
    /// it is, else a custom server. A provider that no program can send with is not suggested, and what may be a stranger's is
    /// nobody's default.
    pub(super) fn suggested_provider(&self) -> Option<(ProviderChoice, AnswerSource)> {
        if let Some(host) = self.explicit::<Host>(Field::Host) {
            let provider =
                self.provider_of(&host).map_or(ProviderChoice::Custom, |it| ProviderChoice::Preset(it.key.clone()));
            return Some((provider, AnswerSource::Default));
        }
        let proposal = self.lookup.best()?;
        // Nobody looks at what a script takes: what nothing has confirmed is only proposed to it.
        let is_known = self.lookup.known.is_some() || (proposal.is_confirmed() && proposal.consents.is_empty());
        if is_of_a_stranger(proposal) || (self.brief && !is_known) {
            return None;
        }
        let source = Self::source_of(proposal);
        let Some(key) = &proposal.provider else { return Some((ProviderChoice::Custom, source)) };
        let has_smtp = self.catalog.provider(key).is_some_and(|provider| provider.category != Category::None);
        has_smtp.then(|| (ProviderChoice::Preset(key.clone()), source))
    }

    /// The provider whose server was given by its host. On this machine it is whoever listens there.
    fn provider_of(&self, host: &Host) -> Option<&Provider> {
        let domain = self.address().map(|address| address.domain().to_owned());
        let provider = self.catalog.provider_of_server(host, domain.as_deref()).filter(|_| !is_loopback(host))?;
        let (port, security) = (self.explicit::<Port>(Field::Port), self.explicit::<Security>(Field::Security));
        let agrees = |server: &Endpoint| {
            port.is_none_or(|port| port == server.port) && security.is_none_or(|mode| mode == server.security)
        };
        provider.smtp.iter().chain(&provider.alternatives).any(agrees).then_some(provider)
    }

    /// The choice that what was found leads to, whoever's it is.
    pub(super) fn found_provider(&self) -> Option<ProviderChoice> {
        let of_proposal = || Some(ProviderChoice::of_key(self.lookup.best()?.provider.as_deref()));
        self.imported(Field::Host).map(|_| ProviderChoice::Custom).or_else(of_proposal)
    }

    /// Whether the server is known, so that nobody has to be asked for it: presets or table have it, or the domain's own web
    /// host or a host below the domain, which answered with a certificate of its name.
    pub(super) fn knows_server(&self) -> bool {
        self.proposal().is_some_and(|proposal| self.vouches_for(proposal)) && self.known_endpoint().is_some()
    }

    /// Whether a proposal can be taken without a person's word.
    fn vouches_for(&self, proposal: &Proposal) -> bool {
        let is_known = self.lookup.known.is_some() || proposal.is_confirmed();
        let is_secure = proposal.best().is_some_and(|server| server.endpoint.security != Security::None);
        is_known && is_secure && proposal.consents.is_empty()
    }

    /// The server that was found for a custom set-up, as a hint beside it.
    pub(super) fn found_server(&self) -> Option<String> {
        if let Some((host, _)) = self.imported(Field::Host) {
            return Some(host.to_string());
        }
        let proposal = self.lookup.best().filter(|proposal| proposal.provider.is_none())?;
        Some(escape(&proposal.best()?.endpoint.authority()))
    }

    /// The proposal that the chosen provider goes with.
    pub(super) fn proposal(&self) -> Option<&Proposal> {
        let chosen: ProviderChoice = self.get(Field::Provider)?;
        let proposal = self.lookup.best().filter(|proposal| proposal.provider.as_deref() == chosen.key())?;
        // What may be a stranger's gives no value by itself: a person has named the host, or chosen the provider whose it is.
        let is_named = || {
            let host: Option<Host> = self.explicit(Field::Host);
            host.is_some_and(|host| proposal.smtp.iter().any(|server| *host == *server.endpoint.host))
        };
        (!is_of_a_stranger(proposal) || chosen.key().is_some() || is_named()).then_some(proposal)
    }

    /// Where a value of the proposal comes from, for the person.
    pub(super) const fn source_of(proposal: &Proposal) -> AnswerSource {
        match proposal.origin {
            Origin::Preset | Origin::Mx => AnswerSource::Preset,
            Origin::Table | Origin::Srv | Origin::Autoconfig | Origin::Guess => AnswerSource::Discovered,
        }
    }

    /// The submission servers that can be chosen from, best first, each with where it comes from: the proposal's, then the
    /// preset's. A host that only the account shows keeps its placeholder.
    pub(super) fn servers(&self) -> Vec<(Endpoint, AnswerSource)> {
        let mut servers: Vec<(Endpoint, AnswerSource)> = Vec::new();
        if let Some(proposal) = self.proposal() {
            let source = Self::source_of(proposal);
            let best = proposal.best().map(|server| &server.endpoint);
            let others = proposal.smtp.iter().map(|server| &server.endpoint).filter(|endpoint| Some(*endpoint) != best);
            servers.extend(best.into_iter().chain(others).map(|endpoint| (endpoint.clone(), source)));
        }
        if servers.is_empty()
            && let Some(provider) = self.provider()
        {
            let address = self.address();
            servers.extend(provider.smtp.iter().map(|server| {
                let known = address.as_ref().map_or_else(|| server.clone(), |address| of_address(server, address));
                (known, AnswerSource::Preset)
            }));
        }
        servers
    }

    /// The IMAP server of the proposal or the preset.
    pub(super) fn imap_server(&self) -> Option<(Endpoint, AnswerSource)> {
        if let Some(proposal) = self.proposal()
            && let Some(server) = proposal.imap.first()
        {
            return Some((server.clone(), Self::source_of(proposal)));
        }
        let known = of_address(self.provider()?.imap.as_ref()?, &self.address()?);
        (!has_gap(&known.host)).then_some((known, AnswerSource::Preset))
    }
}

impl Setup {
    /// The search that the answers ask for: as soon as there is an unknown address, unless the server was given. What a person
    /// types of a server without a preset may be what the search has found: it goes on.
    pub(super) fn search_request(&self) -> Option<Search> {
        let answers = &self.answers;
        if answers.slip().is_some() && !answers.is_yes(Field::ThisDomain) {
            return None;
        }
        let is_given = [Field::Provider, Field::Host].iter().filter_map(|field| answers.given.get(field)).any(|answer| {
            answer.source != AnswerSource::Asked || matches!(answer.value, AnswerValue::Provider(ProviderChoice::Preset(_)))
        });
        if is_given || answers.import().is_some() || self.options.reach == Reach::Offline || answers.lookup.known.is_some() {
            return None;
        }
        Some(Search {
            address: answers.address()?,
            reach: self.options.reach,
            timeout: discover::DEADLINE.min(self.options.timeout),
            ehlo: answers.text(Field::Ehlo),
            proxy: answers.get(Field::Proxy),
            ca_file: answers.get::<TextLine>(Field::CaFile).map(|path| answers.facts.cwd.join(path.as_str())),
            pin: answers.filled(Field::Pin),
        })
    }

    /// Whether nobody has to be asked for the provider: it is recognised, or a host was given.
    pub(super) fn knows_provider(&self) -> bool {
        let answers = &self.answers;
        let is_found = || answers.lookup.best().is_some_and(|best| answers.vouches_for(best)) && !self.is_searching();
        answers.suggested_provider().is_some() && (answers.given.contains_key(&Field::Host) || is_found())
    }

    /// Whether the search for the address's settings is still running.
    pub fn is_searching(&self) -> bool {
        self.discovery.wanted().is_some() && self.discovery.result().is_none()
    }

    /// What was found out about the address by a search.
    pub fn discovery(&self) -> Option<&Discovery> {
        self.answers.lookup.discovery.as_ref()
    }

    pub(super) fn search_effect(&self) -> Option<Effect> {
        self.discovery.effect(|search| Work::Discover(Box::new(search.clone())))
    }

    /// The search, before anybody is asked for the provider: what it finds need not be asked.
    pub(super) fn search_first(&self, open: Option<Field>) -> Option<Status> {
        self.search_effect().filter(|_| open == Some(Field::Provider)).map(Status::Run)
    }

    /// What a person should know about the address's domain before choosing a provider.
    pub(super) fn notes_on_domain(&self) -> Vec<Phrase> {
        let answers = &self.answers;
        let Some(address) = answers.address() else { return Vec::new() };
        let domain = escape(address.domain());
        let mut notes = Vec::new();
        if self.is_searching() {
            notes.push(phrase!("found-searching", domain = domain));
        }
        if let Some(proposal) = answers.lookup.best() {
            let provider = proposal.provider.as_deref().and_then(|key| answers.catalog.provider(key));
            match provider {
                Some(provider) if provider.category == Category::None => {
                    notes.push(phrase!("found-no-smtp", provider = provider.name, domain = domain));
                }
                _ => notes.extend(found_at(proposal, &domain, provider.map(|provider| provider.name.as_str()))),
            }
            notes.extend(proposal.consents.iter().filter_map(|consent| consent_note(*consent, proposal)));
            notes.extend(proposal.warnings.iter().cloned());
        }
        if let Some(discovery) = &answers.lookup.discovery {
            if let Some(fault) = discovery.fault {
                notes.push(Phrase::new(fault.phrase()).with("domain", &domain));
                notes.extend(proxy_found(self).filter(|_| fault == DomainFault::NoResolver));
            } else if discovery.finished && discovery.proposals.is_empty() {
                notes.push(phrase!("found-nothing", domain = domain));
            }
            notes.extend(discovery.notes.iter().cloned());
        }
        notes
    }

    /// The domain that is probably a slip, and the one that was meant.
    pub fn slip(&self) -> Option<(String, &'static str)> {
        self.answers.slip()
    }

    /// What a person should know of a host that was found and that nothing vouches for.
    pub(super) fn notes_on_stranger(&self) -> Vec<Phrase> {
        let proposal = self.answers.lookup.best().filter(|proposal| proposal.provider.is_none());
        let notes = |proposal: &Proposal| -> Vec<Phrase> {
            proposal.consents.iter().filter_map(|consent| consent_note(*consent, proposal)).collect()
        };
        proposal.filter(|_| self.answers.explicit::<Host>(Field::Host).is_none()).map(notes).unwrap_or_default()
    }

    /// What a script is told when the provider is missing: what was found and needs a person's consent, or why nothing was found.
    pub fn search_hint(&self) -> Vec<String> {
        let found = self.proposed().filter(|found| !found.is_taken && !found.is_confirmed);
        let unconfirmed = found.map(|found| phrase!("found-unconfirmed", server = escape(&found.endpoint.authority())));
        self.notes_on_domain().iter().chain(&unconfirmed).map(|note| self.text.say(note)).collect()
    }

    /// The server that the address led to, by preset, table or search.
    pub fn proposed(&self) -> Option<ProposedServer<'_>> {
        let answers = &self.answers;
        let proposal = answers.lookup.best()?;
        let endpoint = &proposal.best()?.endpoint;
        Some(ProposedServer {
            origin: proposal.origin,
            at: proposal.found_at.as_deref(),
            provider: proposal.provider.as_deref(),
            endpoint,
            is_confirmed: answers.lookup.known.is_some() || proposal.is_confirmed(),
            is_taken: answers.proposal().is_some() && self.value(Field::Host).as_deref() == Some(endpoint.host.as_str()),
        })
    }
}

/// The proxy that a variable names, where none is used: it is proposed, and never taken by itself.
pub(super) fn proxy_found(setup: &Setup) -> Option<Phrase> {
    let variable = setup.answers.facts.proxy.as_ref().filter(|_| setup.answers.filled(Field::Proxy).is_none())?;
    let proxy = variable.proxy.as_ref()?;
    Some(phrase!("note-proxy-found", variable = variable.name, proxy = proxy))
}

fn is_of_a_stranger(proposal: &Proposal) -> bool {
    proposal.consents.iter().any(|consent| consent.is_of_a_stranger())
}

/// What was found, and where.
fn found_at(proposal: &Proposal, domain: &str, provider: Option<&str>) -> Option<Phrase> {
    let server = proposal.best()?.endpoint.authority();
    let at = proposal.found_at.clone().unwrap_or_default();
    match (proposal.origin, provider) {
        (Origin::Preset, _) => None,
        (Origin::Mx, Some(provider)) => Some(phrase!("found-by-mx", domain = domain, provider = provider, at = at)),
        (origin, _) => {
            Some(phrase!("found-server", domain = domain, server = escape(&server), at = at).with("origin", origin.as_str()))
        }
    }
}

/// Why a person has to look at a proposal. A server without TLS is consented to by a question of its own.
fn consent_note(consent: Consent, proposal: &Proposal) -> Option<Phrase> {
    let host = escape(&proposal.best()?.endpoint.host);
    match consent {
        Consent::ForeignHost => Some(phrase!("found-foreign-host", host = host)),
        Consent::PlainHttp => Some(phrase!("found-plain-http", host = host)),
        Consent::Plaintext => None,
    }
}
