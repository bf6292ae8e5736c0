//! The way that a message took: its `Received` lines (RFC 5321, 4.4), as the servers of the world write them.

use std::{
    net::{IpAddr, Ipv6Addr},
    time::{Duration, SystemTime},
};

use super::date;
use crate::{
    mail::{
        endpoint::{is_below, is_private_address},
        organization::organizational_domain,
    },
    presets::receiver::parties,
};

/// How a hop was protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HopTls {
    /// This version of TLS.
    Version(&'static str),
    /// TLS of a version that is not said.
    Unversioned,
    /// None.
    Clear,
    /// The line does not say.
    Unsaid,
}

/// One hop, as the server that took the message wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// What the client called itself, or was called.
    pub from: Option<String>,
    /// The client's name by reverse lookup, where the server wrote it.
    pub(super) reverse: Option<String>,
    /// The client's address.
    pub address: Option<IpAddr>,
    /// The server.
    pub by: Option<String>,
    /// The protocol, in upper case: `ESMTPS`, `LMTP` ...
    pub with: Option<String>,
    /// How it was protected.
    pub tls: HopTls,
    /// When the server took it, by its own clock.
    pub time: Option<SystemTime>,
}

/// Whose server a name is: of one receiver known under several, else of its registrable domain.
pub(super) fn party(host: &str) -> String {
    let host = host.trim_end_matches('.').to_lowercase();
    // iCloud's servers call themselves by one label, such as `p00-icloudmta-smtpin-us-east-1a-60-percent-0`.
    let is_of = |name: &&str| is_below(&host, name) || (!name.contains('.') && !host.contains('.') && host.contains(*name));
    match parties().iter().find(|names| names.iter().any(&is_of)) {
        Some(names) => names.first().map(|name| (*name).to_owned()).unwrap_or_default(),
        None => organizational_domain(&host),
    }
}

impl Hop {
    /// Reads the value of a line.
    pub(super) fn read(value: &str) -> Self {
        let (way, time) = value.rsplit_once(';').unwrap_or((value, ""));
        let clauses = clauses(way);
        let (from, by) = (&clauses.from, &clauses.by);
        let named = |text: &str| text.split_whitespace().next().map(bare).filter(|name| !name.is_empty());
        let helo = ["helo=", "HELO ", "EHLO "].iter().find_map(|mark| named(from.split_once(mark)?.1));
        let name = named(from).filter(|name| !name.starts_with('('));
        // qmail and Yahoo put the name that the client gave behind the one that was found, or its address.
        let is_found = |name: &String| name.parse::<IpAddr>().is_ok() || name == "unknown";
        let reverse = match &helo {
            Some(_) => name.clone().filter(|name| !is_found(name)),
            None => from.split_once('(').and_then(|(_, rest)| named(rest)).filter(|word| is_host(word)),
        };
        let with = clauses.with.split_whitespace().next().map(str::to_uppercase);
        Self {
            from: helo.or(name).map(|name| name.to_lowercase()),
            reverse: reverse.map(|name| name.to_lowercase()),
            address: address(from),
            by: named(by).map(|name| name.to_lowercase()),
            tls: tls(way, with.as_deref()),
            with,
            time: date::read(time.trim()),
        }
    }

    /// Whether the client was of the server's own party, by what a stranger cannot say: a private address or one of Microsoft's own
    /// network, a reverse name of the party; or, with no address at all, that the line names no client or a local one.
    pub(super) fn is_inside(&self) -> bool {
        let party_of = |name: &Option<String>| name.as_deref().map(party);
        let by = party_of(&self.by);
        match self.address {
            Some(address) if is_private_address(&address) || address.is_loopback() => true,
            Some(IpAddr::V6(address)) if is_microsoft(address) && by.as_deref() == Some("outlook.com") => true,
            Some(_) => self.reverse.is_some() && party_of(&self.reverse) == by,
            None => {
                let is_local = |name: &str| !name.contains('.') || Some(party(name)) == by;
                let is_lmtp = self.with.as_deref().is_some_and(|with| with.contains("LMTP"));
                self.from.as_deref().is_none_or(is_local) || is_lmtp
            }
        }
    }

    /// Whether the client had an address on the public network.
    pub(super) fn is_public(&self) -> bool {
        let is_own = |address: &IpAddr| match address {
            IpAddr::V6(address) => is_microsoft(*address),
            IpAddr::V4(_) => false,
        };
        self.address.is_some_and(|address| !is_private_address(&address) && !address.is_loopback() && !is_own(&address))
    }
}

/// Microsoft's `2603:1000::/24`, which stands between its own servers in their lines.
const fn is_microsoft(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    first == 0x2603 && second >> 8 == 0x10
}

