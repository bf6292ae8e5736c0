//! One attempt of a survey, on its own thread.

use std::{
    net::IpAddr,
    sync::{Arc, mpsc::Sender},
    thread,
    time::{Duration, Instant},
};

use super::{
    super::{
        Attempt, Cancel, Capabilities, DnsFault, Goal, Learned, Report, Resolve, ServerTrust, Stage, StageReport,
        TlsVersion, attempt::Bounds, imap, run::attempt_within,
    },
    spec::SurveySpec,
};
use crate::mail::{Endpoint, Protocol, Security};

/// What an attempt is to find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Whether the port speaks this mode, and what is offered there.
    Mode,
    /// Whether it takes this TLS version.
    Version(TlsVersion),
    /// What a server with a bad certificate offers: only this certificate is accepted, and no secret is sent.
    Behind([u8; 32]),
}

/// What an attempt reports: its mode and its purpose.
pub(super) enum News {
    /// A stage made progress.
    StageReport(Security, Purpose, StageReport),
    /// It is over.
    Ended(Security, Purpose, Box<TrialResult>),
}

/// What an attempt found.
pub(super) struct TrialResult {
    pub(super) report: Report,
    /// What was offered first.
    pub(super) first: Option<Capabilities>,
}

impl TrialResult {
    /// The negotiated TLS version, if the certificate was good.
    pub(super) fn version(&self) -> Option<&'static str> {
        match self.report.step(Stage::Tls)?.learned.as_ref()? {
            Learned::Secured { version, .. } => Some(version),
            _ => None,
        }
    }

    /// The greeting.
    pub(super) fn greeting(&self) -> Option<String> {
        match self.report.step(Stage::Greeting)?.learned.as_ref()? {
            Learned::Greeting(words) => Some(words.clone()),
            _ => None,
        }
    }

    /// What was offered last.
    pub(super) fn offered(&self) -> Option<Capabilities> {
        let step = self.report.step(Stage::Ehlo).or_else(|| self.report.step(Stage::Capability))?;
        match step.learned.as_ref()? {
            Learned::Offered { capabilities, .. } => Some(capabilities.clone()),
            _ => None,
        }
    }
}

/// The addresses of the host, or of the proxy that leads to it, which are looked up only once.
struct KnownAddresses(Vec<IpAddr>);

impl Resolve for KnownAddresses {
    fn resolve(&self, _host: &str, _timeout: Duration) -> Result<Vec<IpAddr>, DnsFault> {
        Ok(self.0.clone())
    }
}

/// Where and how to connect.
#[derive(Clone)]
pub(super) struct Route {
    pub(super) spec: Arc<SurveySpec>,
    pub(super) port: u16,
    pub(super) protocol: Protocol,
    pub(super) addresses: Vec<IpAddr>,
    pub(super) until: Instant,
}

impl Route {
    /// Starts an attempt on its own thread; returns whether it started. `cancel` ends it early.
    pub(super) fn start(&self, mode: Security, purpose: Purpose, cancel: Cancel, news: Sender<News>) -> bool {
        let route = self.clone();
        let work = move || {
            let found = route.attempt(mode, purpose, &cancel, &news);
            drop(news.send(News::Ended(mode, purpose, Box::new(found))));
        };
        thread::Builder::new().name("trial".into()).spawn(work).is_ok()
    }

    fn attempt(&self, mode: Security, purpose: Purpose, cancel: &Cancel, news: &Sender<News>) -> TrialResult {
        let spec = &self.spec;
        let trust = match purpose {
            Purpose::Behind(pin) => ServerTrust { ca_pem: None, pin: Some(pin) },
            _ => spec.trust.clone(),
        };
        let attempt = Attempt {
            endpoint: Endpoint { host: spec.host.clone(), port: self.port, security: mode },
            protocol: self.protocol,
            provider: None,
            goal: Goal::Connect,
            ehlo: spec.ehlo.clone(),
            login: None,
            message: None,
            others: Vec::new(),
            trust,
            client: None,
            proxy: spec.proxy.clone(),
            had_starttls: false,
            allow_plaintext: false,
            timeout: spec.timeout,
        };
        let version = if let Purpose::Version(version) = purpose { Some(version) } else { None };
        let bounds = Bounds { until: Some(self.until), version };
        let mut first = None;
        let run = match self.protocol {
            Protocol::Smtp => attempt_within,
            Protocol::Imap => imap::within,
        };
        let report = run(&attempt, bounds, &KnownAddresses(self.addresses.clone()), cancel, &mut |step| {
            if let (Stage::Ehlo | Stage::Capability, None, Some(Learned::Offered { capabilities, .. })) =
                (step.stage, &first, &step.learned)
            {
                first = Some(capabilities.clone());
            }
            drop(news.send(News::StageReport(mode, purpose, step.clone())));
        });
        TrialResult { report, first }
    }
}
