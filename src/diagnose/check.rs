//! A cause's preset, checked by itself: each word that is none is said with its file, its line and the nearest right word.

use std::{collections::HashSet, ops::RangeInclusive};

use super::{
    fill::PLACEHOLDERS,
    rule::{code_range, enhanced_shape},
};
use crate::{
    mail::{Auth, Mechanism, Port, Protocol, Security, host::parse_host},
    presets::{ByLang, Catalog, Cause, Lang, PresetFault, cause::Pattern, unknown_parts},
    probe::Stage,
};

/// Names of faults that no client says in words of its own ([`crate::probe::ProbeFault::name`], and what the matcher adds).
const FAULTS_WITHOUT_WORDS: [&str; 23] = [
    "arrived_late",
    "client_cert_refused",
    "bounced",
    "host_invalid",
    "injected",
    "io",
    "landed_elsewhere",
    "landed_in_spam",
    "no_smtputf8",
    "no_verdict",
    "not_arrived",
    "not_imap",
    "not_smtp",
    "proxy_forbidden",
    "proxy_garbled",
    "proxy_login",
    "proxy_onward",
    "proxy_unreachable",
    "proxy_unused",
    "starttls_gone",
    "too_long",
    "unaligned",
    "unproven",
];

/// What a pattern may add to its specificity or take from it: the words of a reply count for 20 to 50.
const WEIGHTS: RangeInclusive<i32> = -100..=100;

/// What is wrong with a cause's words. `answers` are the keys of answers files.
pub fn check_cause(cause: &Cause, catalog: &Catalog, answers: &[&str]) -> Vec<PresetFault> {
    let mut check = CauseCheck { cause, faults: Vec::new() };
    let senders: Vec<&str> = catalog.marks().map(|marks| marks.name).collect();
    let faults: Vec<&str> = catalog.faults_in_words().into_iter().chain(FAULTS_WITHOUT_WORDS).collect();
    if cause.patterns.is_empty() {
        check.faults.push(cause.source.fault_at("match", "`match` is empty: nothing is ever this cause"));
    }
    for (at, pattern) in cause.patterns.iter().enumerate() {
        check.pattern(&format!("match.{at}"), pattern, &senders, &faults);
    }
    for (at, variant) in cause.variants.iter().enumerate() {
        check.pattern(&format!("variant.{at}.when"), &variant.when, &senders, &faults);
        check.words(&format!("variant.{at}.ask"), "answer", &variant.ask, answers);
    }
    check.words("ask", "answer", &cause.ask, answers);
    check.words("change", "answer", cause.change.keys(), answers);
    for (key, value) in &cause.change {
        check.value(key, value);
    }
    let labels: Vec<&str> = catalog.causes().map(|cause| cause.label.as_str()).collect();
    check.words("others", "cause", &cause.others, &labels);
    for (at, variant) in cause.variants.iter().enumerate() {
        check.words(&format!("variant.{at}.others"), "cause", &variant.others, &labels);
    }
    check.placeholders();
    check.faults
}

struct CauseCheck<'a> {
    cause: &'a Cause,
    faults: Vec<PresetFault>,
}

