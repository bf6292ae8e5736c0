//! One port: its mode is found by trial, its TLS versions and what a server with a bad certificate offers by further trials.

use std::{
    collections::BTreeSet,
    io::ErrorKind,
    net::IpAddr,
    sync::{
        Arc,
        mpsc::{self, Sender},
    },
    time::{Duration, Instant},
};

use super::{
    super::{
        Cancel, CertificateFacts, Evidence, Learned, ProbeFault, Stage, StageReport, StageState, TlsVersion, cancel::Watch,
        sha256_of_hex,
    },
    report::{PortReport, PortState, PortTls},
    spec::{PortSpec, SurveySpec},
    trial::{News, Purpose, Route, TrialResult},
};
use crate::mail::{Endpoint, Security};

/// How long after its deadline a survey waits for trials that are about to end.
pub(super) const GRACE: Duration = Duration::from_secs(1);

/// How long a connected port may stay silent before the other mode is tried as well; at most a third of the whole time.
const PATIENCE: Duration = Duration::from_secs(3);

/// From here on a trial has found the port's own mode.
const SURE: u8 = 3;

/// Examines one port.
pub(super) struct PortTask {
    route: Route,
    first: Option<Security>,
    cancel: Cancel,
    trials: Vec<ModeTrial>,
}

/// A mode under trial.
struct ModeTrial {
    mode: Security,
    /// Ends its attempts.
    cancel: Cancel,
    /// Ends them when the whole survey is cancelled.
    _watch: Watch,
    /// Connected, and nothing received since.
    waits: bool,
    /// What the attempt in this mode found.
    found: Option<TrialResult>,
    /// What the server offers when its bad certificate is accepted.
    behind: Option<TrialResult>,
    versions: BTreeSet<TlsVersion>,
    versions_asked: bool,
    /// Further attempts under way.
    running: usize,
}

impl PortTask {
    pub(super) fn new(
        spec: Arc<SurveySpec>,
        port: PortSpec,
        addresses: Vec<IpAddr>,
        until: Instant,
        cancel: Cancel,
    ) -> Self {
        let route = Route { spec, port: port.number, protocol: port.protocol, addresses, until };
        Self { route, first: port.first, cancel, trials: Vec::new() }
    }

    pub(super) fn run(mut self) -> PortReport {
        let (sender, news) = mpsc::channel();
        let begin = Instant::now();
        // Of two modes that find equally much, the port's usual one wins.
        let usual = Security::of_smtp_port(self.route.port).unwrap_or(Security::Starttls);
        self.attempt(self.first.unwrap_or(usual), &sender);
        if self.first.is_none() {
            self.try_other(&sender);
        }
        let mut doubt = Some(begin + PATIENCE.min(self.route.spec.timeout / 3));
        while !self.is_settled() {
            let now = Instant::now();
            let wait = doubt.unwrap_or(self.route.until + GRACE);
            match news.recv_timeout(wait.saturating_duration_since(now)) {
                Ok(News::StageReport(mode, Purpose::Mode, step)) => self.went_on(mode, &step, &sender),
                Ok(News::StageReport(..)) => {}
                Ok(News::Ended(mode, purpose, found)) => self.ended(mode, purpose, *found, &sender),
                Err(_) if doubt.take().is_some() => {
                    if self.trials.iter().any(|attempt| attempt.waits) {
                        self.try_other(&sender);
                    }
                }
                Err(_) => break,
            }
        }
        self.trials.iter().for_each(|attempt| attempt.cancel.cancel());
        self.report()
    }

    fn attempt(&mut self, mode: Security, sender: &Sender<News>) {
        let cancel = Cancel::default();
        let stop = cancel.clone();
        let watch = self.cancel.watch(move || stop.cancel());
        if self.route.start(mode, Purpose::Mode, cancel.clone(), sender.clone()) {
            self.trials.push(ModeTrial {
                mode,
                cancel,
                _watch: watch,
                waits: false,
                found: None,
                behind: None,
                versions: BTreeSet::new(),
                versions_asked: false,
                running: 0,
            });
        }
    }

    /// Tries the other mode; never TLS on port 25, where bytes before the greeting mark a spammer.
    fn try_other(&mut self, sender: &Sender<News>) {
        if let [only] = self.trials.as_slice() {
            match only.mode {
                Security::Tls => self.attempt(Security::Starttls, sender),
                _ if self.route.port != 25 => self.attempt(Security::Tls, sender),
                _ => {}
            }
        }
    }

