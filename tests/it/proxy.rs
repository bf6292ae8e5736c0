//! Servers that only a proxy leads to, by names that only it knows.

#[cfg(feature = "demo")]
mod script;

use std::{
    net::{IpAddr, TcpListener},
    time::{Duration, Instant},
};

use mailsetup::{
    diagnose::diagnose,
    mail::Security,
    presets::{Catalog, Lang},
    probe::{Attempt, Cancel, DnsFault, Goal, Learned, ProbeFault, Report, Resolve, Stage, StageState, attempt},
};

use super::probe::basic_attempt;
use super::support::{
    fixture::{Mode, Step},
    pki::{HOST, Identity, Kind},
    proxy::{Manner, Proxy},
    server::Server,
};

/// A machine without any DNS.
struct NoDns;

impl Resolve for NoDns {
    fn resolve(&self, _host: &str, _timeout: Duration) -> Result<Vec<IpAddr>, DnsFault> {
        Err(DnsFault::Unavailable)
    }
}

fn by(proxy: &str, attempt_data: Attempt) -> Report {
    let asked = Attempt { proxy: Some(proxy.parse().unwrap()), ..attempt_data };
    attempt(&asked, &NoDns, &Cancel::default(), &mut |_| {})
}

#[test]
fn a_name_that_only_the_proxy_knows_is_reached_by_both_kinds() {
    let send = |text: &str| Step::Send(format!("{text}\r\n"));
    for (kind, manner) in
        [("socks5", Manner::Through), ("socks5h", Manner::Through), ("http", Manner::Through), ("http", Manner::Interim)]
    {
        let proxy = Proxy::start(manner, &[HOST]);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let script =
            vec![send("220 mail.test ESMTP ready"), Step::Expect("EHLO ".into()), send("250-mail.test\r\n250 AUTH PLAIN")];
        let server = Server::play(listener, &Identity::of(Kind::Good, HOST), None, vec![(Mode::Implicit, script)]);
        let report = by(&proxy.url(kind), Attempt { goal: Goal::Connect, login: None, ..basic_attempt(port) });
        assert!(report.passed(), "{kind}: {:?}", report.evidence);
        assert_eq!(proxy.asked(), [format!("{HOST}:{port}")]);
        let dns = report.step(Stage::Dns).unwrap();
        assert_eq!((dns.state, &dns.learned), (StageState::Skipped, &Some(Learned::LeftToProxy)));
        let connected = report.step(Stage::Connect).unwrap().learned.clone();
        assert!(matches!(connected, Some(Learned::ByProxy(_))), "{connected:?}");
        drop(server.finish());
    }
}

#[test]
fn what_a_proxy_does_instead_is_named_in_time() {
    let catalog = Catalog::builtin();
    for kind in ["socks5", "http"] {
        for (manner, name, title) in [
            (Manner::Login, "proxy_login", "The proxy wants a login"),
            (Manner::Forbidden, "proxy_forbidden", "The proxy does not let mail.test, port"),
            (Manner::Endless, "proxy_garbled", "What answers there"),
            (Manner::Garbage, "proxy_garbled", "What answers there"),
            (Manner::Hollow, "closed", "The proxy does not get through to mail.test"),
            (Manner::Silent, if kind == "http" { "proxy_onward" } else { "proxy_garbled" }, ""),
        ] {
            let proxy = Proxy::start(manner, &[HOST]);
            let begin = Instant::now();
            let asked = Attempt { timeout: Duration::from_secs(3), ..basic_attempt(587) };
            let evidence = by(&proxy.url(kind), asked).evidence.unwrap();
            assert!(begin.elapsed() < Duration::from_secs(30), "{kind} {manner:?}");
            assert_eq!(evidence.fault.name(), name, "{kind} {manner:?}: {evidence:?}");
            let diagnosis = diagnose(&evidence, &catalog, Lang::EN);
            assert_eq!(diagnosis.cause, "proxy", "{kind} {manner:?}: {diagnosis:?}");
            assert!(diagnosis.title.starts_with(title), "{kind} {manner:?}: {}", diagnosis.title);
        }
    }
}

