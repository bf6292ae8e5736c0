//! What a climb found: steps, evidence, transcript.

use std::time::Duration;

use super::{Evidence, Stage, State, Step};

/// What EHLO offered (RFC 5321 and the extensions' own RFCs).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a keyword that is offered or not")]
pub struct Capabilities {
    /// STARTTLS, RFC 3207.
    pub starttls: bool,
    /// A keyword stands overwritten, as `XXXXXXXA`: a device on the way changes what the server says.
    pub masked: bool,
    /// PIPELINING, RFC 2920.
    pub pipelining: bool,
    /// CHUNKING, RFC 3030.
    pub chunking: bool,
    /// 8BITMIME, RFC 6152.
    pub eight_bit_mime: bool,
    /// SMTPUTF8, RFC 6531.
    pub smtputf8: bool,
    /// SIZE, RFC 1870: the limit in bytes, 0 for one that is not said.
    pub size: Option<u64>,
    /// Mechanisms behind AUTH, upper case, in the server's order; `None` when AUTH is not offered.
    pub auth: Option<Vec<String>>,
}

/// What a climb found.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Every stage that the climb was to pass, in order.
    pub steps: Vec<Step>,
    /// Round trips until the last reply that was waited for, DNS not counted, TCP and TLS counted.
    pub round_trips: u32,
    /// How long the whole took.
    pub elapsed: Duration,
    /// Why it failed; `None` when it passed.
    pub evidence: Option<Evidence>,
    /// What was said, without secrets.
    pub transcript: Transcript,
}

impl Report {
    /// Whether every stage passed, with or without warnings.
    pub const fn passed(&self) -> bool {
        self.evidence.is_none()
    }

    /// Whether TLS came about.
    pub fn is_secured(&self) -> bool {
        self.step(Stage::Tls).is_some_and(|step| matches!(step.state, State::Passed | State::Warned))
    }

    /// The step of a stage.
    pub fn step(&self, stage: Stage) -> Option<&Step> {
        self.steps.iter().find(|step| step.stage == stage)
    }

    /// The stage that failed.
    pub fn failed_stage(&self) -> Option<Stage> {
        self.steps.iter().find(|step| step.state == State::Failed).map(|step| step.stage)
    }
}

/// What was said: lines without secrets and without control characters, safe for a terminal and for a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transcript(pub Vec<Line>);

/// A line of the transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Time since the climb began.
    pub at: Duration,
    /// Who said it.
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
    /// Neither: a note on what happened (connected, TLS begins).
    Note,
}
