//! The redacted report: everything that helps to find a fault, as plain text that can be shared.
//!
//! It holds no secret and no base64 of a login; every control character is escaped.

use super::stages;
use crate::{
    diagnose::Diagnosis,
    mail::{
        Endpoint, Secret,
        reply::escape,
        secret::{HIDDEN, forms},
    },
    oauth, phrase,
    presets::Text,
    probe::{
        CertificateFacts, Egress, Evidence, Report, StageReport,
        egress::{PortReach, Tried},
        report::Who,
    },
    setup::{AnswerRow, AttemptKind, Field, LiveTest, Proof, Setup},
};

/// The content of a report.
#[derive(Debug, Clone, Default)]
pub struct Parts<'a> {
    /// When it is made (RFC 3339, UTC).
    pub when: String,
    /// The system, as `host::system` describes it.
    pub system: String,
    /// The settings with their sources.
    pub rows: Vec<AnswerRow>,
    /// The attempts, in order.
    pub attempts: Vec<ReportedAttempt<'a>>,
    /// The outcome of messages that consumers sent by themselves.
    pub proofs: Vec<&'a Proof>,
    /// Secrets to remove from everything.
    pub secrets: Vec<&'a Secret>,
}

/// An attempt.
#[derive(Debug, Clone, Copy)]
pub struct ReportedAttempt<'a> {
    /// Which one.
    pub kind: AttemptKind,
    /// The server, the login and the message.
    pub endpoint: &'a Endpoint,
    /// The stages.
    pub steps: &'a [StageReport],
    /// What it found, once it is over.
    pub report: Option<&'a Report>,
    /// Why it failed.
    pub diagnosis: Option<&'a Diagnosis>,
}

impl<'a> ReportedAttempt<'a> {
    /// An attempt as the conversation keeps it.
    pub fn of(kind: AttemptKind, test: &'a LiveTest) -> Self {
        Self {
            kind,
            endpoint: &test.spec.endpoint,
            steps: &test.steps,
            report: test.report.as_ref(),
            diagnosis: test.diagnosis.as_ref(),
        }
    }
}

/// The report of a conversation at any point: the live test, else the background test, and messages sent from what was
/// written.
pub fn of_setup(setup: &Setup, when: String, system: String) -> String {
    let (probe, test) = (setup.probe(), setup.test());
    let mut attempts: Vec<ReportedAttempt<'_>> = Vec::new();
    match (&test, &probe) {
        (Some(test), _) if !test.steps.is_empty() || test.report.is_some() => {
            attempts.push(ReportedAttempt::of(AttemptKind::Test, test));
        }
        (_, Some(probe)) => attempts.push(ReportedAttempt::of(AttemptKind::Probe, probe)),
        _ => {}
    }
    let spec = test.as_ref().or(probe.as_ref()).map(|test| &test.spec);
    let proofs: Vec<&Proof> = setup.written().into_iter().flat_map(|written| &written.proofs).collect();
    let attempted =
        proofs.iter().filter_map(|proof| Some((proof.report.as_ref()?, &spec?.endpoint, proof.diagnosis.as_ref())));
    for (report, endpoint, diagnosis) in attempted {
        let diagnosis = diagnosis.filter(|_| !report.passed());
        let (steps, report) = (report.steps.as_slice(), Some(report));
        attempts.push(ReportedAttempt { kind: AttemptKind::Proof, endpoint, steps, report, diagnosis });
    }
    let mailbox = spec.and_then(|spec| spec.arrival.as_ref()).map(|arrival| &arrival.login);
    let logins = spec.and_then(|spec| spec.login.as_ref()).into_iter().chain(mailbox);
    let secrets = logins.map(|login| &login.secret).chain(setup.order().and_then(|order| order.secret.as_ref())).collect();
    let proofs = proofs.into_iter().filter(|proof| proof.own.is_some()).collect();
    report(setup.text(), &Parts { when, system, rows: setup.all(), attempts, proofs, secrets })
}

/// The report as text.
pub fn report(text: &Text, parts: &Parts<'_>) -> String {
    let mut lines = vec![
        text.say(&phrase!("report-title", version = env!("CARGO_PKG_VERSION"), when = parts.when)),
        parts.system.clone(),
        text.get("report-privacy"),
    ];
    section(&mut lines, text.get("report-settings"), settings(text, &parts.rows));
    for attempt in &parts.attempts {
        attempt_lines(&mut lines, text, attempt);
    }
    let proofs = parts.proofs.iter().flat_map(|proof| super::proof::lines(text, proof)).collect();
    section(&mut lines, text.get("report-own"), proofs);
    let safe = |line: &String| redacted(&escape(line), &parts.secrets).trim_end().to_owned();
    lines.iter().map(safe).collect::<Vec<_>>().join("\n") + "\n"
}

fn section(lines: &mut Vec<String>, heading: String, body: Vec<String>) {
    if body.is_empty() {
        return;
    }
    lines.extend([String::new(), heading]);
    lines.extend(body.into_iter().map(|line| format!("  {line}")));
}

/// The settings; of a password command only its program, since its arguments may contain a password.
fn settings(text: &Text, rows: &[AnswerRow]) -> Vec<String> {
    let shown: Vec<AnswerRow> = rows
        .iter()
        .map(|row| match row.value.split_once(char::is_whitespace) {
            Some((program, _)) if row.field == Field::SecretCommand => {
                AnswerRow { value: format!("{program} {HIDDEN}"), ..row.clone() }
            }
            _ => row.clone(),
        })
        .collect();
    super::answers(text, &shown)
}

