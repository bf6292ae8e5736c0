//! Recognition: all patterns of all causes over one pass of the text.

use aho_corasick::{AhoCorasick, MatchKind};

use super::{
    clean::fold,
    facts::{Facts, stage_of},
    provider_marks::ProviderMarks,
};
use crate::{
    mail::{Security, endpoint::is_below, host::parse_host},
    presets::{Catalog, Cause, cause::Pattern},
    probe::Stage,
};

/// What a needle that was found is for.
#[derive(Debug, Clone, Copy)]
enum Use<'a> {
    /// A pattern's word.
    Word,
    /// A provider's mark.
    Mark(&'a str),
    /// A fault's word, with the fault's place in [`Matcher::faults`].
    Fault(usize),
}

/// Patterns, made ready.
#[derive(Debug)]
pub(super) struct Matcher<'a> {
    automaton: Option<AhoCorasick>,
    /// Faults that clients report in words of their own; of several, the first counts.
    faults: &'static [&'static str],
    needles: Vec<Needle<'a>>,
    rules: Vec<Rule>,
    variants: Vec<Vec<Rule>>,
}

#[derive(Debug)]
struct Needle<'a> {
    text: String,
    uses: Vec<Use<'a>>,
}

/// One pattern of one cause.
#[derive(Debug)]
struct Rule {
    cause: usize,
    provider: Vec<String>,
    host: Vec<String>,
    stage: Vec<Stage>,
    fault: Vec<String>,
    code: Vec<(u16, u16)>,
    enhanced: Vec<[Option<u16>; 3]>,
    security: Vec<Security>,
    mechanism: Vec<String>,
    port: Vec<u16>,
    offers: Vec<String>,
    any: Vec<usize>,
    all: Vec<usize>,
    not: Vec<usize>,
    guess: bool,
    weight: i32,
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

/// Which needles a text has.
#[derive(Debug)]
pub(super) struct Found(Vec<u64>);

impl Found {
    fn has(&self, needle: usize) -> bool {
        self.0.get(needle / 64).is_some_and(|word| word & (1 << (needle % 64)) != 0)
    }

