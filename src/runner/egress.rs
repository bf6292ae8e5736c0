//! After an attempt that nobody answered: which ports answer at all.

use std::{net::IpAddr, time::Duration};

use super::Runner;
use crate::{
    mail::{endpoint::is_loopback, proxy::ProxyVariable},
    presets::{EgressFacts, egress::WellKnown},
    probe::{self, Cancel, Evidence, Learned, ProbeFault, Report, Stage, egress::Gate},
};

/// The longest that looking around may take: a server that has not answered by then does not.
const LONGEST: Duration = Duration::from_secs(5);

/// What is tried when a server does not answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EgressTargets {
    /// Ports of the chosen server, beside the chosen port and those that its preset lists.
    pub ports: Vec<u16>,
    /// Servers to compare with, first choice first; one is tried, and none when this is empty.
    pub hosts: Vec<WellKnown>,
    /// The hoster of this machine, by name.
    pub hoster: Option<String>,
    /// The variable that names a proxy for the programs of this machine.
    pub proxy: Option<ProxyVariable>,
}

impl EgressTargets {
    /// What the preset says, on a machine that describes itself so (`host::machine`).
    pub fn known(facts: &EgressFacts, machine: &str) -> Self {
        Self {
            ports: facts.ports.clone(),
            hosts: facts.hosts.clone(),
            hoster: facts.hoster_of(machine).map(|hoster| hoster.name.clone()),
            proxy: None,
        }
    }

    /// The server to compare with. For a server on this machine it is one on this machine too, or none: nothing leaves.
    fn second(&self, chosen: &str, stays_here: bool) -> Option<Gate> {
        let other = |known: &&WellKnown| !known.host.eq_ignore_ascii_case(chosen.trim_end_matches('.'));
        let known = self.hosts.iter().filter(other).find(|known| !stays_here || is_loopback(&known.host))?;
        Some(Gate { host: known.host.clone(), ports: known.ports.clone() })
    }
}

impl Runner {
    /// Adds to the report of an attempt that nobody answered which ports do answer.
    pub(super) fn look_around(&self, report: &mut Report, timeout: Duration, cancel: &Cancel) {
        let stays_here = stays_here(report);
        if let Some(evidence) = report.evidence.as_mut() {
            self.compare(evidence, stays_here, timeout, cancel);
            self.name_proxy(evidence);
        }
    }

    /// Adds to the evidence of silence which ports do answer; for a server on this machine nothing leaves it.
    pub(super) fn compare(&self, evidence: &mut Evidence, stays_here: bool, timeout: Duration, cancel: &Cancel) {
        if !evidence.is_silence() {
            return;
        }
        let chosen = Gate { host: evidence.endpoint.host.clone(), ports: self.ports(evidence) };
        let second = self.egress.second(&chosen.host, stays_here);
        let mut found = probe::egress(&chosen, second.as_ref(), &self.resolver, timeout.min(LONGEST), cancel);
        if !cancel.is_cancelled() {
            found.hoster.clone_from(&self.egress.hoster);
            evidence.egress = Some(found);
        }
    }

    /// Names the proxy that a variable has for the server, where the server was not reached at all without one. Where another port
    /// of it answers, there is a way without a proxy.
    pub(super) fn name_proxy(&self, evidence: &mut Evidence) {
        let is_unreached = matches!(evidence.fault, ProbeFault::Connect(_) | ProbeFault::Dns(_)) && evidence.proxy.is_none();
        let is_open = evidence.egress.as_ref().is_some_and(|found| !found.chosen.open().is_empty());
        let variable = self.egress.proxy.as_ref().filter(|_| is_unreached && !is_open);
        evidence.unused_proxy = variable.filter(|variable| variable.is_for(&evidence.endpoint.host)).cloned();
    }

    /// The chosen port, then those that the preset lists for the host, then those on which mail goes out.
    fn ports(&self, evidence: &Evidence) -> Vec<u16> {
        let provider = evidence.provider.as_deref().and_then(|key| self.catalog.provider(key));
        let listed = provider.into_iter().flat_map(|provider| provider.ports_of(&evidence.endpoint.host));
        let mut ports = vec![evidence.endpoint.port];
        ports.extend(listed.map(|(port, _)| port));
        ports.extend(&self.egress.ports);
        ports
    }
}

/// Whether the server is on this machine, by its name or by every address that the name gave.
fn stays_here(report: &Report) -> bool {
    let named = report.evidence.as_ref().is_some_and(|evidence| evidence.endpoint.is_loopback());
    let addresses = report.step(Stage::Dns).and_then(|step| match &step.learned {
        Some(Learned::Addresses(addresses)) => Some(addresses),
        _ => None,
    });
    named || addresses.is_some_and(|addresses| !addresses.is_empty() && addresses.iter().all(IpAddr::is_loopback))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(host: &str) -> WellKnown {
        WellKnown { host: host.into(), ports: vec![25, 587] }
    }

    #[test]
    fn the_server_to_compare_with() {
        let targets =
            EgressTargets { hosts: vec![known("a.test"), known("localhost"), known("b.test")], ..EgressTargets::default() };
        let second = |chosen: &str, stays_here| targets.second(chosen, stays_here).map(|gate| gate.host);
        assert_eq!(second("mail.test", false).as_deref(), Some("a.test"));
        assert_eq!(second("A.test.", false).as_deref(), Some("localhost"));
        assert_eq!(second("mail.test", true).as_deref(), Some("localhost"));
        assert_eq!(second("localhost", true), None);
        assert_eq!(EgressTargets::default().second("mail.test", false), None);
    }
}
