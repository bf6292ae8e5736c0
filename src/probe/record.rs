//! Records what an attempt finds: stages, evidence, transcript.

use std::time::{Duration, Instant};

use super::{
    Attempt, Capabilities, CertificateFacts, Evidence, Goal, Learned, ProbeFault, RefusedSender, Report, Stage, StageReport,
    StageState, attempt::Bounds, transcript::Log,
};
use crate::mail::{Auth, Mechanism, Protocol, Reply, Security, reply::printable};

/// A stage's time limit if the requested one exceeds the clock's range.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// What an attempt has found so far.
pub(super) struct Record<'a> {
    pub(super) attempt: &'a Attempt,
    pub(super) bounds: Bounds,
    pub(super) log: Log,
    pub(super) offered: Option<Capabilities>,
    pub(super) mechanism: Option<Mechanism>,
    pub(super) challenge: Option<String>,
    pub(super) certificate: Option<CertificateFacts>,
    pub(super) round_trips: u32,
    pub(super) refused: Vec<RefusedSender>,
    started: Instant,
    steps: Vec<StageReport>,
    current: usize,
    since: Instant,
    progress: &'a mut dyn FnMut(&StageReport),
}

impl<'a> Record<'a> {
    pub(super) fn new(attempt: &'a Attempt, bounds: Bounds, progress: &'a mut dyn FnMut(&StageReport)) -> Self {
        let started = Instant::now();
        Self {
            attempt,
            bounds,
            log: Log::new(started),
            offered: None,
            mechanism: None,
            challenge: None,
            certificate: None,
            round_trips: 0,
            refused: Vec::new(),
            started,
            steps: stages(attempt).into_iter().map(StageReport::pending).collect(),
            current: 0,
            since: started,
            progress,
        }
    }

    /// Begins a stage and returns its deadline.
    pub(super) fn begin(&mut self, stage: Stage) -> Instant {
        self.since = Instant::now();
        self.current = self.steps.iter().position(|step| step.stage == stage).unwrap_or(self.current);
        self.update(|step, _| step.state = StageState::Running);
        self.deadline(self.since)
    }

    /// When what begins then has to be over.
    pub(super) fn deadline(&self, since: Instant) -> Instant {
        let until = since.checked_add(self.attempt.timeout).unwrap_or(since + LONGEST);
        self.bounds.until.map_or(until, |whole| whole.min(until))
    }

    /// The current stage passed.
    pub(super) fn pass(&mut self, learned: Option<Learned>, reply: Option<Reply>) {
        self.end(StageState::Passed, learned, reply);
    }

    /// The current stage passed, with something that a person should know.
    pub(super) fn warn(&mut self, learned: Option<Learned>, reply: Option<Reply>) {
        self.end(StageState::Warned, learned, reply);
    }

    /// A stage is not needed.
    pub(super) fn skip(&mut self, stage: Stage, learned: Option<Learned>) {
        if let Some(index) = self.steps.iter().position(|step| step.stage == stage) {
            self.current = index;
            self.update(|step, _| {
                step.state = StageState::Skipped;
                step.learned = learned;
            });
        }
    }

    /// The current stage failed; reported at once, and only once.
    pub(super) fn fail(&mut self, fault: &ProbeFault) {
        if self.steps.get(self.current).is_none_or(|step| step.state == StageState::Failed) {
            return;
        }
        let reply = if let ProbeFault::Reply(reply) = fault { Some(reply.clone()) } else { None };
        self.log.note(format!("{} {}: {}", self.stage().as_str(), StageState::Failed.as_str(), fault.name()));
        self.end(StageState::Failed, None, reply);
    }

    /// The current stage, or the last one.
    fn stage(&self) -> Stage {
        self.steps.get(self.current).map_or(Stage::Dns, |step| step.stage)
    }

    fn end(&mut self, state: StageState, learned: Option<Learned>, reply: Option<Reply>) {
        self.update(|step, elapsed| {
            step.state = state;
            step.elapsed = Some(step.elapsed.unwrap_or_default() + elapsed);
            step.learned = learned.or(step.learned.take());
            step.reply = reply;
        });
    }

    fn update(&mut self, change: impl FnOnce(&mut StageReport, Duration)) {
        if let Some(step) = self.steps.get_mut(self.current) {
            change(step, self.since.elapsed());
            (self.progress)(step);
        }
    }

    /// Closes the record.
    pub(super) fn report(mut self, fault: Option<ProbeFault>) -> Report {
        if let Some(fault) = &fault {
            self.fail(fault);
        }
        let (attempt, stage) = (self.attempt, self.stage());
        let evidence = fault.map(|fault| Evidence {
            stage,
            protocol: attempt.protocol,
            provider: attempt.provider.clone(),
            endpoint: attempt.endpoint.clone(),
            fault,
            offered: self.offered,
            mechanism: self.mechanism,
            certificate: self.certificate,
            challenge: self.challenge,
            ehlo: attempt.ehlo.clone(),
            username: attempt.login.as_ref().map(|login| login.username.clone()),
            sender: attempt.message.as_ref().map(|message| message.from.to_string()),
            egress: None,
            proxy: attempt.proxy.clone(),
            unused_proxy: None,
        });
        Report {
            steps: self.steps,
            round_trips: self.round_trips,
            elapsed: self.started.elapsed(),
            evidence,
            arrival: None,
            refused: self.refused,
            transcript: self.log.finish(),
        }
    }
}

/// The stages of an attempt, in order.
fn stages(attempt: &Attempt) -> Vec<Stage> {
    let offer = match attempt.protocol {
        Protocol::Smtp => Stage::Ehlo,
        Protocol::Imap => Stage::Capability,
    };
    let mut stages = vec![Stage::Dns, Stage::Connect];
    stages.extend(match attempt.endpoint.security {
        Security::Tls => vec![Stage::Tls, Stage::Greeting, offer],
        Security::Starttls => vec![Stage::Greeting, offer, Stage::Starttls, Stage::Tls],
        Security::None => vec![Stage::Greeting, offer],
    });
    stages.extend(match (attempt.protocol, attempt.goal) {
        (_, Goal::Connect) => &[][..],
        (Protocol::Imap, _) => &[Stage::Auth, Stage::Mailbox],
        (Protocol::Smtp, Goal::Login) => &[Stage::Auth],
        (Protocol::Smtp, Goal::Rehearse) => &[Stage::Auth, Stage::Mail, Stage::Rcpt],
        (Protocol::Smtp, Goal::Send) => &[Stage::Auth, Stage::Mail, Stage::Rcpt, Stage::Data],
    });
    stages
}

/// The login of an attempt, if it has one.
pub(super) fn login(attempt: &Attempt) -> Option<&super::Login> {
    attempt.login.as_ref().filter(|login| login.auth != Auth::None)
}

/// A reply's words without its code, safe for a terminal.
pub(super) fn words(reply: &Reply) -> String {
    reply.lines.iter().map(|line| printable(line)).collect::<Vec<_>>().join(" ").trim().to_owned()
}
