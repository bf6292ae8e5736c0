//! Runs an attempt: its stages in order.

use std::{net::IpAddr, time::Duration};

use super::{
    Attempt, Cancel, DnsFault, Evidence, Goal, Learned, ProbeFault, Report, Resolve, Stage, StageReport, Stream, Transcript,
    attempt::Bounds,
    race::{self, Winner},
    record::Record,
    session::Session,
    tunnel,
    wire::Wire,
};
use crate::mail::{Endpoint, Proxy};

/// Most addresses tried per family.
const MOST_ADDRESSES: usize = 16;

/// Makes an attempt. `progress` is called as each stage begins and ends; no stage takes longer than its time limit.
pub fn attempt(
    attempt: &Attempt,
    resolver: &dyn Resolve,
    cancel: &Cancel,
    progress: &mut dyn FnMut(&StageReport),
) -> Report {
    attempt_within(attempt, Bounds::default(), resolver, cancel, progress)
}

/// Makes an attempt within further bounds.
pub(super) fn attempt_within(
    attempt: &Attempt,
    bounds: Bounds,
    resolver: &dyn Resolve,
    cancel: &Cancel,
    progress: &mut dyn FnMut(&StageReport),
) -> Report {
    let mut record = Record::new(attempt, bounds, progress);
    let fault = run(&mut record, resolver, cancel).err();
    record.report(fault)
}

/// Makes an attempt over a connected stream: no name is looked up and no socket is opened.
pub fn attempt_over(
    attempt: &Attempt,
    stream: Box<dyn Stream>,
    cancel: &Cancel,
    progress: &mut dyn FnMut(&StageReport),
) -> Report {
    let mut record = Record::new(attempt, Bounds::default(), progress);
    record.skip(Stage::Dns, None);
    let until = record.begin(Stage::Connect);
    let connected = Wire::new(stream, until, cancel);
    let fault = connected.and_then(|wire| {
        record.pass(None, None);
        over(Session::new(&mut record, wire))
    });
    record.report(fault.err())
}

/// The report of an attempt that could not begin.
pub fn not_begun(endpoint: Endpoint, provider: Option<String>, fault: ProbeFault) -> Report {
    let evidence = Evidence { provider, ..Evidence::new(Stage::Dns, endpoint, fault) };
    Report {
        steps: Vec::new(),
        round_trips: 0,
        elapsed: Duration::ZERO,
        evidence: Some(evidence),
        arrival: None,
        refused: Vec::new(),
        transcript: Transcript::default(),
    }
}

fn run(record: &mut Record<'_>, resolver: &dyn Resolve, cancel: &Cancel) -> Result<(), ProbeFault> {
    over(connected(record, resolver, cancel)?)
}

/// A session with the server, in whatever protocol it is then spoken: by the attempt's proxy, or after its name was looked up.
pub(super) fn connected<'r, 'a>(
    record: &'r mut Record<'a>,
    resolver: &dyn Resolve,
    cancel: &Cancel,
) -> Result<Session<'r, 'a>, ProbeFault> {
    if let Some(proxy) = &record.attempt.proxy {
        return connect_by(proxy, record, resolver, cancel);
    }
    let addresses = resolve(record, resolver, cancel)?;
    connect(record, &addresses, cancel)
}

/// Connects through a proxy. Nothing of the server is looked up here: its name may be known to the proxy alone.
fn connect_by<'r, 'a>(
    proxy: &Proxy,
    record: &'r mut Record<'a>,
    resolver: &dyn Resolve,
    cancel: &Cancel,
) -> Result<Session<'r, 'a>, ProbeFault> {
    let attempt = record.attempt;
    record.skip(Stage::Dns, Some(Learned::LeftToProxy));
    let until = record.begin(Stage::Connect);
    let addresses = tunnel::addresses(proxy, resolver, attempt.timeout, cancel)?;
    let log = &mut record.log;
    let note = |peer, kind| log.note(format!("not connected to the proxy {peer}: {kind}"));
    let Winner { mut socket, peer, .. } = tunnel::reach(proxy, &addresses, until, cancel, note)?;
    record.log.note(format!("connected to the proxy {peer}"));
    let server = (attempt.endpoint.host.as_str(), attempt.endpoint.port);
    let round_trips = tunnel::pass(&mut socket, proxy, server, until, cancel)?;
    record.log.note(format!("the proxy is connected to {}", attempt.endpoint.authority()));
    let wire = Wire::new(Box::new(socket), until, cancel)?.behind(round_trips);
    record.pass(Some(Learned::ByProxy(proxy.clone())), None);
    Ok(Session::new(record, wire))
}

/// The whole conversation on a connection.
fn over(mut session: Session<'_, '_>) -> Result<(), ProbeFault> {
    session.hide_secret();
    let result = converse(&mut session);
    if let Err(fault) = &result {
        session.record.fail(fault);
    }
    session.end(result.as_ref().err());
    result
}

fn resolve(record: &mut Record<'_>, resolver: &dyn Resolve, cancel: &Cancel) -> Result<Vec<IpAddr>, ProbeFault> {
    let attempt = record.attempt;
    if let Ok(address) = attempt.endpoint.host.parse::<IpAddr>() {
        record.skip(Stage::Dns, Some(Learned::Addresses(vec![address])));
        return Ok(vec![address]);
    }
    record.begin(Stage::Dns);
    let answer = resolver.resolve_until(&attempt.endpoint.host, attempt.timeout, cancel);
    if cancel.is_cancelled() {
        return Err(ProbeFault::Cancelled);
    }
    let addresses = few(&answer.map_err(ProbeFault::Dns)?);
    if addresses.is_empty() {
        return Err(ProbeFault::Dns(DnsFault::NoAddress));
    }
    record.pass(Some(Learned::Addresses(addresses.clone())), None);
    Ok(addresses)
}

/// The first addresses of each family, in order: DNS may return any number.
fn few(addresses: &[IpAddr]) -> Vec<IpAddr> {
    let of = |family: fn(&&IpAddr) -> bool| addresses.iter().filter(family).take(MOST_ADDRESSES).collect::<Vec<_>>();
    let (six, four) = (of(|address| address.is_ipv6()), of(|address| address.is_ipv4()));
    addresses.iter().filter(|address| six.contains(address) || four.contains(address)).copied().collect()
}

fn connect<'r, 'a>(
    record: &'r mut Record<'a>,
    addresses: &[IpAddr],
    cancel: &Cancel,
) -> Result<Session<'r, 'a>, ProbeFault> {
    let until = record.begin(Stage::Connect);
    let log = &mut record.log;
    let note = |peer, kind| log.note(format!("not connected to {peer}: {kind}"));
    let Winner { socket, peer, failed } = race::connect(addresses, record.attempt.endpoint.port, until, cancel, note)?;
    record.log.note(format!("connected to {peer}"));
    let wire = Wire::new(Box::new(socket), until, cancel)?;
    record.pass(Some(Learned::Connected { peer, failed }), None);
    Ok(Session::new(record, wire))
}

fn converse(session: &mut Session<'_, '_>) -> Result<(), ProbeFault> {
    session.open()?;
    let goal = session.record.attempt.goal;
    if goal >= Goal::Login {
        session.login()?;
    }
    match goal {
        Goal::Connect | Goal::Login => Ok(()),
        Goal::Rehearse => session.rehearse(),
        Goal::Send => session.deliver(),
    }?;
    session.try_others();
    Ok(())
}