#[test]
fn a_name_that_the_proxy_does_not_know_and_a_proxy_that_is_not_there() {
    for (kind, said) in [("socks5", "SOCKS5 reply 4: host unreachable"), ("http", "HTTP/1.1 502 Bad Gateway")] {
        let proxy = Proxy::start(Manner::Through, &[]);
        match by(&proxy.url(kind), basic_attempt(587)).evidence.unwrap().fault {
            ProbeFault::Proxy(fault) => assert_eq!((fault.kind.name(), fault.said.as_str()), ("proxy_onward", said)),
            other => panic!("{other:?}"),
        }
    }
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for proxy in [format!("socks5://{closed}"), "http://proxy.test:3128".to_owned()] {
        let evidence = by(&proxy, basic_attempt(587)).evidence.unwrap();
        assert_eq!((evidence.stage, evidence.fault.name()), (Stage::Connect, "proxy_unreachable"));
    }
}

#[test]
fn the_wrong_kind_of_tls_behind_a_proxy_is_named() {
    let catalog = Catalog::builtin();
    for kind in ["socks5", "http"] {
        for (asked, there) in [(Security::Tls, Mode::Plain), (Security::Starttls, Mode::Implicit)] {
            let proxy = Proxy::start(Manner::Through, &[HOST]);
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let mut attempt_data =
                Attempt { timeout: Duration::from_secs(3), ..basic_attempt(listener.local_addr().unwrap().port()) };
            attempt_data.endpoint.security = asked;
            let script = vec![Step::Send("220 mail.test ESMTP ready\r\n".into()), Step::Expect("EHLO ".into())];
            let server = Server::play(listener, &Identity::of(Kind::Good, HOST), None, vec![(there, script)]);
            let evidence = by(&proxy.url(kind), attempt_data).evidence.unwrap();
            let diagnosis = diagnose(&evidence, &catalog, Lang::EN);
            assert_eq!(diagnosis.cause, "wrong_tls_mode", "{kind}, {asked:?}: {evidence:?}");
            drop(server);
        }
    }
}

#[test]
fn a_password_does_not_go_to_a_proxy_in_clear_text_because_both_are_here() {
    let send = |text: &str| Step::Send(format!("{text}\r\n"));
    let proxy = Proxy::start(Manner::Through, &["localhost"]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut asked = basic_attempt(listener.local_addr().unwrap().port());
    (asked.endpoint.host, asked.endpoint.security) = ("localhost".into(), Security::None);
    let script = vec![send("220 here"), Step::Expect("EHLO ".into()), send("250-here\r\n250 AUTH PLAIN")];
    let server = Server::play(listener, &Identity::of(Kind::Good, HOST), None, vec![(Mode::Plain, script)]);
    let evidence = by(&proxy.url("socks5"), asked).evidence.unwrap();
    assert_eq!(evidence.fault, ProbeFault::ClearLogin);
    assert!(!server.finish().lines.iter().any(|line| line.starts_with("AUTH")));
}

#[test]
fn an_attempt_at_a_silent_proxy_is_cancelled_at_once() {
    let proxy = Proxy::start(Manner::Silent, &[]);
    let asked = Attempt {
        proxy: Some(proxy.url("socks5").parse().unwrap()),
        timeout: Duration::from_secs(60),
        ..basic_attempt(587)
    };
    let cancel = Cancel::default();
    let begin = Instant::now();
    let other = cancel.clone();
    let report = attempt(&asked, &NoDns, &cancel, &mut |step| {
        if step.stage == Stage::Connect && step.state == StageState::Running {
            other.cancel();
        }
    });
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
    assert_eq!(report.evidence.unwrap().fault, ProbeFault::Cancelled);
}
