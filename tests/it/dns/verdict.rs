//! Faults of zones, each with the verdict and, where there is one, the record to publish: it is evaluated again.

use mailsetup::{
    dns::{DomainQuestion, DomainReport, RecordState, judge, spf::survey},
    presets::{Catalog, Provider, provider::Dns},
};

use super::zone::zone;

/// What the world has, beside the domain's own records.
const WORLD: &str = "
    mx.ovh.com TXT v=spf1 ip4:192.0.2.0/24 ip6:2001:db8:1::/48 -all
    _spf.google.com TXT v=spf1 include:_n1.google.com include:_n2.google.com ~all
    _n1.google.com TXT v=spf1 ip4:198.51.100.0/25 ~all
    _n2.google.com TXT v=spf1 ip6:2001:db8:2::/48 ~all
    amazonses.com TXT v=spf1 ip4:203.0.113.0/24 -all
    spf.messagingengine.com TXT v=spf1 ip4:192.0.2.200 -all
    big.test TXT v=spf1 include:b1.test include:b2.test include:b3.test a:b1.test a:b2.test a:b3.test ~all
    b1.test TXT v=spf1 ip4:10.1.0.0/16 -all
    b1.test A 10.9.0.1
    b2.test TXT v=spf1 ip4:10.2.0.0/16 -all
    b2.test A 10.9.0.2
    b3.test TXT v=spf1 ip4:10.3.0.0/16 -all
    b3.test A 10.9.0.3
    mid.test TXT v=spf1 include:b1.test include:b2.test -all
";

/// A key of 2048 bits is long: this one is of RFC 8463.
const KEY: &str = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

fn judged(domain: &str, provider: &str, lines: &str) -> DomainReport {
    let catalog = Catalog::builtin();
    let question = DomainQuestion { domain, provider: catalog.provider(provider), catalog: &catalog, now: 0 };
    judge(&question, &zone(&format!("{WORLD}{lines}")))
}

/// The SPF state, why, and the record to publish.
fn spf(provider: &str, lines: &str) -> (RecordState, &'static str, Option<String>) {
    let report = judged("example.test", provider, lines).spf;
    (report.state, report.why.id, report.add.and_then(|add| add.value))
}

