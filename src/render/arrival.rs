//! What the receiver said of a message, in lines.

use super::Block;
use crate::{
    arrival::{Alignment, Arrival, ArrivalAdvice, ArrivalOutcome, Hop, HopTls, SpamMark},
    mail::reply::escape,
    phrase,
    presets::Text,
    probe::{Learned, Report, Sighting, Stage},
};

/// The verdict, and what it stands on. Foreign words are as they came: the caller escapes them.
pub fn block(text: &Text, arrival: &Arrival) -> Block {
    let unsaid = || text.get("arrival-not-said");
    let label = |id: &str| text.get(id);
    let mut rows = vec![
        (label("arrival-label-receiver"), vec![arrival.receiver.clone().unwrap_or_else(unsaid)]),
        ("From".to_owned(), vec![arrival.from.clone().unwrap_or_else(unsaid)]),
        (label("arrival-label-envelope"), vec![arrival.envelope.clone().unwrap_or_else(unsaid)]),
    ];
    let spf =
        arrival.spf.as_ref().map_or_else(unsaid, |spf| joined([Some(spf.result.clone()), aligned(text, spf.alignment)]));
    rows.push(("SPF".to_owned(), vec![spf]));
    let mut dkim: Vec<String> = arrival
        .dkim
        .iter()
        .map(|dkim| {
            let selector =
                dkim.selector.as_ref().map(|selector| text.say(&phrase!("arrival-selector", selector = selector)));
            joined([Some(dkim.result.clone()), dkim.domain.clone(), selector, aligned(text, dkim.alignment)])
        })
        .collect();
    if dkim.is_empty() {
        dkim.push(unsaid());
    }
    rows.push(("DKIM".to_owned(), dkim));
    let policy = arrival.policy.as_ref().map(|policy| text.say(&phrase!("arrival-policy", policy = policy)));
    rows.push(("DMARC".to_owned(), vec![joined([Some(arrival.dmarc.clone().unwrap_or_else(unsaid)), policy])]));
    if let Some(hop) = arrival.edge.and_then(|edge| arrival.hops.get(edge)) {
        rows.push((label("arrival-label-tls"), vec![tls(text, hop.tls).unwrap_or_else(unsaid)]));
    }
    let mut add = |id: &str, lines: Vec<String>| rows.extend((!lines.is_empty()).then(|| (label(id), lines)));
    add("arrival-label-spam", arrival.spam.iter().map(|mark| spam(text, mark)).collect());
    add("arrival-label-way", way(text, arrival));
    let unbelieved = arrival.unbelieved.iter().map(|line| {
        let id = line.id.as_ref().map(|id| format!("{id}:"));
        id.into_iter().chain(line.claims.iter().cloned()).collect::<Vec<_>>().join(" ")
    });
    add("arrival-label-unbelieved", unbelieved.collect());
    Block { title: headline(text, arrival), rows }
}

/// What to change, numbered; no line where all is well.
pub fn advice(text: &Text, advice: &[ArrivalAdvice]) -> Vec<String> {
    let heading = (!advice.is_empty()).then(|| text.get("arrival-do"));
    let steps = advice.iter().enumerate().map(|(index, advice)| format!("  {}. {}", index + 1, text.say(&advice.phrase)));
    heading.into_iter().chain(steps).collect()
}

/// What the receiver's verdict asks to change, of a message that was followed to its mailbox.
pub fn asked_for(text: &Text, report: &Report) -> Vec<String> {
    let seen = report.step(Stage::Arrival).and_then(|step| match &step.learned {
        Some(Learned::Sighted(sighting)) => Some(&**sighting),
        _ => None,
    });
    let Some(Sighting::Seen { header, .. }) = seen else { return Vec::new() };
    Arrival::read(header).map(|arrival| advice(text, &crate::arrival::advice(&arrival))).unwrap_or_default()
}

fn headline(text: &Text, arrival: &Arrival) -> String {
    let domain = arrival.from.as_deref().map_or_else(|| "?".to_owned(), escape);
    text.say(&match arrival.outcome() {
        ArrivalOutcome::Passed => phrase!("arrival-passed", domain = domain),
        ArrivalOutcome::Junk => phrase!("arrival-junk"),
        ArrivalOutcome::Failing => phrase!("arrival-failing", domain = domain),
        ArrivalOutcome::Unsaid => phrase!("arrival-unsaid", domain = domain),
    })
}

fn joined<const N: usize>(parts: [Option<String>; N]) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn aligned(text: &Text, alignment: Option<Alignment>) -> Option<String> {
    Some(text.get(match alignment? {
        Alignment::Strict => "arrival-aligned-strict",
        Alignment::Relaxed => "arrival-aligned-relaxed",
        Alignment::Unaligned => "arrival-aligned-none",
    }))
}

fn tls(text: &Text, tls: HopTls) -> Option<String> {
    match tls {
        HopTls::Version(version) => Some(text.say(&phrase!("arrival-tls-version", version = version))),
        HopTls::Unversioned => Some(text.get("arrival-tls-some")),
        HopTls::Clear => Some(text.get("arrival-tls-none")),
        HopTls::Unsaid => None,
    }
}

fn spam(text: &Text, mark: &SpamMark) -> String {
    let verdict = mark.is_spam.map(|is_spam| text.get(if is_spam { "arrival-spam-yes" } else { "arrival-spam-no" }));
    format!("{}: {}", mark.filter, joined([verdict, mark.score.clone()]))
}

/// The hops, oldest first.
fn way(text: &Text, arrival: &Arrival) -> Vec<String> {
    let line = |(at, (hop, delay)): (usize, (&Hop, Option<std::time::Duration>))| {
        let name = |name: &Option<String>| name.as_deref().map_or_else(|| "?".to_owned(), escape);
        let from = hop.from.clone().or_else(|| hop.address.map(|address| address.to_string()));
        let servers = match from {
            Some(_) => text.say(&phrase!("arrival-hop", from = name(&from), by = name(&hop.by))),
            None => name(&hop.by),
        };
        let delay = delay.map(|delay| text.say(&phrase!("arrival-after", seconds = delay.as_secs())));
        let is_told = arrival.edge.is_some_and(|edge| at < edge);
        joined([Some(servers), tls(text, hop.tls), delay, is_told.then(|| text.get("arrival-sender-says"))])
    };
    arrival.hops.iter().zip(arrival.delays()).enumerate().map(line).collect()
}
