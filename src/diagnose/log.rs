//! Reads a log of any size: its failures by cause, in one pass and in bounded memory.
//!
//! [`marks`] lets most lines pass; [`time`] reads the time that a line begins with, [`line`] takes the rest apart, [`event`] says what it tells of; attempts are tied
//! together by what their lines have in common, and failures are counted by cause in [`group`]. [`queue`] reads lists of waiting messages.

mod event;
mod group;
mod line;
mod marks;
mod queue;
mod time;

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

pub(super) use self::line::is_exims;
use self::{
    event::{LogEvent, LogOutcome, event},
    group::{LogFailure, LogTally},
    line::LogLine,
    marks::LogMarks,
};
pub use self::{
    group::LogGroup,
    time::{LogClock, LogTime, log_since},
};
use super::{
    Certainty, Doctor, Explain, UNKNOWN, clean,
    noise::{Noise, Worth},
};

/// The most that is kept of a line with those that continue it, in bytes.
pub const LONGEST_RECORD: usize = 16 * 1024;

/// How much of a text tells whether it is a log, in bytes.
pub const LOG_HEAD: usize = 64 * 1024;

/// How many attempts are followed at once; of more, the one that began first counts as it is.
const MOST_OPEN: usize = 256;

/// How many sentences are remembered with their causes.
const MOST_KNOWN: usize = 4096;

/// Whether a text, of which this is the beginning, is a log: two lines or more begin with a time, and most do.
pub fn is_log(head: &[u8]) -> bool {
    let head = head.get(..LOG_HEAD).unwrap_or(head);
    let is_known = |line: &&[u8]| {
        let line = line.get(..80).unwrap_or(line);
        time::is_dated(line) && time::split(&String::from_utf8_lossy(line), LogClock { now: 0, offset: 0 }).0.is_some()
    };
    let lines: Vec<&[u8]> = head.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).collect();
    let dated = lines.iter().filter(|line| is_known(line)).count();
    dated >= 2 && dated * 2 >= lines.len()
}

/// Reads a log line by line.
#[derive(Debug)]
pub struct LogReader<'a> {
    doctor: &'a Doctor<'a>,
    /// What is known beside the log.
    about: Explain,
    clock: LogClock,
    /// From when on failures count, in seconds since 1970.
    since: Option<i64>,
    marks: LogMarks,
    /// A line that may tell of a failure, with those that continue it.
    record: Vec<u8>,
    is_cut: bool,
    lines: u64,
    cut: u64,
    open: HashMap<String, (u64, LogFailure)>,
    /// Causes by place, and the place by a sentence's hash; none, where it tells of no failure.
    causes: Vec<String>,
    known: HashMap<u64, Option<usize>>,
    tallies: Vec<LogTally>,
}

/// What a whole log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogReport {
    /// How many lines were read.
    pub lines: u64,
    /// Of how many, with the lines that continue them, only the first [`LONGEST_RECORD`] bytes.
    pub cut: u64,
    /// The failures: this machine's own first, the most frequent first.
    pub groups: Vec<LogGroup>,
}

impl<'a> LogReader<'a> {
    /// Begins a log, of which `about` says what is known beside it; failures from `since` on count, in seconds since 1970.
    pub fn new(doctor: &'a Doctor<'a>, about: Explain, clock: LogClock, since: Option<i64>) -> Self {
        Self {
            doctor,
            about,
            clock,
            since,
            marks: LogMarks::new(),
            record: Vec::new(),
            is_cut: false,
            lines: 0,
            cut: 0,
            open: HashMap::new(),
            causes: Vec::new(),
            known: HashMap::new(),
            tallies: Vec::new(),
        }
    }

    /// Takes the next line, or its beginning if it `goes_on` beyond what was read of it.
    pub fn line(&mut self, line: &[u8], goes_on: bool) {
        self.lines += 1;
        let line = line.trim_ascii_end();
        let continues = !self.record.is_empty() && !time::is_dated(line);
        if !continues {
            self.close();
            if !self.marks.are_in(line) {
                return;
            }
        }
        let room = LONGEST_RECORD.saturating_sub(self.record.len() + 1);
        if continues && room > 0 {
            self.record.push(b'\n');
        }
        self.record.extend_from_slice(line.get(..room).unwrap_or(line));
        self.is_cut |= goes_on || line.len() > room;
    }

    /// What a list of waiting messages says, in place of a log; nothing where the text is none, or does not say why they wait.
    pub fn queue(mut self, list: &[u8]) -> Option<LogReport> {
        let list = clean::decode(list);
        let waiting = queue::waiting(&list);
        for one in &waiting {
            self.take(&one.event(), None, &one.reason);
        }
        self.lines = list.lines().count() as u64;
        (!waiting.is_empty()).then(|| self.finish())
    }

