//! What became of a message, by what the receiver wrote.

use std::{
    net::IpAddr,
    time::{Duration, SystemTime},
};

use super::{
    headers::{self, HeaderField, NoMessage, domain, domain_of, first},
    hops::{self, Hop},
    results::MethodResult,
    spam::{self, SpamMark},
    trust::{self, OwnLines, Unbelieved},
};
use crate::mail::organization::organizational_domain;

/// How a domain that passed stands to that of From (RFC 7489, 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alignment {
    /// The same domain.
    Strict,
    /// Another one of the same organizational domain.
    Relaxed,
    /// Another organization's.
    Unaligned,
}

impl Alignment {
    fn of(from: Option<&str>, domain: Option<&str>) -> Option<Self> {
        let (from, domain) = (from?, domain?);
        Some(if from == domain {
            Self::Strict
        } else if organizational_domain(from) == organizational_domain(domain) {
            Self::Relaxed
        } else {
            Self::Unaligned
        })
    }

    /// The word for scripts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Relaxed => "relaxed",
            Self::Unaligned => "none",
        }
    }
}

/// What the receiver says of SPF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpfVerdict {
    /// The result, as the receiver writes it: `pass`, `softfail` ...
    pub result: String,
    /// How the envelope domain stands to From; `None` without one of them.
    pub alignment: Option<Alignment>,
}

/// What the receiver says of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DkimVerdict {
    /// The result, as the receiver writes it.
    pub result: String,
    /// Who signed (`d=`).
    pub domain: Option<String>,
    /// Under which name the key is (`s=`).
    pub selector: Option<String>,
    /// How the domain stands to From.
    pub alignment: Option<Alignment>,
}

/// In one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArrivalOutcome {
    /// SPF or DKIM passes for the domain of From, and no filter took it for spam.
    Passed,
    /// A filter took it for spam.
    Junk,
    /// Neither passes for the domain of From.
    Failing,
    /// The receiver does not say.
    Unsaid,
}

/// What the headers of a message say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Who says it: the authserv-id, else the server that took the message.
    pub receiver: Option<String>,
    /// The domain of From.
    pub from: Option<String>,
    /// The domain of the envelope sender.
    pub envelope: Option<String>,
    /// The client's address, as the receiver saw it.
    pub address: Option<IpAddr>,
    /// SPF, where the receiver says it.
    pub spf: Option<SpfVerdict>,
    /// DKIM, one for each signature that the receiver names.
    pub dkim: Vec<DkimVerdict>,
    /// DMARC, where the receiver says it.
    pub dmarc: Option<String>,
    /// The policy that the receiver found, in lower case.
    pub policy: Option<String>,
    /// Results of other methods: method and result.
    pub others: Vec<(String, String)>,
    /// Who signed the message, and under which selector, whatever became of it.
    pub signatures: Vec<(String, Option<String>)>,
    /// What filters wrote.
    pub spam: Vec<SpamMark>,
    /// The way, oldest hop first. Those before the edge are told by the sender's side.
    pub hops: Vec<Hop>,
    /// Which hop brought the message to the receiver.
    pub edge: Option<usize>,
    /// Lines that the receiver did not write.
    pub unbelieved: Vec<Unbelieved>,
}

impl Arrival {
    /// Reads a saved message, or headers that were pasted.
    ///
    /// # Errors
    /// There are no headers of a message.
    pub fn read(bytes: &[u8]) -> Result<Self, NoMessage> {
        let fields = headers::read(bytes)?;
        let own = trust::sort(&fields);
        let method = |name: &str| own.all().find(|result| result.method == name);
        let (spf, dmarc) = (method("spf"), method("dmarc"));
        let from = first(&fields, "from").and_then(domain_of);
        let from = from.or_else(|| domain(dmarc?.get(&["header.from"])?));
        let envelope = envelope(&fields, &own, spf);
        let spf = spf.map(|spf| spf.result.clone()).or_else(|| received_spf(&own));
        let signatures: Vec<_> =
            fields.iter().filter(|field| field.name == "dkim-signature").filter_map(signature).collect();
        let server = own.server().map(str::to_owned);
        let address = own.edge.and_then(|edge| own.hops.get(edge)?.address);
        let count = own.hops.len();
        Ok(Self {
            receiver: own.results.iter().find_map(|line| line.id.clone()).or(server),
            spf: spf.map(|result| SpfVerdict { result, alignment: Alignment::of(from.as_deref(), envelope.as_deref()) }),
            dkim: dkim(&own, from.as_deref(), &signatures),
            dmarc: dmarc.map(|dmarc| dmarc.result.clone()),
            policy: dmarc.and_then(policy),
            others: others(&own),
            signatures: signatures.into_iter().map(|signature| (signature.domain, signature.selector)).collect(),
            spam: spam::read(&fields),
            edge: own.edge.map(|edge| count - 1 - edge),
            hops: own.hops.into_iter().rev().collect(),
            unbelieved: own.unbelieved,
            from,
            envelope,
            address,
        })
    }

