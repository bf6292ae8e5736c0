//! What a server offers, in words: one block per port, then the best port and why.

use super::{Block, stages};
use crate::{
    phrase,
    presets::{Phrase, Text},
    probe::{
        CertificateFacts, Stage, TlsVersion,
        survey::{PortReport, PortState, PortTls, Reason},
    },
};

/// How many names of a certificate are shown.
const MOST_NAMES: usize = 6;

/// A port: its state and what it offers.
pub fn port(text: &Text, port: &PortReport) -> Block {
    let has_mode = matches!(port.state, PortState::Open | PortState::Failed);
    let (number, state) = (port.endpoint.port, text.say(&state(text, port)));
    let title = if has_mode {
        let mode = super::security(text, port.endpoint.security);
        phrase!("survey-door", port = number, mode = mode, state = state)
    } else {
        phrase!("survey-port", port = number, state = state)
    };
    let mut rows = Vec::new();
    let mut row = |label: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            rows.push((text.get(label), lines));
        }
    };
    if has_mode {
        let host = &port.endpoint.host;
        row("survey-tls", port.tls.iter().map(|tls| versions(text, tls)).filter(|line| !line.is_empty()).collect());
        row("survey-certificate", port.tls.iter().flat_map(|tls| certificate(text, tls, host)).collect());
        row("survey-login", login(text, port));
        let features = port.offered().map(|offer| stages::features(text, offer)).unwrap_or_default();
        row("survey-offers", features.chunks(8).map(|words| words.join("  ")).collect());
        row("survey-greeting", port.greeting.iter().filter(|words| !words.is_empty()).cloned().collect());
        row("survey-wrong", wrong(text, port));
    }
    Block { title: text.say(&title), rows }
}

fn state(text: &Text, port: &PortReport) -> Phrase {
    let stage = port.evidence.as_ref().map(|evidence| evidence.stage);
    match port.state {
        PortState::Open => phrase!("report-open"),
        PortState::Refused => phrase!("report-refused"),
        PortState::Silent if stage > Some(Stage::Connect) => phrase!("survey-mute"),
        PortState::Silent => phrase!("report-silent"),
        PortState::Unreachable => phrase!("report-unreachable"),
        PortState::Failed => {
            phrase!("survey-failed", stage = stage.map(|stage| stages::stage(text, stage)).unwrap_or_default())
        }
    }
}

fn versions(text: &Text, tls: &PortTls) -> String {
    if tls.fault == Some("tls_version") {
        return text.get("survey-tls-old");
    }
    tls.versions.iter().copied().map(TlsVersion::as_str).collect::<Vec<_>>().join(", ")
}

fn certificate(text: &Text, tls: &PortTls, host: &str) -> Vec<String> {
    let Some(facts) = &tls.certificate else { return Vec::new() };
    let verdict = match tls.fault {
        None => text.say(&phrase!("survey-certificate-good", host = host)),
        Some(fault) => format!("! {}", text.get(&format!("render-fault-{}", fault.replace('_', "-")))),
    };
    vec![verdict, whose(text, facts), time(text, facts)]
}

/// Whose certificate it is, with its first names.
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
fn login(text: &Text, port: &PortReport) -> Vec<String> {
    let words = |mechanisms: &Option<Vec<String>>| mechanisms.as_ref().map(|words| words.join(" "));
    let mut lines = Vec::new();
    if let Some(offer) = &port.in_tls {
        lines.push(words(&offer.auth).unwrap_or_else(|| text.get("survey-login-none")));
    }
    match port.in_clear.as_ref().map(|offer| words(&offer.auth)) {
        Some(Some(mechanisms)) => lines.push(text.say(&phrase!("survey-login-clear", mechanisms = mechanisms))),
        Some(None) if port.in_tls.is_none() => lines.push(text.get("survey-login-none")),
        _ => {}
    }
    lines
}

/// What is wrong, unless the rows above already say it.
fn wrong(text: &Text, port: &PortReport) -> Vec<String> {
    let said = port.tls.as_ref().is_some_and(|tls| tls.certificate.is_some() && tls.fault.is_some());
    match &port.evidence {
        Some(evidence) if !said || port.state == PortState::Failed => stages::fault(text, evidence),
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
