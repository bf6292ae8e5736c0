//! Silence told apart by what else answers: this machine's network, the server, or no network at all.

use super::{Certainty, Diagnosis};
use crate::{
    mail::{Security, reply::escape},
    phrase,
    presets::{Catalog, Phrase, Text},
    probe::{
        Egress, Evidence,
        egress::{PortReach, Tried},
    },
};

/// Causes that silence alone stands for; what is known more exactly stays as it is.
const SILENCE: [&str; 2] = ["port_blocked", "network_unreachable"];
/// Submission ports in order of preference, where no preset says otherwise (RFC 8314, RFC 6409).
const PREFERRED: [u16; 4] = [465, 587, 2525, 25];
/// How many hosters are named, and how many of their pages.
const MOST_HOSTERS: usize = 5;
const MOST_LINKS: usize = 3;

/// Who swallows what goes to the chosen port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    /// The same port of the other server is silent too.
    Network,
    /// The same port of the other server answers.
    Server,
    /// There is nothing to compare with.
    Either,
}

/// What the attempts say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Another port of the same server is open.
    OtherPort(u16, Side),
    /// No other port of the server is, but the network blocks this one: the other server answers on another port.
    Network(u16),
    /// The server does not answer, others do; whether a machine is there at all.
    Server(bool),
    /// Nothing answers at all.
    Nothing,
    /// It is as it was: nothing to compare with, and no other port is open.
    Alone,
}

/// Whether a diagnosis of this cause can be made sharper.
pub(super) fn may_sharpen(cause: &str) -> bool {
    SILENCE.contains(&cause)
}

/// The diagnosis of an attempt that nobody answered, made sharper by what else answers.
pub(super) fn sharpen(base: Diagnosis, evidence: &Evidence, catalog: &Catalog, text: &Text) -> Diagnosis {
    let Some(found) = evidence.egress.as_ref().filter(|_| may_sharpen(&base.cause)) else { return base };
    let Some(verdict) = judge(evidence, found, catalog) else { return base };
    EgressReport { evidence, found, catalog, text }.diagnosis(base, verdict)
}

fn judge(evidence: &Evidence, found: &Egress, catalog: &Catalog) -> Option<Verdict> {
    let port = evidence.endpoint.port;
    let chosen = &found.chosen;
    // It answers by now: it was no blockade, and another attempt will tell.
    if chosen.is_open(port) {
        return None;
    }
    let compared = found.second.as_ref().filter(|second| has_address(second));
    if let Some(open) = best(evidence, chosen, catalog) {
        let side = match compared {
            Some(second) if second.answers(port) => Side::Server,
            Some(second) if second.is_silent(port) => Side::Network,
            _ => Side::Either,
        };
        return Some(Verdict::OtherPort(open, side));
    }
    let was_silent = chosen.attempts.iter().any(|attempt| attempt.reach == PortReach::Silent);
    match compared {
        Some(second) if !second.is_there() && !chosen.is_there() => Some(Verdict::Nothing),
        // No way to any of its addresses is said already, and better.
        _ if !was_silent => None,
        Some(second) if second.is_silent(port) && !second.open().is_empty() => {
            second.open().first().map(|open| Verdict::Network(*open))
        }
        Some(second) if second.is_there() => Some(Verdict::Server(chosen.is_there())),
        _ => Some(Verdict::Alone),
    }
}

fn has_address(tried: &Tried) -> bool {
    tried.attempts.iter().any(|attempt| attempt.reach != PortReach::NoAddress)
}

/// The open port to change to: the preset's order, then our own.
fn best(evidence: &Evidence, chosen: &Tried, catalog: &Catalog) -> Option<u16> {
    let open = chosen.open();
    let listed = listed(evidence, catalog).into_iter().filter(|(_, mode)| *mode != Security::None).map(|(port, _)| port);
    listed.chain(PREFERRED).find(|port| open.contains(port)).or_else(|| open.first().copied())
}

fn listed(evidence: &Evidence, catalog: &Catalog) -> Vec<(u16, Security)> {
    let provider = evidence.provider.as_deref().and_then(|key| catalog.provider(key));
    provider.map(|provider| provider.ports_of(&evidence.endpoint.host).collect()).unwrap_or_default()
}

/// What words are made from.
struct EgressReport<'a> {
    evidence: &'a Evidence,
    found: &'a Egress,
    catalog: &'a Catalog,
    text: &'a Text,
}