/// The clauses of a line, comments included.
#[derive(Default)]
struct Clauses {
    from: String,
    by: String,
    with: String,
}

/// Takes a line apart at its words `from`, `by`, `with`, `id`, `for` and `via` outside comments.
fn clauses(way: &str) -> Clauses {
    let mut clauses = Clauses::default();
    let (mut rest, mut depth) = (String::new(), 0_usize);
    let mut current: Option<&str> = None;
    for word in way.split_whitespace() {
        let keyword =
            ["from", "by", "with", "id", "for", "via"].into_iter().find(|keyword| word.eq_ignore_ascii_case(keyword));
        if depth == 0
            && let Some(keyword) = keyword
        {
            current = Some(keyword);
            continue;
        }
        for byte in word.bytes() {
            depth = match byte {
                b'(' => depth + 1,
                b')' => depth.saturating_sub(1),
                _ => depth,
            };
        }
        let clause = match current {
            Some("from") => &mut clauses.from,
            Some("by") => &mut clauses.by,
            Some("with") => &mut clauses.with,
            _ => &mut rest,
        };
        clause.push_str(word);
        clause.push(' ');
    }
    clauses
}

/// A name without the brackets, parentheses and dots around it.
fn bare(word: &str) -> String {
    word.trim_matches(['(', ')', '[', ']', ',', ';']).trim_end_matches('.').to_owned()
}

fn is_host(word: &str) -> bool {
    word.contains('.')
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
        && word.parse::<IpAddr>().is_err()
}

/// The client's address in a `from` clause: the last one, since servers write what they saw behind what the client said.
fn address(from: &str) -> Option<IpAddr> {
    let word = |word: &str| {
        let word = bare(word);
        let word = word.get(..5).filter(|tag| tag.eq_ignore_ascii_case("ipv6:")).map_or(word.as_str(), |_| &word[5..]);
        // `[192.0.2.1]:4711`, `192.0.2.1:4711`
        let end = word.find("]:").or_else(|| word.find(':').filter(|_| word.contains('.') && !word.contains("::")));
        word.get(..end.unwrap_or(word.len()))?.parse::<IpAddr>().ok()
    };
    // What follows `helo=`, `HELO` and `EHLO` was said by the client.
    let mut is_said = false;
    let seen = from.split_whitespace().filter(|text| {
        let lower = text.to_ascii_lowercase();
        let was_said = std::mem::replace(&mut is_said, ["(helo", "(ehlo", "helo", "ehlo"].contains(&lower.as_str()));
        !was_said && !lower.contains("helo=")
    });
    seen.flat_map(|text| text.split(['(', ')', '['])).filter_map(word).last()
}

/// What a line says of encryption: a version as Postfix, Exim, Exchange, Gmail and Sendmail write it, else the protocol (RFC 3848).
fn tls(way: &str, with: Option<&str>) -> HopTls {
    const VERSIONS: [&str; 4] = ["1.3", "1.2", "1.1", "1.0"];
    let text = way.to_ascii_lowercase().replace('_', ".");
    for (at, _) in text.match_indices("tls") {
        let rest = text[at + 3..].trim_start_matches(['v', ' ']);
        if let Some(version) = VERSIONS.into_iter().find(|version| rest.starts_with(version)) {
            return HopTls::Version(version);
        }
    }
    match with {
        Some("ESMTPS" | "ESMTPSA" | "SMTPS" | "LMTPS" | "UTF8SMTPS" | "UTF8SMTPSA" | "HTTPS") => HopTls::Unversioned,
        Some("ESMTP" | "ESMTPA" | "SMTP" | "UTF8SMTP" | "UTF8SMTPA")
            if !text.contains("tls") && !text.contains("cipher") =>
        {
            // A line without a client, as Gmail's inner ones are, is about no connection.
            if text.trim_start().starts_with("from ") { HopTls::Clear } else { HopTls::Unsaid }
        }
        Some(_) if text.contains("cipher") => HopTls::Unversioned,
        _ => HopTls::Unsaid,
    }
}

