//! What an attempt found: stages, evidence, transcript.

use std::time::Duration;

use super::{CertificateFacts, Evidence, Learned, OtherSender, Stage, StageReport, StageState};
use crate::mail::Reply;

/// What an attempt found.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Every stage of the attempt, in order.
    pub steps: Vec<StageReport>,
    /// Round trips up to the last awaited reply, with TCP and TLS, without DNS.
    pub round_trips: u32,
    /// Time of the whole attempt.
    pub elapsed: Duration,
    /// Why it failed; `None` when it passed.
    pub evidence: Option<Evidence>,
    /// What is wrong with the message's arrival, where it was looked for.
    pub arrival: Option<Evidence>,
    /// Addresses of other programs that the server refuses.
    pub refused: Vec<RefusedSender>,
    /// What was said, without secrets.
    pub transcript: Transcript,
}

impl Report {
    /// Whether every stage passed, with or without warnings.
    pub const fn passed(&self) -> bool {
        self.evidence.is_none()
    }

    /// Whether TLS was established.
    pub fn is_secured(&self) -> bool {
        self.step(Stage::Tls).is_some_and(|step| matches!(step.state, StageState::Passed | StageState::Warned))
    }

    /// The server's certificate, where TLS was established.
    pub fn certificate(&self) -> Option<&CertificateFacts> {
        match &self.step(Stage::Tls)?.learned {
            Some(Learned::Secured { certificate, .. }) => Some(certificate),
            _ => None,
        }
    }

    /// The mechanisms that the last EHLO offered, none where it had no AUTH. `None` where that EHLO was not heard, and where
    /// the server may offer a login inside TLS.
    pub fn offered_logins(&self) -> Option<&[String]> {
        match &self.step(Stage::Ehlo)?.learned {
            Some(Learned::Offered { capabilities, .. })
                if self.passed() && (self.is_secured() || !capabilities.starttls) =>
            {
                Some(capabilities.auth.as_deref().unwrap_or_default())
            }
            _ => None,
        }
    }

    /// The step of a stage.
    pub fn step(&self, stage: Stage) -> Option<&StageReport> {
        self.steps.iter().find(|step| step.stage == stage)
    }

    /// The stage that failed.
    pub fn failed_stage(&self) -> Option<Stage> {
        self.steps.iter().find(|step| step.state == StageState::Failed).map(|step| step.stage)
    }
}

/// An address of another program's that the server refuses, and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedSender {
    /// The address, and who sends from it.
    pub sender: OtherSender,
    /// The answer.
    pub reply: Reply,
    /// To which command it was.
    pub stage: Stage,
}

impl RefusedSender {
    /// Whether the mail that the program sends is refused by it. A recipient of its own may be one that this machine leads elsewhere,
    /// and a program that leaves the envelope to the mailer has root's there.
    pub fn is_decisive(&self) -> bool {
        self.sender.own_envelope && (self.stage == Stage::Mail || self.sender.to.is_none())
    }
}

/// What was said: lines without secrets and without control characters, safe for a terminal and for a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transcript(pub Vec<TranscriptLine>);

/// A line of the transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptLine {
    /// Time since the attempt began.
    pub at: Duration,
    /// The speaker.
    pub who: Who,
    /// What was said.
    pub text: String,
}

/// Who said a line of the transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// mailsetup.
    Client,
    /// The server.
    Server,
    /// A note on what happened (connected, TLS begins).
    Note,
}