#[test]
fn spf_of_a_domain() {
    use RecordState::{Add, Fine, Unanswered, Unknown};
    let cases = [
        // Covered: by the include, flattened, by redirect, by a macro.
        ("ovh", "example.test TXT v=spf1 include:mx.ovh.com -all", Fine, "dns-spf-fine", None),
        ("ovh", "example.test TXT v=spf1 ip4:192.0.2.0/24 ip6:2001:db8:1::/48 ~all", Fine, "dns-spf-fine", None),
        ("ovh", "example.test TXT v=spf1 redirect=mx.ovh.com", Fine, "dns-spf-fine", None),
        (
            "ovh",
            "example.test TXT v=spf1 include:%{d}.x.test -all\nexample.test.x.test TXT v=spf1 include:mx.ovh.com",
            Fine,
            "dns-spf-fine",
            None,
        ),
        ("ovh", "example.test TXT v=spf1 +all", Fine, "dns-spf-fine", None),
        // Not covered: everything is kept, the include comes before `all`.
        ("ovh", "example.test TXT v=spf1 -all", Add, "dns-spf-add", Some("v=spf1 include:mx.ovh.com -all")),
        (
            "ovh",
            "example.test TXT v=spf1 mx a:b1.test ?all",
            Add,
            "dns-spf-add",
            Some("v=spf1 mx a:b1.test include:mx.ovh.com ?all"),
        ),
        (
            "ovh",
            "example.test TXT v=spf1 ip4:192.0.2.0/24 ~all",
            Add,
            "dns-spf-add",
            Some("v=spf1 ip4:192.0.2.0/24 include:mx.ovh.com ~all"),
        ),
        (
            "ovh",
            "example.test TXT v=spf1 redirect=b1.test",
            Add,
            "dns-spf-add",
            Some("v=spf1 include:mx.ovh.com redirect=b1.test"),
        ),
        ("ovh", "example.test TXT v=spf1 a:b1.test", Add, "dns-spf-add", Some("v=spf1 a:b1.test include:mx.ovh.com")),
        (
            "google-workspace",
            "example.test TXT v=spf1 include:mx.ovh.com ~all",
            Add,
            "dns-spf-add",
            Some("v=spf1 include:mx.ovh.com include:_spf.google.com ~all"),
        ),
        (
            "google-workspace",
            "example.test TXT v=spf1 ip4:198.51.100.0/25 ~all",
            Add,
            "dns-spf-add",
            Some("v=spf1 ip4:198.51.100.0/25 include:_spf.google.com ~all"),
        ),
        // Not covered, and nothing to paste.
        ("google-workspace", "example.test TXT v=spf1 include:big.test include:b1.test ~all", Add, "dns-spf-full", None),
        ("ovh", "example.test TXT v=spf1 -ip4:192.0.2.0/25 ~all", Add, "dns-spf-refused-before", None),
        ("ovh", "example.test TXT v=spf1 include:big.test include:mid.test a:b1.test ~all", Add, "dns-spf-terms", None),
        ("ovh", "example.test TXT v=spf1 a\nexample.test TXT v=spf1 mx", Add, "dns-spf-several", None),
        ("ovh", "example.test TXT v=spf1 ipv4:192.0.2.1 -all", Add, "dns-spf-syntax", None),
        ("ovh", "example.test TXT v=spf1 include:nobody.test -all", Add, "dns-spf-no-record", None),
        ("ovh", "example.test TXT v=spf1 a:n1.test a:n2.test a:n3.test -all", Add, "dns-spf-void", None),
        // No record: whoever takes the domain's mail is covered too, else nothing is proposed.
        ("ovh", "example.test MX mx1.mail.ovh.net", Add, "dns-spf-missing", Some("v=spf1 include:mx.ovh.com ~all")),
        (
            "ovh",
            "example.test MX in1-smtp.messagingengine.com",
            Add,
            "dns-spf-missing",
            Some("v=spf1 include:mx.ovh.com include:spf.messagingengine.com ~all"),
        ),
        ("ovh", "example.test TXT v=spf10 a", Add, "dns-spf-missing", Some("v=spf1 include:mx.ovh.com ~all")),
        ("ovh", "example.test MX mail.example.test", Unknown, "dns-spf-others-unknown", None),
        ("ovh", "example.test MX .", Add, "dns-spf-missing", Some("v=spf1 include:mx.ovh.com ~all")),
        // No answer is no missing record.
        ("ovh", "example.test fails", Unanswered, "dns-no-answer", None),
        ("ovh", "example.test TXT v=spf1 include:slow.test -all\nslow.test fails", Unanswered, "dns-no-answer", None),
        ("ovh", "mx.ovh.com fails\nexample.test TXT v=spf1 include:mx.ovh.com -all", Fine, "dns-spf-fine", None),
        ("strato", "_spf.strato.com fails\nexample.test TXT v=spf1 -all", Unanswered, "dns-no-answer", None),
        ("strato", "example.test TXT v=spf1 -all", Unknown, "dns-spf-include-wrong", None),
        // The envelope is the provider's, below the sender's, or not known.
        ("brevo", "example.test TXT v=spf1 -all", Fine, "dns-spf-not-needed", None),
        ("postmark", "", Fine, "dns-spf-not-needed", None),
        ("mandrill", "", Fine, "dns-spf-not-needed", None),
        ("resend", "example.test TXT v=spf1 -all", Add, "dns-spf-missing", Some("v=spf1 include:amazonses.com ~all")),
        ("resend", "send.example.test TXT v=spf1 include:amazonses.com ~all", Fine, "dns-spf-fine", None),
        ("sendgrid", "example.test TXT v=spf1 -all", Unknown, "dns-spf-place-unknown", None),
        ("azure-acs", "example.test TXT v=spf1 -all", Unknown, "dns-envelope-unknown", None),
        ("ses", "example.test TXT v=spf1 -all", Fine, "dns-spf-not-needed", None),
        ("nobody", "example.test TXT v=spf1 -all", Unknown, "dns-provider-unknown", None),
        ("hetzner", "example.test TXT v=spf1 -all", Unknown, "dns-spf-include-unknown", None),
    ];
    for (provider, lines, state, why, add) in cases {
        assert_eq!(spf(provider, lines), (state, why, add.map(str::to_owned)), "{provider}: {lines}");
        let Some(add) = add else { continue };
        // What is published makes the verdict "fine", within the limits, with no term lost.
        let at = if provider == "resend" { "send.example.test" } else { "example.test" };
        let kept: String = lines.lines().filter(|line| !line.contains("TXT v=spf1 ")).collect::<Vec<_>>().join("\n");
        let after = format!("{kept}\n{at} TXT {add}");
        assert_eq!(spf(provider, &after), (Fine, "dns-spf-fine", None), "{after}");
        assert!(survey(at, &zone(&format!("{WORLD}{after}"))).unwrap().terms <= 10, "{after}");
        let before = lines.lines().find_map(|line| line.strip_prefix(&format!("{at} TXT v=spf1 "))).unwrap_or_default();
        let left: Vec<&str> = add.split(' ').filter(|term| before.split(' ').any(|known| known == *term)).collect();
        assert_eq!(left, before.split_whitespace().collect::<Vec<_>>(), "{add}");
    }
}

/// The state of the first selector, and why.
fn dkim(provider: &str, lines: &str) -> (RecordState, &'static str) {
    let report = judged("example.test", provider, lines);
    (report.dkim[0].state, report.dkim[0].why.id)
}

