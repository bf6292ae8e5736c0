//! What to change, most urgent first, with the records to add.

use std::{net::IpAddr, time::Duration};

use super::{
    hops::HopTls,
    verdict::{Alignment, Arrival, ArrivalOutcome},
};
use crate::{mail::reply::escape, phrase, presets::Phrase};

/// A way that took longer is worth a word.
const LATE: Duration = Duration::from_secs(60);

/// One thing to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrivalAdvice {
    /// The stable word for scripts.
    pub code: &'static str,
    /// What to do.
    pub phrase: Phrase,
}

/// What to change, most urgent first; empty where all is well.
pub fn advice(arrival: &Arrival) -> Vec<ArrivalAdvice> {
    let mut found = Vec::new();
    let mut add = |code: &'static str, phrase: Phrase| found.push(ArrivalAdvice { code, phrase });
    let outcome = arrival.outcome();
    if outcome == ArrivalOutcome::Junk {
        let marks = arrival.spam.iter().filter(|mark| mark.is_spam == Some(true));
        let filters = marks.map(|mark| mark.filter).collect::<Vec<_>>().join(", ");
        add("landed_in_spam", phrase!("arrival-do-spam", filter = filters));
    }
    if arrival.spf.is_none() && arrival.dkim.is_empty() && arrival.dmarc.is_none() {
        let receiver = arrival.receiver.as_deref().map_or_else(|| "?".to_owned(), escape);
        add("no_verdict", phrase!("arrival-do-silent", receiver = receiver));
    } else if outcome == ArrivalOutcome::Unsaid {
        add("no_verdict", phrase!("arrival-do-unsaid"));
    }
    spf(arrival, &mut add);
    dkim(arrival, &mut add);
    let from = arrival.from.as_deref().unwrap_or("?");
    let passes = |result: &str| result == "pass";
    let any_passes =
        arrival.spf.as_ref().is_some_and(|spf| passes(&spf.result)) || arrival.dkim.iter().any(|dkim| passes(&dkim.result));
    let is_fine = arrival.dmarc.as_deref() == Some("pass");
    if arrival.dmarc.as_deref() == Some("fail") && arrival.is_aligned() {
        add("dmarc_strict", phrase!("arrival-do-strict", domain = from));
    } else if any_passes
        && !arrival.is_aligned()
        && matches!(outcome, ArrivalOutcome::Failing | ArrivalOutcome::Junk)
        && !is_fine
    {
        add("dmarc_unaligned", phrase!("arrival-do-unaligned", domain = from, others = passed(arrival)));
    }
    if matches!(arrival.dmarc.as_deref(), Some("none" | "bestguesspass")) {
        add("dmarc_none", phrase!("arrival-do-dmarc", domain = from));
    }
    let last = arrival.edge.and_then(|edge| arrival.hops.get(edge));
    if last.is_some_and(|hop| hop.tls == HopTls::Clear && !hop.is_inside()) {
        add("no_tls", phrase!("arrival-do-tls"));
    }
    if let Some((took, by)) = slowest(arrival) {
        add("arrived_late", phrase!("arrival-do-late", seconds = took.as_secs(), server = escape(&by)));
    }
    found
}

fn spf(arrival: &Arrival, add: &mut impl FnMut(&'static str, Phrase)) {
    let (Some(spf), Some(domain)) = (&arrival.spf, arrival.envelope.as_deref()) else { return };
    let term = arrival.address.map_or_else(|| "a mx".to_owned(), term);
    match spf.result.as_str() {
        "none" => add("spf_none", phrase!("arrival-do-spf-none", domain = domain, term = term)),
        "fail" | "hardfail" | "softfail" | "neutral" => {
            add("spf_fail", phrase!("arrival-do-spf-fail", domain = domain, term = term));
        }
        "permerror" => add("spf_error", phrase!("arrival-do-spf-error", domain = domain)),
        "temperror" => add("dns_trouble", phrase!("arrival-do-dns", domain = domain)),
        _ => {}
    }
}

/// The term of an SPF record that allows an address (RFC 7208, 5.6).
fn term(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => format!("ip4:{address}"),
        IpAddr::V6(address) => format!("ip6:{address}"),
    }
}

