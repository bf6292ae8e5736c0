//! Which lines the receiver wrote itself, and which came with the message: anybody can write `Authentication-Results` into a message.
//!
//! Servers put their lines on top, so that a message shows its way from the bottom up. Whatever stands above the line by which the
//! receiver took the message from a stranger is the receiver's own. Directly below that line stand both what some receivers add there
//! (Gmail, milters of Postfix and Sendmail) and the first lines of what the stranger sent: there a line is believed only with the
//! receiver's name (which receivers take out of what they get: RFC 8601, 5), as part of one unbroken run, once for each method, and only
//! if the receiver has said nothing of DKIM and DMARC above. Further down nothing is believed.

use super::{
    headers::HeaderField,
    hops::{Hop, party},
    results::{self, AuthResults, MethodResult},
};

/// A line that the receiver did not write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unbelieved {
    /// Whose result it pretends to be.
    pub id: Option<String>,
    /// What it says: `spf=pass`.
    pub claims: Vec<String>,
}

/// What the receiver wrote.
#[derive(Debug, Default)]
pub(super) struct OwnLines {
    /// The way, from the top: the last hop first.
    pub(super) hops: Vec<Hop>,
    /// Which of them took the message from a stranger.
    pub(super) edge: Option<usize>,
    /// Its results.
    pub(super) results: Vec<AuthResults>,
    /// Its `Received-SPF` (RFC 7208, 9.1).
    pub(super) received_spf: Option<String>,
    /// Lines of others.
    pub(super) unbelieved: Vec<Unbelieved>,
}

impl OwnLines {
    /// Every result, in order.
    pub(super) fn all(&self) -> impl Iterator<Item = &MethodResult> {
        self.results.iter().flat_map(|line| &line.results)
    }

    /// Who took the message from a stranger.
    pub(super) fn server(&self) -> Option<&str> {
        self.hops.get(self.edge?)?.by.as_deref()
    }
}

/// A line with results, and how many `Received` lines stand above it.
struct ResultsLine {
    level: usize,
    results: AuthResults,
    /// Whether it belongs to the run of trace lines that begins below a `Received`.
    in_run: bool,
}

/// Tells the receiver's lines from the others.
pub(super) fn sort(fields: &[HeaderField]) -> OwnLines {
    let mut own = OwnLines::default();
    let (mut lines, mut spf, mut chain) = (Vec::new(), Vec::new(), Vec::new());
    let mut in_run = true;
    for HeaderField { name, value } in fields {
        let level = own.hops.len();
        in_run &= is_trace(name);
        match name.as_str() {
            "received" => {
                own.hops.push(Hop::read(value));
                in_run = true;
            }
            "authentication-results" => lines.push(ResultsLine { level, results: results::read(value), in_run }),
            "received-spf" => spf.push((level, in_run, value)),
            "arc-authentication-results" => chain.push((level, value)),
            _ => {}
        }
    }
    own.edge = edge(&own.hops, &lines);
    let edge = own.edge;
    let by = own.server().map(party);
    let says =
        |line: &ResultsLine| line.results.results.iter().any(|result| matches!(result.method.as_str(), "dkim" | "dmarc"));
    let has_spoken = lines.iter().any(|line| edge.is_some_and(|edge| line.level <= edge) && says(line));
    let of = |line: &AuthResults| line.id.as_deref().map(party);
    for ResultsLine { level, results, in_run } in lines {
        let is_own = match edge {
            // Without any way only the run at the top can be meant.
            None => in_run && own.results.first().is_none_or(|first| of(first) == of(&results)),
            Some(edge) if level <= edge => true,
            Some(edge) => {
                let is_below = level == edge + 1 && in_run && !has_spoken;
                is_below && is_named(by.as_deref(), results.id.as_deref()) && is_new(&own, &results)
            }
        };
        if is_own {
            own.results.push(results);
        } else {
            let claims = results.results.iter().map(|result| format!("{}={}", result.method, result.result)).collect();
            own.unbelieved.push(Unbelieved { id: results.id, claims });
        }
    }
    own.received_spf = spf.into_iter().find_map(|(level, in_run, value)| {
        let is_above = edge.is_none_or(|edge| level <= edge);
        let is_below = || edge.is_some_and(|edge| level == edge + 1) && is_named(by.as_deref(), spf_receiver(value));
        (in_run && is_below() || is_above && (edge.is_some() || in_run)).then(|| value.clone())
    });
    if own.results.is_empty() {
        // What the receiver sealed says the same (RFC 8617, 4.1.1): `i=1; id; results`.
        let sealed = chain.into_iter().filter(|(level, _)| edge.is_some_and(|edge| *level <= edge));
        let sealed = sealed.filter_map(|(_, value)| Some(results::read(value.split_once(';')?.1)));
        own.results.extend(sealed.filter(|line| is_named(by.as_deref(), line.id.as_deref())).take(1));
    }
    own
}

