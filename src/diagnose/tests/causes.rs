//! The built-in causes, and what is said of a wrong one.

use super::{super::*, every_fault};
use crate::{
    mail::{Protocol, Reply, Security},
    probe::ProbeFault,
};

#[test]
fn every_cause_is_read_and_whole() {
    let catalog = Catalog::builtin();
    assert!(catalog.causes().count() >= 65 && catalog.faults().is_empty(), "{:?}", catalog.faults());
    for cause in catalog.causes() {
        for lang in Lang::builtin() {
            let words = cause.words(lang);
            let are_whole = cause.words.is_whole(lang) && cause.variants.iter().all(|variant| variant.words.is_whole(lang));
            assert!(are_whole, "{}: something is not said in {lang:?}", cause.label);
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
    const FAULTS: [&str; 7] =
        ["no_smtputf8", "tls_version", "greeting_timed_out", "host_invalid", "connect", "tls", "proxy_unused"];
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
                assert!(super::super::fill::PLACEHOLDERS.contains(&placeholder), "{}: {placeholder}", cause.label);
            }
        }
    }
}

const ANSWERS: [&str; 11] =
    ["address", "auth", "client_cert", "ehlo", "host", "password", "pin_sha256", "port", "proxy", "security", "username"];

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
        cause.source = crate::presets::PresetSource { file: "x.toml".into(), text };
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

#[test]
fn rules_of_sending_do_not_judge_a_mailbox() {
    let catalog = Catalog::builtin();
    let doctor = Doctor::new(&catalog, Lang::EN);
    let judged = |protocol: Protocol, fault: ProbeFault| {
        let endpoint = Endpoint { host: "mail.example.test".into(), port: 993, security: Security::Tls };
        doctor.diagnose(&Evidence { protocol, ..Evidence::new(Stage::Greeting, endpoint, fault) })
    };
    let bye = || ProbeFault::Reply(Reply::of_words(b"BYE go away".to_vec()));
    assert_eq!(judged(Protocol::Smtp, bye()).cause, "ip_blocklisted");
    assert_eq!(judged(Protocol::Imap, bye()).cause, UNKNOWN);
    assert_eq!(judged(Protocol::Smtp, ProbeFault::TimedOut).cause, "wrong_host_or_port");
    assert_eq!(judged(Protocol::Imap, ProbeFault::TimedOut).cause, "connection_dropped");
}
