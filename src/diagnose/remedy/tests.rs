//! Each change that is worked out from evidence.

use std::io;

use crate::{
    diagnose::{Diagnosis, diagnose},
    mail::{Endpoint, Mechanism, Reply, Security},
    presets::{Catalog, Lang},
    probe::{Capabilities, CertFault, CertificateFacts, DnsFault, Evidence, ProbeFault, Stage},
};

const SHA: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// Built-in presets with three made-up providers.
struct Bench {
    catalog: Catalog,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let providers = folder.path().join("providers");
        std::fs::create_dir(&providers).unwrap();
        let preset = |name: &str, category: &str, rest: &str| {
            let words = "[en]\nsummary = 'x'\n[fr]\nsummary = 'x'\n";
            let text = format!("name = '{name}'\ncategory = '{category}'\nchecked = '2026-11'\n{rest}{words}");
            std::fs::write(providers.join(format!("{name}.toml")), text).unwrap();
        };
        preset(
            "carrier",
            "relay",
            "[[smtp]]\nhost = 'smtp.carrier.test'\nport = 465\nsecurity = 'tls'\n[[smtp]]\nhost = 'smtp.carrier.test'\nport \
             = 2525\nsecurity = 'starttls'\n",
        );
        preset(
            "boxes",
            "mailbox",
            "domains = ['boxes.test']\n[[smtp]]\nhost = 'smtp.boxes.test'\nport = 587\nsecurity = 'starttls'\n",
        );
        preset("span", "bridge", "[[smtp]]\nhost = '127.0.0.1'\nport = 1025\nsecurity = 'starttls'\n");
        Self { catalog: Catalog::with_overrides(&[folder.path()], "2026-11"), _folder: folder }
    }

    fn judge(&self, evidence: &Evidence) -> Diagnosis {
        diagnose(evidence, &self.catalog, Lang::EN)
    }
}

fn evidence(stage: Stage, port: u16, security: Security, fault: ProbeFault) -> Evidence {
    Evidence {
        ehlo: "web1".into(),
        username: Some("ops@example.org".into()),
        sender: Some("ops@example.org".into()),
        ..Evidence::new(stage, Endpoint { host: "mail.example.org".into(), port, security }, fault)
    }
}

fn reply(code: u16, text: &str) -> ProbeFault {
    ProbeFault::Reply(Reply { code, lines: vec![text.as_bytes().to_vec()] })
}

