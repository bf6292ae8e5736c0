//! Honesty of the table of domains: every row keeps the rules that its form cannot say.

use std::collections::BTreeSet;

use mailsetup::{
    mail::{
        Endpoint,
        Security::{self, Starttls, Tls},
        endpoint::is_loopback,
        host::parse_host,
    },
    presets::{
        Catalog,
        table::{Row, domains},
    },
};

/// Ports that stand against their mode's rule, as the providers have them.
const ODD: [(Security, &str, u16); 3] =
    [(Tls, "mobile.charter.net", 587), (Tls, "nine.testrun.org", 443), (Tls, "smtp.rediffmail.com", 586)];

/// Domains that are known to have no server with TLS, with those that share their settings left out.
const PLAIN: [&str; 35] = [
    "amethyst.broba.cc",
    "bay.gunmanet.ne.jp",
    "bb-niigata.jp",
    "clio.ne.jp",
    "co1.wind.jp",
    "co2.wind.jp",
    "co3.wind.jp",
    "dan.gunmanet.ne.jp",
    "go.tvm.ne.jp",
    "goo.jp",
    "hal.ne.jp",
    "hana.or.jp",
    "ic-net.or.jp",
    "inet-shibata.or.jp",
    "iwafune.ne.jp",
    "ji.jet.ne.jp",
    "k1.gunmanet.ne.jp",
    "kokuyou.ne.jp",
    "ma100.tiki.ne.jp",
    "mahoroba.ne.jp",
    "mail.gunmanet.jp",
    "mail.iwafune.ne.jp",
    "mail2tor.com",
    "ml.murakami.ne.jp",
    "ml.shibata.ne.jp",
    "nifty.com",
    "nsat.jp",
    "parabox.or.jp",
    "po.gunmanet.ne.jp",
    "pop.shibata.ne.jp",
    "so.wind.jp",
    "tiscali.cz",
    "vp.tiki.ne.jp",
    "xp.wind.jp",
    "yggmail",
];

fn rows() -> impl Iterator<Item = (&'static str, Row)> {
    domains().map(|(domain, row)| (domain, row.unwrap_or_else(|| panic!("{domain} cannot be read"))))
}

/// Whether a port is one that its mode has.
fn is_usual(server: &Endpoint) -> bool {
    match server.security {
        Tls => server.port == 465,
        Starttls => matches!(server.port, 587 | 25),
        Security::None => matches!(server.port, 587 | 25 | 1025),
    }
}

#[test]
fn servers_are_well_formed_and_on_ports_of_their_mode() {
    let mut odd = BTreeSet::new();
    for (domain, row) in rows() {
        assert_eq!(parse_host(domain).as_deref(), Ok(domain));
        assert!(domain.is_ascii() && !row.smtp.is_empty(), "{domain}");
        for (at, server) in row.smtp.iter().enumerate() {
            assert_eq!(parse_host(&server.host).as_ref(), Ok(&server.host), "{domain}");
            assert!(!row.smtp[..at].contains(server), "{domain}: {server:?} is listed twice");
            let later = row.smtp[at..].iter().any(|other| other.host == server.host && other.security == Tls);
            assert!(server.security == Tls || !later, "{domain}: implicit TLS stands first (RFC 8314)");
            if !is_usual(server) {
                odd.insert((server.security.as_str(), server.host.clone(), server.port));
            }
        }
        for server in &row.imap {
            assert_eq!(parse_host(&server.host).as_ref(), Ok(&server.host), "{domain}");
            let usual = matches!((server.security, server.port), (Tls, 993) | (Starttls, 143));
            assert!(usual, "{domain}: {server:?}");
        }
    }
    assert_eq!(odd, ODD.map(|(security, host, port)| (security.as_str(), host.to_owned(), port)).into());
}

#[test]
fn links_are_https_and_providers_exist() {
    let catalog = Catalog::builtin();
    for (domain, row) in rows() {
        if let Some(link) = row.docs {
            assert!(link.starts_with("https://") && !link.contains(char::is_whitespace), "{domain}: {link}");
        }
        if let Some(key) = row.provider {
            assert!(catalog.provider(key).is_some(), "{domain}: there is no provider {key}");
        }
        assert!(!(row.unusable && row.oauth), "{domain}: tokens are of use");
    }
}

#[test]
fn domains_without_any_tls_are_few_and_known() {
    let mut seen = BTreeSet::new();
    let mut settings = Vec::new();
    for (domain, row) in rows() {
        let plain = row.smtp.iter().all(|server| server.security == Security::None);
        let same = (row.smtp.clone(), row.imap.clone());
        if plain && !settings.contains(&same) {
            settings.push(same);
            seen.insert(domain);
        } else if plain && PLAIN.contains(&domain) {
            seen.insert(domain);
        }
        assert!(!plain || row.smtp.iter().all(|server| is_loopback(&server.host) || !row.oauth), "{domain}");
    }
    assert_eq!(seen, PLAIN.into());
}

#[test]
fn no_row_repeats_what_a_preset_says() {
    let catalog = Catalog::builtin();
    for (domain, row) in rows() {
        if let Some(owner) = catalog.provider_of_domain(domain) {
            assert_ne!(row.smtp.first(), owner.smtp.first(), "{domain} is a domain of {} already", owner.key);
        }
    }
}
