//! Recognition: all patterns of all causes over one pass of the text.

use super::{
    facts::Facts,
    needles::{Found, Needle, NeedleFinder, Needles, Use},
    provider_marks::ProviderMarks,
    rule::Rule,
};
use crate::{
    mail::{Protocol, host::parse_host},
    presets::{Catalog, CauseRules},
};

/// Patterns, made ready.
#[derive(Debug)]
pub(super) struct Matcher<'a> {
    finder: NeedleFinder,
    /// Faults that clients report in words of their own; of several, the first counts.
    faults: Vec<&'static str>,
    needles: Vec<Needle<'a>>,
    /// What was spoken, where a cause is of that alone, by the cause's place.
    protocols: Vec<&'a [String]>,
    rules: Vec<Rule<'a>>,
    variants: Vec<Vec<Rule<'a>>>,
}

/// A cause that the facts match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    /// Which cause, by place.
    pub(super) cause: usize,
    /// How specific the match is.
    pub(super) score: i32,
    /// Whether it is only a guess.
    pub(super) guess: bool,
}

impl<'a> Matcher<'a> {
    /// Makes the patterns of all causes ready, with the marks of providers and the words of clients.
    pub(super) fn new(causes: &'a [CauseRules], marks: &ProviderMarks<'a>, catalog: &'a Catalog) -> Self {
        let mut needles = Needles::default();
        for (mark, provider) in marks.words() {
            needles.add_use(mark, Use::Mark(provider));
        }
        let faults = catalog.faults_in_words();
        for (fault, word) in catalog.words() {
            if let Some(place) = faults.iter().position(|name| *name == fault) {
                needles.add_use(word, Use::Fault(place));
            }
        }
        let mut rules = Vec::new();
        let mut variants = Vec::with_capacity(causes.len());
        for (place, cause) in causes.iter().enumerate() {
            rules.extend(cause.patterns.iter().map(|pattern| Rule::new(place, pattern, &mut needles)));
            variants.push(cause.variants.iter().map(|variant| Rule::new(place, &variant.when, &mut needles)).collect());
        }
        let protocols = causes.iter().map(|cause| &*cause.protocol).collect();
        Self { finder: NeedleFinder::new(&needles.list), faults, needles: needles.list, protocols, rules, variants }
    }

    /// Looks for all needles at once, and adds to the facts what they say of provider and fault.
    pub(super) fn find(&self, facts: &mut Facts) -> Found {
        let mut found = Found::none_of(self.needles.len());
        let mut rank = usize::MAX;
        let mut senders = Vec::new();
        self.finder.find(&self.needles, &facts.text, |needle| {
            if found.has(needle) {
                return;
            }
            found.set(needle);
            for used in self.needles.get(needle).into_iter().flat_map(|needle| &needle.uses) {
                match used {
                    Use::Mark(provider) => senders.push(*provider),
                    Use::Fault(found) => rank = rank.min(*found),
                }
            }
        });
        for sender in senders {
            facts.add_sender(sender);
        }
        // A server that answers is not a fault of sockets or TLS, whatever words it uses.
        if facts.code.is_none() && facts.fault.is_none_or(|fault| fault == "tls") {
            facts.fault = self.faults.get(rank).copied().or(facts.fault);
        }
        // A name that is none cannot be found.
        let unknown = facts.fault.is_none_or(|fault| fault.starts_with("dns_"));
        if unknown && facts.code.is_none() && facts.host.as_deref().is_some_and(|host| !is_written_right(host)) {
            facts.fault = Some("host_invalid");
        }
        found
    }

    /// The causes that the facts match, the best first, each once.
    pub(super) fn hits(&self, facts: &Facts, found: &Found) -> Vec<Hit> {
        let mut hits: Vec<Hit> = Vec::new();
        for rule in self.rules.iter().filter(|rule| self.is_of(rule.cause, facts.protocol)) {
            let Some(score) = rule.score(facts, found, &self.needles) else { continue };
            let hit = Hit { cause: rule.cause, score, guess: rule.guess };
            match hits.iter_mut().find(|known| known.cause == hit.cause) {
                Some(known) if rank(&hit) > rank(known) => *known = hit,
                Some(_) => {}
                None => hits.push(hit),
            }
        }
        hits.sort_by_key(|hit| std::cmp::Reverse(rank(hit)));
        hits
    }

    /// Whether a cause judges what was spoken; where that is not known, every one does.
    fn is_of(&self, cause: usize, spoken: Option<Protocol>) -> bool {
        let alone = self.protocols.get(cause).copied().unwrap_or_default();
        alone.is_empty() || spoken.is_none_or(|spoken| alone.iter().any(|name| name == spoken.as_str()))
    }

    /// The first variant of a cause that the facts match.
    pub(super) fn variant(&self, cause: usize, facts: &Facts, found: &Found) -> Option<usize> {
        self.variants.get(cause)?.iter().position(|rule| rule.score(facts, found, &self.needles).is_some())
    }
}

/// Whether a host is written as one: a name or an address, and nothing else.
fn is_written_right(host: &str) -> bool {
    host.trim() == host && parse_host(host).is_ok()
}

/// By what hits are ordered: what is no guess first, then the more specific.
const fn rank(hit: &Hit) -> (bool, i32) {
    (!hit.guess, hit.score)
}
