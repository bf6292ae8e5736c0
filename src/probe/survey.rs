//! What a server offers, without a login: its ports at once, each in the mode that it turns out to speak.
//!
//! `port` examines one port by several trials at once, `trial` is one attempt on its own thread, `best` chooses a port. The
//! question (`spec`) and the result (`report`) are plain data.

mod best;
mod port;
mod report;
mod spec;
mod trial;

use std::{
    net::IpAddr,
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use port::{GRACE, PortTask};

use super::{Cancel, DnsFault, Evidence, ProbeFault, Resolve, Stage, tunnel};
use crate::mail::{Endpoint, Security};

pub use report::{Best, PortReport, PortState, PortTls, Reason, Survey, SurveyEvent};
pub use spec::{PortSpec, SurveySpec};

/// Examines every port at once and reports each finding to `told`. The survey ends with its time-out, counted from the call,
/// with whatever is known by then.
pub fn survey(spec: &SurveySpec, resolver: &dyn Resolve, cancel: &Cancel, told: &mut dyn FnMut(SurveyEvent<'_>)) -> Survey {
    let begin = Instant::now();
    let until = begin.checked_add(spec.timeout).unwrap_or(begin + Duration::from_secs(24 * 60 * 60));
    let (addresses, unresolved) = match resolve(spec, resolver, cancel) {
        Ok(addresses) => (addresses, None),
        Err(fault) => (Vec::new(), Some(unresolved(spec, fault))),
    };
    let ports = if unresolved.is_some() {
        Vec::new()
    } else {
        if spec.proxy.is_none() {
            told(SurveyEvent::Addresses(&spec.host, &addresses));
        }
        examine_all(&Arc::new(spec.clone()), &addresses, until, cancel, told)
    };
    let evidence = unresolved.or_else(|| best::failure(&ports).cloned());
    // A proxy keeps the server's addresses to itself.
    let addresses = if spec.proxy.is_some() { Vec::new() } else { addresses };
    Survey { host: spec.host.clone(), addresses, best: best::choose(&ports), evidence, ports }
}

/// The addresses to connect to: the server's, or those of the proxy.
fn resolve(spec: &SurveySpec, resolver: &dyn Resolve, cancel: &Cancel) -> Result<Vec<IpAddr>, ProbeFault> {
    if let Some(proxy) = &spec.proxy {
        return tunnel::addresses(proxy, resolver, spec.timeout, cancel);
    }
    if let Ok(address) = spec.host.parse() {
        return Ok(vec![address]);
    }
    let answer = resolver.resolve_until(&spec.host, spec.timeout, cancel);
    if cancel.is_cancelled() {
        return Err(ProbeFault::Cancelled);
    }
    match answer {
        Ok(addresses) if addresses.is_empty() => Err(ProbeFault::Dns(DnsFault::NoAddress)),
        Ok(addresses) => Ok(addresses),
        Err(fault) => Err(ProbeFault::Dns(fault)),
    }
}

fn unresolved(spec: &SurveySpec, fault: ProbeFault) -> Evidence {
    let port = spec.ports.first().map_or(465, |port| port.number);
    let security = Security::of_smtp_port(port).unwrap_or(Security::Starttls);
    let endpoint = Endpoint { host: spec.host.clone(), port, security };
    let stage = if spec.proxy.is_some() { Stage::Connect } else { Stage::Dns };
    Evidence { ehlo: spec.ehlo.clone(), proxy: spec.proxy.clone(), ..Evidence::new(stage, endpoint, fault) }
}

/// One thread per port; the reports are in the order of the ports.
fn examine_all(
    spec: &Arc<SurveySpec>,
    addresses: &[IpAddr],
    until: Instant,
    cancel: &Cancel,
    told: &mut dyn FnMut(SurveyEvent<'_>),
) -> Vec<PortReport> {
    let (sender, reports) = mpsc::channel();
    for (index, port) in spec.ports.iter().copied().enumerate() {
        let task = PortTask::new(Arc::clone(spec), port, addresses.to_vec(), until, cancel.clone());
        let sender = sender.clone();
        // Without a thread the port is missing from the report.
        let _ = thread::Builder::new().name("port".into()).spawn(move || drop(sender.send((index, task.run()))));
    }
    drop(sender);
    let mut found: Vec<(usize, PortReport)> = Vec::new();
    while let Ok((index, report)) = reports.recv_timeout((until + 2 * GRACE).saturating_duration_since(Instant::now())) {
        told(SurveyEvent::Port(&report));
        found.push((index, report));
    }
    found.sort_by_key(|(index, _)| *index);
    found.into_iter().map(|(_, report)| report).collect()
}
