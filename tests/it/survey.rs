//! What a server offers: the engine against servers that behave in every way that servers do, on ports of its own.

mod command;

use std::{
    net::{Ipv4Addr, TcpListener},
    thread,
    time::{Duration, Instant},
};

use mailsetup::{
    diagnose,
    mail::{
        Protocol,
        Security::{self, Starttls, Tls},
    },
    presets::{Catalog, Lang},
    probe::{
        Cancel, CertFault, DnsFault, ProbeFault, ServerTrust, Stage, SystemResolver, TlsVersion, survey,
        survey::{PortReport, PortSpec, PortState, Reason, Survey, SurveyEvent, SurveySpec},
    },
};

use super::{
    probe::Table,
    support::{
        bed::Bed,
        fixture::{Mode, Step},
        pki::{self, HOST, Identity, Kind},
        plug::Plug,
        server::Crowd,
    },
};

/// What EHLO offers inside TLS.
const INSIDE: &str = "250-mail.test\r\n250-SIZE 52428800\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n\
                      250-CHUNKING\r\n250 AUTH PLAIN LOGIN\r\n";
/// What it offers before STARTTLS.
const BEFORE: &str = "250-mail.test\r\n250-SIZE 52428800\r\n250 STARTTLS\r\n";
const GREETING: &str = "220 mail.test ESMTP ready\r\n";

fn says(text: &str) -> Step {
    Step::Send(text.into())
}

fn hears(text: &str) -> Step {
    Step::Expect(text.into())
}

/// A server of implicit TLS.
pub(crate) fn implicit(kind: Kind, tls: Option<&str>) -> Crowd {
    let script = vec![says(GREETING), hears("EHLO "), says(INSIDE), hears("QUIT")];
    Crowd::start(&Identity::new(kind), tls, Mode::Implicit, script)
}

/// A server of STARTTLS that offers this before it.
pub(crate) fn starttls(kind: Kind, tls: Option<&str>, before: &str) -> Crowd {
    let script = vec![says(GREETING), hears("EHLO "), says(before), hears("STARTTLS"), says("220 2.0.0 go ahead\r\n")];
    let inside = [Step::Starttls, hears("EHLO "), says(INSIDE), hears("QUIT")];
    Crowd::start(&Identity::new(kind), tls, Mode::Plain, script.into_iter().chain(inside).collect())
}

/// A server that plays this in plain text.
pub(crate) fn plain(script: Vec<Step>) -> Crowd {
    Crowd::start(&Identity::new(Kind::Good), None, Mode::Plain, script)
}

/// A port on which nobody listens.
fn closed() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

fn ask(ports: &[(u16, Option<Security>)]) -> SurveySpec {
    SurveySpec {
        host: HOST.into(),
        ports: ports
            .iter()
            .map(|(number, first)| PortSpec { number: *number, protocol: Protocol::Smtp, first: *first })
            .collect(),
        ehlo: "web1.example.test".into(),
        trust: ServerTrust { ca_pem: Some(pki::ca_pem()), pin: None },
        proxy: None,
        timeout: Duration::from_secs(6),
    }
}

fn run(ask: &SurveySpec) -> Survey {
    survey(ask, &Table, &Cancel::default(), &mut |_| {})
}

/// What is found on one port.
fn one(crowd: &Crowd, first: Option<Security>) -> (Survey, PortReport) {
    let mut found = run(&ask(&[(crowd.address.port(), first)]));
    let port = found.ports.remove(0);
    (found, port)
}

fn fault(port: &PortReport) -> Option<&ProbeFault> {
    port.evidence.as_ref().map(|evidence| &evidence.fault)
}

/// The cause that a diagnosis names, where none is safe.
fn cause(found: &Survey) -> String {
    diagnose::diagnose(found.evidence.as_ref().unwrap(), &Catalog::builtin(), Lang::EN).cause
}

/// A mode, a server in it, and whether it is told which one.
fn both_modes() -> Vec<(Security, Crowd)> {
    vec![(Tls, implicit(Kind::Good, None)), (Starttls, starttls(Kind::Good, None, BEFORE))]
}