impl EgressReport<'_> {
    fn diagnosis(&self, base: Diagnosis, verdict: Verdict) -> Diagnosis {
        let mut diagnosis = Diagnosis { fix: None, change: std::collections::BTreeMap::new(), needs_person: false, ..base };
        let (port, host) = (self.evidence.endpoint.port, self.host());
        let second = self.found.second.as_ref().map(|second| escape(&second.host)).unwrap_or_default();
        let known = |is_sure: bool| if is_sure { Certainty::Sure } else { Certainty::Guess };
        let (cause, sure) = match verdict {
            Verdict::OtherPort(_, side) => (Some("port_blocked"), known(side != Side::Either)),
            Verdict::Network(_) => (Some("port_blocked"), Certainty::Sure),
            Verdict::Server(_) => (Some("wrong_host_or_port"), Certainty::Guess),
            Verdict::Nothing if self.hoster_here().is_some() => (Some("port_blocked"), Certainty::Guess),
            Verdict::Nothing => (Some("network_unreachable"), Certainty::Guess),
            Verdict::Alone => (None, diagnosis.sure),
        };
        if let Some(cause) = cause {
            cause.clone_into(&mut diagnosis.cause);
        }
        diagnosis.sure = sure;
        diagnosis.others.retain(|other| other.cause != diagnosis.cause && sure != Certainty::Sure);
        let (title, meaning) = match verdict {
            Verdict::OtherPort(open, side) => {
                self.propose(&mut diagnosis, open);
                let meaning = match side {
                    Side::Network => phrase!("egress-other-network", port = port, second = second),
                    Side::Server => phrase!("egress-other-server", host = host, port = port, second = second),
                    Side::Either => phrase!("egress-other-either", host = host, port = port),
                };
                let title = match side {
                    Side::Network => phrase!("egress-other-network-title", port = port, open = open),
                    _ => phrase!("egress-other-title", port = port, open = open, host = host),
                };
                (title, meaning)
            }
            Verdict::Network(open) => (
                phrase!("egress-network-title", port = port),
                phrase!("egress-network", port = port, second = second, open = open),
            ),
            Verdict::Server(there) => {
                diagnosis.ask = Some("host".to_owned());
                let meaning = if there {
                    phrase!("egress-server-there", host = host, second = second)
                } else {
                    phrase!("egress-server", host = host, second = second)
                };
                (phrase!("egress-server-title", host = host), meaning)
            }
            Verdict::Nothing => (phrase!("egress-nothing-title"), phrase!("egress-nothing", host = host, second = second)),
            Verdict::Alone => {
                let tried = phrase!("egress-alone", host = host, ports = self.ports());
                diagnosis.meaning = format!("{} {}", diagnosis.meaning, self.text.say(&tried));
                return diagnosis;
            }
        };
        diagnosis.title = self.text.say(&title);
        diagnosis.meaning = self.text.say(&meaning);
        diagnosis.steps = self.steps(&diagnosis, verdict).iter().map(|step| self.text.say(step)).collect();
        diagnosis.links = if matches!(verdict, Verdict::Server(_) | Verdict::OtherPort(_, Side::Server)) {
            Vec::new()
        } else {
            self.links()
        };
        diagnosis
    }

    /// The change to an open port, with the mode that belongs to it; a port whose mode nobody knows is only named.
    fn propose(&self, diagnosis: &mut Diagnosis, open: u16) {
        let endpoint = &self.evidence.endpoint;
        let listed = listed(self.evidence, self.catalog).into_iter().find(|(port, _)| *port == open).map(|(_, mode)| mode);
        let mode = listed.or(Security::of_smtp_port(open)).filter(|mode| *mode != Security::None);
        let Some(mode) = mode else { return };
        diagnosis.change.insert("port".to_owned(), open.to_string());
        if mode != endpoint.security {
            diagnosis.change.insert("security".to_owned(), mode.to_string());
        }
        let name = self.text.get(match mode {
            Security::Tls => "diagnosis-mode-tls",
            _ => "diagnosis-mode-starttls",
        });
        diagnosis.fix = Some(self.text.say(&phrase!("egress-fix", open = open, mode = name)));
    }

    fn steps(&self, diagnosis: &Diagnosis, verdict: Verdict) -> Vec<Phrase> {
        let mut steps = Vec::new();
        match verdict {
            Verdict::OtherPort(_, side) => {
                steps.extend(diagnosis.fix.as_ref().map(|fix| phrase!("egress-step-fix", fix = fix)));
                if side == Side::Server {
                    steps.push(phrase!("egress-step-server-firewall", port = self.evidence.endpoint.port));
                    return steps;
                }
            }
            Verdict::Network(open) => steps.push(phrase!("egress-step-other-server", open = open)),
            Verdict::Server(_) => {
                steps.push(phrase!("egress-step-host", host = self.host()));
                steps.push(phrase!("egress-step-status"));
                return steps;
            }
            Verdict::Nothing => steps.push(phrase!("egress-step-network")),
            Verdict::Alone => {}
        }
        steps.extend(self.hosters());
        steps.push(phrase!("egress-step-firewall"));
        steps
    }

    /// The hoster of this machine, when it blocks the chosen port.
    fn hoster_here(&self) -> Option<&crate::presets::egress::Hoster> {
        let here = self.catalog.egress().hoster(self.found.hoster.as_deref()?)?;
        here.ports.contains(&self.evidence.endpoint.port).then_some(here)
    }

    /// The hoster of this machine and its way to open a port, else those that are known to block it.
    fn hosters(&self) -> Option<Phrase> {
        let port = self.evidence.endpoint.port;
        if let Some(here) = self.hoster_here() {
            let way = here.way(self.text.lang());
            return Some(phrase!("egress-step-hoster", hoster = here.name, ports = list(&here.ports), way = way));
        }
        let names: Vec<&str> =
            self.catalog.egress().blocking(port).map(|hoster| hoster.name.as_str()).take(MOST_HOSTERS).collect();
        // On a hoster that is known to leave the port open, the others are no news.
        let is_news = !names.is_empty() && self.found.hoster.is_none();
        is_news.then(|| phrase!("egress-step-hosters", port = port, hosters = names.join(", ")))
    }

    fn links(&self) -> Vec<String> {
        if let Some(here) = self.hoster_here() {
            return here.docs.iter().cloned().collect();
        }
        let blocking = self.catalog.egress().blocking(self.evidence.endpoint.port);
        blocking.filter(|_| self.found.hoster.is_none()).filter_map(|hoster| hoster.docs.clone()).take(MOST_LINKS).collect()
    }

    fn host(&self) -> String {
        escape(&self.evidence.endpoint.host)
    }

    /// The ports that were tried beside the chosen one.
    fn ports(&self) -> String {
        let mut ports: Vec<u16> = self.found.chosen.attempts.iter().map(|attempt| attempt.port).collect();
        ports.dedup();
        ports.retain(|port| *port != self.evidence.endpoint.port);
        list(&ports)
    }
}

fn list(ports: &[u16]) -> String {
    ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
