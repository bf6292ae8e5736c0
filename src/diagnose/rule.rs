//! A pattern of a cause, made ready, and how specific its match is.

use super::{
    facts::{Facts, stage_of},
    needles::{Found, Needle, Needles},
};
use crate::{
    mail::{Security, endpoint::is_below},
    presets::cause::Pattern,
    probe::Stage,
};

/// One pattern of one cause.
#[derive(Debug)]
pub(super) struct Rule<'a> {
    /// Which cause, by place.
    pub(super) cause: usize,
    /// As its preset has it.
    pattern: &'a Pattern,
    stage: Vec<Stage>,
    code: Vec<(u16, u16)>,
    enhanced: Vec<[Option<u16>; 3]>,
    security: Vec<Security>,
    any: Vec<usize>,
    all: Vec<usize>,
    not: Vec<usize>,
    /// Whether it is only a guess.
    pub(super) guess: bool,
}

impl<'a> Rule<'a> {
    /// Makes a pattern of the cause at this place ready.
    pub(super) fn new(cause: usize, pattern: &'a Pattern, needles: &mut Needles<'a>) -> Self {
        let mut words = |list: &'a [String]| list.iter().map(|words| needles.add(words)).collect::<Vec<_>>();
        Self {
            cause,
            pattern,
            any: words(&pattern.any),
            all: words(&pattern.all),
            not: words(&pattern.not),
            stage: pattern.stage.iter().filter_map(|name| stage_of(name)).collect(),
            code: pattern.code.iter().filter_map(|code| code_range(code)).collect(),
            enhanced: pattern.enhanced.iter().filter_map(|code| enhanced_shape(code)).collect(),
            security: pattern.security.iter().filter_map(|mode| mode.parse().ok()).collect(),
            guess: pattern.guess,
        }
    }

    /// How specific the match is; `None` when the facts do not match.
    pub(super) fn score(&self, facts: &Facts, found: &Found, needles: &[Needle<'_>]) -> Option<i32> {
        let pattern = self.pattern;
        let mut score = pattern.weight;
        if !pattern.fault.is_empty() {
            let fault = facts.fault?;
            pattern.fault.iter().any(|name| name == fault).then_some(())?;
            score = score.saturating_add(60);
        }
        if !self.code.is_empty() {
            let code = facts.code?;
            let (low, high) = self.code.iter().find(|(low, high)| (*low..=*high).contains(&code))?;
            score = score.saturating_add(if low == high { 8 } else { 2 });
        }
        if !self.enhanced.is_empty() {
            let code = facts.enhanced?;
            score = score.saturating_add(self.enhanced.iter().filter_map(|shape| enhanced_score(shape, code)).max()?);
        }
        if !pattern.provider.is_empty() {
            pattern.provider.iter().any(|name| facts.senders.contains(name)).then_some(())?;
            score = score.saturating_add(30);
        }
        if !pattern.host.is_empty() {
            let host = facts.host.as_deref()?.to_ascii_lowercase();
            pattern.host.iter().any(|end| is_below(&host, end)).then_some(())?;
            score = score.saturating_add(20);
        }
        if !pattern.protocol.is_empty() {
            let protocol = facts.protocol?;
            pattern.protocol.iter().any(|name| name == protocol.as_str()).then_some(())?;
            score = score.saturating_add(25);
        }
        if !self.stage.is_empty() {
            self.stage.contains(&facts.stage?).then_some(())?;
            score = score.saturating_add(5);
        }
        if !self.security.is_empty() {
            self.security.contains(&facts.security?).then_some(())?;
            score = score.saturating_add(6);
        }
        if !pattern.mechanism.is_empty() {
            let mechanism = facts.mechanism?;
            pattern.mechanism.iter().any(|name| name == mechanism.as_str()).then_some(())?;
            score = score.saturating_add(6);
        }
        if !pattern.port.is_empty() {
            pattern.port.contains(&facts.port?).then_some(())?;
            score = score.saturating_add(6);
        }
        if !pattern.offers.is_empty() {
            pattern.offers.iter().any(|offer| facts.offers.contains(offer)).then_some(())?;
            score = score.saturating_add(6);
        }
        if !pattern.only.is_empty() {
            let mut offered = facts.offers.iter().filter_map(|offer| offer.strip_prefix("auth ")).peekable();
            offered.peek()?;
            offered.all(|name| pattern.only.iter().any(|only| only == name)).then_some(())?;
            score = score.saturating_add(6);
        }
        if self.not.iter().any(|needle| found.has(*needle)) {
            return None;
        }
        let worth = |needle: usize| needles.get(needle).map_or(0, |needle| worth(&needle.text));
        if !self.any.is_empty() {
            score = score
                .saturating_add(self.any.iter().filter(|needle| found.has(**needle)).map(|needle| worth(*needle)).max()?);
        }
        for needle in &self.all {
            found.has(*needle).then_some(())?;
            score = score.saturating_add(worth(*needle) - 8);
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

/// `550` or `5xx` as the codes it stands for.
pub(super) fn code_range(code: &str) -> Option<(u16, u16)> {
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (first, span) = match code.strip_suffix("xx") {
        Some(class) => {
            (class.parse::<u16>().ok().filter(|class| *class < 10 && is_number(code.trim_end_matches('x')))? * 100, 99)
        }
        None => (code.parse::<u16>().ok().filter(|_| is_number(code))?, 0),
    };
    // Replies have the classes 2 to 5 (RFC 5321, 4.2.1).
    (200..600).contains(&first).then_some((first, first + span))
}

/// `5.7.x` as its parts, `None` where any number counts.
pub(super) fn enhanced_shape(code: &str) -> Option<[Option<u16>; 3]> {
    let mut parts = code.split('.').map(|part| if part == "x" { Some(None) } else { part.parse().ok().map(Some) });
    let shape = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(shape)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_of_codes() {
        assert_eq!(code_range("5xx"), Some((500, 599)));
        assert_eq!(code_range("535"), Some((535, 535)));
        for wrong in ["x", "", "xx", "700xx", "9xx", "199", "600", "65535", "+535", "+5xx", "55xx"] {
            assert_eq!(code_range(wrong), None, "{wrong}");
        }
        assert_eq!(enhanced_shape("5.7.x"), Some([Some(5), Some(7), None]));
        assert_eq!(enhanced_shape("5.7"), None);
    }

    #[test]
    fn the_greatest_weight_is_the_greatest_score() {
        let pattern = Pattern { weight: i32::MAX, fault: vec!["refused".into()], ..Pattern::default() };
        let rule = Rule::new(0, &pattern, &mut Needles::default());
        let facts = Facts { fault: Some("refused"), ..Facts::default() };
        assert_eq!(rule.score(&facts, &Found::none_of(0), &[]), Some(i32::MAX));
    }
}
