//! Sixty zones on a real name server: each fault that domains have, with the verdict, and where a record is to be added, the zone with
//! it: it is looked at again.

use std::fmt::Write as _;

use mailsetup::{
    discover::{DomainLook, NameServers},
    dns::{DomainReport, RecordState},
    presets::Catalog,
};

use super::command::SOA;
use crate::discover::names::NameServer;

/// A zone: its provider, its records, and what is said of SPF, of the first key, and of DMARC.
type Case = (&'static str, &'static str, [&'static str; 3]);

/// A key of Ed25519 (RFC 8463), and one of RSA with 512 bits.
const KEY: &str = "\"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"";
const SHORT: &str = "\"v=DKIM1; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBANDiE2+Xi/WnO+s120NiiJhNyIButVu6\" \"zxqlVzz0wy2j4kQVUC4ZRZD80IY+4wIiX2YxKBZKGnd2TtPkcJ/ljkUCAwEAAQ==\"";

/// Providers: mailboxes (OVH, Google, Microsoft, Fastmail, IONOS, Gandi, Zoho), relays with a return path of their own (Brevo,
/// Postmark, Mandrill), and with one below the sender's domain (Resend, `SendGrid`).
const ZONES: [Case; 60] = [
    // Right, in all the ways in which a provider is covered.
    ("ovh", "@ TXT \"v=spf1 include:mx.ovh.com -all\"\n_dmarc TXT \"v=DMARC1; p=none\"", ["fine", "made-up", "fine"]),
    (
        "ovh",
        "@ TXT \"v=spf1 ip4:192.0.2.0/24 ip6:2001:db8:1::/48 -all\"\n_dmarc TXT \"v=DMARC1;p=reject\"",
        ["fine", "made-up", "fine"],
    ),
    ("ovh", "@ TXT \"v=spf1 redirect=mx.ovh.com\"", ["fine", "made-up", "missing"]),
    ("ovh", "@ TXT \"v=spf1 include:%{d2}.in.test -all\"", ["no-record", "made-up", "missing"]),
    ("ovh", "@ TXT \"v=spf1 exists:%{i}.x.in.test include:mx.ovh.com ~all\"", ["fine", "made-up", "missing"]),
    (
        "ovh",
        "@ TXT \"v=spf1 a mx include:mx.ovh.com ?all\"\n@ A 192.0.2.7\n@ MX 10 mail\nmail A 192.0.2.8",
        ["fine", "made-up", "missing"],
    ),
    ("ovh", "@ TXT \"v=spf1 +all\"", ["fine", "made-up", "missing"]),
    ("ovh", "@ TXT \"v=spf1 inc\" \"lude:mx.ovh.com -all\"", ["fine", "made-up", "missing"]),
    ("ovh", "@ TXT \"V=SPF1 INCLUDE:MX.OVH.COM -ALL\"", ["fine", "made-up", "missing"]),
    // The include is missing.
    ("ovh", "@ TXT \"v=spf1 -all\"", ["add", "made-up", "missing"]),
    ("ovh", "@ TXT \"v=spf1 mx ~all\"\n@ MX 10 m.in.test.", ["add", "made-up", "missing"]),
    ("ovh", "@ TXT \"v=spf1 include:_spf.google.com ~all\"", ["add", "made-up", "missing"]),
    ("ovh", "@ TXT \"v=spf1 redirect=one.in.test\"", ["add", "made-up", "missing"]),
    ("ovh", "@ TXT \"v=spf1 ip4:198.51.100.1\"", ["add", "made-up", "missing"]),
    ("ovh", "@ TXT \"v=spf1 ip4:192.0.2.0/25 ?all\"", ["add", "made-up", "missing"]),
    ("ovh", "@ TXT \"v=spf1 ptr exp=why.in.test ~all\"", ["add", "made-up", "missing"]),
    ("ovh", "@ TXT \"v=spf1 exists:%{l}.x.in.test -all x-note=1\"", ["add", "made-up", "missing"]),
    ("ovh", "@ TXT \"other=1\"\n@ TXT \"v=spf1 a:m.in.test -all\"", ["add", "made-up", "missing"]),
    ("google-workspace", "@ TXT \"v=spf1 include:mx.ovh.com -all\"", ["add", "not-there", "missing"]),
    (
        "google-workspace",
        "@ TXT \"v=spf1 include:four.in.test include:three.in.test -all\"",
        ["add", "not-there", "missing"],
    ),
    ("microsoft365", "@ TXT \"v=spf1 include:_spf.google.com -all\"", ["add", "not-there", "missing"]),
    ("fastmail", "@ TXT \"v=spf1 a -all\"\n@ A 203.0.113.9", ["add", "not-there", "missing"]),
    ("ionos-de", "@ TXT \"v=spf1 ~all\"", ["add", "not-there", "missing"]),
    ("gandi", "@ TXT \"v=spf1 mx -all\"\n@ MX 10 m.in.test.", ["add", "not-there", "missing"]),
    ("zoho-eu-pro", "@ TXT \"v=spf1 -ip4:203.0.113.99 -all\"", ["add", "not-there", "missing"]),
    // Full, refused before, or not to be used.
    (
        "google-workspace",
        "@ TXT \"v=spf1 include:four.in.test include:three.in.test include:one.in.test -all\"",
        ["full", "not-there", "missing"],
    ),
    ("ovh", "@ TXT \"v=spf1 -ip4:192.0.2.0/24 ~all\"", ["refused-before", "made-up", "missing"]),
    (
        "ovh",
        "@ TXT \"v=spf1 include:four.in.test include:four.in.test include:three.in.test -all\"",
        ["terms", "made-up", "missing"],
    ),
    ("ovh", "@ TXT \"v=spf1 a:n1.in.test a:n2.in.test a:n3.in.test -all\"", ["void", "made-up", "missing"]),
    ("ovh", "@ TXT \"v=spf1 -all\"\n@ TXT \"v=spf1 include:mx.ovh.com -all\"", ["several", "made-up", "missing"]),
    ("ovh", "@ TXT \"v=spf1 ipv4:192.0.2.1 -all\"", ["syntax", "made-up", "missing"]),
    ("ovh", "@ TXT \"v=spf1 include: -all\"", ["syntax", "made-up", "missing"]),
    ("ovh", "@ TXT \"v=spf1 ip4:192.0.2.1/33 -all\"", ["syntax", "made-up", "missing"]),
    ("ovh", "@ TXT \"v=spf1 include:gone.in.test -all\"", ["no-record", "made-up", "missing"]),
    ("ovh", "@ TXT \"v=spf1 redirect=gone.in.test\"", ["no-record", "made-up", "missing"]),
    // None yet: who takes the domain's mail counts too.
    ("ovh", "", ["missing", "made-up", "missing"]),
    ("ovh", "@ MX 10 mx1.mail.ovh.net.", ["missing", "made-up", "missing"]),
    ("ovh", "@ MX 1 aspmx.l.google.com.", ["missing", "made-up", "missing"]),
    ("ovh", "@ MX 1 mail", ["others-unknown", "made-up", "missing"]),
    ("ovh", "@ MX 0 .", ["missing", "made-up", "missing"]),
    ("ovh", "* TXT \"v=spf1 -all\"", ["missing", "made-up", "missing"]),
    ("google-workspace", "@ TXT \"v=spf10 -all\"", ["missing", "not-there", "missing"]),
    // The envelope is not the sender's.
    ("brevo", "@ TXT \"v=spf1 -all\"", ["not-needed", "not-there", "missing"]),
    ("postmark", "", ["not-needed", "made-up", "missing"]),
    ("mandrill", "_dmarc TXT \"v=DMARC1; p=quarantine\"", ["not-needed", "not-there", "fine"]),
    ("resend", "@ TXT \"v=spf1 -all\"", ["missing", "missing", "missing"]),
    ("resend", "send TXT \"v=spf1 ip4:203.0.113.9 ~all\"", ["add", "missing", "missing"]),
    ("resend", "send TXT \"v=spf1 include:amazonses.com ~all\"", ["fine", "missing", "missing"]),
    ("sendgrid", "@ TXT \"v=spf1 -all\"", ["place-unknown", "not-there", "missing"]),
    // Keys.
    ("microsoft365-connector", "selector1._domainkey TXT {KEY}", ["missing", "fine", "missing"]),
    ("microsoft365-connector", "selector1._domainkey CNAME k.in.test.", ["missing", "fine", "missing"]),
    ("microsoft365-connector", "selector1._domainkey CNAME gone.in.test.", ["missing", "stale", "missing"]),
    ("microsoft365-connector", "selector1._domainkey TXT \"v=DKIM1; p=\"", ["missing", "revoked", "missing"]),
    ("microsoft365-connector", "selector1._domainkey TXT {SHORT}", ["missing", "short", "missing"]),
    ("microsoft365-connector", "* TXT \"v=spf1 -all\"", ["missing", "missing", "missing"]),
    // Policies.
    ("ovh", "_dmarc TXT \"v=DMARC1; p=none\"\n_dmarc TXT \"v=DMARC1; p=reject\"", ["missing", "made-up", "several"]),
    ("ovh", "_dmarc TXT \"v=DMARC1; p=reject; pct=50; ri=3600; t=y\"", ["missing", "made-up", "fine"]),
    ("ovh", "_dmarc TXT \"p=none; v=DMARC1\"", ["missing", "made-up", "missing"]),
    ("ovh", "_dmarc CNAME policy.in.test.", ["missing", "made-up", "fine"]),
    ("ovh", "_dmarc TXT \"v=DMARC1; rua=mailto:x@in.test!10m\"", ["missing", "made-up", "fine"]),
];

/// The zones that all of them lean on.
fn world() -> Vec<(String, String)> {
    let spf = |origin: &str, name: &str, text: &str| (origin.to_owned(), format!("{SOA}{name} 60 IN TXT \"{text}\"\n"));
    let inner = "one TXT \"v=spf1 ip4:10.1.0.0/16 -all\"\nthree TXT \"v=spf1 include:one.in.test a:m.in.test -all\"\n\
        four TXT \"v=spf1 include:one.in.test include:one.in.test a:m.in.test -all\"\nm A 203.0.113.7\n\
        why TXT \"no\"\npolicy TXT \"v=DMARC1; p=none\"\nk TXT {KEY}";
    let google = "_spf TXT \"v=spf1 include:_n1.google.com include:_n2.google.com ~all\"\n\
        _n1 TXT \"v=spf1 ip4:198.51.100.0/25 ~all\"\n_n2 TXT \"v=spf1 ip6:2001:db8:2::/48 ~all\"";
    vec![
        ("test.".to_owned(), SOA.to_owned()),
        ("in.test.".to_owned(), zone(inner)),
        ("google.com.".to_owned(), zone(google)),
        spf("ovh.com.", "mx", "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8:1::/48 -all"),
        spf("outlook.com.", "spf.protection", "v=spf1 ip4:203.0.113.128/25 -all"),
        spf("messagingengine.com.", "spf", "v=spf1 ip4:192.0.2.200 -all"),
        spf("ionos.com.", "_spf-eu", "v=spf1 ip4:192.0.2.208 -all"),
        spf("gandi.net.", "_mailcust", "v=spf1 ip4:192.0.2.209 -all"),
        spf("zohomail.eu.", "@", "v=spf1 ip4:192.0.2.210 -all"),
        spf("amazonses.com.", "@", "v=spf1 ip4:203.0.113.0/26 -all"),
    ]
}

/// A zone file of lines `NAME KIND VALUE`.
fn zone(lines: &str) -> String {
    let lines = lines.replace("{KEY}", KEY).replace("{SHORT}", SHORT);
    let lines = lines.lines().filter(|line| !line.is_empty()).map(|line| line.replacen(' ', " 60 IN ", 1) + "\n");
    SOA.to_owned() + &lines.collect::<String>()
}

/// Serves the zones `zN.test` and looks at each.
fn looked(zones: &[(&str, String)], catalog: &Catalog) -> Vec<DomainReport> {
    let mut served = world();
    served.extend(zones.iter().enumerate().map(|(at, (_, text))| (format!("z{at}.test."), text.clone())));
    let server = NameServer::start(served.iter().map(|(origin, text)| (origin.as_str(), text.clone())).collect());
    let servers = NameServers::at(server.address);
    let look = |(at, (provider, _)): (usize, &(&str, String))| {
        let (domain, provider) = (format!("z{at}.test"), Some(catalog.provider(provider).unwrap()));
        DomainLook { domain: &domain, provider, catalog, patience: DomainLook::PATIENCE }.at(&servers).1
    };
    zones.iter().enumerate().map(look).collect()
}

/// What is said of SPF, of the first key, and of DMARC, without the begin that all of one kind have.
fn said(report: &DomainReport) -> [&str; 3] {
    let key = report.dkim.first().map_or("", |dkim| dkim.why.id.trim_start_matches("dns-dkim-"));
    [report.spf.why.id.trim_start_matches("dns-spf-"), key, report.dmarc.why.id.trim_start_matches("dns-dmarc-")]
}

#[test]
fn sixty_zones_each_with_its_verdict_and_what_mends_it() {
    let catalog = Catalog::builtin();
    let before: Vec<(&str, String)> = ZONES.iter().map(|(provider, lines, _)| (*provider, zone(lines))).collect();
    let reports = looked(&before, &catalog);
    let mut wrong = String::new();
    for ((provider, lines, expected), report) in ZONES.iter().zip(&reports) {
        if said(report) != *expected {
            let _ = writeln!(wrong, "{provider}: {lines}\n  {expected:?}, found {:?}", said(report));
        }
    }
    assert_eq!(wrong, "");
    // The records that were proposed, in place of what they replace.
    let mut after = Vec::new();
    for (at, ((provider, text), report)) in before.iter().zip(&reports).enumerate() {
        let mut text = text.clone();
        for add in report.to_add().filter(|add| add.value.is_some()) {
            let name = add.name.strip_suffix(&format!("z{at}.test")).unwrap().trim_end_matches('.');
            let name = if name.is_empty() { "@" } else { name };
            let is_replaced =
                |line: &str| line.starts_with(&format!("{name} 60 IN TXT")) && line.to_lowercase().contains("v=spf1 ");
            let kept: Vec<&str> = text.lines().filter(|line| !(add.replaces.is_some() && is_replaced(line))).collect();
            text = format!(
                "{}\n{name} 60 IN TXT {}\n",
                kept.join("\n"),
                mailsetup::render::domain::quoted(add.value.as_ref().unwrap())
            );
            let (old, new) = (add.replaces.clone().unwrap_or_default(), add.value.clone().unwrap());
            let left: Vec<&str> = new.split(' ').filter(|term| old.split(' ').any(|known| known == *term)).collect();
            assert_eq!(left, old.split_whitespace().collect::<Vec<_>>(), "a term is lost: {old} / {new}");
        }
        after.push((*provider, text));
    }
    let mut mended = 0;
    for (report, before) in looked(&after, &catalog).iter().zip(&reports) {
        if before.spf.add.is_some() {
            assert_eq!((report.spf.state, said(report)[0]), (RecordState::Fine, "fine"), "{report:#?}");
            assert!(report.spf.lookups.is_some_and(|lookups| lookups <= 10), "{report:#?}");
            mended += 1;
        }
        if before.dmarc.add.is_some() {
            assert_eq!((report.dmarc.state, report.dmarc.policy), (RecordState::Fine, Some("none")));
        }
    }
    assert!(mended > 25, "{mended}");
}