fn dkim(arrival: &Arrival, add: &mut impl FnMut(&'static str, Phrase)) {
    let from = arrival.from.as_deref().unwrap_or("?");
    let is_unsigned = arrival.signatures.is_empty() && arrival.dkim.iter().all(|dkim| dkim.result == "none");
    let is_told = !arrival.dkim.is_empty() || arrival.dmarc.as_deref() == Some("fail");
    if is_unsigned && is_told {
        add("dkim_none", phrase!("arrival-do-dkim-none", domain = from));
    }
    for dkim in arrival.dkim.iter().filter(|dkim| !matches!(dkim.result.as_str(), "pass" | "none")) {
        // Another one of the same domain passes.
        let is_made_up = arrival.dkim.iter().any(|other| other.result == "pass" && other.domain == dkim.domain);
        let Some(domain) = dkim.domain.as_deref().filter(|_| !is_made_up) else { continue };
        if dkim.result == "temperror" {
            add("dns_trouble", phrase!("arrival-do-dns", domain = domain));
            continue;
        }
        let selector = dkim.selector.as_deref().map_or_else(|| "SELECTOR".to_owned(), escape);
        add("dkim_fail", phrase!("arrival-do-dkim-fail", domain = domain, selector = selector));
    }
}

/// The domains that pass, each with what it passes.
fn passed(arrival: &Arrival) -> String {
    let spf = arrival.spf.iter().filter(|spf| spf.result == "pass" && spf.alignment == Some(Alignment::Unaligned));
    let spf = spf.filter_map(|_| Some(format!("SPF: {}", arrival.envelope.as_deref()?)));
    let dkim = arrival.dkim.iter().filter(|dkim| dkim.result == "pass");
    let dkim = dkim.filter_map(|dkim| Some(format!("DKIM: {}", dkim.domain.as_deref()?)));
    spf.chain(dkim).collect::<Vec<_>>().join(", ")
}

/// The hop that kept the message longest, and who took it at last, where the whole way took long.
fn slowest(arrival: &Arrival) -> Option<(Duration, String)> {
    arrival.took().filter(|took| *took > LATE)?;
    let delays = arrival.delays();
    let (at, delay) =
        delays.iter().enumerate().filter_map(|(at, delay)| Some((at, (*delay)?))).max_by_key(|(_, delay)| *delay)?;
    Some((delay, arrival.hops.get(at)?.by.clone()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words for scripts, with these lines of the receiver's and of the message.
    fn codes(results: &str, more: &str) -> Vec<&'static str> {
        let text = format!(
            "Authentication-Results: mx.b.test; {results}\nReturn-Path: <x@a.test>\nReceived: from web1 ([203.0.113.5]) by mx.b.test with ESMTPS; 30 Nov 2026 06:12:04 +0000\n{more}From: x@a.test\n"
        );
        advice(&Arrival::read(text.as_bytes()).unwrap()).into_iter().map(|advice| advice.code).collect()
    }

    #[test]
    fn each_fault_has_its_advice() {
        let signed = "DKIM-Signature: d=a.test; s=s1; b=x\n";
        let late = "Received: from web1 by relay.test with ESMTPSA; 30 Nov 2026 06:02:04 +0000\n";
        for (results, more, wanted) in [
            ("spf=pass smtp.mailfrom=a.test; dkim=pass header.d=a.test; dmarc=pass", signed, &[][..]),
            ("spf=fail smtp.mailfrom=a.test; dkim=none; dmarc=fail", "", &["spf_fail", "dkim_none"]),
            ("spf=none smtp.mailfrom=a.test; dkim=pass header.d=a.test; dmarc=none", signed, &["spf_none", "dmarc_none"]),
            ("spf=permerror smtp.mailfrom=a.test; dkim=fail header.d=a.test", signed, &["spf_error", "dkim_fail"]),
            ("spf=pass smtp.mailfrom=c.test; dmarc=fail", signed, &["dmarc_unaligned"]),
            ("spf=pass smtp.mailfrom=b.a.test; dmarc=fail", signed, &["dmarc_strict"]),
            ("spf=temperror smtp.mailfrom=a.test", signed, &["no_verdict", "dns_trouble"]),
            ("none", "", &["no_verdict"]),
            ("dkim=pass header.d=a.test", "X-Spam-Flag: YES\n", &["landed_in_spam"]),
            ("dkim=pass header.d=a.test", late, &["arrived_late"]),
        ] {
            assert_eq!(codes(results, more), wanted, "{results} {more}");
        }
    }
}
