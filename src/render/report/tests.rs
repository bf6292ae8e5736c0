//! What a report says, and above all what it does not.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::*;
use crate::{
    diagnose,
    mail::{Reply, Security},
    presets::{Catalog, Lang},
    probe::{
        ProbeFault, Stage, StageState, Transcript,
        egress::{AddressFamily, PortAttempt},
        report::TranscriptLine,
    },
    setup::AnswerSource,
};

const SECRET: &str = "open sesame #1";

fn row(field: Field, label: &str, value: &str, source: AnswerSource) -> AnswerRow {
    AnswerRow { field, label: label.into(), value: value.into(), source: Some(source) }
}

fn lines(said: &[(Who, &str)]) -> Transcript {
    let line = |(who, text): &(Who, &str)| TranscriptLine { at: Duration::from_millis(20), who: *who, text: (*text).into() };
    Transcript(said.iter().map(line).collect())
}

fn evidence(stage: Stage, fault: ProbeFault) -> Evidence {
    Evidence {
        ehlo: "web1.example.com".into(),
        username: Some("ops".into()),
        ..Evidence::new(stage, Endpoint { host: "mail.example.org".into(), port: 465, security: Security::Tls }, fault)
    }
}

/// The report of an attempt that ended with this evidence and said this.
fn of(lang: Lang, evidence: Evidence, said: &[(Who, &str)]) -> String {
    let diagnosis = diagnose::diagnose(&evidence, &Catalog::builtin(), lang);
    let endpoint = evidence.endpoint.clone();
    let failed = StageReport {
        state: StageState::Failed,
        elapsed: Some(Duration::from_millis(310)),
        ..StageReport::pending(evidence.stage)
    };
    let steps = vec![
        StageReport { state: StageState::Passed, ..StageReport::pending(Stage::Dns) },
        failed,
        StageReport::pending(Stage::Data),
    ];
    let found = Report {
        steps: steps.clone(),
        round_trips: 4,
        elapsed: Duration::from_millis(523),
        evidence: Some(evidence),
        arrival: None,
        refused: Vec::new(),
        transcript: lines(said),
    };
    let secret = Secret::new(SECRET.into());
    let attempt = ReportedAttempt {
        kind: AttemptKind::Test,
        endpoint: &endpoint,
        steps: &steps,
        report: Some(&found),
        diagnosis: Some(&diagnosis),
    };
    let rows = vec![
        row(Field::Address, "Sender address", "ops@example.com", AnswerSource::Flag),
        row(Field::Name, "Display name", "Ops \u{1b}[31m\u{202e}", AnswerSource::Asked),
        row(Field::Password, "Password", "••••••••", AnswerSource::Flag),
        row(Field::SecretCommand, "Command", "printf hunter2-in-argv", AnswerSource::Flag),
    ];
    let parts = Parts {
        when: "2026-11-21T00:00:00Z".into(),
        system: "Debian GNU/Linux 13 (trixie)".into(),
        rows,
        attempts: vec![attempt],
        proofs: Vec::new(),
        secrets: vec![&secret],
    };
    report(&Text::new(lang), &parts)
}

#[test]
fn no_secret_in_any_form_and_no_control_character() {
    let encoded = STANDARD.encode(SECRET);
    let blob = STANDARD.encode(format!("\0ops\0{SECRET}"));
    let reply = Reply { code: 535, lines: vec![format!("no: {SECRET} {encoded} \x1b[2J").into_bytes()] };
    let initial = format!("AUTH PLAIN {blob}");
    let repeated = format!("535 you said {encoded}");
    let said = [
        (Who::Note, "connected to 192.0.2.1:465"),
        (Who::Client, initial.as_str()),
        (Who::Server, "334 VXNlcm5hbWU6"),
        (Who::Client, "b3Bz"),
        (Who::Server, "334 PDE4OTYuNjk3QHBvc3RvZmZpY2U+"),
        (Who::Client, "b3BzIGI5MTNhNjAy"),
        (Who::Server, repeated.as_str()),
        (Who::Server, "535 \u{1b}]0;title\u{7}"),
        (Who::Client, "QUIT"),
    ];
    for lang in Lang::builtin() {
        let text = of(lang, evidence(Stage::Auth, ProbeFault::Reply(reply.clone())), &said);
        let encoded = encoded.trim_end_matches('=');
        for never in [SECRET, encoded, blob.as_str(), "hunter2", "b3Bz", "VXNlcm5hbWU6", "PDE4OTYu"] {
            assert!(!text.contains(never), "{never} in\n{text}");
        }
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()) && !text.contains('\u{202e}'), "{text}");
        for kept in ["AUTH PLAIN ***", "< 334 ***", "> QUIT", "printf ***", "ops@example.com", "Debian", "bad_credentials"] {
            assert!(text.contains(kept), "{kept} is not in\n{text}");
        }
        assert!(text.contains(env!("CARGO_PKG_VERSION")) && text.contains("2026-11-21T00:00:00Z"));
        assert!(!text.contains("report-") && !text.contains("render-"), "{text}");
    }
}

#[test]
fn stages_ports_diagnosis_and_transcript_stand_in_it() {
    let mut silence = evidence(Stage::Connect, ProbeFault::Connect(std::io::ErrorKind::TimedOut));
    let attempt = |port, reach| PortAttempt { port, family: AddressFamily::V4, reach };
    let six = PortAttempt { port: 465, family: AddressFamily::V6, reach: PortReach::NoAddress };
    silence.egress = Some(Egress {
        chosen: Tried {
            host: "mail.example.org".into(),
            attempts: vec![six, attempt(465, PortReach::Silent), attempt(587, PortReach::Open)],
        },
        second: Some(Tried { host: "other.example.net".into(), attempts: vec![attempt(465, PortReach::Refused)] }),
        hoster: Some("Hetzner".into()),
    });
    let text = of(Lang::EN, silence.clone(), &[(Who::Note, "connect failed: connect_timed_out")]);
    let expected = "\
Which ports answer
  mail.example.org
      465  IPv6 no address, IPv4 no answer
      587  IPv4 open
  other.example.net
      465  IPv4 refused
  This machine is at Hetzner
";
    assert!(text.contains(expected), "{text}");
    for part in [
        "Live test: mail.example.org:465, implicit TLS\n",
        "  FAILED  Connect (310 ms)\n",
        "    No answer in time.\n",
        "  523 ms, 4 round trips.\n",
        "Diagnosis: port_blocked\n",
        "Proposed: Use port 587 with STARTTLS\n",
        "    0.020 * connect failed: connect_timed_out\n",
        "Sender address  ops@example.com  (flag)\n",
    ] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
    let french = of(Lang::of_tag("fr").unwrap(), silence, &[]);
    assert!(french.contains("Quels ports répondent") && french.contains("587  IPv4 ouvert"), "{french}");
}