    /// What it comes to.
    pub fn outcome(&self) -> ArrivalOutcome {
        if self.spam.iter().any(|mark| mark.is_spam == Some(true)) {
            return ArrivalOutcome::Junk;
        }
        match self.dmarc.as_deref() {
            // Microsoft's word for what would pass if there were a record.
            Some("pass" | "bestguesspass") => ArrivalOutcome::Passed,
            Some("fail" | "permerror") => ArrivalOutcome::Failing,
            _ if self.is_aligned() => ArrivalOutcome::Passed,
            _ if self.may_be_aligned() => ArrivalOutcome::Unsaid,
            _ => ArrivalOutcome::Failing,
        }
    }

    /// Whether SPF or DKIM passes for the domain of From.
    pub fn is_aligned(&self) -> bool {
        let fits =
            |result: &str, alignment| result == "pass" && matches!(alignment, Some(Alignment::Strict | Alignment::Relaxed));
        self.spf.as_ref().is_some_and(|spf| fits(&spf.result, spf.alignment))
            || self.dkim.iter().any(|dkim| fits(&dkim.result, dkim.alignment))
    }

    /// Whether something that the receiver does not say could pass for the domain of From.
    fn may_be_aligned(&self) -> bool {
        let from = self.from.as_deref();
        let fits = |domain: Option<&str>| Alignment::of(from, domain) != Some(Alignment::Unaligned);
        let is_silent = self.spf.is_none() && self.dkim.is_empty();
        let by_spf = self.spf.is_none() && fits(self.envelope.as_deref());
        let by_dkim = self.dkim.is_empty() && self.signatures.iter().any(|(domain, _)| fits(Some(domain)));
        let is_open = |result: &str, alignment: Option<Alignment>| match result {
            "temperror" => alignment != Some(Alignment::Unaligned),
            "pass" => alignment.is_none(),
            _ => false,
        };
        let left_open = self.spf.as_ref().is_some_and(|spf| is_open(&spf.result, spf.alignment))
            || self.dkim.iter().any(|dkim| is_open(&dkim.result, dkim.alignment));
        is_silent || by_spf || by_dkim || left_open
    }

    /// How long the whole way took, by the clocks of its two ends.
    pub fn took(&self) -> Option<Duration> {
        let times: Vec<SystemTime> = self.hops.iter().filter_map(|hop| hop.time).collect();
        let [first, .., last] = times.as_slice() else { return None };
        Some(last.duration_since(*first).unwrap_or_default())
    }

    /// How long each hop took after the one before.
    pub fn delays(&self) -> Vec<Option<Duration>> {
        hops::delays(&self.hops)
    }
}

/// The domain of the envelope sender, by the receiver's own words: what SPF looked at, else `Return-Path`, which is written at delivery.
fn envelope(fields: &[HeaderField], own: &OwnLines, spf: Option<&MethodResult>) -> Option<String> {
    let address = |value: &str| domain_of(value).or_else(|| domain(value.trim_matches(['<', '>'])));
    let by_spf = || address(spf?.get(&["smtp.mailfrom", "smtp.mail"])?);
    let by_line = || {
        let value = own.received_spf.as_deref()?;
        let (_, rest) = value.split_once("envelope-from=")?;
        address(rest.split([';', ' ']).next()?.trim_matches('"'))
    };
    by_spf().or_else(by_line).or_else(|| first(fields, "return-path").and_then(domain_of))
}

/// The word that a `Received-SPF` begins with.
fn received_spf(own: &OwnLines) -> Option<String> {
    let word = own.received_spf.as_deref()?.split([' ', '(', ';']).next()?;
    word.bytes().all(|byte| byte.is_ascii_alphabetic()).then(|| word.to_lowercase())
}

/// What of a `DKIM-Signature` is needed.
struct Signature {
    domain: String,
    selector: Option<String>,
    data: String,
}