#[test]
fn everything_that_a_good_server_offers_in_a_mode_that_is_known_or_found() {
    for (mode, crowd) in both_modes() {
        for first in [Some(mode), None] {
            let (found, port) = one(&crowd, first);
            assert_eq!((port.state, port.endpoint.security), (PortState::Open, mode), "{port:?}");
            assert!(port.is_trusted() && port.is_safe() && port.evidence.is_none() && found.evidence.is_none());
            let tls = port.tls.as_ref().unwrap();
            assert_eq!((tls.versions.as_slice(), tls.version), (&TlsVersion::ALL[..], Some("1.3")));
            assert_eq!(tls.certificate.as_ref().unwrap().names, [HOST]);
            let offer = port.in_tls.as_ref().unwrap();
            assert_eq!(offer.auth.as_deref(), Some(&["PLAIN", "LOGIN"].map(str::to_owned)[..]));
            assert!(offer.pipelining && offer.eight_bit_mime && offer.smtputf8 && offer.chunking);
            assert_eq!(offer.size, Some(52_428_800));
            assert_eq!(
                port.in_clear.as_ref().map(|offer| (offer.starttls, &offer.auth)),
                (mode == Starttls).then_some((true, &None))
            );
            assert_eq!(port.greeting.as_deref(), Some("mail.test ESMTP ready"));
            let reason = if mode == Tls { Reason::ImplicitTls } else { Reason::Alternative };
            assert_eq!(found.best.map(|best| (best.security, best.reason)), Some((mode, reason)));
        }
    }
}

#[test]
fn a_port_that_speaks_the_other_mode_is_found_out() {
    for (mode, crowd) in both_modes() {
        let other = if mode == Tls { Starttls } else { Tls };
        let (_, port) = one(&crowd, Some(other));
        assert_eq!((port.state, port.endpoint.security, port.is_trusted()), (PortState::Open, mode, true), "{port:?}");
        assert_eq!(port.tls.unwrap().versions, TlsVersion::ALL);
    }
}

#[test]
fn tls_versions_are_found_by_handshakes() {
    for (tls, version) in [("1.2", TlsVersion::V12), ("1.3", TlsVersion::V13)] {
        for crowd in [implicit(Kind::Good, Some(tls)), starttls(Kind::Good, Some(tls), BEFORE)] {
            let (_, port) = one(&crowd, None);
            let found = port.tls.unwrap();
            assert_eq!((found.versions, found.version, found.fault), (vec![version], Some(tls), None));
        }
    }
}

#[test]
fn a_server_of_old_tls_alone_says_so() {
    let alert = || Step::SendHex("15 03 01 00 02 02 46".into());
    let implicit = plain(vec![Step::Hello, alert(), Step::Silence]);
    let starttls = plain(vec![
        says(GREETING),
        hears("EHLO "),
        says(BEFORE),
        hears("STARTTLS"),
        says("220 ok\r\n"),
        Step::Hello,
        alert(),
        Step::Silence,
    ]);
    for (crowd, mode) in [(implicit, Tls), (starttls, Starttls)] {
        let (found, port) = one(&crowd, Some(mode));
        let tls = port.tls.as_ref().unwrap();
        assert_eq!((port.state, tls.fault, tls.versions.len()), (PortState::Failed, Some("tls_version"), 0));
        assert_eq!((found.best, cause(&found).as_str()), (None, "tls_version_too_old"));
    }
}

#[test]
fn behind_a_bad_certificate_everything_is_seen_and_nothing_is_safe() {
    let kinds = [
        (Kind::Expired, CertFault::Expired, "cert_expired"),
        (Kind::NotYetValid, CertFault::NotYetValid, "cert_expired"),
        (Kind::WrongName, CertFault::WrongName, "cert_wrong_host"),
        (Kind::SelfSigned, CertFault::SelfSigned, "cert_self_signed"),
        (Kind::UnknownCa, CertFault::UnknownIssuer, "cert_unknown_issuer"),
        (Kind::CaAsLeaf, CertFault::Unsupported, "cert_unsupported"),
    ];
    for (kind, expected, label) in kinds {
        for (mode, crowd) in [(Tls, implicit(kind, None)), (Starttls, starttls(kind, None, BEFORE))] {
            let (found, port) = one(&crowd, Some(mode));
            assert_eq!(fault(&port), Some(&ProbeFault::Certificate(expected)), "{kind:?}");
            assert_eq!((port.state, port.is_trusted(), port.is_safe()), (PortState::Open, false, false));
            let tls = port.tls.as_ref().unwrap();
            assert_eq!((tls.versions.as_slice(), tls.version), (&TlsVersion::ALL[..], Some("1.3")), "{kind:?} {mode:?}");
            assert_eq!(tls.fault, Some(ProbeFault::Certificate(expected).name()));
            assert!(tls.certificate.is_some() && port.in_tls.as_ref().is_some_and(|offer| offer.auth.is_some()), "{kind:?}");
            assert_eq!(found.best.map(|best| best.reason), Some(Reason::BadCertificate));
            assert_eq!(cause(&found), label, "{kind:?}");
        }
    }
}

#[test]
fn a_good_certificate_is_better_than_a_better_port() {
    let (bad, good) = (implicit(Kind::Expired, None), starttls(Kind::Good, None, BEFORE));
    let found = run(&ask(&[(bad.address.port(), Some(Tls)), (good.address.port(), Some(Starttls))]));
    assert_eq!(found.best.map(|best| (best.port, best.security)), Some((1, Starttls)));
    assert_eq!(found.evidence, None, "one can be used safely");
}