/// How long each hop took after the one before, oldest first; clocks differ, so none is negative.
pub(super) fn delays(hops: &[Hop]) -> Vec<Option<Duration>> {
    let mut before: Option<SystemTime> = None;
    hops.iter()
        .map(|hop| {
            let time = hop.time?;
            let delay = before.map(|before| time.duration_since(before).unwrap_or_default());
            before = Some(time);
            delay
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_as_servers_write_them() {
        // The line; the client, its reverse name and address; the server; the protocol; TLS; whether it is inside.
        for (line, wanted) in [
            (
                "from web1.a.test (unknown [203.0.113.5]) (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)) by mx.b.test (Postfix) with ESMTPS id 4AB for <x@b.test>; Mon, 30 Nov 2026 06:12:04 +0000 (UTC)",
                "web1.a.test - 203.0.113.5 mx.b.test ESMTPS Version(\"1.3\") false",
            ),
            (
                "from mail-sor-f41.google.com (mail-sor-f41.google.com. [209.85.220.41]) by mx.google.com with SMTPS id a1 for <x@b.test> (Google Transport Security); Mon, 30 Nov 2026 06:12:04 -0800 (PST)",
                "mail-sor-f41.google.com mail-sor-f41.google.com 209.85.220.41 mx.google.com SMTPS Unversioned true",
            ),
            (
                "by 2002:a05:6a10:1::1 with SMTP id a1; Mon, 30 Nov 2026 06:12:04 -0800",
                "- - - 2002:a05:6a10:1::1 SMTP Unsaid true",
            ),
            (
                "from AM7EUR06FT020.eop-eur06.prod.protection.outlook.com (2603:10a6:209:90:cafe::e3) by AM6P194CA0027.outlook.office365.com (2603:10a6:209:90::40) with Microsoft SMTP Server (version=TLS1_2, cipher=TLS_ECDHE_RSA) id 15.20 via Frontend Transport; Mon, 30 Nov 2026 06:12:04 +0000",
                "am7eur06ft020.eop-eur06.prod.protection.outlook.com - 2603:10a6:209:90:cafe::e3 am6p194ca0027.outlook.office365.com MICROSOFT Version(\"1.2\") true",
            ),
            (
                "from x.outlook.com (203.0.113.9) by y.mail.protection.outlook.com (10.1.2.3) with Microsoft SMTP Server id 15",
                "x.outlook.com - 203.0.113.9 y.mail.protection.outlook.com MICROSOFT Unsaid false",
            ),
            (
                "from [203.0.113.5] (helo=mx.b.test) by mx.b.test with esmtps (TLS1.2) tls TLS_ECDHE (Exim 4.97) id 1",
                "mx.b.test - 203.0.113.5 mx.b.test ESMTPS Version(\"1.2\") false",
            ),
            (
                "from unknown (HELO mx.b.test) (203.0.113.5) by mx.b.test with SMTP",
                "mx.b.test - 203.0.113.5 mx.b.test SMTP Clear false",
            ),
            (
                "from 203.0.113.5 (EHLO web1.a.test) by 10.217.1.2 with SMTPs",
                "web1.a.test - 203.0.113.5 10.217.1.2 SMTPS Unversioned false",
            ),
            ("from mail.b.test by mail.b.test with LMTP id x", "mail.b.test - - mail.b.test LMTP Unsaid true"),
            (
                "from mail.b.test ([127.0.0.1]) by localhost (mail.b.test [127.0.0.1]) (amavisd-new, port 10024) with ESMTP",
                "mail.b.test - 127.0.0.1 localhost ESMTP Clear true",
            ),
            ("from mx1 ([IPv6:2001:db8::1]:4711) by mx.b.test with esmtp", "mx1 - 2001:db8::1 mx.b.test ESMTP Clear false"),
            ("from a.test (version=by with) by b.test", "a.test - - b.test - Unsaid false"),
            ("", "- - - - - Unsaid true"),
        ] {
            let hop = Hop::read(line);
            let inside = hop.is_inside();
            let word = |word: Option<String>| word.unwrap_or_else(|| "-".into());
            let address = hop.address.map(|address| address.to_string());
            let said = [hop.from, hop.reverse, address, hop.by, hop.with].map(word).join(" ");
            assert_eq!(format!("{said} {:?} {inside}", hop.tls), wanted, "{line}");
        }
    }

    #[test]
    fn no_hop_takes_less_than_no_time() {
        let hop = |time: &str| Hop::read(&format!("from a.test by b.test; 30 Nov 2026 06:12:{time} +0000"));
        let took = delays(&[hop("04"), hop("09"), hop("x"), hop("07"), hop("08")]);
        let seconds = |delay: Option<Duration>| delay.map(|delay| delay.as_secs());
        assert_eq!(took.into_iter().map(seconds).collect::<Vec<_>>(), [None, Some(5), None, Some(0), Some(1)]);
    }

    #[test]
    fn names_of_one_party() {
        for (one, other, same) in [
            ("am6.outlook.office365.com", "mail.protection.outlook.com", true),
            ("mx.google.com", "gmail.com", true),
            ("p00-icloudmta-smtpin-us-1", "dmarc.icloud.com", true),
            ("mx1.b.test", "mail.b.test", true),
            ("evil-google.com", "mx.google.com", false),
            ("mx.b.test", "mx.c.test", false),
        ] {
            assert_eq!(party(one) == party(other), same, "{one} {other}");
        }
    }
}