/// The tags of a signature (RFC 6376, 3.5).
fn signature(field: &HeaderField) -> Option<Signature> {
    let tag = |name: &str| {
        let found = field.value.split(';').filter_map(|tag| tag.split_once('=')).find(|(key, _)| key.trim() == name);
        found.map(|(_, value)| value.split_whitespace().collect::<String>())
    };
    Some(Signature { domain: domain(&tag("d")?)?, selector: tag("s"), data: tag("b").unwrap_or_default() })
}

/// The receiver's results of DKIM; what it does not say of a signature is taken from the signature that it names by its beginning, or
/// from the only one of that domain.
fn dkim(own: &OwnLines, from: Option<&str>, signatures: &[Signature]) -> Vec<DkimVerdict> {
    own.all()
        .filter(|result| result.method == "dkim")
        .map(|result| {
            let said = |name: &str| result.get(&[name]).filter(|value| *value != "none");
            let by_data = said("header.b").and_then(|data| signatures.iter().find(|one| one.data.starts_with(data)));
            let domain = said("header.d").and_then(domain).or_else(|| said("header.i").and_then(domain_of));
            let domain = domain.or_else(|| by_data.map(|one| one.domain.clone()));
            let mut of_domain = signatures.iter().filter(|one| Some(&one.domain) == domain.as_ref());
            let only = of_domain.next().filter(|_| of_domain.next().is_none());
            // Fastmail writes `x-selector`.
            let selector = said("header.s").or_else(|| said("x-selector")).map(str::to_owned);
            DkimVerdict {
                result: result.result.clone(),
                alignment: Alignment::of(from, domain.as_deref()),
                selector: selector.or_else(|| by_data.or(only)?.selector.clone()),
                domain,
            }
        })
        .collect()
}

/// The policy in a result of DMARC: a property, else in a comment such as `p=NONE sp=NONE dis=NONE`.
fn policy(dmarc: &MethodResult) -> Option<String> {
    let property = dmarc.get(&["policy.published-domain-policy", "policy.dmarc", "policy.p"]).map(str::to_lowercase);
    let words = dmarc.comments.iter().flat_map(|comment| comment.split([' ', ',', ';']));
    let mut policies = words.filter_map(|word| Some(word.trim().strip_prefix("p=")?.to_lowercase()));
    property.or_else(|| policies.next()).filter(|word| matches!(word.as_str(), "none" | "quarantine" | "reject"))
}

