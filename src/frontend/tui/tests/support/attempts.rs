//! Attempts as they are reported.

use std::time::Duration;

use crate::{
    mail::{Mechanism, Reply},
    probe::{
        Capabilities, CertificateFacts, Evidence, Learned, ProbeFault, Report, Stage, StageReport, StageState, Transcript,
        report::{TranscriptLine, Who},
    },
    setup::ConnectSpec,
};

/// A stage that is under way.
pub(in super::super) fn running() -> StageReport {
    StageReport { state: StageState::Running, ..StageReport::pending(Stage::Greeting) }
}

fn step(stage: Stage, millis: u64, learned: Option<Learned>) -> StageReport {
    StageReport { stage, state: StageState::Passed, elapsed: Some(Duration::from_millis(millis)), learned, reply: None }
}

/// The stages of a good attempt.
pub(in super::super) fn steps() -> Vec<StageReport> {
    let certificate = CertificateFacts {
        subject: "smtp.gmail.com".into(),
        issuer: "Google Trust Services".into(),
        names: vec!["smtp.gmail.com".into()],
        not_before: "2026-10-20".into(),
        not_after: "2027-01-18".into(),
        days_left: 58,
        is_to_come: false,
        sha256: "00".repeat(32),
        lacks_issuer_key: false,
    };
    let capabilities = Capabilities {
        pipelining: true,
        chunking: true,
        eight_bit_mime: true,
        smtputf8: true,
        size: Some(35_882_577),
        auth: Some(["LOGIN", "PLAIN", "XOAUTH2"].map(str::to_owned).to_vec()),
        ..Capabilities::default()
    };
    let addresses = ["142.250.27.108", "2a00:1450:4025:401::6d"].map(|ip| ip.parse().unwrap()).to_vec();
    let peer = "[2a00:1450:4025:401::6d]:465".parse().unwrap();
    let secured = Learned::Secured { version: "1.3", certificate: Box::new(certificate), pinned: false };
    vec![
        step(Stage::Dns, 12, Some(Learned::Addresses(addresses))),
        step(Stage::Connect, 21, Some(Learned::Connected { peer, failed: 0 })),
        step(Stage::Tls, 44, Some(secured)),
        step(Stage::Greeting, 18, Some(Learned::Greeting("smtp.gmail.com ESMTP ready".into()))),
        step(Stage::Ehlo, 20, Some(Learned::Offered { capabilities, helo: false })),
        step(Stage::Auth, 310, Some(Learned::LoggedIn(Mechanism::Plain))),
        step(Stage::Mail, 25, Some(Learned::Accepted("ops@gmail.com".into()))),
        step(Stage::Rcpt, 1, Some(Learned::Accepted("ops@gmail.com".into()))),
        step(Stage::Data, 420, Some(Learned::Queued("2.0.0 OK 1763690000 gsmtp".into()))),
    ]
}

pub(in super::super) fn passed() -> Report {
    Report {
        steps: steps(),
        round_trips: 6,
        elapsed: Duration::from_millis(871),
        evidence: None,
        arrival: None,
        refused: Vec::new(),
        transcript: Transcript(vec![
            TranscriptLine { at: Duration::from_millis(33), who: Who::Note, text: "TLS 1.3".into() },
            TranscriptLine {
                at: Duration::from_millis(95),
                who: Who::Server,
                text: "220 smtp.gmail.com ESMTP ready".into(),
            },
            TranscriptLine { at: Duration::from_millis(96), who: Who::Client, text: "EHLO web1.example.com".into() },
        ]),
    }
}

/// The attempt of the probe.
pub(in super::super) fn connected() -> Report {
    let mut report = passed();
    report.steps.truncate(5);
    report
}

/// A login that is refused in several lines, one with an escape sequence.
pub(in super::super) fn refused(spec: &ConnectSpec) -> Report {
    let reply = Reply {
        code: 534,
        lines: vec![
            b"5.7.9 Application-specific password required. For more information, go to".to_vec(),
            b"5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor \x1b[31m- gsmtp".to_vec(),
        ],
    };
    let mut steps = steps();
    steps[5].state = StageState::Failed;
    steps[5].learned = None;
    steps[5].reply = Some(reply.clone());
    for later in &mut steps[6..] {
        *later = StageReport::pending(later.stage);
    }
    let evidence = Evidence {
        provider: spec.provider.clone(),
        mechanism: Some(Mechanism::Plain),
        ehlo: spec.ehlo.clone(),
        username: spec.login.as_ref().map(|login| login.username.clone()),
        ..Evidence::new(Stage::Auth, spec.endpoint.clone(), ProbeFault::Reply(reply))
    };
    Report { steps, evidence: Some(evidence), elapsed: Duration::from_millis(523), ..passed() }
}