/// The hop by which the receiver took the message: the first, from the top, whose client was a stranger or had a public address and
/// beside which the receiver's results stand; without any, the first hop of all.
fn edge(hops: &[Hop], lines: &[ResultsLine]) -> Option<usize> {
    let is_edge = |(at, hop): (usize, &Hop)| {
        let by = hop.by.as_deref().map(party);
        let is_beside = |line: &ResultsLine| {
            line.level == at || line.level == at + 1 && line.in_run && is_named(by.as_deref(), line.results.id.as_deref())
        };
        !hop.is_inside() || hop.is_public() && lines.iter().any(is_beside)
    };
    hops.iter().enumerate().position(is_edge).or_else(|| hops.len().checked_sub(1))
}

/// Fields that servers add on the way: a run of them ends where the message's own begin.
fn is_trace(name: &str) -> bool {
    const TRACE: [&str; 7] =
        ["received", "received-spf", "authentication-results", "return-path", "delivered-to", "dkim-filter", "dmarc-filter"];
    TRACE.contains(&name) || name.starts_with("arc-") || name.starts_with("x-")
}

/// Whether a name is of the server's party.
fn is_named(by: Option<&str>, id: Option<&str>) -> bool {
    by.is_some() && by == id.map(party).as_deref()
}

/// Whether nothing of what a line says has been said above: a receiver says SPF and DMARC once, DKIM once for
/// each signature.
fn is_new(own: &OwnLines, line: &AuthResults) -> bool {
    let signature = |result: &MethodResult| {
        ["header.d", "header.i", "header.s", "header.b"].map(|name| result.get(&[name]).map(str::to_lowercase))
    };
    let counts = |result: &&MethodResult| matches!(result.method.as_str(), "spf" | "dkim" | "dmarc");
    line.results.iter().filter(counts).all(|result| {
        own.all().filter(|said| said.method == result.method).all(|said| {
            let of_one = [said, result].map(signature);
            result.method == "dkim" && of_one[0] != of_one[1] && of_one.iter().flatten().any(Option::is_some)
        })
    })
}