    fn went_on(&mut self, mode: Security, step: &StageReport, sender: &Sender<News>) {
        let Some(attempt) = self.trials.iter_mut().find(|attempt| attempt.mode == mode) else { return };
        let passed = matches!(step.state, StageState::Passed | StageState::Warned);
        if passed {
            attempt.waits = step.stage == Stage::Connect;
        }
        // A server that greets late does so on every connection: let them wait in parallel.
        let soon = if mode == Security::Tls { Stage::Tls } else { Stage::Connect };
        if passed && step.stage == soon {
            attempt.ask_versions(&self.route, sender);
        }
    }

    fn ended(&mut self, mode: Security, purpose: Purpose, found: TrialResult, sender: &Sender<News>) {
        let Some(attempt) = self.trials.iter_mut().find(|attempt| attempt.mode == mode) else { return };
        match purpose {
            Purpose::Version(version) => {
                attempt.running -= 1;
                if took_tls(&found) {
                    attempt.versions.insert(version);
                }
            }
            Purpose::Behind(_) => {
                attempt.running -= 1;
                attempt.behind = Some(found);
            }
            Purpose::Mode => {
                attempt.waits = false;
                if speaks_tls(&found) {
                    attempt.ask_versions(&self.route, sender);
                }
                if let Some(pin) = pin_of_bad(&found) {
                    attempt.start(&self.route, Purpose::Behind(pin), sender);
                }
                let mistaken = is_other_mode(&found);
                attempt.found = Some(found);
                if mistaken {
                    self.try_other(sender);
                }
            }
        }
    }

    /// Whether there is nothing left to wait for.
    fn is_settled(&self) -> bool {
        match self.winner() {
            Some((attempt, found)) if sureness(found) >= SURE => !speaks_tls(found) || attempt.running == 0,
            _ => self.trials.iter().all(|attempt| attempt.found.is_some()),
        }
    }

    /// The trial that found most; of equals the first.
    fn winner(&self) -> Option<(&ModeTrial, &TrialResult)> {
        let ended = self.trials.iter().filter_map(|attempt| Some((attempt, attempt.found.as_ref()?)));
        ended.rev().max_by_key(|(_, found)| sureness(found))
    }

    fn report(&self) -> PortReport {
        let endpoint = |security| Endpoint { host: self.route.spec.host.clone(), port: self.route.port, security };
        let Some((attempt, found)) = self.winner() else {
            // The thread did not start, or is overdue.
            let endpoint = endpoint(self.first.unwrap_or(Security::Starttls));
            let evidence = Evidence::new(Stage::Connect, endpoint.clone(), ProbeFault::TimedOut);
            return PortReport {
                protocol: self.route.protocol,
                endpoint,
                state: PortState::Silent,
                greeting: None,
                tls: None,
                in_clear: None,
                in_tls: None,
                evidence: Some(evidence),
                elapsed: Duration::ZERO,
            };
        };
        let evidence = &found.report.evidence;
        let plain = evidence
            .as_ref()
            .is_some_and(|evidence| matches!(evidence.fault, ProbeFault::NoStarttls | ProbeFault::StarttlsGone));
        let behind = attempt.behind.as_ref();
        PortReport {
            protocol: self.route.protocol,
            endpoint: endpoint(if plain { Security::None } else { attempt.mode }),
            state: state(found, behind),
            greeting: found.greeting().or_else(|| behind?.greeting()),
            tls: tls(attempt, found),
            in_clear: if attempt.mode == Security::Tls { None } else { found.first.clone() },
            in_tls: [Some(found), behind]
                .into_iter()
                .flatten()
                .find(|found| found.report.passed())
                .and_then(TrialResult::offered),
            evidence: evidence.clone(),
            elapsed: found.report.elapsed,
        }
    }
}

impl ModeTrial {
    fn ask_versions(&mut self, route: &Route, sender: &Sender<News>) {
        if !std::mem::replace(&mut self.versions_asked, true) {
            for version in TlsVersion::ALL {
                self.start(route, Purpose::Version(version), sender);
            }
        }
    }

    fn start(&mut self, route: &Route, purpose: Purpose, sender: &Sender<News>) {
        self.running += usize::from(route.start(self.mode, purpose, self.cancel.clone(), sender.clone()));
    }
}

/// Whether a handshake got as far as the certificate.
fn took_tls(found: &TrialResult) -> bool {
    found.version().is_some() || matches!(fault(found), Some(ProbeFault::Certificate(_)))
}

/// Whether the other side speaks TLS, if only to refuse.
fn speaks_tls(found: &TrialResult) -> bool {
    took_tls(found) || matches!(fault(found), Some(ProbeFault::Tls { not_tls: false, .. }))
}

