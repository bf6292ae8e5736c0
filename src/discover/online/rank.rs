//! Ranks what was found so far: proposals with their checks, best first, and notes.

use super::{
    Discovery, Origin, Proposal, ServerCheck,
    task::{Candidate, SearchTask},
};
use crate::{
    mail::{
        Address,
        endpoint::{is_below, is_private_address},
    },
    phrase,
    presets::{Phrase, Provider, machines::is_customers_machine},
    probe::ProbeFault,
};

/// How credible a proposal is, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// One of its servers answered as it should.
    Confirmed,
    /// Nothing contradicts it.
    Unconfirmed,
    /// None of its servers answered as it should.
    Failed,
    /// A better source contradicts it.
    Stale,
}

impl SearchTask<'_> {
    /// What is known by now.
    pub(super) fn view(&self) -> Discovery {
        let mut notes = self.notes.clone();
        let mut ranked = Vec::new();
        // A document counts only once the MX records, which may contradict it, are known.
        let believed = |candidate: &&Candidate| self.mx_is_known || candidate.proposal.origin != Origin::Autoconfig;
        for candidate in self.candidates.iter().filter(believed) {
            let Some(proposal) = self.checked(candidate) else { continue };
            let stale = self.stale(candidate, &proposal);
            let standing = if stale.is_some() { Standing::Stale } else { standing(&proposal) };
            notes.extend(stale);
            ranked.push((standing, candidate.rank, proposal));
        }
        ranked.sort_by_key(|(standing, rank, proposal)| (*standing, !proposal.consents.is_empty(), proposal.origin, *rank));
        let proposals: Vec<Proposal> = ranked.into_iter().map(|(_, _, proposal)| proposal).collect();
        notes.extend(self.private(&proposals));
        let gateway = self.exchange.as_ref().and_then(|exchange| exchange.gateway).map(str::to_owned);
        Discovery { proposals, fault: self.fault, gateway, notes, finished: false }
    }

    /// A proposal with the state of its servers; `None` for a guess that nothing confirms.
    fn checked(&self, candidate: &Candidate) -> Option<Proposal> {
        let mut proposal = candidate.proposal.clone();
        for server in &mut proposal.smtp {
            server.check = self.confirmer.check(&server.endpoint);
        }
        if proposal.origin == Origin::Guess {
            proposal.smtp.retain(|server| matches!(server.check, ServerCheck::Passed(_)));
            proposal.found_at = Some(proposal.smtp.first()?.endpoint.host.clone());
        }
        if proposal.provider.is_none() {
            // All of them: one familiar name must not vouch for the others.
            let known = |provider: &&Provider| {
                !proposal.smtp.is_empty() && proposal.smtp.iter().all(|server| is_at(provider, &server.endpoint.host))
            };
            let of_host = || {
                let provider = self.catalog.provider_of_server(&proposal.best()?.endpoint.host, Some(self.domain()))?;
                Some(provider).filter(known)
            };
            proposal.provider = self.hoster().filter(known).or_else(of_host).map(|provider| provider.key.clone());
        }
        proposal.warnings.extend(no_smtputf8(&proposal, &self.search.address));
        Some(proposal)
    }

    fn hoster(&self) -> Option<&Provider> {
        self.exchange.as_ref()?.hoster.as_ref().map(|(provider, _)| *provider)
    }

    /// Why an autoconfig is out of date.
    fn stale(&self, candidate: &Candidate, proposal: &Proposal) -> Option<Phrase> {
        if proposal.origin != Origin::Autoconfig {
            return None;
        }
        let place = proposal.found_at.as_deref().unwrap_or_default();
        let elsewhere = |provider: &&Provider| {
            let hosts = candidate.proposal.smtp.iter().map(|server| server.endpoint.host.as_str());
            !hosts.into_iter().any(|host| is_at(provider, host))
        };
        if let Some(provider) = self.hoster().filter(elsewhere) {
            return Some(phrase!("discover-stale-hoster", place = place, hoster = provider.name));
        }
        let dead = |check: &ServerCheck| match check {
            ServerCheck::Failed(evidence) => {
                matches!(
                    evidence.fault,
                    ProbeFault::Dns(_) | ProbeFault::Tls { .. } | ProbeFault::Certificate(_) | ProbeFault::NoStarttls
                )
            }
            _ => false,
        };
        let all_dead = proposal.smtp.iter().all(|server| dead(&server.check));
        let host = proposal.smtp.first().filter(|_| all_dead)?.endpoint.host.as_str();
        Some(phrase!("discover-stale-server", place = place, host = host))
    }

    /// A note for each proposed host that has only private addresses.
    fn private(&self, proposals: &[Proposal]) -> Vec<Phrase> {
        let mut hosts: Vec<&str> = Vec::new();
        for server in proposals.iter().flat_map(|proposal| &proposal.smtp) {
            let host = server.endpoint.host.as_str();
            let addresses = self.addresses.get(host).map(Vec::as_slice).unwrap_or_default();
            if !addresses.is_empty() && addresses.iter().all(is_private_address) && !hosts.contains(&host) {
                hosts.push(host);
            }
        }
        hosts.into_iter().map(|host| phrase!("discover-private", host = host)).collect()
    }
}

fn standing(proposal: &Proposal) -> Standing {
    let failed = |check: &ServerCheck| matches!(check, ServerCheck::Failed(_));
    if proposal.is_confirmed() {
        Standing::Confirmed
    } else if !proposal.smtp.is_empty() && proposal.smtp.iter().all(|server| failed(&server.check)) {
        Standing::Failed
    } else {
        Standing::Unconfirmed
    }
}

/// Whether a host belongs to a provider: named in its preset, or a sibling of a host named there.
fn is_at(provider: &Provider, host: &str) -> bool {
    let beside =
        |named: &str| named.split_once('.').is_some_and(|(_, parent)| parent.contains('.') && is_below(host, parent));
    if is_customers_machine(host) {
        return false;
    }
    provider.ports_of(host).next().is_some()
        || provider.mx.iter().any(|suffix| is_below(host, suffix))
        || provider.smtp.iter().chain(&provider.alternatives).any(|server| beside(&server.host))
}

/// The warning that its server cannot carry the address (RFC 6531).
fn no_smtputf8(proposal: &Proposal, address: &Address) -> Option<Phrase> {
    match &proposal.best()?.check {
        ServerCheck::Passed(offered) if !offered.smtputf8 && !address.local().is_ascii() => {
            Some(phrase!("discover-no-smtputf8", address = address))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presets::Catalog;

    #[test]
    fn hosts_of_a_provider() {
        let catalog = Catalog::builtin();
        let at = |key: &str, host: &str| is_at(catalog.provider(key).unwrap(), host);
        assert!(at("google-workspace", "smtp.gmail.com") && at("google-workspace", "smtp.googlemail.com"));
        assert!(at("microsoft365", "smtp.office365.com") && !at("microsoft365", "mail.example.test"));
        assert!(at("ovh", "ssl0.ovh.net") && !at("ovh", "smtp.gmail.com"));
    }
}