fn others(own: &OwnLines) -> Vec<(String, String)> {
    let is_other = |result: &&MethodResult| !matches!(result.method.as_str(), "spf" | "dkim" | "dmarc");
    own.all().filter(is_other).map(|result| (result.method.clone(), result.result.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GMAIL: &str = "Delivered-To: x@gmail.com\n\
        Received: by 2002:a05:6a10::1 with SMTP id a; Mon, 30 Nov 2026 06:12:07 -0000\n\
        Return-Path: <bounce@mail.relay.test>\n\
        Received: from o1.relay.test (o1.relay.test. [203.0.113.5]) by mx.google.com with ESMTPS id b for <x@gmail.com> (version=TLS1_3 cipher=TLS_AES_128 bits=128/128); Mon, 30 Nov 2026 06:12:06 -0000\n\
        Received-SPF: pass (google.com: domain of bounce@mail.relay.test designates 203.0.113.5 as permitted sender) client-ip=203.0.113.5;\n\
        Authentication-Results: mx.google.com;\n       dkim=pass header.i=@shop.a.test header.s=s1 header.b=AbCd;\n\
        \x20      dkim=pass header.i=@relay.test header.b=Efgh;\n       spf=pass (x) smtp.mailfrom=bounce@mail.relay.test;\n\
        \x20      dmarc=pass (p=REJECT sp=NONE dis=NONE) header.from=a.test\n\
        DKIM-Signature: v=1; d=shop.a.test; s=s1; b=AbCd\n  Xy==\nDKIM-Signature: v=1; d=relay.test; s=r7; b=EfghZ\n\
        Received: from web1 (unknown [198.51.100.7]) by relay.test with ESMTPSA; Mon, 30 Nov 2026 06:12:04 +0000\n\
        From: \"Shop\" <ops@a.test>\nDate: Mon, 30 Nov 2026 06:12:03 +0000\n";

    #[test]
    fn a_message_in_full() {
        let arrival = Arrival::read(GMAIL.as_bytes()).unwrap();
        assert_eq!(arrival.outcome(), ArrivalOutcome::Passed);
        assert_eq!(arrival.receiver.as_deref(), Some("mx.google.com"));
        assert_eq!((arrival.from.as_deref(), arrival.envelope.as_deref()), (Some("a.test"), Some("mail.relay.test")));
        assert_eq!((arrival.dmarc.as_deref(), arrival.policy.as_deref()), (Some("pass"), Some("reject")));
        let spf = arrival.spf.as_ref().unwrap();
        assert_eq!((spf.result.as_str(), spf.alignment), ("pass", Some(Alignment::Unaligned)));
        let dkim: Vec<_> =
            arrival.dkim.iter().map(|one| (one.domain.as_deref(), one.selector.as_deref(), one.alignment)).collect();
        let relaxed = (Some("shop.a.test"), Some("s1"), Some(Alignment::Relaxed));
        assert_eq!(dkim, [relaxed, (Some("relay.test"), Some("r7"), Some(Alignment::Unaligned))]);
        assert_eq!((arrival.hops.len(), arrival.edge, arrival.took()), (3, Some(1), Some(Duration::from_secs(3))));
        assert_eq!(arrival.address.unwrap().to_string(), "203.0.113.5");
    }

    /// What it comes to with this line of the receiver's.
    fn outcome(results: &str, more: &str) -> ArrivalOutcome {
        let text = format!(
            "Return-Path: <x@a.test>\nAuthentication-Results: mx.b.test; {results}\n{more}Received: from web1 ([203.0.113.5]) by mx.b.test with ESMTPS; x\nFrom: x@a.test\n"
        );
        Arrival::read(text.as_bytes()).unwrap().outcome()
    }

    #[test]
    fn what_it_comes_to() {
        for (results, more, wanted) in [
            ("dkim=pass header.d=a.test", "", ArrivalOutcome::Passed),
            ("spf=pass smtp.mailfrom=b.a.test; dmarc=none", "", ArrivalOutcome::Passed),
            ("dmarc=bestguesspass", "", ArrivalOutcome::Passed),
            ("dkim=pass header.d=a.test; dmarc=pass", "X-Spam-Flag: YES\n", ArrivalOutcome::Junk),
            ("dkim=pass header.d=a.test; dmarc=fail", "", ArrivalOutcome::Failing),
            ("spf=pass smtp.mailfrom=relay.test; dkim=pass header.d=relay.test", "", ArrivalOutcome::Failing),
            ("spf=softfail smtp.mailfrom=a.test", "", ArrivalOutcome::Failing),
            // It says nothing of SPF, which may pass.
            ("dkim=pass header.d=relay.test", "", ArrivalOutcome::Unsaid),
            ("spf=temperror smtp.mailfrom=a.test; dkim=temperror", "", ArrivalOutcome::Unsaid),
            ("none", "", ArrivalOutcome::Unsaid),
        ] {
            assert_eq!(outcome(results, more), wanted, "{results} {more}");
        }
    }

    #[test]
    fn microsofts_line_has_no_name() {
        let text = "Received: from A.eurprd02.prod.outlook.com (2603:10a6::1) by B.eurprd02.prod.outlook.com with HTTPS; Mon, 30 Nov 2026 06:12:09 +0000\n\
            Authentication-Results: spf=fail (sender IP is 203.0.113.5) smtp.mailfrom=a.test; dkim=none (message not signed) header.d=none;dmarc=fail action=quarantine header.from=a.test;compauth=fail reason=000\n\
            Received-SPF: Fail (protection.outlook.com: domain of a.test does not designate 203.0.113.5 as permitted sender)\n\
            Received: from web1.a.test (203.0.113.5) by DB.mail.protection.outlook.com (10.1.1.1) with Microsoft SMTP Server (version=TLS1_2, cipher=X) id 15; Mon, 30 Nov 2026 06:12:08 +0000\n\
            X-Forefront-Antispam-Report: CIP:203.0.113.5;SCL:1;SFV:NSPM;CAT:NONE;\nFrom: ops@a.test\n";
        let arrival = Arrival::read(text.as_bytes()).unwrap();
        assert_eq!(arrival.receiver.as_deref(), Some("db.mail.protection.outlook.com"));
        assert_eq!((arrival.spf.as_ref().unwrap().result.as_str(), arrival.dmarc.as_deref()), ("fail", Some("fail")));
        assert_eq!((arrival.dkim[0].result.as_str(), arrival.dkim[0].domain.as_deref()), ("none", None));
        assert_eq!(arrival.others, [("compauth".to_owned(), "fail".to_owned())]);
        assert_eq!(arrival.outcome(), ArrivalOutcome::Failing);
    }
}