    fn set(&mut self, needle: usize) {
        if let Some(word) = self.0.get_mut(needle / 64) {
            *word |= 1 << (needle % 64);
        }
    }
}

impl<'a> Matcher<'a> {
    /// Makes the patterns of all causes ready, with the marks of providers and the words of clients.
    pub(super) fn new(causes: &[&Cause], marks: &ProviderMarks<'a>, catalog: &'a Catalog) -> Self {
        let mut needles = Needles::default();
        for (mark, provider) in marks.words() {
            needles.add(mark, Use::Mark(provider));
        }
        let faults = catalog.faults_in_words();
        for (fault, word) in catalog.words() {
            if let Some(place) = faults.iter().position(|name| *name == fault) {
                needles.add(word, Use::Fault(place));
            }
        }
        let mut rules = Vec::new();
        let mut variants = Vec::with_capacity(causes.len());
        for (place, cause) in causes.iter().enumerate() {
            rules.extend(cause.patterns.iter().map(|pattern| needles.rule(place, pattern)));
            variants.push(cause.variants.iter().map(|variant| needles.rule(place, &variant.when)).collect());
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(needles.list.iter().map(|needle| needle.text.as_str()))
            .ok();
        Self { automaton, faults, needles: needles.list, rules, variants }
    }

    /// Looks for all needles at once, and adds to the facts what they say of provider and fault.
    pub(super) fn find(&self, facts: &mut Facts) -> Found {
        let mut found = Found(vec![0; self.needles.len().div_ceil(64)]);
        let mut rank = usize::MAX;
        let mut senders = Vec::new();
        if let Some(automaton) = &self.automaton {
            for hit in automaton.find_overlapping_iter(&facts.text) {
                let needle = hit.pattern().as_usize();
                if found.has(needle) {
                    continue;
                }
                found.set(needle);
                for used in self.needles.get(needle).into_iter().flat_map(|needle| &needle.uses) {
                    match used {
                        Use::Word => {}
                        Use::Mark(provider) => senders.push(*provider),
                        Use::Fault(found) => rank = rank.min(*found),
                    }
                }
            }
        }
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
        for rule in &self.rules {
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

#[derive(Debug, Default)]
struct Needles<'a> {
    list: Vec<Needle<'a>>,
    places: std::collections::HashMap<String, usize>,
}

impl<'a> Needles<'a> {
    fn add(&mut self, words: &str, used: Use<'a>) -> usize {
        let folded = fold(words);
        // A blank that the word itself has at its ends asks for a word's limit.
        let folded = if words.starts_with(' ') { folded.as_str() } else { folded.trim_start() };
        let folded = if words.ends_with(' ') { folded } else { folded.trim_end() };
        let place = *self.places.entry(folded.to_owned()).or_insert(self.list.len());
        if place == self.list.len() {
            self.list.push(Needle { text: folded.to_owned(), uses: Vec::new() });
        }
        if let Some(needle) = self.list.get_mut(place) {
            needle.uses.push(used);
        }
        place
    }

    fn rule(&mut self, cause: usize, pattern: &Pattern) -> Rule {
        let mut words = |list: &[String]| list.iter().map(|words| self.add(words, Use::Word)).collect::<Vec<_>>();
        Rule {
            cause,
            any: words(&pattern.any),
            all: words(&pattern.all),
            not: words(&pattern.not),
            provider: pattern.provider.clone(),
            host: pattern.host.clone(),
            stage: pattern.stage.iter().filter_map(|name| stage_of(name)).collect(),
            fault: pattern.fault.clone(),
            code: pattern.code.iter().filter_map(|code| code_range(code)).collect(),
            enhanced: pattern.enhanced.iter().filter_map(|code| enhanced_shape(code)).collect(),
            security: pattern.security.iter().filter_map(|mode| mode.parse().ok()).collect(),
            mechanism: pattern.mechanism.clone(),
            port: pattern.port.clone(),
            offers: pattern.offers.clone(),
            guess: pattern.guess,
            weight: pattern.weight,
        }
    }
}

/// `550` or `5xx` as the codes it stands for.
fn code_range(code: &str) -> Option<(u16, u16)> {
    match code.strip_suffix("xx") {
        Some(class) => class.parse().ok().map(|class: u16| (class * 100, class * 100 + 99)),
        None => code.parse().ok().map(|code| (code, code)),
    }
}

/// `5.7.x` as its parts, `None` where any number counts.
fn enhanced_shape(code: &str) -> Option<[Option<u16>; 3]> {
    let mut parts = code.split('.').map(|part| if part == "x" { Some(None) } else { part.parse().ok().map(Some) });
    let shape = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(shape)
}

impl Rule {
    /// How specific the match is; `None` when the facts do not match.
    fn score(&self, facts: &Facts, found: &Found, needles: &[Needle<'_>]) -> Option<i32> {
        let mut score = self.weight;
        if !self.fault.is_empty() {
            let fault = facts.fault?;
            self.fault.iter().any(|name| name == fault).then_some(())?;
            score += 60;
        }
        if !self.code.is_empty() {
            let code = facts.code?;
            let (low, high) = self.code.iter().find(|(low, high)| (*low..=*high).contains(&code))?;
            score += if low == high { 8 } else { 2 };
        }
        if !self.enhanced.is_empty() {
            let code = facts.enhanced?;
            score += self.enhanced.iter().filter_map(|shape| enhanced_score(shape, code)).max()?;
        }
        if !self.provider.is_empty() {
            self.provider.iter().any(|name| facts.senders.contains(name)).then_some(())?;
            score += 30;
        }
        if !self.host.is_empty() {
            let host = facts.host.as_deref()?.to_ascii_lowercase();
            self.host.iter().any(|end| is_below(&host, end)).then_some(())?;
            score += 20;
        }
        if !self.stage.is_empty() {
            self.stage.contains(&facts.stage?).then_some(())?;
            score += 5;
        }
        if !self.security.is_empty() {
            self.security.contains(&facts.security?).then_some(())?;
            score += 6;
        }
        if !self.mechanism.is_empty() {
            let mechanism = facts.mechanism?;
            self.mechanism.iter().any(|name| name == mechanism.as_str()).then_some(())?;
            score += 6;
        }
        if !self.port.is_empty() {
            self.port.contains(&facts.port?).then_some(())?;
            score += 6;
        }
        if !self.offers.is_empty() {
            self.offers.iter().any(|offer| facts.offers.contains(offer)).then_some(())?;
            score += 6;
        }
        if self.not.iter().any(|needle| found.has(*needle)) {
            return None;
        }
        let worth = |needle: usize| needles.get(needle).map_or(0, |needle| worth(&needle.text));
        if !self.any.is_empty() {
            score += self.any.iter().filter(|needle| found.has(**needle)).map(|needle| worth(*needle)).max()?;
        }
        for needle in &self.all {
            found.has(*needle).then_some(())?;
            score += worth(*needle) - 8;
        }
        Some(score)
    }
}

/// Longer words say more, up to a length.
fn worth(needle: &str) -> i32 {
    20 + i32::try_from(needle.len().min(30)).unwrap_or(30)
}

fn enhanced_score(shape: &[Option<u16>; 3], code: [u16; 3]) -> Option<i32> {
    shape.iter().zip(code).all(|(want, have)| want.is_none_or(|want| want == have)).then_some(())?;
    Some(if shape.iter().all(Option::is_some) { 14 } else { 5 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_of_codes() {
        assert_eq!(code_range("5xx"), Some((500, 599)));
        assert_eq!(code_range("535"), Some((535, 535)));
        assert_eq!(code_range("x"), None);
        assert_eq!(enhanced_shape("5.7.x"), Some([Some(5), Some(7), None]));
        assert_eq!(enhanced_shape("5.7"), None);
    }
}
