//! What a server offers, in words: one block a port, then the best one and why.

use super::{Block, ladder};
use crate::{
    phrase,
    presets::{Phrase, Text},
    probe::{
        CertificateFacts, Stage, TlsVersion,
        survey::{Door, DoorState, DoorTls, Reason},
    },
};

/// How many names of a certificate are shown.
const MOST_NAMES: usize = 6;

/// A port: how it stands and what it offers.
pub fn door(text: &Text, door: &Door) -> Block {
    let has_mode = matches!(door.state, DoorState::Open | DoorState::Failed);
    let (port, state) = (door.endpoint.port, text.say(&state(text, door)));
    let title = if has_mode {
        let mode = super::security(text, door.endpoint.security);
        phrase!("survey-door", port = port, mode = mode, state = state)
    } else {
        phrase!("survey-port", port = port, state = state)
    };
    let mut rows = Vec::new();
    let mut row = |label: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            rows.push((text.get(label), lines));
        }
    };
    if has_mode {
        let host = &door.endpoint.host;
        row("survey-tls", door.tls.iter().map(|tls| versions(text, tls)).filter(|line| !line.is_empty()).collect());
        row("survey-certificate", door.tls.iter().flat_map(|tls| certificate(text, tls, host)).collect());
        row("survey-login", login(text, door));
        let features = door.offered().map(|offer| ladder::features(text, offer)).unwrap_or_default();
        row("survey-offers", features.chunks(8).map(|words| words.join("  ")).collect());
        row("survey-greeting", door.greeting.iter().filter(|words| !words.is_empty()).cloned().collect());
        row("survey-wrong", wrong(text, door));
    }
    Block { title: text.say(&title), rows }
}

fn state(text: &Text, door: &Door) -> Phrase {
    let stage = door.evidence.as_ref().map(|evidence| evidence.stage);
    match door.state {
        DoorState::Open => phrase!("report-open"),
        DoorState::Refused => phrase!("report-refused"),
        DoorState::Silent if stage > Some(Stage::Connect) => phrase!("survey-mute"),
        DoorState::Silent => phrase!("report-silent"),
        DoorState::Unreachable => phrase!("report-unreachable"),
        DoorState::Failed => {
            phrase!("survey-failed", stage = stage.map(|stage| ladder::stage(text, stage)).unwrap_or_default())
        }
    }
}

fn versions(text: &Text, tls: &DoorTls) -> String {
    if tls.fault == Some("tls_version") {
        return text.get("survey-tls-old");
    }
    tls.versions.iter().copied().map(TlsVersion::as_str).collect::<Vec<_>>().join(", ")
}

fn certificate(text: &Text, tls: &DoorTls, host: &str) -> Vec<String> {
    let Some(facts) = &tls.certificate else { return Vec::new() };
    let verdict = match tls.fault {
        None => text.say(&phrase!("survey-certificate-good", host = host)),
        Some(fault) => format!("! {}", text.get(&format!("render-fault-{}", fault.replace('_', "-")))),
    };
    vec![verdict, whose(text, facts), time(text, facts)]
}

/// Whose certificate it is; of many names the first ones.
fn whose(text: &Text, facts: &CertificateFacts) -> String {
    let mut names = facts.names.iter().take(MOST_NAMES).cloned().collect::<Vec<_>>().join(", ");
    if let Some(more) = facts.names.len().checked_sub(MOST_NAMES).filter(|more| *more > 0) {
        names = text.say(&phrase!("survey-names-more", names = names, more = more));
    }
    if names.is_empty() {
        names = text.get("survey-names-none");
    }
    text.say(&phrase!("survey-certificate-of", subject = facts.subject, names = names, issuer = facts.issuer))
}

fn time(text: &Text, facts: &CertificateFacts) -> String {
    let (from, until, days) = (&facts.not_before, &facts.not_after, facts.days_left);
    text.say(&if days < 0 {
        phrase!("survey-certificate-over", from = from, until = until, days = days.unsigned_abs())
    } else {
        phrase!("survey-certificate-time", from = from, until = until, days = days)
    })
}

/// The login, inside TLS and in clear text.
fn login(text: &Text, door: &Door) -> Vec<String> {
    let words = |mechanisms: &Option<Vec<String>>| mechanisms.as_ref().map(|words| words.join(" "));
    let mut lines = Vec::new();
    if let Some(offer) = &door.in_tls {
        lines.push(words(&offer.auth).unwrap_or_else(|| text.get("survey-login-none")));
    }
    match door.in_clear.as_ref().map(|offer| words(&offer.auth)) {
        Some(Some(mechanisms)) => lines.push(text.say(&phrase!("survey-login-clear", mechanisms = mechanisms))),
        Some(None) if door.in_tls.is_none() => lines.push(text.get("survey-login-none")),
        _ => {}
    }
    lines
}

/// What is wrong, unless the rows above say it.
fn wrong(text: &Text, door: &Door) -> Vec<String> {
    let said = door.tls.as_ref().is_some_and(|tls| tls.certificate.is_some() && tls.fault.is_some());
    match &door.evidence {
        Some(evidence) if !said || door.state == DoorState::Failed => ladder::fault(text, evidence),
        _ => Vec::new(),
    }
}

/// Why a port is the best one, in a sentence.
pub fn reason(text: &Text, reason: Reason) -> String {
    text.get(match reason {
        Reason::ImplicitTls => "survey-why-implicit",
        Reason::Submission => "survey-why-submission",
        Reason::Alternative => "survey-why-alternative",
        Reason::Relay => "survey-why-relay",
        Reason::ThisMachine => "survey-why-here",
        Reason::BadCertificate => "survey-why-bad",
    })
}