    /// What the log says.
    pub fn finish(mut self) -> LogReport {
        self.close();
        let mut open: Vec<(u64, LogFailure)> = self.open.drain().map(|(_, failure)| failure).collect();
        open.sort_by_key(|(line, _)| *line);
        for (_, failure) in open {
            self.count(failure);
        }
        let doctor = self.doctor;
        let mut groups: Vec<LogGroup> =
            self.tallies.into_iter().map(|tally| tally.into_group(|evidence| doctor.explain(evidence))).collect();
        groups.sort_by_key(|group| (!group.ours, std::cmp::Reverse(group.count)));
        LogReport { lines: self.lines, cut: self.cut, groups }
    }

    /// The record is whole.
    fn close(&mut self) {
        if self.record.is_empty() {
            return;
        }
        let text = clean::decode(&self.record);
        self.record.clear();
        self.cut += u64::from(std::mem::take(&mut self.is_cut));
        let (time, rest) = time::split(&text, self.clock);
        if self.since.zip(time).is_some_and(|(since, time)| time.seconds(self.clock) < since) {
            return;
        }
        // Exim repeats the time when it logs by syslog.
        let mut line = LogLine::of(rest);
        line.text = time::split(line.text, self.clock).1;
        if let Some(event) = event(&line) {
            self.take(&event, time, &text);
        }
    }

    fn take(&mut self, event: &LogEvent<'_>, time: Option<LogTime>, line: &str) {
        match event.outcome {
            LogOutcome::Delivered => {
                event.thread.as_ref().map(|thread| self.open.remove(thread));
            }
            LogOutcome::Said => {
                let Some(cause) = self.cause(event, Some(line)) else { return };
                let failure = LogFailure::new(cause, event, time, line, &self.about);
                match &event.thread {
                    None => self.count(failure),
                    Some(thread) => self.follow(thread.clone(), failure),
                }
            }
            LogOutcome::Failed | LogOutcome::FailedAsSaid => {
                let before = event.thread.as_ref().and_then(|thread| self.open.remove(thread)).map(|(_, said)| said);
                let failure = match (before, event.outcome) {
                    (Some(before), LogOutcome::FailedAsSaid) => before,
                    (before, _) => {
                        let known = self.cause(event, None);
                        let cause = known.unwrap_or_else(|| place(&mut self.causes, UNKNOWN));
                        let failure = LogFailure::new(cause, event, time, line, &self.about);
                        match before.filter(|_| known.is_none()) {
                            Some(before) => failure.explained_by(before),
                            None => failure,
                        }
                    }
                };
                self.count(failure);
            }
        }
    }

    /// Keeps what was said of an attempt until it ends.
    fn follow(&mut self, thread: String, failure: LogFailure) {
        self.open.insert(thread, (self.lines, failure));
        if self.open.len() > MOST_OPEN {
            let first = self.open.iter().min_by_key(|(_, (line, _))| *line).map(|(thread, _)| thread.clone());
            if let Some((_, failure)) = first.and_then(|thread| self.open.remove(&thread)) {
                self.count(failure);
            }
        }
    }

    fn count(&mut self, failure: LogFailure) {
        match self.tallies.iter_mut().find(|tally| (tally.cause, tally.ours) == (failure.cause, failure.ours)) {
            Some(tally) => tally.add(failure),
            None => self.tallies.push(LogTally::of(failure)),
        }
    }

    /// The place of a reason's cause; none, where none is recognised, or where the line stands `beside` attempts and does not clearly
    /// tell of a failure.
    fn cause(&mut self, event: &LogEvent<'_>, beside: Option<&str>) -> Option<usize> {
        let hash = hash_of(event, beside.is_some());
        if let Some(known) = self.known.get(&hash) {
            return *known;
        }
        let is_noise = |line: &str| Noise::default().worth(line.lines().next().unwrap_or_default()) < Worth::Perhaps;
        let cause = if beside.is_some_and(is_noise) {
            None
        } else {
            let diagnosis = self.doctor.explain(&event.evidence(&self.about));
            let is_known = diagnosis.cause != UNKNOWN && !(beside.is_some() && diagnosis.sure == Certainty::Guess);
            is_known.then(|| place(&mut self.causes, &diagnosis.cause))
        };
        if self.known.len() >= MOST_KNOWN {
            self.known.clear();
        }
        self.known.insert(hash, cause);
        cause
    }
}

fn place(causes: &mut Vec<String>, cause: &str) -> usize {
    causes.iter().position(|known| known == cause).unwrap_or_else(|| {
        causes.push(cause.to_owned());
        causes.len() - 1
    })
}

/// A reason without what differs from message to message: addresses, names of messages, long numbers.
fn hash_of(event: &LogEvent<'_>, beside: bool) -> u64 {
    let mut hasher = DefaultHasher::new();
    (beside, event.host).hash(&mut hasher);
    for word in event.reason.split(' ') {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        if !(word.contains('@') || digits >= 5 || digits >= 3 && word.len() >= 8) {
            word.hash(&mut hasher);
        }
    }
    hasher.finish()
}

#[cfg(test)]
mod tests;
