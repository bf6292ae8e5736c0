//! `arrival`: what the receiver said of a message.

use std::{
    fs::File,
    io::{self, IsTerminal, Read},
    time::Duration,
};

use serde_json::{Value, json};

use super::{context::Context, layout};
use crate::{
    arrival::{Alignment, Arrival, ArrivalAdvice, ArrivalOutcome, Hop, HopTls, advice},
    error::{Error, Exit},
    host::clock,
    mail::reply::escape,
    phrase, render,
};

/// How much of a message is read, in bytes: its headers stand in front.
const LONGEST: u64 = 1024 * 1024;

/// Reads a saved message or its headers from a file, or from standard input for `-`.
pub(super) fn run(context: &Context, path: &str) -> Result<Exit, Error> {
    let bytes = if path == "-" { from_stdin(context)? } else { from_file(path)? };
    let arrival = Arrival::read(&bytes)
        .map_err(|_| Error::new(Exit::Data, phrase!("arrival-no-message")).hint(phrase!("arrival-no-message-hint")))?;
    let advice = advice(&arrival);
    if context.json {
        context.out(&document(context, &arrival, &advice).to_string())?;
    } else {
        let mut lines = layout::block(&render::arrival::block(&context.text, &arrival));
        let steps = render::arrival::advice(&context.text, &advice);
        lines.extend(steps.iter().flat_map(|line| layout::hanging(line, layout::COLUMNS)));
        lines.iter().try_for_each(|line| context.out(line))?;
    }
    Ok(match arrival.outcome() {
        ArrivalOutcome::Passed => Exit::Ok,
        ArrivalOutcome::Junk | ArrivalOutcome::Failing => Exit::Failed,
        ArrivalOutcome::Unsaid => Exit::TempFail,
    })
}

fn from_file(path: &str) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST).read_to_end(&mut bytes));
    let unreadable = |error| Error::new(Exit::NoInput, phrase!("arrival-unreadable", file = escape(path), cause = error));
    read.map(|_| bytes).map_err(unreadable)
}

fn from_stdin(context: &Context) -> Result<Vec<u8>, Error> {
    if io::stdin().is_terminal() {
        context.say_phrase(&phrase!("arrival-paste"));
    }
    let mut bytes = Vec::new();
    let mut input = io::stdin().lock();
    // The rest is taken too: a pipe that is closed early is an error to who writes it.
    let read = input.by_ref().take(LONGEST).read_to_end(&mut bytes).and_then(|_| io::copy(&mut input, &mut io::sink()));
    read.map(|_| bytes).map_err(|error| Error::new(Exit::Io, phrase!("cli-input", cause = error)))
}

fn document(context: &Context, arrival: &Arrival, advice: &[ArrivalAdvice]) -> Value {
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
        "advice": advice.iter().map(|advice| json!({"code": advice.code, "text": context.text.say(&advice.phrase)})).collect::<Vec<_>>(),
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