#[test]
fn a_login_that_is_offered_in_clear_is_seen() {
    let crowd = starttls(Kind::Good, None, "250-mail.test\r\n250-STARTTLS\r\n250 AUTH LOGIN\r\n");
    let (_, port) = one(&crowd, Some(Starttls));
    assert_eq!(port.in_clear.unwrap().auth.unwrap(), ["LOGIN"]);
    assert_eq!(port.in_tls.unwrap().auth.unwrap(), ["PLAIN", "LOGIN"]);
}

#[test]
fn without_starttls_only_this_machine_is_safe() {
    // As a firewall leaves it that hides the word.
    let stripped = "250-mail.test\r\n250-XXXXXXXA\r\n250 AUTH PLAIN\r\n";
    let crowd = plain(vec![says(GREETING), hears("EHLO "), says(stripped), hears("QUIT")]);
    let (found, port) = one(&crowd, Some(Starttls));
    assert_eq!((port.state, port.endpoint.security, &port.tls), (PortState::Open, Security::None, &None));
    assert_eq!((found.best, cause(&found).as_str()), (None, "starttls_unsupported"));
    assert_eq!(port.in_clear.unwrap().auth.unwrap(), ["PLAIN"]);
    let here = SurveySpec { host: "127.0.0.1".into(), ..ask(&[(crowd.address.port(), None)]) };
    let found = run(&here);
    assert_eq!(found.best.map(|best| (best.security, best.reason)), Some((Security::None, Reason::ThisMachine)));
    assert!(found.ports[0].is_safe() && found.evidence.is_none());
}

#[test]
fn closed_ports_are_refused_and_the_one_that_is_open_is_the_best() {
    let ports: Vec<_> = (0..4).map(|_| (closed(), Some(Starttls))).collect();
    let found = run(&ask(&ports));
    assert!(found.ports.iter().all(|port| port.state == PortState::Refused), "{:?}", found.ports);
    assert_eq!((found.best, cause(&found).as_str()), (None, "connection_refused"));
    let crowd = starttls(Kind::Good, None, BEFORE);
    let found = run(&ask(&[ports[0], (crowd.address.port(), Some(Starttls)), ports[1]]));
    assert_eq!(found.best.map(|best| best.port), Some(1));
    assert_eq!(
        found.ports.iter().map(|port| port.endpoint.port).collect::<Vec<_>>(),
        [ports[0].0, crowd.address.port(), ports[1].0]
    );
}

#[test]
fn a_port_that_swallows_everything_delays_no_other() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let swallowed = listener.local_addr().unwrap().port();
    let _plug = Plug::new(listener);
    let mute = plain(vec![Step::Silence]);
    let good = implicit(Kind::Good, None);
    let ask = SurveySpec {
        timeout: Duration::from_secs(2),
        ..ask(&[(swallowed, Some(Tls)), (mute.address.port(), None), (good.address.port(), Some(Tls))])
    };
    let mut told = Vec::new();
    let found = survey(&ask, &Table, &Cancel::default(), &mut |found| {
        if let SurveyEvent::Port(port) = found {
            told.push(port.endpoint.port);
        }
    });
    // The last to be asked is the first to be told.
    assert_eq!((told.len(), told[0]), (3, good.address.port()), "{told:?}");
    assert_eq!(
        found.ports.iter().map(|port| port.state).collect::<Vec<_>>(),
        [PortState::Silent, PortState::Silent, PortState::Open]
    );
    let stages = found.ports.iter().map(|port| port.evidence.as_ref().map(|evidence| evidence.stage));
    assert_eq!(stages.collect::<Vec<_>>(), [Some(Stage::Connect), Some(Stage::Greeting), None]);
}

#[test]
fn a_server_that_drips_ends_with_the_deadline() {
    let crowd = plain(vec![Step::Drip { text: "220-slow\r\n".repeat(1000), every_ms: 20 }]);
    let ask = SurveySpec { timeout: Duration::from_millis(1500), ..ask(&[(crowd.address.port(), Some(Starttls))]) };
    let begin = Instant::now();
    let found = run(&ask);
    assert!(begin.elapsed() < Duration::from_millis(3500), "{:?}", begin.elapsed());
    assert_eq!(fault(&found.ports[0]), Some(&ProbeFault::TimedOut));
}