impl CauseCheck<'_> {
    /// Words of a list, or of a value that may be absent.
    fn words<'w>(&mut self, path: &str, what: &str, words: impl IntoIterator<Item = &'w String>, known: &[&str]) {
        for (at, word) in words.into_iter().enumerate().filter(|(_, word)| !known.contains(&word.as_str())) {
            let path = if path == "change" { format!("{path}.{word}") } else { format!("{path}.{at}") };
            self.faults.push(self.cause.source.unknown_at(&path, what, word, known.iter().copied()));
        }
    }

    fn pattern(&mut self, path: &str, pattern: &Pattern, senders: &[&str], faults: &[&str]) {
        let stages: Vec<&str> = Stage::ALL.map(Stage::as_str).into_iter().chain(["tcp"]).collect();
        self.words(&format!("{path}.provider"), "provider or family", &pattern.provider, senders);
        self.words(&format!("{path}.protocol"), "protocol", &pattern.protocol, &Protocol::WORDS);
        self.words(&format!("{path}.stage"), "stage", &pattern.stage, &stages);
        self.words(&format!("{path}.fault"), "fault", &pattern.fault, faults);
        self.words(&format!("{path}.security"), "security mode", &pattern.security, &Security::WORDS);
        self.words(&format!("{path}.mechanism"), "mechanism", &pattern.mechanism, &Mechanism::ALL.map(Mechanism::as_str));
        let codes = pattern.code.iter().enumerate().filter(|(_, code)| code_range(code).is_none());
        let codes =
            codes.map(|(at, code)| (format!("{path}.code.{at}"), format!("`{code}` is not a reply code, as 535 or 5xx")));
        let enhanced = pattern.enhanced.iter().enumerate().filter(|(_, code)| enhanced_shape(code).is_none());
        let enhanced = enhanced.map(|(at, code)| {
            (format!("{path}.enhanced.{at}"), format!("`{code}` is not an enhanced status code, as 5.7.8 or 5.7.x"))
        });
        let ports = pattern.port.iter().enumerate().filter(|(_, port)| **port == 0);
        let ports = ports
            .map(|(at, _)| (format!("{path}.port.{at}"), "`0` is not a port: it is a number from 1 to 65535".to_owned()));
        let hosts = pattern.host.iter().enumerate().filter(|(_, host)| parse_host(host).is_err());
        let hosts = hosts.map(|(at, host)| (format!("{path}.host.{at}"), format!("`{host}` is not a host name")));
        let words = [("any", &pattern.any), ("all", &pattern.all), ("not", &pattern.not)];
        let blank =
            words.into_iter().flat_map(|(name, list)| list.iter().enumerate().map(move |(at, word)| (name, at, word)));
        let blank = blank.filter(|(_, _, word)| word.trim().is_empty());
        let blank =
            blank.map(|(name, at, _)| (format!("{path}.{name}.{at}"), "an empty text is found in every reply".to_owned()));
        let nothing = pattern.says_nothing().then(|| {
            (path.to_owned(), format!("it matches everything: it needs one of `{}`", Pattern::CONDITIONS.join("`, `")))
        });
        let weight = (!WEIGHTS.contains(&pattern.weight)).then(|| {
            let (least, most) = (WEIGHTS.start(), WEIGHTS.end());
            (format!("{path}.weight"), format!("`{}` is not a weight from {least} to {most}", pattern.weight))
        });
        let wrong = codes.chain(enhanced).chain(ports).chain(hosts).chain(blank).chain(nothing).chain(weight);
        let wrong: Vec<_> = wrong.collect();
        self.faults.extend(wrong.into_iter().map(|(path, cause)| self.cause.source.fault_at(&path, cause)));
    }

    /// The value that an answer is changed to.
    fn value(&mut self, key: &str, value: &str) {
        let (what, known): (_, &[&str]) = match key {
            "security" => ("security mode", &Security::WORDS),
            "auth" => ("login", &Auth::WORDS),
            "port" if value.parse::<Port>().is_err() => ("port", &[]),
            _ => return,
        };
        if !known.contains(&value) {
            self.faults.push(self.cause.source.unknown_at(&format!("change.{key}"), what, value, known.iter().copied()));
        }
    }

    fn placeholders(&mut self) {
        let Cause { source, .. } = self.cause;
        let mut texts: Vec<(String, &str)> = Vec::new();
        for (lang, words) in english_first(&self.cause.words) {
            let lines = [("title", Some(&words.title)), ("meaning", Some(&words.meaning)), ("fix", words.fix.as_ref())];
            let lines = lines.into_iter().chain([("tell", Some(&words.tell))]);
            texts.extend(lines.filter_map(|(name, line)| Some((format!("{lang}.{name}"), line?.as_str()))));
            texts.extend(words.steps.iter().enumerate().map(|(at, step)| (format!("{lang}.steps.{at}"), step.as_str())));
        }
        for (place, variant) in self.cause.variants.iter().enumerate() {
            for (lang, words) in english_first(&variant.words) {
                let path = format!("variant.{place}.{lang}");
                let lines = [("title", &words.title), ("meaning", &words.meaning), ("fix", &words.fix)];
                texts.extend(lines.iter().filter_map(|(name, line)| Some((format!("{path}.{name}"), line.as_deref()?))));
                let steps = words.steps.iter().flatten().enumerate();
                texts.extend(steps.map(|(at, step)| (format!("{path}.steps.{at}"), step.as_str())));
            }
        }
        texts.extend(self.cause.links.iter().enumerate().map(|(at, link)| (format!("links.{at}"), link.as_str())));
        // What a language lacks is the English sentence: each sentence is looked at once.
        let mut seen = HashSet::new();
        for (path, text) in texts.into_iter().filter(|(_, text)| seen.insert(*text)) {
            self.faults.extend(unknown_parts(source, &path, text, &PLACEHOLDERS));
        }
    }
}

/// The words of each language, English before those that take from it what they lack.
fn english_first<T>(words: &ByLang<T>) -> Vec<(Lang, &T)> {
    let mut words: Vec<_> = words.iter().collect();
    words.sort_by_key(|(lang, _)| *lang != Lang::EN);
    words
}