fn attempt_lines(lines: &mut Vec<String>, text: &Text, attempt: &ReportedAttempt<'_>) {
    let server = super::endpoint(text, attempt.endpoint);
    let heading = match attempt.kind {
        AttemptKind::Probe => phrase!("report-probe", server = server),
        AttemptKind::Test => phrase!("report-test", server = server),
        AttemptKind::Proof => phrase!("report-proof", server = server),
    };
    let evidence = attempt.report.and_then(|report| report.evidence.as_ref());
    let mut rows: Vec<String> = attempt.steps.iter().map(|step| stages::line(text, step)).collect();
    rows.extend(evidence.into_iter().flat_map(|evidence| fault(text, evidence)));
    if let Some(report) = attempt.report {
        let time = super::elapsed(text, report.elapsed);
        rows.push(text.say(&phrase!("render-cost", time = time, trips = report.round_trips)));
    }
    section(lines, text.say(&heading), rows);
    if let Some(found) = evidence.and_then(|evidence| evidence.egress.as_ref()) {
        section(lines, text.get("report-ports"), egress(text, found));
    }
    if let Some(diagnosis) = attempt.diagnosis {
        section(lines, text.say(&phrase!("report-diagnosis", cause = diagnosis.cause)), judged(text, diagnosis));
    }
    if let Some(report) = attempt.report {
        section(lines, text.get("report-transcript"), transcript(report));
    }
}

/// Why it failed, in the server's own words if it has any, and the certificate that it showed.
fn fault(text: &Text, evidence: &Evidence) -> Vec<String> {
    let words = stages::fault(text, evidence).into_iter().map(|line| format!("  {}", without_challenge(&line)));
    words.chain(evidence.certificate.as_ref().map(|facts| certificate(text, facts))).collect()
}

fn certificate(text: &Text, facts: &CertificateFacts) -> String {
    text.say(&phrase!(
        "report-certificate",
        subject = facts.subject,
        issuer = facts.issuer,
        names = facts.names.join(", "),
        from = facts.not_before,
        until = facts.not_after,
        sha256 = facts.sha256
    ))
}

/// Which ports answered: one line per port, for both hosts.
pub fn egress(text: &Text, found: &Egress) -> Vec<String> {
    let mut lines = Vec::new();
    for host in std::iter::once(&found.chosen).chain(&found.second) {
        lines.push(host.host.clone());
        lines.extend(ports(text, host));
    }
    lines.extend(found.hoster.as_ref().map(|hoster| text.say(&phrase!("report-hoster", hoster = hoster))));
    lines
}

fn ports(text: &Text, host: &Tried) -> Vec<String> {
    let mut lines: Vec<(u16, String)> = Vec::new();
    for attempt in &host.attempts {
        let said = format!("{} {}", attempt.family.as_str(), text.get(reach(attempt.reach)));
        match lines.last_mut() {
            Some((port, line)) if *port == attempt.port => *line = format!("{line}, {said}"),
            _ => lines.push((attempt.port, format!("  {:>5}  {said}", attempt.port))),
        }
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

const fn reach(reach: PortReach) -> &'static str {
    match reach {
        PortReach::Open => "report-open",
        PortReach::Refused => "report-refused",
        PortReach::Silent => "report-silent",
        PortReach::Unreachable => "report-unreachable",
        PortReach::NoAddress => "report-no-address",
    }
}

fn judged(text: &Text, diagnosis: &Diagnosis) -> Vec<String> {
    let mut lines = super::diagnosis(text, diagnosis);
    lines.extend(diagnosis.fix.as_ref().map(|fix| text.say(&phrase!("report-fix", fix = fix))));
    for other in &diagnosis.others {
        lines.push(text.say(&phrase!("report-other", title = other.title, tell = other.tell)));
    }
    lines
}

/// The transcript without the contents of a login: initial responses, challenges and their answers.
fn transcript(report: &Report) -> Vec<String> {
    let mut challenged = false;
    let mut lines = Vec::new();
    for (stamp, who, said) in stages::transcript(report) {
        let said = match who {
            Who::Client if challenged && said != "*" => HIDDEN.to_owned(),
            Who::Client => without_response(said),
            Who::Server => without_challenge(said),
            Who::Note => said.to_owned(),
        };
        challenged = who == Who::Server && said.starts_with("334");
        lines.push(format!("{stamp} {said}"));
    }
    lines
}

/// `AUTH PLAIN AGFubg==` as `AUTH PLAIN ***`.
fn without_response(said: &str) -> String {
    let mut words = said.splitn(3, ' ');
    match (words.next(), words.next(), words.next()) {
        (Some(auth), Some(mechanism), Some(_)) if auth.eq_ignore_ascii_case("auth") => {
            format!("{auth} {mechanism} {HIDDEN}")
        }
        _ => said.to_owned(),
    }
}

/// `334 VXNlcm5hbWU6` as `334 ***`.
fn without_challenge(said: &str) -> String {
    match said.strip_prefix("334").and_then(|rest| rest.strip_prefix([' ', '-'])) {
        Some(challenge) if !challenge.trim().is_empty() => format!("334 {HIDDEN}"),
        _ => said.to_owned(),
    }
}

/// The line without the secrets, in any encoding.
fn redacted(line: &str, secrets: &[&Secret]) -> String {
    let mut clean = line.to_owned();
    let parts: Vec<Secret> = secrets.iter().flat_map(|secret| oauth::parts(secret)).collect();
    for secret in parts.iter().map(Secret::expose) {
        // The line is escaped, and so is a secret in it.
        for form in forms(secret.as_bytes()).iter().chain(&forms(escape(secret).as_bytes())) {
            clean = clean.replace(&*String::from_utf8_lossy(form), HIDDEN);
        }
    }
    clean
}

#[cfg(test)]
mod tests;
