//! The ladder against servers that behave in every way that servers do.

mod client;
mod play;

use std::{
    collections::BTreeSet,
    io::ErrorKind,
    net::TcpListener,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use mailsetup::{
    mail::Security,
    probe::{Attempt, Cancel, ProbeFault, Resolve, Stage, StageState, attempt, report::Who},
};
use play::play_all;
pub(crate) use play::{Table, basic_attempt};

use crate::support::fixture;

#[test]
fn servers_of_every_kind() {
    let fixtures: Vec<_> = fixture::all().into_iter().filter(|fixture| fixture.expect.cause.is_none()).collect();
    assert!(fixtures.len() > 40, "fixtures are missing: {}", fixtures.len());
    play_all(&fixtures);
}

#[test]
fn hostile_servers_are_named_in_time_and_show_nothing_unsafe() {
    let fixtures: Vec<_> = fixture::all().into_iter().filter(|fixture| fixture.expect.cause.is_some()).collect();
    eprintln!("{} hostile servers", fixtures.len());
    assert!(fixtures.len() >= 60, "hostile servers are missing: {}", fixtures.len());
    let behaviours: BTreeSet<String> = fixtures.iter().map(fixture::Fixture::behaviour).collect();
    assert_eq!(behaviours.len(), fixtures.len(), "the same server twice");
    play_all(&fixtures);
}

#[test]
fn a_refused_port() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let report = attempt(&basic_attempt(port), &Table, &Cancel::default(), &mut |_| {});
    let evidence = report.evidence.unwrap();
    assert_eq!((evidence.stage, evidence.fault.name()), (Stage::Connect, "refused"));
    assert_eq!(report.round_trips, 0);
    assert!(
        report.transcript.0.iter().any(|line| line.who == Who::Note && line.text.contains("not connected to 127.0.0.1"))
    );
}

#[test]
fn names_without_an_address() {
    let mut unknown = basic_attempt(1);
    unknown.endpoint.host = "nowhere.invalid".into();
    let report = attempt(&unknown, &Table, &Cancel::default(), &mut |_| {});
    let evidence = report.evidence.unwrap();
    assert_eq!((evidence.stage, evidence.fault.name()), (Stage::Dns, "dns_not_found"));
    assert!(report.steps[1..].iter().all(|step| step.state == StageState::Pending));
}

#[test]
fn an_address_needs_no_resolver() {
    let mut literal = basic_attempt(TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port());
    literal.endpoint.host = "127.0.0.1".into();
    let report = attempt(&literal, &Table, &Cancel::default(), &mut |_| {});
    assert_eq!(report.step(Stage::Dns).unwrap().state, StageState::Skipped);
    assert_eq!(report.failed_stage(), Some(Stage::Connect));
}

fn cancelled(attempt_data: &Attempt, resolver: &dyn Resolve, cancel: &Cancel, at: Stage, stop: &mut dyn FnMut()) {
    let begin = Instant::now();
    let report = attempt(attempt_data, resolver, cancel, &mut |step| {
        if step.stage == at && step.state == StageState::Running {
            stop();
        }
    });
    assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
    assert_eq!(report.failed_stage(), Some(at));
    assert_eq!(report.evidence.unwrap().fault, ProbeFault::Cancelled);
}

fn silent_attempt() -> (TcpListener, Attempt) {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut attempt_data = basic_attempt(silent.local_addr().unwrap().port());
    attempt_data.timeout = Duration::from_secs(60);
    (silent, attempt_data)
}

#[test]
fn another_thread_ends_an_attempt_at_once() {
    let (_silent, mut attempt_data) = silent_attempt();
    for (stage, security) in [(Stage::Tls, Security::Tls), (Stage::Greeting, Security::None)] {
        attempt_data.endpoint.security = security;
        let (sender, reached) = mpsc::channel();
        let cancel = Cancel::default();
        thread::scope(|scope| {
            let other = cancel.clone();
            scope.spawn(move || {
                reached.recv().unwrap();
                other.cancel();
            });
            cancelled(&attempt_data, &Table, &cancel, stage, &mut || sender.send(()).unwrap());
        });
    }
}

#[test]
fn what_is_cancelled_opens_nothing() {
    let (silent, attempt_data) = silent_attempt();
    for stage in [Stage::Dns, Stage::Connect] {
        let cancel = Cancel::default();
        cancelled(&attempt_data, &Table, &cancel, stage, &mut || cancel.cancel());
    }
    silent.set_nonblocking(true).unwrap();
    assert_eq!(silent.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
}