#[test]
fn dkim_of_a_domain() {
    use RecordState::{Add, Fine, Unanswered, Unknown};
    let at = "selector1._domainkey.example.test";
    let sure = "microsoft365-connector";
    let cases = [
        (sure, format!("{at} TXT {KEY}"), (Fine, "dns-dkim-fine")),
        (sure, format!("{at} CNAME k.test\nk.test TXT {KEY}"), (Fine, "dns-dkim-fine")),
        (
            sure,
            format!("{at} TXT v=DKIM1; k=ed25519; t=y; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
            (Fine, "dns-dkim-test"),
        ),
        (sure, format!("{at} TXT v=DKIM1; p="), (Add, "dns-dkim-revoked")),
        (sure, format!("{at} CNAME gone.test"), (Add, "dns-dkim-stale")),
        (sure, format!("{at} TXT v=spf1 -all"), (Add, "dns-dkim-missing")),
        (sure, format!("{at} TXT v=DKIM1; p=AAAA"), (Add, "dns-dkim-unreadable")),
        (sure, String::new(), (Add, "dns-dkim-missing")),
        (sure, format!("{at} fails"), (Unanswered, "dns-no-answer")),
        ("microsoft365", String::new(), (Unknown, "dns-dkim-not-there")),
        ("infomaniak", String::new(), (Unknown, "dns-dkim-made-up")),
    ];
    for (provider, lines, expected) in cases {
        assert_eq!(dkim(provider, &lines), expected, "{provider}: {lines}");
    }
}

#[test]
fn passing_says_by_which_of_the_two() {
    let spf = "example.test TXT v=spf1 include:mx.ovh.com -all\n";
    let dmarc = "_dmarc.example.test TXT v=DMARC1; p=reject; pct=50; t=y\n";
    let report = judged("example.test", "ovh", &format!("{spf}{dmarc}example.test MX .\n"));
    assert_eq!((report.passes.as_slice(), report.lacks()), (["spf"].as_slice(), false));
    let notes: Vec<&str> = report.notes.iter().map(|note| note.id).collect();
    assert_eq!(notes, ["dns-dmarc-test", "dns-dmarc-former", "dns-null-mx", "dns-unconfirmed"]);
    // Brevo's own envelope: SPF helps no more than nothing, and the policy refuses.
    let report = judged("example.test", "brevo", &format!("{spf}{dmarc}"));
    assert!(report.passes.is_empty());
    assert_eq!(report.notes[0].id, "dns-dmarc-refuses");
    let key = format!("brevo1._domainkey.example.test TXT {KEY}\n");
    assert_eq!(judged("example.test", "brevo", &format!("{spf}{dmarc}{key}")).passes, ["dkim"]);
    // A record below the domain is aligned, unless the very same domain is asked for.
    let below = "send.example.test TXT v=spf1 include:amazonses.com ~all\n";
    assert_eq!(judged("example.test", "resend", &format!("{below}{dmarc}")).passes, ["spf"]);
    let strict = "_dmarc.example.test TXT v=DMARC1; p=none; aspf=s\n";
    assert!(judged("example.test", "resend", &format!("{below}{strict}")).passes.is_empty());
}

#[test]
fn to_a_providers_own_domain_nothing_is_added() {
    let report = judged("gmail.com", "gmail", "");
    assert!(report.is_providers && !report.lacks() && report.dkim.is_empty(), "{report:?}");
}

#[test]
fn no_policy_proposes_one_that_refuses_nothing() {
    let report = judged("example.test", "ovh", "");
    let add = report.dmarc.add.unwrap();
    assert_eq!((add.name.as_str(), add.value.as_deref()), ("_dmarc.example.test", Some("v=DMARC1; p=none")));
}

#[test]
fn a_key_whose_target_is_the_same_for_everybody_is_ready_to_paste() {
    let at = "rwmt1._domainkey.example.test";
    for (lines, why) in [(String::new(), "dns-dkim-missing"), (format!("{at} CNAME gone.test"), "dns-dkim-stale")] {
        let dkim = judged("example.test", "mailtrap", &lines).dkim.remove(0);
        let add = dkim.add.unwrap();
        assert_eq!((dkim.why.id, add.name.as_str(), add.kind.as_str()), (why, at, "CNAME"));
        assert_eq!(add.value.as_deref(), Some("rwmt1.dkim.smtp.mailtrap.live"));
    }
}

#[test]
fn what_is_not_known_of_a_providers_domain_is_marked() {
    let catalog = Catalog::builtin();
    let is_marked = |provider: &Provider| provider.unverified.iter().any(|path| path == "dns" || path.starts_with("dns."));
    for provider in catalog.providers().filter(|provider| provider.dns != Dns::default()) {
        let is_sourced = !provider.dns.sources.is_empty();
        assert!(is_sourced || is_marked(provider) || provider.dns.envelope.is_some(), "{}", provider.key);
        let is_page = |source: &String| source.starts_with("https://");
        assert!(provider.dns.sources.iter().all(is_page), "{}", provider.key);
    }
}
