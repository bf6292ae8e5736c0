//! The replies that must be recognised, and what holds for every diagnosis.

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
    let cases: Vec<Case> = [PARAPHRASE, FIELD, FOUND].into_iter().flat_map(cases).collect();
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

#[test]
fn every_cause_is_read_and_whole() {
    let catalog = Catalog::builtin();
    assert!(catalog.causes().count() >= 65 && catalog.faults().is_empty(), "{:?}", catalog.faults());
    for cause in catalog.causes() {
        for lang in Lang::builtin() {
            let words = cause.words(lang);
            assert!(!words.title.is_empty() && !words.meaning.is_empty() && !words.tell.is_empty(), "{}", cause.label);
            assert!(!words.steps.is_empty(), "{}", cause.label);
        }
        assert!(cause.links.iter().all(|link| link.starts_with("https://")), "{}", cause.label);
        assert!(cause.others.iter().all(|other| catalog.causes().any(|cause| cause.label == *other)), "{}", cause.label);
        let has = |list: &[String]| list.iter().all(|stage| stage_of(stage).is_some());
        assert!(cause.patterns.iter().all(|pattern| has(&pattern.stage)), "{}", cause.label);
    }
}

#[test]
fn patterns_and_placeholders_are_known() {
    const KNOWN: [&str; 30] = [
        "provider",
        "host",
        "port",
        "security",
        "sender",
        "username",
        "ehlo",
        "mechanism",
        "offered",
        "subject",
        "issuer",
        "names",
        "not_before",
        "not_after",
        "sha256",
        "new.host",
        "new.port",
        "new.security",
        "new.auth",
        "new.address",
        "new.username",
        "new.ehlo",
        "new.pin_sha256",
        "new.password",
        "install.msmtp.mail",
        "install.sasl",
        "install.authorities",
        "install.services",
        "install.lmdb",
        "bundles",
    ];
    const FAULTS: [&str; 6] = ["no_smtputf8", "tls_version", "greeting_timed_out", "host_invalid", "connect", "tls"];
    let catalog = Catalog::builtin();
    let ladder = every_fault().map(|fault| fault.name());
    for cause in catalog.causes() {
        for pattern in cause.patterns.iter().chain(cause.variants.iter().map(|variant| &variant.when)) {
            let known = |fault: &String| FAULTS.contains(&fault.as_str()) || ladder.contains(&fault.as_str());
            assert!(pattern.fault.iter().all(known), "{}: {:?}", cause.label, pattern.fault);
            assert!(pattern.security.iter().all(|mode| mode.parse::<crate::mail::Security>().is_ok()), "{}", cause.label);
            let words = pattern.any.iter().chain(&pattern.all).chain(&pattern.not);
            assert!(words.into_iter().all(|words| words.len() > 2 && *words == words.to_lowercase() || !words.is_ascii()));
        }
        let mut texts = Vec::new();
        for lang in Lang::builtin() {
            let words = cause.words(lang);
            texts.extend(
                [Some(&words.title), Some(&words.meaning), Some(&words.tell), words.fix.as_ref()].into_iter().flatten(),
            );
            texts.extend(&words.steps);
            for variant in &cause.variants {
                let words = variant.words(lang);
                texts.extend([words.title.as_ref(), words.meaning.as_ref(), words.fix.as_ref()].into_iter().flatten());
                texts.extend(words.steps.iter().flatten());
            }
        }
        for text in texts {
            for placeholder in text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()) {
                assert!(KNOWN.contains(&placeholder), "{}: {placeholder}", cause.label);
            }
        }
    }
}

