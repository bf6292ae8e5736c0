//! After a server accepted a message: where it arrived, and what is wrong with that.

use std::time::{Duration, Instant, SystemTime};

use super::{
    Runner,
    accepted::{Accepted, Unfollowed},
    granted,
};
use crate::{
    diagnose::arrival_fault,
    host::clock,
    mail::Protocol,
    probe::{
        Attempt, Cancel, Evidence, Goal, Learned, MessageSearch, ProbeFault, Report, Sighting, Stage, StageReport,
        StageState, Transcript, imap,
    },
    setup::{ArrivalSpec, AttemptKind, ConnectSpec, Followed, Outcome, Proof},
};

/// Servers compare days by their own time zone: what came since the day before is looked through.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Runner {
    /// Follows the message of a live test, as its last stage.
    pub(super) fn arrive(
        &self,
        spec: &ConnectSpec,
        accepted: &Accepted,
        report: &mut Report,
        cancel: &Cancel,
        progress: &mut dyn FnMut(&StageReport),
    ) {
        let Some(arrival) = &spec.arrival else { return };
        let begun = Instant::now();
        progress(&StageReport { state: StageState::Running, ..StageReport::pending(Stage::Arrival) });
        let (followed, transcript) = self.follow(spec, arrival, accepted, cancel);
        progress(&followed.step);
        report.steps.push(followed.step);
        report.arrival = followed.evidence;
        report.elapsed += begun.elapsed();
        report.transcript.0.extend(transcript.0);
    }

    /// Follows the message of a proof. It may take minutes: nothing is locked meanwhile.
    pub(super) fn followed(
        &self,
        unfollowed: Unfollowed,
        spec: Option<&ConnectSpec>,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Outcome),
    ) -> Proof {
        let Unfollowed { mut proof, accepted } = unfollowed;
        let (Some(accepted), Some(spec)) = (accepted.filter(|_| !cancel.is_cancelled()), spec) else { return proof };
        if let Some(report) = &mut proof.report {
            self.arrive(spec, &accepted, report, cancel, &mut |step| {
                progress(Outcome::Progress(AttemptKind::Proof, step.clone()));
            });
        } else if let Some(arrival) = &spec.arrival {
            proof.arrival = Some(self.follow(spec, arrival, &accepted, cancel).0);
        }
        proof
    }

    /// Looks for an accepted message.
    fn follow(
        &self,
        spec: &ConnectSpec,
        arrival: &ArrivalSpec,
        accepted: &Accepted,
        cancel: &Cancel,
    ) -> (Followed, Transcript) {
        let step = |state, learned| StageReport {
            state,
            learned,
            elapsed: Some(accepted.at.elapsed()),
            ..StageReport::pending(Stage::Arrival)
        };
        let attempt = match self.reading(spec, arrival) {
            Ok(attempt) => attempt,
            Err(fault) => {
                let evidence = Evidence::new(Stage::Arrival, arrival.endpoint.clone(), fault);
                let followed = Followed { step: step(StageState::Warned, None), evidence: Some(evidence) };
                return (followed, Transcript::default());
            }
        };
        let search = MessageSearch {
            token: accepted.token.clone(),
            since: clock::rfc3339(SystemTime::now().checked_sub(DAY).unwrap_or(SystemTime::UNIX_EPOCH)),
            accepted: accepted.at,
            wait: arrival.wait,
            delete: arrival.delete,
        };
        let found = imap::look(&attempt, &search, &*self.resolver, cancel, &mut |_| {});
        let Some(sighting) = found.sighting else {
            let followed = Followed { step: step(StageState::Warned, None), evidence: found.report.evidence };
            return (followed, found.report.transcript);
        };
        let fault = arrival_fault(&sighting, arrival.is_own);
        let state = match (&fault, &sighting) {
            (None, _) => StageState::Passed,
            (Some(_), Sighting::Bounced { .. }) => StageState::Failed,
            (Some(_), _) => StageState::Warned,
        };
        let evidence = fault.map(|fault| Evidence {
            protocol: Protocol::Imap,
            provider: arrival.provider.clone(),
            sender: accepted.sender.clone(),
            username: Some(arrival.login.username.clone()),
            ..Evidence::new(Stage::Arrival, arrival.endpoint.clone(), ProbeFault::Arrival(fault))
        });
        let step = step(state, Some(Learned::Sighted(Box::new(sighting))));
        (Followed { step, evidence }, found.report.transcript)
    }

    /// The attempt at the mailbox. The certificate that is pinned is the other server's, unless they are one; the authority counts
    /// for both.
    fn reading(&self, spec: &ConnectSpec, arrival: &ArrivalSpec) -> Result<Attempt, ProbeFault> {
        let is_one = arrival.endpoint.host == spec.endpoint.host;
        let pin = spec.pin.as_deref().filter(|_| is_one);
        Ok(Attempt {
            endpoint: arrival.endpoint.clone(),
            protocol: Protocol::Imap,
            provider: arrival.provider.clone(),
            goal: Goal::Login,
            ehlo: String::new(),
            login: Some(granted::login(&arrival.login)?),
            message: None,
            others: Vec::new(),
            trust: self.trust(spec.ca_file.as_deref(), pin)?,
            client: None,
            proxy: spec.proxy.clone(),
            had_starttls: false,
            allow_plaintext: false,
            timeout: spec.timeout,
        })
    }
}