/// Who wrote a `Received-SPF`: `receiver=NAME`, or the name that its comment begins with, as in `Pass (google.com: domain of ...)`.
fn spf_receiver(value: &str) -> Option<&str> {
    let end = |text: &str| text.find(|c: char| c.is_whitespace() || matches!(c, ';' | ':' | ')')).unwrap_or(text.len());
    let after = |mark: &str| value.split_once(mark).map(|(_, rest)| rest).and_then(|rest| rest.get(..end(rest)));
    after("receiver=").or_else(|| after("(")).filter(|name| name.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::{super::headers, *};

    const STRANGER: &str = "Received: from web1.a.test (unknown [203.0.113.5]) by mx.b.test (Postfix) with ESMTPS id 1; 30 Nov 2026 06:12:04 +0000\n";
    const INSIDE: &str = "Received: from mx.b.test ([10.0.0.1]) by imap.b.test with LMTP; 30 Nov 2026 06:12:05 +0000\n";
    const ABOVE: &str = "Authentication-Results: mx.b.test; spf=fail; dkim=none; dmarc=fail\n";
    const FORGED: &str = "Authentication-Results: mx.b.test; spf=pass; dkim=pass header.d=b.test; dmarc=pass\n";
    const SENT: &str = "DKIM-Signature: v=1\nFrom: x@a.test\n";

    /// What is believed, and how many lines are not.
    fn believed(parts: &[&str]) -> (String, usize) {
        let own = sort(&headers::read(parts.concat().as_bytes()).unwrap());
        let said: Vec<String> = own.all().map(|result| format!("{}={}", result.method, result.result)).collect();
        (said.join(" "), own.unbelieved.len())
    }

    #[test]
    fn what_the_receiver_wrote_is_believed_and_nothing_else() {
        let fail = "spf=fail dkim=none dmarc=fail";
        let seam = "Authentication-Results: mx.b.test; dmarc=fail\nX-Filter: 1\nAuthentication-Results: b.test; spf=fail\n";
        let elsewhere = FORGED.replace("mx.b.test", "mx.google.com");
        let by_edge = "Received: from mail-sor-f41.google.com (mail-sor-f41.google.com. [209.85.220.41]) by mx.google.com with SMTPS; x\n";
        let own_hop = "Received: from evil.test (mx.b.test [203.0.113.6]) by mx.b.test with SMTP; x\n";
        for (parts, wanted) in [
            // Above the edge, below it, and both.
            (vec![INSIDE, ABOVE, STRANGER, SENT], (fail, 0)),
            (vec![INSIDE, STRANGER, ABOVE, SENT], (fail, 0)),
            (vec![INSIDE, STRANGER, seam, SENT], ("dmarc=fail spf=fail", 0)),
            // Lines that came with the message, wherever they were put in.
            (vec![INSIDE, ABOVE, STRANGER, FORGED, SENT], (fail, 1)),
            (vec![INSIDE, STRANGER, ABOVE, FORGED, SENT], (fail, 1)),
            (vec![INSIDE, STRANGER, SENT, FORGED], ("", 1)),
            (vec![STRANGER, &elsewhere, SENT], ("", 1)),
            (vec![STRANGER, "Received: from b.test by mx.b.test with LMTP; x\n", FORGED, SENT], ("", 1)),
            (vec![STRANGER, &FORGED.replace("mx.b.test; ", ""), SENT], ("", 1)),
            // A sender at the same provider is a stranger to its checks.
            (
                vec!["Received: by 2002:a05::1 with SMTP; x\n", by_edge, &elsewhere, SENT, by_edge, &elsewhere],
                ("spf=pass dkim=pass dmarc=pass", 1),
            ),
            (vec![INSIDE, ABOVE, own_hop, by_edge, FORGED, SENT], (fail, 1)),
            // No way at all: the run at the top.
            (vec![ABOVE, SENT, FORGED], (fail, 1)),
        ] {
            assert_eq!(believed(&parts), (wanted.0.to_owned(), wanted.1), "{parts:#?}");
        }
    }

    #[test]
    fn one_line_for_each_signature() {
        let line = |result: &str| format!("Authentication-Results: mx.b.test (amavis); dkim={result}\n");
        let (one, two) = (line("pass header.d=a.test"), line("fail header.d=c.test"));
        assert_eq!(believed(&[STRANGER, &one, &two, &one, SENT]), ("dkim=pass dkim=fail".to_owned(), 1));
    }

    #[test]
    fn other_lines_of_the_receiver() {
        let own = |parts: &[&str]| sort(&headers::read(parts.concat().as_bytes()).unwrap());
        let spf = "Received-SPF: Pass (b.test: domain of a.test designates 203.0.113.5 as permitted sender) client-ip=203.0.113.5;\n";
        assert!(own(&[STRANGER, spf, SENT]).received_spf.is_some() && own(&[spf, STRANGER]).received_spf.is_some());
        assert!(own(&[STRANGER, SENT, spf]).received_spf.is_none());
        assert!(own(&[STRANGER, &spf.replace("b.test:", "c.test:"), SENT]).received_spf.is_none());
        let sealed = "ARC-Authentication-Results: i=1; mx.b.test; dkim=pass header.d=a.test\n";
        assert_eq!(believed(&[sealed, STRANGER, SENT]).0, "dkim=pass");
        assert_eq!(believed(&[STRANGER, sealed, SENT]).0, "");
    }
}
