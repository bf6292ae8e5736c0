//! The replies that must be recognised, and what holds for every diagnosis.

mod beside;
mod causes;
mod tokens;

use std::io::ErrorKind;

use serde::Deserialize;

use super::*;
use crate::{
    mail::{Security, host::parse_host},
    probe::ProbeFault,
};

#[derive(Deserialize)]
struct Case {
    id: String,
    provider: Option<String>,
    host: Option<String>,
    port: Option<u16>,
    stage: Option<String>,
    reply: String,
    cause: String,
    #[serde(default)]
    also: Vec<String>,
}

impl Case {
    fn input(&self) -> Explain {
        Explain {
            reply: self.reply.clone().into_bytes(),
            provider: self.provider.clone(),
            host: self.host.clone(),
            port: self.port,
            stage: self.stage.as_deref().and_then(stage_of),
        }
    }
}

fn cases(source: &str) -> Vec<Case> {
    source.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Cases whose cause is not recognised, as lines to read.
fn wrong(cases: &[Case]) -> Vec<String> {
    let catalog = Catalog::builtin();
    let doctor = Doctor::new(&catalog, Lang::EN);
    cases
        .iter()
        .filter_map(|case| {
            let cause = doctor.explain(&case.input()).cause;
            (cause != case.cause && !case.also.contains(&cause))
                .then(|| format!("{}: {} in place of {}: {}", case.id, cause, case.cause, case.reply))
        })
        .collect()
}

const SHARED: &str = include_str!("../../tests/fixtures/replies/shared.jsonl");
const FIELD: &str = include_str!("../../tests/fixtures/replies/field.jsonl");
const FOUND: &str = include_str!("../../tests/fixtures/replies/found.jsonl");
const LOCAL: &str = include_str!("../../tests/fixtures/replies/local.jsonl");
const CLIENTS: &str = include_str!("../../tests/fixtures/replies/clients.jsonl");
const PARAPHRASE: &str = include_str!("../../tests/fixtures/replies/paraphrase.jsonl");

#[test]
fn every_shared_reply_is_recognised() {
    let cases = cases(SHARED);
    assert_eq!(cases.len(), 134);
    let wrong = wrong(&cases);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn replies_of_other_sources_are_recognised() {
    let cases: Vec<Case> = [PARAPHRASE, FIELD, FOUND, CLIENTS].into_iter().flat_map(cases).collect();
    assert!(cases.len() >= 600);
    let wrong = wrong(&cases);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn what_the_programs_of_a_machine_say_of_it_is_recognised() {
    let cases = cases(LOCAL);
    assert!(cases.len() >= 190);
    let wrong = wrong(&cases);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn a_fault_of_the_machine_has_its_commands_and_speaks_every_language() {
    let catalog = Catalog::builtin();
    for lang in Lang::builtin() {
        let doctor = Doctor::new(&catalog, lang);
        let said = |reply: &str| doctor.explain(&Explain::new(reply));
        let sasl = said("postfix/smtp[2211]: warning: SASL authentication failure: No worthy mechs found");
        let packages = sasl.steps.join("\n");
        assert!(packages.contains("libsasl2-modules") && packages.contains("cyrus-sasl-plain"), "{packages}");
        let wrapper =
            said("postfix/smtp[1712]: SMTPS wrappermode (TCP port 465) requires setting \"smtp_tls_wrappermode = yes\"");
        assert!(wrapper.steps[0].contains("smtp_tls_wrappermode=yes"), "{:?}", wrapper.steps);
        let selinux = said("msmtp: cannot connect to smtp.example.org, port 587: Permission denied");
        assert!(selinux.steps.iter().any(|step| step.contains("httpd_can_sendmail")), "{:?}", selinux.steps);
        let mailer = said("(CRON) info (No MTA installed, discarding output)");
        assert!(mailer.steps[0].contains("apt install msmtp-mta"), "{:?}", mailer.steps);
        let retry = said("defer (-53): retry time not reached for any host for 'example.org'");
        assert!(retry.steps.iter().any(|step| step.contains("/db/retry*")), "{:?}", retry.steps);
    }
}

fn every_fault() -> [ProbeFault; 43] {
    use crate::probe::{ArrivalFault, CertFault, DnsFault, TunnelFault, TunnelFaultKind};
    let proxy = |kind| ProbeFault::Proxy(TunnelFault { kind, said: String::new() });
    let reply = crate::mail::Reply { code: 599, lines: Vec::new() };
    let tls = |not_tls| ProbeFault::Tls { text: String::new(), not_tls };
    [
        ProbeFault::Reply(reply),
        ProbeFault::Dns(DnsFault::NotFound),
        ProbeFault::Dns(DnsFault::NoAddress),
        ProbeFault::Dns(DnsFault::Unavailable),
        ProbeFault::Connect(ErrorKind::ConnectionRefused),
        ProbeFault::Connect(ErrorKind::TimedOut),
        ProbeFault::Connect(ErrorKind::NetworkUnreachable),
        ProbeFault::Connect(ErrorKind::Other),
        proxy(TunnelFaultKind::Unreachable),
        proxy(TunnelFaultKind::Login),
        proxy(TunnelFaultKind::Forbidden),
        proxy(TunnelFaultKind::Onward),
        proxy(TunnelFaultKind::Garbled),
        ProbeFault::TimedOut,
        ProbeFault::Closed,
        ProbeFault::ClientCertWanted,
        ProbeFault::ClientCertRefused(String::new()),
        ProbeFault::Io(ErrorKind::Other),
        tls(true),
        tls(false),
        ProbeFault::Certificate(CertFault::Expired),
        ProbeFault::Certificate(CertFault::NotYetValid),
        ProbeFault::Certificate(CertFault::SelfSigned),
        ProbeFault::Certificate(CertFault::UnknownIssuer),
        ProbeFault::Certificate(CertFault::WrongName),
        ProbeFault::Certificate(CertFault::WrongPin),
        ProbeFault::Certificate(CertFault::Unsupported),
        ProbeFault::NoStarttls,
        ProbeFault::StarttlsGone,
        ProbeFault::Injected,
        ProbeFault::Unproven,
        ProbeFault::NoAuth,
        ProbeFault::NoCommonMechanism,
        ProbeFault::NotSmtp(String::new()),
        ProbeFault::NotImap(String::new()),
        ProbeFault::Arrival(ArrivalFault::Junk),
        ProbeFault::Arrival(ArrivalFault::Elsewhere),
        ProbeFault::Arrival(ArrivalFault::Unaligned),
        ProbeFault::Arrival(ArrivalFault::NotYet),
        ProbeFault::Arrival(ArrivalFault::Bounced(Vec::new())),
        ProbeFault::Arrival(ArrivalFault::Late),
        ProbeFault::Arrival(ArrivalFault::NoVerdict),
        ProbeFault::TooLong,
    ]
}

#[test]
fn no_change_ever_turns_tls_off() {
    let catalog = Catalog::builtin();
    let doctor = Doctor::new(&catalog, Lang::EN);
    let provider = |key: &str| catalog.provider(key).map(|provider| provider.key.clone());
    for (fault, provider) in every_fault().into_iter().flat_map(|fault| {
        [None, provider("gmail"), provider("ovh"), provider("proton-bridge")].map(|provider| (fault.clone(), provider))
    }) {
        for (stage, port) in Stage::ALL.into_iter().flat_map(|stage| [25, 465, 587].map(|port| (stage, port))) {
            for security in [Security::Tls, Security::Starttls] {
                let endpoint = Endpoint { host: "mail.example.org".into(), port, security };
                let evidence = Evidence { provider: provider.clone(), ..Evidence::new(stage, endpoint, fault.clone()) };
                let change = doctor.diagnose(&evidence).change;
                assert_ne!(change.get("security").map(String::as_str), Some("none"), "{evidence:?}");
                assert!(!change.contains_key("allow_plaintext"), "{evidence:?}");
            }
        }
    }
}

#[test]
fn no_fault_of_the_ladder_is_left_without_words() {
    let catalog = Catalog::builtin();
    for lang in Lang::builtin() {
        let doctor = Doctor::new(&catalog, lang);
        for fault in every_fault().into_iter().chain([ProbeFault::NoSmtputf8]) {
            for stage in Stage::ALL {
                let endpoint = crate::mail::Endpoint {
                    host: "mail.example.org".into(),
                    port: 587,
                    security: crate::mail::Security::Starttls,
                };
                let evidence = Evidence { ehlo: "web1.example.org".into(), ..Evidence::new(stage, endpoint, fault.clone()) };
                let diagnosis = doctor.diagnose(&evidence);
                let expected = matches!(fault, ProbeFault::Reply(_)) || diagnosis.cause != UNKNOWN;
                assert!(expected, "{} at {}", fault.name(), stage.as_str());
                let shown = [&diagnosis.title, &diagnosis.meaning].into_iter().chain(&diagnosis.steps);
                assert!(shown.into_iter().all(|words| !words.is_empty() && !words.contains('{')), "{diagnosis:?}");
                assert!(!diagnosis.steps.is_empty(), "{diagnosis:?}");
            }
        }
    }
}

#[test]
fn no_placeholder_is_left_in_any_words() {
    let catalog = Catalog::builtin();
    for lang in Lang::builtin() {
        let doctor = Doctor::new(&catalog, lang);
        for case in cases(SHARED).iter().chain(&cases(PARAPHRASE)).chain(&cases(FIELD)) {
            let mut input = case.input();
            (input.host, input.port) = (None, None);
            let diagnosis = doctor.explain(&input);
            let others = diagnosis.others.iter().flat_map(|other| [&other.title, &other.tell]);
            let words = [&diagnosis.title, &diagnosis.meaning].into_iter().chain(&diagnosis.steps).chain(others);
            assert!(
                words.chain(diagnosis.fix.as_ref()).all(|words| !words.is_empty() && !words.contains('{')),
                "{diagnosis:?}"
            );
        }
    }
}

#[test]
fn what_is_no_reply_is_unknown_and_nothing_is_invented() {
    let catalog = Catalog::builtin();
    let doctor = Doctor::new(&catalog, Lang::EN);
    let binary: Vec<u8> = (0..=255).cycle().take(4096).collect();
    let bad: [&[u8]; 7] = [b"", b"  \r\n\t ", &binary, b"hello there", b"250 2.0.0 Ok: queued as 4F1", b"\xff\xfe", b"{}"];
    for input in bad {
        let diagnosis = doctor.explain(&Explain::new(input));
        assert_eq!(diagnosis.cause, UNKNOWN, "{diagnosis:?}");
        assert!(!diagnosis.is_certain() && diagnosis.change.is_empty() && diagnosis.links.is_empty());
    }
    let unheard = doctor.explain(&Explain::new("577 5.9.9 flux capacitor depleted"));
    assert_eq!(unheard.cause, UNKNOWN);
    assert!(unheard.meaning.contains("577") && unheard.meaning.contains("RFC 5321"), "{}", unheard.meaning);
}

#[test]
fn the_document_has_the_contracts_shape() {
    let catalog = Catalog::builtin();
    let mut input = Explain::new("Error: connect ETIMEDOUT 192.0.2.5:465");
    input.host = Some("mail.example.org".into());
    input.port = Some(465);
    let json = explain(&input, &catalog, Lang::of_tag("fr").unwrap()).to_json();
    let keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["cause", "certain", "change", "links", "meaning", "others", "steps", "sure", "title"]);
    assert_eq!(json["change"], serde_json::json!({"port": 587, "security": "starttls"}));
    let json = explain(&Explain::new("550 5.1.1 no such user"), &catalog, Lang::EN).to_json();
    assert!(json["change"].is_null());
}

#[test]
fn alternatives_come_with_how_to_tell() {
    let catalog = Catalog::builtin();
    let mut input = Explain::new("535-5.7.8 Username and Password not accepted.\n535 5.7.8 - gsmtp");
    input.provider = Some("gmail".into());
    let diagnosis = explain(&input, &catalog, Lang::EN);
    assert_eq!((diagnosis.cause.as_str(), diagnosis.is_certain()), ("bad_credentials", true));
    assert_eq!(diagnosis.others[0].cause, "app_password_required");
    assert!(diagnosis.others.iter().all(|other| !other.tell.is_empty() && other.cause != diagnosis.cause));
    assert!(diagnosis.links[0].contains("apppasswords"));
}

#[test]
fn the_class_of_a_code_is_only_a_guess() {
    let catalog = Catalog::builtin();
    let mut input = Explain::new("550 Nope");
    input.stage = Some(Stage::Rcpt);
    let diagnosis = explain(&input, &catalog, Lang::EN);
    assert_eq!((diagnosis.cause.as_str(), diagnosis.is_certain()), ("recipient_unknown", false));
}

#[test]
fn foreign_text_reaches_no_sentence_unescaped() {
    let catalog = Catalog::builtin();
    let mut input = Explain::new("getaddrinfo ENOTFOUND");
    input.host = Some(format!("evil\u{1b}[31m{}", "x".repeat(400)));
    let diagnosis = explain(&input, &catalog, Lang::EN);
    assert_eq!(diagnosis.cause, "host_invalid");
    assert!(!diagnosis.meaning.contains('\u{1b}') && diagnosis.meaning.chars().count() < 500, "{}", diagnosis.meaning);
}

#[test]
fn a_long_reply_costs_no_more_than_its_bounded_part() {
    let catalog = Catalog::builtin();
    let doctor = Doctor::new(&catalog, Lang::EN);
    for bait in ["too many ", "a", "535 5.7.8 ", "eyJ", "\\x41", "(((((", "550-", "\u{1b}[31m", "é"] {
        let mut long = bait.repeat((1 << 20) / bait.len());
        long.push_str("\n535 5.7.8 Username and Password not accepted");
        // Latin-1 read as such doubles at most; what is matched stays within the bound.
        assert!(
            read::read(&Explain::new(long.as_bytes()), &doctor.marks, Worth::Said).facts.text.len() <= 2 * 65 * 1024,
            "{bait}"
        );
        let cause = doctor.explain(&Explain::new(long)).cause;
        assert!(matches!(cause.as_str(), "bad_credentials" | "too_many_logins"), "{bait}: {cause}");
    }
}

#[test]
fn no_input_breaks_it() {
    use proptest::{collection::vec, prelude::any, test_runner::TestRunner};
    let catalog = Catalog::builtin();
    let doctor = Doctor::new(&catalog, Lang::of_tag("fr").unwrap());
    let known = |cause: &str| cause == UNKNOWN || catalog.causes().any(|known| known.label == cause);
    let inputs = (vec(any::<u8>(), 0..400), "(535|550|4[0-9]{2})[- ].{0,80}");
    let outcome = TestRunner::default().run(&inputs, |(bytes, text)| {
        proptest::prop_assert!(known(&doctor.explain(&Explain::new(bytes)).cause));
        proptest::prop_assert!(known(&doctor.explain(&Explain::new(text)).cause));
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn words_of_clients_are_folded_and_each_is_there_once() {
    let catalog = Catalog::builtin();
    let mut seen = std::collections::HashMap::new();
    for (fault, word) in catalog.words() {
        assert!(catalog.faults_in_words().contains(&fault), "{fault} is not in faults.toml");
        assert_eq!(clean::fold(word).trim(), word.trim(), "{fault}");
        assert!(word.trim().len() > 2, "{fault}: {word:?}");
        assert_eq!(seen.insert(word, fault), None, "{word:?} is there twice");
    }
    for fault in catalog.faults_in_words() {
        assert!(seen.values().any(|known| *known == fault), "no client says {fault}");
    }
}

#[test]
fn marks_are_folded_and_families_are_known() {
    let catalog = Catalog::builtin();
    let names: Vec<&str> = catalog.marks().map(|marks| marks.name).collect();
    for marks in catalog.marks() {
        assert!(marks.families.iter().all(|family| names.contains(family)), "{}: {:?}", marks.name, marks.families);
        assert!(marks.words.iter().all(|word| clean::fold(word).trim() == word.trim()), "{}: {:?}", marks.name, marks.words);
        assert!(marks.hosts.iter().all(|host| parse_host(host).as_deref() == Ok(host)), "{}: {:?}", marks.name, marks.hosts);
    }
    for pattern in catalog.causes().flat_map(|cause| &cause.patterns) {
        assert!(pattern.provider.iter().all(|name| names.contains(&name.as_str())), "{:?}", pattern.provider);
    }
}

#[test]
fn every_sample_of_a_cause_is_recognised() {
    let catalog = Catalog::builtin();
    let doctor = Doctor::new(&catalog, Lang::EN);
    for (cause, sample) in catalog.causes().flat_map(|cause| cause.samples.iter().map(move |sample| (cause, sample))) {
        assert_eq!(doctor.explain(&Explain::new(sample.as_bytes())).cause, cause.label, "{sample}");
    }
}

#[test]
fn a_bounce_is_explained_by_what_the_server_said() {
    let catalog = Catalog::builtin();
    let doctor = Doctor::new(&catalog, Lang::EN);
    let bounces = cases(include_str!("../../tests/fixtures/replies/bounces.jsonl"));
    assert!(bounces.len() >= 8);
    for case in bounces {
        let diagnosis = doctor.explain(&case.input());
        assert!(diagnosis.cause == case.cause || case.also.contains(&diagnosis.cause), "{}: {}", case.id, diagnosis.cause);
    }
}

#[test]
fn how_sure_it_is_has_three_words() {
    let catalog = Catalog::builtin();
    let doctor = Doctor::new(&catalog, Lang::EN);
    let sure = |reply: &str| doctor.explain(&Explain::new(reply)).to_json()["sure"].as_str().map(str::to_owned);
    assert_eq!(sure("535 5.7.8 Username and Password not accepted").as_deref(), Some("sure"));
    assert_eq!(sure("451 Nope").as_deref(), Some("guess"));
    let cases: Vec<Case> = [SHARED, FOUND, LOCAL].into_iter().flat_map(cases).collect();
    let certain = cases.iter().filter(|case| doctor.explain(&case.input()).is_certain()).count();
    assert!(certain * 10 >= cases.len() * 7, "{certain} of {}", cases.len());
    let json = doctor.explain(&Explain::new("535 5.7.8 Username and Password not accepted")).to_json();
    assert_eq!(json["certain"], true);
    assert!(json["others"].as_array().is_some_and(|others| others.iter().all(|other| other["tell"].is_string())));
}
