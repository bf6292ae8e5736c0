//! Failures of one cause.

use super::{event::LogEvent, time::LogTime};
use crate::diagnose::{Diagnosis, Explain};

/// How many messages and recipients are named: the last ones.
const MOST_NAMED: usize = 20;

/// The most of a line that is shown, in characters.
const MOST_SHOWN: usize = 1000;

/// Failures of one cause in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogGroup {
    /// How many there were.
    pub count: u64,
    /// When the first one was, where its line says so.
    pub first: Option<LogTime>,
    /// When the last one was.
    pub last: Option<LogTime>,
    /// The line of the last one.
    pub line: String,
    /// The last messages, by the mailer's names.
    pub messages: Vec<String>,
    /// The last recipients.
    pub recipients: Vec<String>,
    /// It is about mail that this machine sends, and not about somebody who came to it.
    pub ours: bool,
    /// What it means.
    pub diagnosis: Diagnosis,
}

impl LogGroup {
    /// The document that scripts read: the diagnosis, with what is known of the group.
    pub fn to_json(&self) -> serde_json::Value {
        let mut document = self.diagnosis.to_json();
        document["count"] = self.count.into();
        document["first"] = self.first.map(|time| time.to_string()).into();
        document["last"] = self.last.map(|time| time.to_string()).into();
        document["line"] = self.line.as_str().into();
        document["messages"] = self.messages.as_slice().into();
        document["recipients"] = self.recipients.as_slice().into();
        document["ours"] = self.ours.into();
        document
    }
}

/// One failure.
#[derive(Debug)]
pub(super) struct LogFailure {
    /// Its cause's place.
    pub(super) cause: usize,
    pub(super) ours: bool,
    time: Option<LogTime>,
    line: String,
    message: Option<String>,
    recipients: Vec<String>,
    /// What it is explained by.
    evidence: Explain,
}

impl LogFailure {
    pub(super) fn new(cause: usize, event: &LogEvent<'_>, time: Option<LogTime>, line: &str, about: &Explain) -> Self {
        Self {
            cause,
            ours: event.ours,
            time,
            line: line.chars().take(MOST_SHOWN).collect(),
            message: event.message.map(str::to_owned),
            recipients: event.recipients.iter().take(MOST_NAMED).map(|one| (*one).to_owned()).collect(),
            evidence: event.evidence(about),
        }
    }

    /// The same, explained by what was said before.
    pub(super) fn explained_by(self, before: Self) -> Self {
        Self { cause: before.cause, evidence: before.evidence, ..self }
    }
}

/// Failures of one cause, as they are counted.
#[derive(Debug)]
pub(super) struct LogTally {
    /// The cause's place.
    pub(super) cause: usize,
    pub(super) ours: bool,
    count: u64,
    first: Option<LogTime>,
    last: LogFailure,
    messages: Vec<String>,
    recipients: Vec<String>,
}

impl LogTally {
    pub(super) fn of(failure: LogFailure) -> Self {
        Self {
            cause: failure.cause,
            ours: failure.ours,
            count: 1,
            first: failure.time,
            messages: failure.message.clone().into_iter().collect(),
            recipients: failure.recipients.clone(),
            last: failure,
        }
    }

    pub(super) fn add(&mut self, failure: LogFailure) {
        self.count += 1;
        self.first = self.first.or(failure.time);
        failure.message.iter().for_each(|message| name(&mut self.messages, message));
        failure.recipients.iter().for_each(|recipient| name(&mut self.recipients, recipient));
        self.last = failure;
    }

    /// The group, with the diagnosis of its last failure.
    pub(super) fn into_group(self, diagnose: impl Fn(&Explain) -> Diagnosis) -> LogGroup {
        let Self { ours, count, first, last, messages, recipients, .. } = self;
        let diagnosis = diagnose(&last.evidence);
        LogGroup { count, first, last: last.time.or(first), line: last.line, messages, recipients, ours, diagnosis }
    }
}

/// Names one more, in place of the oldest.
fn name(named: &mut Vec<String>, one: &str) {
    if named.iter().any(|known| known == one) {
        return;
    }
    if named.len() == MOST_NAMED {
        named.remove(0);
    }
    named.push(one.to_owned());
}
