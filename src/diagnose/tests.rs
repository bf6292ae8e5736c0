//! The replies that must be recognised, and how fast.

use std::time::Instant;

use serde::Deserialize;

use super::*;

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
    let doctor = Doctor::new(&catalog, Lang::En);
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
    let cases: Vec<Case> = cases(PARAPHRASE).into_iter().chain(cases(FIELD)).collect();
    assert!(cases.len() >= 300);
    let wrong = wrong(&cases);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
#[ignore = "dev"]
fn trace() {
    let catalog = Catalog::builtin();
    let doctor = Doctor::new(&catalog, Lang::En);
    let file = std::fs::read_to_string(std::env::var("TRACE").unwrap()).unwrap();
    let full = std::env::var("FULL").is_ok();
    for case in cases(&file) {
        let mut facts = read::read(&case.input());
        let found = doctor.matcher.find(&mut facts);
        let hits = doctor.matcher.hits(&facts, &found);
        let top: Vec<String> = hits
            .iter()
            .take(if full { 4 } else { 2 })
            .map(|h| format!("{}{}{}", catalog.causes()[h.cause].label, if h.guess { "?" } else { ":" }, h.score))
            .collect();
        eprintln!(
            "{} | {} | {}",
            top.join(" "),
            case.cause,
            case.reply.replace('\n', " ").chars().take(150).collect::<String>()
        );
        if full {
            eprintln!("   {:?} {:?} {:?} {:?} {:?}", facts.code, facts.enhanced, facts.fault, facts.who, facts.stage);
            eprintln!("   {}", doctor.matcher.found_words(&found));
        }
    }
}

#[test]
fn every_cause_is_read_and_whole() {
    let catalog = Catalog::builtin();
    assert_eq!(catalog.causes().len(), 54, "{:?}", catalog.faults());
    for cause in catalog.causes() {
        for lang in Lang::ALL {
            let words = cause.words(lang);
            assert!(!words.title.is_empty() && !words.meaning.is_empty() && !words.tell.is_empty(), "{}", cause.label);
            assert!(!words.steps.is_empty(), "{}", cause.label);
        }
        assert!(cause.links.iter().all(|link| link.starts_with("https://")), "{}", cause.label);
        assert!(
            cause.others.iter().all(|other| catalog.causes().iter().any(|cause| cause.label == *other)),
            "{}",
            cause.label
        );
        let has = |list: &[String]| list.iter().all(|stage| stage_of(stage).is_some());
        assert!(cause.patterns.iter().all(|pattern| has(&pattern.stage)), "{}", cause.label);
        assert_eq!(cause.checked, "2026-11");
    }
}