fn fault(found: &TrialResult) -> Option<&ProbeFault> {
    found.report.evidence.as_ref().map(|evidence| &evidence.fault)
}

/// Whether what came shows that the port speaks the other mode.
fn is_other_mode(found: &TrialResult) -> bool {
    let Some(evidence) = &found.report.evidence else { return false };
    match (&evidence.fault, evidence.stage) {
        (ProbeFault::Tls { not_tls, .. }, _) => *not_tls,
        (ProbeFault::NotSmtp(words) | ProbeFault::NotImap(words), _) => words.starts_with("TLS record"),
        (ProbeFault::Closed, stage) => matches!(stage, Stage::Greeting | Stage::Tls),
        _ => false,
    }
}

/// How much a trial found, from nothing to a server that passes every stage.
fn sureness(found: &TrialResult) -> u8 {
    let Some(evidence) = &found.report.evidence else { return 6 };
    match &evidence.fault {
        ProbeFault::Certificate(_) => 5,
        ProbeFault::NoStarttls
        | ProbeFault::StarttlsGone
        | ProbeFault::Injected
        | ProbeFault::Unproven
        | ProbeFault::Reply(_)
        | ProbeFault::Tls { not_tls: false, .. } => 4,
        ProbeFault::NotSmtp(words) | ProbeFault::NotImap(words) if !words.starts_with("TLS record") => SURE,
        // A web server waits for a request, in plain text as well.
        ProbeFault::Tls { text, not_tls: true } if text.contains("HTTP/") => SURE,
        _ if found.version().is_some() || found.greeting().is_some() => SURE,
        _ => u8::from(evidence.stage > Stage::Connect),
    }
}

fn state(found: &TrialResult, behind: Option<&TrialResult>) -> PortState {
    let Some(evidence) = &found.report.evidence else { return PortState::Open };
    match (&evidence.fault, evidence.stage) {
        (ProbeFault::Certificate(_), _) if behind.is_none_or(|behind| behind.report.passed()) => PortState::Open,
        (ProbeFault::NoStarttls | ProbeFault::StarttlsGone, _) => PortState::Open,
        (ProbeFault::Connect(ErrorKind::ConnectionRefused), _) => PortState::Refused,
        (ProbeFault::Connect(ErrorKind::TimedOut), _) => PortState::Silent,
        (ProbeFault::Connect(_), _) => PortState::Unreachable,
        (ProbeFault::TimedOut, Stage::Greeting | Stage::Tls) if found.version().is_none() && found.first.is_none() => {
            PortState::Silent
        }
        _ => PortState::Failed,
    }
}

/// The fingerprint of the certificate that was shown and refused.
fn pin_of_bad(found: &TrialResult) -> Option<[u8; 32]> {
    let evidence = found.report.evidence.as_ref()?;
    let certificate = evidence.certificate.as_ref().filter(|_| matches!(evidence.fault, ProbeFault::Certificate(_)))?;
    sha256_of_hex(&certificate.sha256)
}

fn tls(attempt: &ModeTrial, found: &TrialResult) -> Option<PortTls> {
    if !speaks_tls(found) {
        return None;
    }
    let certificate = match found.report.step(Stage::Tls).and_then(|step| step.learned.as_ref()) {
        Some(Learned::Secured { certificate, .. }) => Some(CertificateFacts::clone(certificate)),
        _ => found.report.evidence.as_ref().and_then(|evidence| evidence.certificate.clone()),
    };
    let version = found.version().or_else(|| attempt.behind.as_ref()?.version());
    let mut versions = attempt.versions.clone();
    versions.extend(TlsVersion::ALL.into_iter().filter(|known| version == Some(known.as_str())));
    let fault = match fault(found) {
        Some(ProbeFault::Tls { text, .. }) if versions.is_empty() && is_too_old(text) => Some("tls_version"),
        Some(fault @ (ProbeFault::Tls { .. } | ProbeFault::Certificate(_))) => Some(fault.name()),
        _ => None,
    };
    Some(PortTls { versions: versions.into_iter().collect(), version, certificate, fault })
}

/// Whether rustls's error means that the server speaks only unsupported TLS versions: `AlertDescription::ProtocolVersion` or
/// `PeerIncompatible::{ServerDoesNotSupportTls12Or13, ServerTlsVersionIsDisabledByOurConfig}`.
fn is_too_old(text: &str) -> bool {
    ["ProtocolVersion", "ServerDoesNotSupportTls12Or13", "ServerTlsVersionIsDisabled"].iter().any(|word| text.contains(word))
}
