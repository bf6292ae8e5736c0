//! Servers that want a client certificate: which alert they send for what, and what is made of it.

use std::net::TcpListener;

use mailsetup::{
    diagnose::diagnose,
    presets::{Catalog, Lang},
    probe::{Attempt, Cancel, ClientFault, ClientIdentity, Goal, ProbeFault, Report, attempt},
};

use super::play::{Table, basic_attempt};
use crate::support::{
    fixture::{Mode, Step},
    pki::{HOST, Identity, Kind},
    server::Server,
};

/// An attempt at a server that asks for a certificate, with this one.
fn attempt_with(client: Option<&Identity>, version: &str) -> Report {
    let script = ["220 mail.test ESMTP ready", "EHLO ", "250-mail.test\r\n250 AUTH PLAIN"];
    let send = |text: &str| Step::Send(format!("{text}\r\n"));
    let script = vec![send(script[0]), Step::Expect(script[1].to_owned()), send(script[2])];
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server =
        Server::play(listener, &Identity::of(Kind::Good, HOST).asking(), Some(version), vec![(Mode::Implicit, script)]);
    let client = client.map(|own| identity(own).unwrap());
    let asked = Attempt { goal: Goal::Connect, login: None, client, ..basic_attempt(server.address.port()) };
    let report = attempt(&asked, &Table, &Cancel::default(), &mut |_| {});
    drop(server.finish());
    report
}

fn identity(own: &Identity) -> Result<ClientIdentity, ClientFault> {
    ClientIdentity::of_pem(own.certificate_pem().as_bytes(), own.key_pem().as_bytes())
}

#[test]
fn a_certificate_that_is_wanted_is_shown_and_a_missing_or_a_wrong_one_is_named() {
    let catalog = Catalog::builtin();
    let (own, other) = (Identity::of(Kind::Good, "web1.test"), Identity::of(Kind::UnknownCa, "web1.test"));
    for version in ["1.2", "1.3"] {
        let passed = attempt_with(Some(&own), version);
        assert!(passed.passed(), "{version}: {:?}", passed.evidence);
        for client in [None, Some(&other)] {
            let evidence = attempt_with(client, version).evidence.unwrap();
            let is_right = match &evidence.fault {
                ProbeFault::ClientCertWanted => client.is_none(),
                ProbeFault::ClientCertRefused(_) => client.is_some(),
                _ => false,
            };
            assert!(is_right, "{version}: {:?}", evidence.fault);
            let diagnosis = diagnose(&evidence, &catalog, Lang::EN);
            assert_eq!(diagnosis.cause, "client_cert_required", "{diagnosis:?}");
            assert!(diagnosis.steps.concat().contains("--client-cert FILE --client-key FILE"), "{diagnosis:?}");
        }
    }
}

#[test]
fn what_cannot_be_shown_is_found_before_it_is_tried() {
    let (own, other) = (Identity::of(Kind::Good, "web1.test"), Identity::of(Kind::Good, "web2.test"));
    let pair = |cert: &str, key: &str| ClientIdentity::of_pem(cert.as_bytes(), key.as_bytes()).err();
    let (cert, key) = (own.certificate_pem(), own.key_pem());
    let locked = key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let both = format!("{key}{cert}");
    assert_eq!(pair(&cert, &key), None);
    assert_eq!(pair(&both, &both), None);
    assert_eq!(pair(&key, &key), Some(ClientFault::NoCertificate));
    assert_eq!(pair(&cert, &cert), Some(ClientFault::NoKey));
    assert_eq!(pair(&cert, &locked), Some(ClientFault::Passphrase));
    assert_eq!(pair(&cert, &other.key_pem()), Some(ClientFault::OtherKey));
    assert_eq!(identity(&Identity::of(Kind::Expired, HOST)).err(), Some(ClientFault::Expired("2021-01-18".into())));
    assert_eq!(identity(&Identity::of(Kind::NotYetValid, HOST)).err(), Some(ClientFault::NotYetValid("2999-01-18".into())));
    assert!(!format!("{:?}", identity(&own).unwrap()).contains("key"));
}
