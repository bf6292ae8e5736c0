//! What the receiver said of a message, as JSON.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    arrival::{Alignment, Arrival, ArrivalAdvice, ArrivalOutcome, Hop, HopTls, advice},
    host::clock,
    presets::Text,
    probe::Sighting,
};

/// Adds to the stage where the message was seen, and what its header says.
pub(super) fn add(stage: &mut Value, text: &Text, sighting: &Sighting) {
    let Sighting::Seen { folder, mailbox, header, deleted, .. } = sighting else { return };
    let read = Arrival::read(header).ok().map(|arrival| document(text, &arrival, &advice(&arrival)));
    if let (Some(stage), Some(Value::Object(read))) = (stage.as_object_mut(), read) {
        let is_other = |key: &String| !matches!(key.as_str(), "ok" | "ms");
        stage.extend(read.into_iter().filter(|(key, _)| is_other(key)));
    }
    stage["folder"] = folder.as_str().into();
    stage["mailbox"] = mailbox.as_str().into();
    stage["deleted"] = json!(deleted);
}

/// The whole document of a message.
pub(super) fn document(text: &Text, arrival: &Arrival, advice: &[ArrivalAdvice]) -> Value {
    let outcome = arrival.outcome();
    let dkim = arrival.dkim.iter().map(|dkim| {
        json!({
            "result": dkim.result,
            "domain": dkim.domain,
            "selector": dkim.selector,
            "aligned": dkim.alignment.map(is_aligned),
            "alignment": dkim.alignment.map(Alignment::as_str),
        })
    });
    let hops = arrival.hops.iter().zip(arrival.delays()).enumerate().map(|(at, (server, delay))| {
        let is_told = arrival.edge.is_some_and(|edge| at < edge);
        hop(server, delay, if is_told { "sender" } else { "receiver" })
    });
    json!({
        "ok": outcome == ArrivalOutcome::Passed,
        "outcome": match outcome {
            ArrivalOutcome::Passed => "passed",
            ArrivalOutcome::Junk => "junk",
            ArrivalOutcome::Failing => "failing",
            ArrivalOutcome::Unsaid => "unsaid",
        },
        "receiver": arrival.receiver,
        "folder": (outcome == ArrivalOutcome::Junk).then_some("junk"),
        "mailbox": null,
        "ms": arrival.took().map(millis),
        "from": arrival.from,
        "envelope": arrival.envelope,
        "spf": arrival.spf.as_ref().map(|spf| &spf.result),
        "spf_aligned": arrival.spf.as_ref().and_then(|spf| spf.alignment).map(is_aligned),
        "dkim": dkim.collect::<Vec<_>>(),
        "dmarc": arrival.dmarc,
        "policy": arrival.policy,
        "others": arrival.others.iter().map(|(method, result)| json!({"method": method, "result": result})).collect::<Vec<_>>(),
        "spam": arrival.spam.iter().map(|mark| json!({"filter": mark.filter, "score": mark.score, "spam": mark.is_spam})).collect::<Vec<_>>(),
        "forged": arrival.unbelieved.iter().map(|line| json!({"receiver": line.id, "claims": line.claims})).collect::<Vec<_>>(),
        "hops": hops.collect::<Vec<_>>(),
        "advice": advice.iter().map(|advice| json!({"code": advice.code, "text": text.say(&advice.phrase)})).collect::<Vec<_>>(),
    })
}

fn hop(hop: &Hop, delay: Option<Duration>, told_by: &str) -> Value {
    json!({
        "from": hop.from,
        "address": hop.address,
        "by": hop.by,
        "with": hop.with,
        "tls": match hop.tls {
            HopTls::Version(version) => Some(version),
            HopTls::Unversioned => Some("yes"),
            HopTls::Clear => Some("no"),
            HopTls::Unsaid => None,
        },
        "time": hop.time.map(clock::rfc3339),
        "ms": delay.map(millis),
        "told_by": told_by,
    })
}

fn is_aligned(alignment: Alignment) -> bool {
    alignment != Alignment::Unaligned
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