#[test]
fn what_is_no_mail_server_is_said_to_be_none() {
    // It waits to be spoken to, and knows no TLS.
    let web = || plain(vec![Step::Hello, says("HTTP/1.1 400 Bad Request\r\n\r\n"), Step::Close]);
    for first in [None, Some(Tls), Some(Starttls)] {
        let (found, port) = one(&web(), first);
        assert_eq!((port.state, found.best), (PortState::Failed, None), "{port:?}");
        assert_eq!(cause(&found), "wrong_host_or_port", "{first:?}");
    }
    let imap = plain(vec![says("* OK IMAP4rev1 ready\r\n"), Step::Silence]);
    let (_, port) = one(&imap, None);
    assert_eq!((port.state, fault(&port)), (PortState::Failed, Some(&ProbeFault::NotSmtp("* OK IMAP4rev1 ready".into()))));
}

#[test]
fn an_imap_port_is_examined_in_its_own_tongue() {
    let script = vec![says("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2] ready\r\n"), Step::Silence];
    let crowd = Crowd::start(&Identity::new(Kind::Good), None, Mode::Implicit, script);
    let mut spec = ask(&[(crowd.address.port(), Some(Tls))]);
    spec.ports[0].protocol = Protocol::Imap;
    let found = run(&spec);
    let port = &found.ports[0];
    assert_eq!((port.state, port.protocol, port.is_trusted()), (PortState::Open, Protocol::Imap, true), "{port:?}");
    // LOGIN is a command of its own there.
    let offered = port.in_tls.as_ref().unwrap().auth.as_ref().unwrap();
    assert_eq!(*offered, ["PLAIN", "XOAUTH2", "LOGIN"].map(str::to_owned));
    assert_eq!((found.best, found.evidence), (None, None), "no mail is sent there");
    let smtp = plain(vec![says("220 mail.test ESMTP\r\n"), Step::Silence]);
    spec.ports[0] = PortSpec { number: smtp.address.port(), protocol: Protocol::Imap, first: Some(Starttls) };
    assert_eq!(cause(&run(&spec)), "imap_wrong_server");
    let known = [993, 143].map(|number| (PortSpec::alone(number).protocol, PortSpec::alone(number).first));
    assert_eq!(known, [(Protocol::Imap, Some(Tls)), (Protocol::Imap, Some(Starttls))]);
}

#[test]
fn a_server_that_turns_away_is_quoted() {
    let crowd = plain(vec![says("554 5.7.1 not you\r\n"), Step::Silence]);
    let (_, port) = one(&crowd, None);
    assert_eq!(port.state, PortState::Failed);
    assert_eq!(port.evidence.unwrap().reply().unwrap().text(), "554 5.7.1 not you");
}

#[test]
fn names_without_an_address_end_it() {
    let found = run(&SurveySpec { host: "other.test".into(), ..ask(&[(465, None)]) });
    assert!(found.ports.is_empty() && found.addresses.is_empty());
    assert_eq!(found.evidence.unwrap().fault, ProbeFault::Dns(DnsFault::NotFound));
}

#[test]
fn a_survey_that_is_stopped_ends_at_once() {
    let mute = plain(vec![Step::Silence]);
    let cancel = Cancel::default();
    let stop = cancel.clone();
    let begin = Instant::now();
    let ask = SurveySpec { timeout: Duration::from_secs(30), ..ask(&[(mute.address.port(), None)]) };
    let found = thread::scope(|scope| {
        scope.spawn(move || stop.cancel());
        survey(&ask, &Table, &cancel, &mut |_| {})
    });
    assert!(begin.elapsed() < Duration::from_secs(8), "{:?}", begin.elapsed());
    assert_eq!(found.best, None);
}

#[test]
#[ignore = "needs Postfix and Dovecot, see tests/run"]
fn postfix_as_debian_has_it() {
    let bed = Bed::start();
    let ca_pem = Some(std::fs::read(&bed.ca_pem_path).unwrap());
    for host in ["localhost", "127.0.0.1"] {
        let ports = [(bed.tls_port, None), (bed.starttls_port, None)];
        let ask = SurveySpec { host: host.into(), trust: ServerTrust { ca_pem: ca_pem.clone(), pin: None }, ..ask(&ports) };
        let found = survey(&ask, &SystemResolver, &Cancel::default(), &mut |_| {});
        let modes: Vec<_> = found.ports.iter().map(|port| (port.endpoint.security, port.state)).collect();
        assert_eq!(modes, [(Tls, PortState::Open), (Starttls, PortState::Open)], "{:?}", found.ports);
        for port in &found.ports {
            assert!(port.is_trusted(), "{port:?}");
            assert_eq!(port.tls.as_ref().unwrap().versions, TlsVersion::ALL);
            assert!(port.in_tls.as_ref().unwrap().auth.as_ref().unwrap().contains(&"PLAIN".to_owned()));
        }
        assert_eq!(found.ports[1].in_clear.as_ref().unwrap().auth, None, "AUTH only inside TLS");
        assert_eq!(found.best.map(|best| (best.port, best.reason)), Some((0, Reason::ImplicitTls)));
    }
}
