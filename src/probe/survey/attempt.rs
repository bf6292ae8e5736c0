//! One climb of a survey, on a thread of its own.

use std::{
    net::IpAddr,
    sync::{Arc, mpsc::Sender},
    thread,
    time::{Duration, Instant},
};

use super::{
    super::{
        Cancel, Capabilities, Climb, DnsFault, Goal, Learned, Report, Resolve, Stage, Step, TlsVersion, Trust,
        climb::{Bounds, climb_within},
    },
    Ask,
};
use crate::mail::{Endpoint, Security};

/// What a climb is to find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Whether the port speaks this mode, and what is offered there.
    Mode,
    /// Whether it takes this TLS version.
    Version(TlsVersion),
    /// What is offered behind a certificate that is not good: only this one is taken, and no secret is sent.
    Behind([u8; 32]),
}

/// What a climb reports: in which mode, for what.
pub(super) enum News {
    /// A stage went on.
    Step(Security, Purpose, Step),
    /// It is over.
    Ended(Security, Purpose, Box<Found>),
}

/// What a climb found.
pub(super) struct Found {
    pub(super) report: Report,
    /// What the first EHLO offered.
    pub(super) first: Option<Capabilities>,
}

impl Found {
    /// The TLS version that was agreed on, once the certificate was good.
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

    /// What the last EHLO offered.
    pub(super) fn offered(&self) -> Option<Capabilities> {
        match self.report.step(Stage::Ehlo)?.learned.as_ref()? {
            Learned::Offered { capabilities, .. } => Some(capabilities.clone()),
            _ => None,
        }
    }
}

/// The addresses that the name gave: it is asked for once.
struct Known(Vec<IpAddr>);

impl Resolve for Known {
    fn resolve(&self, _host: &str, _timeout: Duration) -> Result<Vec<IpAddr>, DnsFault> {
        Ok(self.0.clone())
    }
}

/// Where and how a climb goes.
#[derive(Clone)]
pub(super) struct Route {
    pub(super) ask: Arc<Ask>,
    pub(super) port: u16,
    pub(super) addresses: Vec<IpAddr>,
    pub(super) until: Instant,
}

impl Route {
    /// Climbs on a thread; whether there is one. `cancel` ends it early.
    pub(super) fn start(&self, mode: Security, purpose: Purpose, cancel: Cancel, news: Sender<News>) -> bool {
        let route = self.clone();
        let work = move || {
            let found = route.climb(mode, purpose, &cancel, &news);
            drop(news.send(News::Ended(mode, purpose, Box::new(found))));
        };
        thread::Builder::new().name("climb".into()).spawn(work).is_ok()
    }

    fn climb(&self, mode: Security, purpose: Purpose, cancel: &Cancel, news: &Sender<News>) -> Found {
        let ask = &self.ask;
        let trust = match purpose {
            Purpose::Behind(pin) => Trust { ca_pem: None, pin: Some(pin) },
            _ => ask.trust.clone(),
        };
        let climb = Climb {
            endpoint: Endpoint { host: ask.host.clone(), port: self.port, security: mode },
            provider: None,
            goal: Goal::Connect,
            ehlo: ask.ehlo.clone(),
            login: None,
            message: None,
            trust,
            had_starttls: false,
            allow_plaintext: false,
            timeout: ask.timeout,
        };
        let version = if let Purpose::Version(version) = purpose { Some(version) } else { None };
        let bounds = Bounds { until: Some(self.until), version };
        let mut first = None;
        let report = climb_within(&climb, bounds, &Known(self.addresses.clone()), cancel, &mut |step| {
            if let (Stage::Ehlo, None, Some(Learned::Offered { capabilities, .. })) = (step.stage, &first, &step.learned) {
                first = Some(capabilities.clone());
            }
            drop(news.send(News::Step(mode, purpose, step.clone())));
        });
        Found { report, first }
    }
}
