//! A cause's preset, checked by itself: each word that is none is said with its file, its line and the nearest right word.

use super::{
    fill::PLACEHOLDERS,
    rule::{code_range, enhanced_shape},
};
use crate::{
    mail::{Auth, Mechanism, Port, Security},
    presets::{Catalog, Cause, PresetFault, cause::Pattern, unknown_parts},
    probe::Stage,
};

/// Names of faults that no client says in words of its own ([`crate::probe::Fault::name`], and what the matcher adds).
const FAULTS_WITHOUT_WORDS: [&str; 7] =
    ["host_invalid", "injected", "io", "no_smtputf8", "not_smtp", "starttls_gone", "too_long"];

/// What is wrong with a cause's words. `answers` are the keys of answers files.
pub fn check_cause(cause: &Cause, catalog: &Catalog, answers: &[&str]) -> Vec<PresetFault> {
    let mut check = Check { cause, faults: Vec::new() };
    let senders: Vec<&str> = catalog.marks().map(|marks| marks.name).collect();
    let faults: Vec<&str> = catalog.faults_in_words().iter().copied().chain(FAULTS_WITHOUT_WORDS).collect();
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

struct Check<'a> {
    cause: &'a Cause,
    faults: Vec<PresetFault>,
}

impl Check<'_> {
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
        let wrong: Vec<_> = codes.chain(enhanced).collect();
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
        for (lang, words) in [("en", &self.cause.en), ("fr", &self.cause.fr)] {
            let steps = words.steps.iter().enumerate().map(|(at, step)| (format!("steps.{at}"), step));
            let lines = [
                ("title", Some(&words.title)),
                ("meaning", Some(&words.meaning)),
                ("fix", words.fix.as_ref()),
                ("tell", Some(&words.tell)),
            ];
            let lines = lines.into_iter().filter_map(|(name, line)| Some((name.to_owned(), line?)));
            for (name, line) in lines.chain(steps) {
                self.faults.extend(unknown_parts(source, &format!("{lang}.{name}"), line, &PLACEHOLDERS));
            }
        }
        for (place, variant) in self.cause.variants.iter().enumerate() {
            for (lang, words) in [("en", &variant.en), ("fr", &variant.fr)] {
                let steps = words.steps.iter().flatten().enumerate().map(|(at, step)| (format!("steps.{at}"), step));
                let lines = [("title", &words.title), ("meaning", &words.meaning), ("fix", &words.fix)];
                let lines = lines.into_iter().filter_map(|(name, line)| Some((name.to_owned(), line.as_ref()?)));
                for (name, line) in lines.chain(steps) {
                    self.faults.extend(unknown_parts(
                        source,
                        &format!("variant.{place}.{lang}.{name}"),
                        line,
                        &PLACEHOLDERS,
                    ));
                }
            }
        }
        for (at, link) in self.cause.links.iter().enumerate() {
            self.faults.extend(unknown_parts(source, &format!("links.{at}"), link, &PLACEHOLDERS));
        }
    }
}