fn every_fault() -> [ProbeFault; 30] {
    use crate::probe::{CertFault, DnsFault};
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
        assert!(seen.values().any(|known| known == fault), "no client says {fault}");
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

const ANSWERS: [&str; 10] =
    ["address", "auth", "client_cert", "ehlo", "host", "password", "pin_sha256", "port", "security", "username"];

#[test]
fn every_built_in_cause_has_known_words() {
    let catalog = Catalog::builtin();
    let answers: Vec<&str> = ANSWERS.into_iter().chain(["test_to"]).collect();
    for cause in catalog.causes() {
        assert_eq!(check_cause(cause, &catalog, &answers), []);
    }
}

#[test]
fn every_fault_of_the_ladder_can_be_named_by_a_cause() {
    let catalog = Catalog::builtin();
    let mut cause = catalog.causes().next().unwrap().clone();
    cause.patterns = vec![crate::presets::cause::Pattern {
        fault: every_fault().iter().map(ProbeFault::name).filter(|name| *name != "reply").map(str::to_owned).collect(),
        ..Default::default()
    }];
    assert_eq!(check_cause(&cause, &catalog, &ANSWERS), []);
}

#[test]
fn a_pattern_that_matches_everything_or_weighs_too_much_has_its_line() {
    let words = "[en]\ntitle = 'x'\nmeaning = 'x'\nsteps = ['x']\ntell = 'x'\n";
    let lines = |patterns: &str| {
        let text = format!("checked = '2026-11'\n{patterns}\n{words}");
        let mut cause: Cause = crate::presets::parse("x.toml", &text).unwrap();
        cause.source = crate::presets::PresetSource { file: "x.toml".into(), text: text.into() };
        let faults = check_cause(&cause, &Catalog::builtin(), &ANSWERS);
        faults.iter().map(|fault| fault.line.unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(lines("match = [{ code = ['535'], weight = -100 }]"), [0; 0]);
    for wrong in [
        "match = []",
        "match = [{ weight = 5 }]",
        "match = [{ guess = true, not = ['no'] }]",
        "match = [{ code = ['535'], weight = 101 }]",
        "match = [{ code = ['535'], weight = -2147483648 }]",
        "match = [{ code = ['700xx'] }]",
        "match = [{ any = [' '] }]",
        "match = [{ port = [0] }]",
        "match = [{ host = ['a b'] }]",
    ] {
        assert_eq!(lines(wrong), [2], "{wrong}");
    }
    assert_eq!(lines("match = [{ code = ['535'] }]\n[[variant]]\nwhen = {}\n[variant.en]\ntitle = 'y'"), [4]);
}

#[test]
fn a_wrong_word_of_a_cause_has_its_line_and_the_nearest() {
    let text = "checked = '2026-11'
ask = 'pasword'
others = ['greylistd']
change = { secruity = 'tls', port = 'x' }
match = [
    { provider = ['gogle'], stage = ['conect'] },
    { fault = ['refusd'], code = ['5x'], enhanced = ['5.7'] },
    { security = ['startls'], mechanism = ['plian'] },
]
[en]
title = 'x {hots}'
meaning = 'x'
steps = [
    'x',
    'use {new.prot}',
]
tell = 'x'
[fr]
title = 'x'
meaning = 'x'
steps = ['x']
tell = 'x'
";
    let mut cause: Cause = crate::presets::parse("x.toml", text).unwrap();
    cause.source = crate::presets::PresetSource { file: "x.toml".into(), text: text.into() };
    let faults = check_cause(&cause, &Catalog::builtin(), &ANSWERS);
    let places: Vec<_> = faults.iter().map(|fault| (fault.line.unwrap(), fault.nearest.as_deref())).collect();
    let expected = [
        (6, Some("google")),
        (6, Some("connect")),
        (7, Some("refused")),
        (7, None),
        (7, None),
        (8, Some("starttls")),
        (8, Some("plain")),
        (2, Some("password")),
        (4, Some("security")),
        (4, None),
        (3, Some("greylisted")),
        (11, Some("host")),
        (15, Some("new.port")),
    ];
    assert_eq!(places, expected, "{faults:#?}");
}

/// What stands beside failures in what people paste, and says nothing of them.
const BESIDE: [&str; 20] = [
    "Nov 30 03:11:13 web1 postfix/cleanup[12]: 4F1A2C0: message-id=<20261130031113.4F1A2C0@web1.example.org>",
    "Nov 30 03:11:13 web1 postfix/qmgr[9]: 4F1A2C0: from=<root@web1.example.org>, size=512, nrcpt=1 (queue active)",
    "Nov 30 03:11:13 web1 postfix/pickup[8]: 4F1A2C0: uid=0 from=<root>",
    "Nov 30 03:11:13 web1 postfix/qmgr[9]: 4F1A2C0: removed",
    "Nov 30 03:11:13 web1 postfix/smtp[7]: 1B2C3D4: to=<b@example.org>, relay=mx.example.org[192.0.2.9]:25, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 99)",
    "Nov 30 03:11:13 web1 postfix/smtpd[3]: connect from unknown[192.0.2.77]",
    "Nov 30 03:11:13 web1 postfix/smtpd[3]: lost connection after AUTH from unknown[192.0.2.77]",
    "Nov 30 03:11:13 web1 postfix/smtpd[3]: disconnect from unknown[192.0.2.77] ehlo=1 auth=0/1 commands=1/2",
    "Nov 30 03:11:13 web1 postfix/smtpd[3]: warning: hostname scan.example.net does not resolve to address 192.0.2.77",
    "Nov 30 03:11:13 web1 postfix/smtp[7]: Untrusted TLS connection established to mx.example.org[192.0.2.9]:25: TLSv1.3",
    "Nov 30 03:11:13 web1 postfix/smtp[7]: connect to mx.example.org[2001:db8::9]:25: Network is unreachable",
    "Nov 30 03:11:13 web1 postfix/cleanup[5]: warning: connect to Milter service inet:localhost:8891: Connection refused",
    "verify error:num=18:self-signed certificate",
    "Verify return code: 18 (self-signed certificate)",
    "2026-11-30 05:11:43 1rXyZa-0001Ab-Cd <= root@web1.example.org U=root P=local S=512",
    "2026-11-30 05:11:43 1rXyZa-0001Ab-Cd => b@example.org R=smarthost T=remote_smtp_smarthost H=mx.example.org [192.0.2.9]",
    "Message-ID: <20261130031113.4F1A2C0@web1.example.org>",
    "Received: from web1.example.org (unknown [192.0.2.5])\n\tby mx.example.org (Postfix) with ESMTPS id 4F1A2C0",
    "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit",
    "Date: Mon, 30 Nov 2026 03:11:13 +0000\nFrom: root@web1.example.org\nSubject: Cron <root@web1> backup: failed",
];

#[test]
fn what_stands_beside_a_failure_does_not_decide() {
    let catalog = Catalog::builtin();
    let doctor = Doctor::new(&catalog, Lang::EN);
    let cases: Vec<Case> = [SHARED, LOCAL].into_iter().flat_map(cases).collect();
    let (mut tried, mut lost) = (0, Vec::new());
    for case in &cases {
        let right = |reply: String| {
            let cause = doctor.explain(&Explain { reply: reply.into_bytes(), ..case.input() }).cause;
            cause == case.cause || case.also.contains(&cause)
        };
        for beside in BESIDE {
            tried += 1;
            if !right(format!("{beside}\n{}\n{beside}", case.reply)) {
                lost.push(format!("{} with {beside}", case.id));
            }
        }
    }
    assert!(lost.len() * 100 <= tried, "{} of {tried}:\n{}", lost.len(), lost.join("\n"));
}

#[test]
fn deliveries_that_went_well_are_no_failure() {
    let catalog = Catalog::builtin();
    let doctor = Doctor::new(&catalog, Lang::EN);
    let lines: Vec<&str> = [0, 1, 2, 3, 4, 9, 14, 15].into_iter().filter_map(|place| BESIDE.get(place).copied()).collect();
    let log = format!("{}\n", lines.join("\n")).repeat(2500);
    for said in [log.as_str(), "250 2.0.0 Ok: queued as 4F1", BESIDE[0]] {
        let diagnosis = doctor.explain(&Explain::new(said));
        assert_eq!((diagnosis.cause.as_str(), diagnosis.sure), (UNKNOWN, Certainty::Guess));
        assert_eq!(diagnosis.title, "No failure in this text");
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