fn change(diagnosis: &Diagnosis) -> Vec<(&str, &str)> {
    diagnosis.change.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

#[track_caller]
fn expect(evidence: &Evidence, cause: &str, wanted: &[(&str, &str)]) -> Diagnosis {
    let diagnosis = Bench::new().judge(evidence);
    assert_eq!((diagnosis.cause.as_str(), change(&diagnosis)), (cause, wanted.to_vec()), "{diagnosis:#?}");
    assert_eq!(diagnosis.fix.is_some(), !wanted.is_empty(), "{diagnosis:#?}");
    diagnosis
}

fn certificate(names: &[&str]) -> CertificateFacts {
    CertificateFacts {
        subject: "mail".into(),
        issuer: "mail".into(),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        not_before: "2026-01-01".into(),
        not_after: "2027-01-01".into(),
        days_left: 41,
        is_to_come: false,
        sha256: SHA.into(),
        lacks_issuer_key: false,
    }
}

#[test]
fn a_blocked_port_leads_to_another() {
    let silent = ProbeFault::Connect(io::ErrorKind::TimedOut);
    let blocked = evidence(Stage::Connect, 465, Security::Tls, silent.clone());
    let diagnosis = expect(&blocked, "port_blocked", &[("port", "587"), ("security", "starttls")]);
    assert_eq!(diagnosis.fix.as_deref(), Some("Use port 587 with STARTTLS"));
    let blocked = evidence(Stage::Connect, 587, Security::Starttls, silent.clone());
    expect(&blocked, "port_blocked", &[("port", "465"), ("security", "tls")]);
    let blocked = evidence(Stage::Connect, 25, Security::Starttls, silent.clone());
    expect(&blocked, "port_blocked", &[("port", "587")]);
    let mut listed = evidence(Stage::Connect, 465, Security::Tls, silent);
    listed.provider = Some("carrier".into());
    listed.endpoint.host = "smtp.carrier.test".into();
    expect(&listed, "port_blocked", &[("port", "2525"), ("security", "starttls")]);
}

#[test]
fn the_mode_follows_the_port() {
    let plain = ProbeFault::Tls { text: "received corrupt message of type InvalidContentType".into(), not_tls: true };
    let mixed = evidence(Stage::Tls, 587, Security::Tls, plain.clone());
    expect(&mixed, "wrong_tls_mode", &[("security", "starttls")]);
    let mixed = evidence(Stage::Greeting, 465, Security::Starttls, ProbeFault::TimedOut);
    expect(&mixed, "wrong_tls_mode", &[("security", "tls")]);
    let odd = evidence(Stage::Tls, 465, Security::Tls, plain.clone());
    expect(&odd, "wrong_tls_mode", &[("security", "starttls")]);
    let mut listed = evidence(Stage::Tls, 465, Security::Tls, plain);
    listed.provider = Some("carrier".into());
    listed.endpoint.host = "smtp.carrier.test".into();
    expect(&listed, "wrong_tls_mode", &[("port", "2525"), ("security", "starttls")]);
}

#[test]
fn tls_is_turned_on_and_starttls_replaced() {
    let bare = evidence(Stage::Mail, 587, Security::None, reply(530, "5.7.0 Must issue a STARTTLS command first"));
    expect(&bare, "starttls_required", &[("security", "starttls")]);
    let none = evidence(Stage::Starttls, 587, Security::Starttls, ProbeFault::NoStarttls);
    expect(&none, "starttls_unsupported", &[("port", "465"), ("security", "tls")]);
    let mut bare = evidence(Stage::Auth, 25, Security::None, ProbeFault::NoAuth);
    bare.offered = Some(Capabilities { starttls: true, ..Capabilities::default() });
    expect(&bare, "starttls_required", &[("security", "starttls")]);
}

#[test]
fn an_offered_mechanism_is_proposed_and_a_token_never() {
    let mut refused = evidence(Stage::Auth, 587, Security::Starttls, reply(504, "5.5.4 Unrecognized authentication type"));
    refused.mechanism = Some(Mechanism::CramMd5);
    refused.offered = Some(Capabilities { auth: Some(vec!["XOAUTH2".into(), "LOGIN".into()]), ..Capabilities::default() });
    let diagnosis = expect(&refused, "auth_mechanism_unsupported", &[("auth", "login")]);
    assert!(diagnosis.meaning.contains("XOAUTH2, LOGIN"), "{}", diagnosis.meaning);
    refused.offered = Some(Capabilities { auth: Some(vec!["XOAUTH2".into()]), ..Capabilities::default() });
    expect(&refused, "auth_mechanism_unsupported", &[]);
}

#[test]
fn a_login_that_nobody_offers_goes_elsewhere() {
    let inbound = evidence(Stage::Auth, 25, Security::Starttls, ProbeFault::NoAuth);
    expect(&inbound, "auth_not_offered", &[("port", "587")]);
    let mut local = evidence(Stage::Auth, 1025, Security::None, ProbeFault::NoAuth);
    local.endpoint.host = "localhost".into();
    let diagnosis = Bench::new().judge(&local);
    assert_eq!(change(&diagnosis), [("auth", "none")]);
}

#[test]
fn the_sender_becomes_the_login_when_that_is_an_address() {
    let words = "5.7.1 <root@example.org>: Sender address rejected: not owned by user ops@example.org";
    let mut refused = evidence(Stage::Mail, 465, Security::Tls, reply(553, words));
    refused.sender = Some("root@example.org".into());
    let diagnosis = expect(&refused, "sender_not_allowed", &[("address", "ops@example.org")]);
    assert_eq!(diagnosis.title, "This login may not send as root@example.org");
    refused.username = Some("apikey".into());
    expect(&refused, "sender_not_allowed", &[]);
}

#[test]
fn the_whole_address_becomes_the_user_name() {
    let mut short = evidence(Stage::Auth, 465, Security::Tls, reply(535, "Incorrect authentication data"));
    short.username = Some("ops".into());
    expect(&short, "bad_credentials", &[("username", "ops@example.org")]);
    short.username = Some("ops@example.org".into());
    let diagnosis = expect(&short, "bad_credentials", &[]);
    assert_eq!(diagnosis.ask.as_deref(), Some("password"));
}

#[test]
fn ehlo_gets_the_senders_own_domain_but_never_a_providers() {
    let words = "5.5.2 <web1>: Helo command rejected: need fully-qualified hostname";
    let mut refused = evidence(Stage::Rcpt, 25, Security::Starttls, reply(504, words));
    expect(&refused, "helo_rejected", &[("ehlo", "example.org")]);
    refused.sender = Some("ops@boxes.test".into());
    let diagnosis = expect(&refused, "helo_rejected", &[]);
    assert_eq!(diagnosis.ask.as_deref(), Some("ehlo"));
}

#[test]
fn a_pin_is_proposed_for_own_servers_and_never_for_a_public_provider() {
    let mut own = evidence(Stage::Tls, 465, Security::Tls, ProbeFault::Certificate(CertFault::SelfSigned));
    own.certificate = Some(certificate(&["mail.example.org"]));
    let diagnosis = expect(&own, "cert_self_signed", &[("pin_sha256", SHA)]);
    assert!(diagnosis.steps.iter().any(|step| step.contains(SHA)), "{:?}", diagnosis.steps);
    own.provider = Some("carrier".into());
    expect(&own, "cert_self_signed", &[]);
    own.provider = None;
    own.endpoint.host = "smtp.gmail.com".into();
    expect(&own, "cert_self_signed", &[]);
    own.fault = ProbeFault::Certificate(CertFault::Unsupported);
    own.provider = Some("span".into());
    own.endpoint.host = "127.0.0.1".into();
    expect(&own, "cert_unsupported", &[("pin_sha256", SHA)]);
}

#[test]
fn a_script_is_never_handed_a_pin() {
    for host in ["mail.example.org", "192.0.2.25", "127.0.0.1", "192.168.1.9", "localhost"] {
        let mut shown = evidence(Stage::Tls, 465, Security::Tls, ProbeFault::Certificate(CertFault::UnknownIssuer));
        shown.certificate = Some(certificate(&[host]));
        shown.endpoint.host = host.into();
        let diagnosis = expect(&shown, "cert_unknown_issuer", &[("pin_sha256", SHA)]);
        assert!(diagnosis.needs_person && diagnosis.to_json()["change"].is_null(), "{host}");
        assert!(diagnosis.steps[0].contains(SHA) && diagnosis.steps[0].contains("2027-01-01"), "{:?}", diagnosis.steps);
    }
}

#[test]
fn a_known_server_without_starttls_is_told_from_one_that_never_had_it() {
    let mut known = evidence(Stage::Starttls, 2525, Security::Starttls, ProbeFault::NoStarttls);
    known.endpoint.host = "smtp.carrier.test".into();
    let never = Bench::new().judge(&known);
    known.provider = Some("carrier".into());
    let stripped = Bench::new().judge(&known);
    known.fault = ProbeFault::StarttlsGone;
    assert_eq!(Bench::new().judge(&known), stripped);
    assert_eq!((never.cause.as_str(), stripped.cause.as_str()), ("starttls_unsupported", "starttls_unsupported"));
    assert_ne!(never.title, stripped.title);
}

#[test]
fn only_a_name_of_the_same_domain_is_proposed_from_a_certificate() {
    let mut wrong = evidence(Stage::Tls, 465, Security::Tls, ProbeFault::Certificate(CertFault::WrongName));
    wrong.certificate = Some(certificate(&["*.example.org", "smtp.example.org"]));
    wrong.endpoint.host = "old.mail.example.org".into();
    expect(&wrong, "cert_wrong_host", &[]);
    wrong.endpoint.host = "imap.example.org".into();
    expect(&wrong, "cert_wrong_host", &[("host", "smtp.example.org")]);
    wrong.certificate = Some(certificate(&["mail.elsewhere.test"]));
    let diagnosis = expect(&wrong, "cert_wrong_host", &[]);
    assert!(diagnosis.steps[0].contains("mail.elsewhere.test"));
}

#[test]
fn a_host_is_cleaned_and_a_foreign_server_replaced() {
    let mut typed = evidence(Stage::Dns, 465, Security::Tls, ProbeFault::Dns(DnsFault::NotFound));
    typed.endpoint.host = "\"smtp.example.org\";".into();
    expect(&typed, "host_invalid", &[("host", "smtp.example.org")]);
    typed.endpoint.host = "smtp://smtp.example.org:587".into();
    expect(&typed, "host_invalid", &[("host", "smtp.example.org")]);
    typed.endpoint.host = "smtp.example.org:587".into();
    expect(&typed, "host_invalid", &[("host", "smtp.example.org"), ("port", "587")]);
    let mut imap = evidence(Stage::Greeting, 143, Security::Starttls, ProbeFault::NotSmtp("* OK IMAP4rev1 ready".into()));
    imap.provider = Some("boxes".into());
    expect(&imap, "wrong_host_or_port", &[("host", "smtp.boxes.test"), ("port", "587")]);
}
