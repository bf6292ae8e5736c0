//! What is said for what answers.

use std::sync::LazyLock;

use super::*;
use crate::{
    diagnose::diagnose,
    mail::Endpoint,
    presets::Lang,
    probe::{
        ProbeFault, Stage,
        egress::{AddressFamily, PortAttempt},
    },
};

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::builtin);

fn tried(host: &str, found: &[(u16, PortReach)]) -> Tried {
    let attempts = found.iter().flat_map(|(port, reach)| {
        let other = if *reach == PortReach::Unreachable { PortReach::Unreachable } else { PortReach::NoAddress };
        [(AddressFamily::V6, other), (AddressFamily::V4, *reach)].map(|(family, reach)| PortAttempt {
            port: *port,
            family,
            reach,
        })
    });
    Tried { host: host.into(), attempts: attempts.collect() }
}

fn evidence(provider: Option<&str>, port: u16, chosen: &[(u16, PortReach)], second: &[(u16, PortReach)]) -> Evidence {
    let host = provider
        .and_then(|key| CATALOG.provider(key))
        .map_or_else(|| "mail.example.org".to_owned(), |provider| provider.smtp[0].host.clone());
    Evidence {
        provider: provider.map(str::to_owned),
        egress: Some(Egress {
            chosen: tried(&host, chosen),
            second: (!second.is_empty()).then(|| tried("other.example.net", second)),
            hoster: None,
        }),
        ehlo: "web1.example.com".into(),
        ..Evidence::new(
            Stage::Connect,
            Endpoint { host, port, security: Security::of_smtp_port(port).unwrap() },
            ProbeFault::Connect(std::io::ErrorKind::TimedOut),
        )
    }
}

fn english(evidence: &Evidence) -> Diagnosis {
    diagnose(evidence, &CATALOG, Lang::EN)
}

fn change(diagnosis: &Diagnosis) -> Vec<(&str, &str)> {
    diagnosis.change.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

use PortReach::{Open, Refused, Silent, Unreachable};

#[test]
fn the_network_blocks_one_port_and_the_other_is_proposed() {
    let chosen = [(465, Silent), (25, Silent), (587, Open), (2525, Silent)];
    let second = [(465, Silent), (587, Open)];
    for provider in [Some("gmail"), None] {
        let found = english(&evidence(provider, 465, &chosen, &second));
        assert_eq!((found.cause.as_str(), found.is_certain()), ("port_blocked", true));
        assert_eq!(found.title, "This machine’s network blocks port 465; port 587 is open");
        assert_eq!(change(&found), [("port", "587"), ("security", "starttls")]);
        assert_eq!(found.fix.as_deref(), Some("Use port 587 with STARTTLS"));
        assert!(found.meaning.contains("other.example.net"), "{}", found.meaning);
        assert!(found.steps.iter().any(|step| step.contains("Hetzner")), "{:?}", found.steps);
        assert!(found.steps.iter().all(|step| !step.contains("Google Cloud")), "it blocks 25 alone: {:?}", found.steps);
        assert!(found.others.is_empty());
    }
}

#[test]
fn the_preset_decides_between_open_ports_and_plain_ports_come_last() {
    let open = [(587, Silent), (25, Open), (2525, Open), (465, Open)];
    let of = |provider, chosen: &[(u16, PortReach)]| {
        let found = english(&evidence(provider, 587, chosen, &[(587, Silent), (465, Open)]));
        found.change.get("port").cloned()
    };
    assert_eq!(of(Some("gmail"), &open).as_deref(), Some("465"));
    assert_eq!(of(None, &open[..3]).as_deref(), Some("2525"));
    assert_eq!(of(None, &open[..2]).as_deref(), Some("25"));
    // Nobody knows what is spoken there.
    let found = english(&evidence(None, 587, &[(587, Silent), (4711, Open)], &[]));
    assert!(found.change.is_empty() && found.fix.is_none() && found.title.contains("4711"), "{found:?}");
}

#[test]
fn the_server_keeps_a_port_closed_that_the_network_lets_through() {
    let found = english(&evidence(None, 465, &[(465, Silent), (587, Open)], &[(465, Open), (587, Open)]));
    assert_eq!((found.cause.as_str(), found.is_certain()), ("port_blocked", true));
    assert_eq!(change(&found), [("port", "587"), ("security", "starttls")]);
    assert!(found.meaning.contains("mail.example.org keeps it closed"), "{}", found.meaning);
    assert!(found.steps.iter().all(|step| !step.contains("Hetzner")), "{:?}", found.steps);
    let alone = english(&evidence(None, 465, &[(465, Silent), (587, Open)], &[]));
    assert_eq!((alone.cause.as_str(), alone.is_certain()), ("port_blocked", false));
    assert_eq!(change(&alone), [("port", "587"), ("security", "starttls")]);
}

#[test]
fn the_same_port_of_another_server_is_silent_while_another_port_answers() {
    let found = english(&evidence(None, 465, &[(465, Silent), (587, Refused)], &[(465, Silent), (587, Open)]));
    assert_eq!((found.cause.as_str(), found.is_certain()), ("port_blocked", true));
    assert!(found.change.is_empty() && found.fix.is_none(), "what is closed is not proposed");
    assert_eq!(found.title, "This machine’s network blocks port 465");
    assert!(found.steps[0].contains("587"), "{:?}", found.steps);
}

#[test]
fn a_dead_server_is_no_blocked_port() {
    for (port, reach) in [(587, Silent), (587, Refused)] {
        let found = english(&evidence(None, 465, &[(465, Silent), (port, reach)], &[(465, Open), (587, Open)]));
        assert_eq!((found.cause.as_str(), found.is_certain()), ("wrong_host_or_port", false));
        assert_eq!((found.title.as_str(), found.ask.as_deref()), ("mail.example.org answers on no mail port", Some("host")));
        assert_eq!(found.meaning.contains("is there"), reach == Refused, "{}", found.meaning);
        assert!(found.change.is_empty() && found.links.is_empty());
    }
}

#[test]
fn nothing_at_all_is_no_network_or_a_hoster_that_blocks_all() {
    let silent = [(25, Silent), (465, Silent), (587, Silent)];
    let mut evidence = evidence(None, 465, &silent, &silent);
    let found = english(&evidence);
    assert_eq!((found.cause.as_str(), found.is_certain()), ("network_unreachable", false));
    assert!(found.change.is_empty());
    if let Some(egress) = &mut evidence.egress {
        egress.hoster = Some("DigitalOcean".into());
    }
    let found = english(&evidence);
    assert_eq!(found.cause, "port_blocked");
    assert!(found.steps.iter().any(|step| step.contains("This machine is at DigitalOcean")), "{:?}", found.steps);
    assert_eq!(found.links, ["https://docs.digitalocean.com/support/why-is-smtp-blocked/"]);
}

#[test]
fn what_is_known_more_exactly_stays() {
    // Microsoft serves no 465: that is neither a blockade nor a wrong host.
    let with = evidence(Some("microsoft365"), 465, &[(465, Silent), (587, Open)], &[(465, Open), (587, Open)]);
    let without = Evidence { egress: None, ..with.clone() };
    assert_eq!(english(&with), english(&without));
    // No route to any of its addresses.
    let mut with = evidence(None, 465, &[(465, Unreachable)], &[(465, Open)]);
    with.fault = ProbeFault::Connect(std::io::ErrorKind::NetworkUnreachable);
    let without = Evidence { egress: None, ..with.clone() };
    assert_eq!(english(&with), english(&without));
    // It answers by now.
    let with = evidence(None, 465, &[(465, Open)], &[(465, Open)]);
    assert_eq!(english(&with).cause, "port_blocked");
}

#[test]
fn without_a_server_to_compare_with_only_what_was_tried_is_added() {
    let with = evidence(None, 465, &[(465, Silent), (587, Refused), (25, Refused)], &[]);
    let found = english(&with);
    assert_eq!(found.cause, "port_blocked");
    assert!(found.change.is_empty() && found.fix.is_none());
    assert!(
        found.meaning.ends_with("No other port of mail.example.org that was tried is open: 587, 25."),
        "{}",
        found.meaning
    );
}

#[test]
fn every_case_is_said_in_french() {
    let silent = [(465, Silent), (587, Silent)];
    let open = [(465, Silent), (587, Open)];
    let both = [(465, Open), (587, Open)];
    for (chosen, second) in [(&open, &open), (&open, &both), (&silent, &open), (&silent, &both), (&silent, &silent)] {
        let found = diagnose(&evidence(None, 465, chosen, second), &CATALOG, Lang::of_tag("fr").unwrap());
        let all = format!("{} {} {}", found.title, found.meaning, found.steps.join(" "));
        assert!(!all.contains("egress-") && !all.contains('{') && all.contains("port"), "{all}");
    }
}
