//! Scripts: nothing is ever asked. A missing answer is an error that names its flag.

use crate::{
    error::{Error, Exit},
    mail::{ProofWay, reply::escape},
    phrase,
    presets::Phrase,
    probe::{ArrivalFault, DnsFault, Evidence, ProbeFault, Stage},
    runner::Runner,
    setup::{Effect, Field, Msg, Outcome, Proof, Setup, Status, Work},
};

/// Why a script stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// An answer is missing or refused.
    Error(Error),
    /// The test failed: the report and its diagnosis are in the conversation.
    Failed(Exit),
}

/// Runs the conversation to its end without asking. `tell` is called with each outcome.
///
/// # Errors
/// What stopped it.
pub fn run(setup: &mut Setup, runner: &Runner, tell: &mut dyn FnMut(&Setup, &Outcome)) -> Result<(), Stop> {
    loop {
        match setup.status() {
            Status::Done => return Ok(()),
            Status::Cancelled => return Err(Stop::Error(Error::new(Exit::Cancelled, phrase!("script-cancelled")))),
            Status::Run(effect) => {
                let generation = effect.generation;
                let outcome = runner.run(effect.work, &mut |outcome| {
                    tell(setup, &outcome);
                    let _ = setup.update(Msg::Finished(generation, outcome));
                });
                let _ = setup.update(Msg::Finished(generation, outcome));
            }
            Status::Ask(question) => return Err(stop(setup, question.field)),
        }
    }
}

fn stop(setup: &Setup, field: Field) -> Stop {
    if field == Field::Recover {
        let report = setup.test().and_then(|test| test.report);
        return Stop::Failed(report.and_then(|report| report.evidence).map_or(Exit::Failed, |evidence| exit_of(&evidence)));
    }
    if let Some(fault) = setup.fault() {
        return Stop::Error(Error { exit: fault.exit, phrase: fault.phrase.clone(), hint: fault.hint.clone() });
    }
    let missing = setup.missing();
    if missing.is_empty() {
        return Stop::Error(Error::new(Exit::Usage, phrase!("script-needs-yes")).hint(phrase!("script-needs-yes-hint")));
    }
    Stop::Error(missing_error(setup, &missing))
}

/// Searches for the settings of the address where the answers ask for it: what is missing is known only then.
pub fn search(setup: &mut Setup, runner: &Runner) {
    if let Status::Run(Effect { generation, work: work @ Work::Discover(_) }) = setup.status() {
        let outcome = runner.run(work, &mut |_| {});
        let _ = setup.update(Msg::Finished(generation, outcome));
    }
}

/// The error for missing answers: names every flag. A mistyped domain comes first: the others may follow from the right one.
pub fn missing_error(setup: &Setup, missing: &[Field]) -> Error {
    if missing.contains(&Field::ThisDomain)
        && let Some((domain, meant)) = setup.slip()
    {
        let error = Error::new(Exit::Usage, phrase!("script-mistyped", domain = escape(&domain), meant = meant));
        return error.hint(phrase!("script-mistyped-hint", flag = Field::ThisDomain.flag()));
    }
    if missing.contains(&Field::Profile)
        && let Some((why, hint)) = setup.profile_fault()
    {
        return Error::new(Exit::Usage, why).hint(hint);
    }
    let flags: Vec<String> = missing.iter().map(|field| field.flag()).collect();
    // What could not be looked up may be found later.
    let is_temporary = matches!(setup.discovery().and_then(|found| found.fault), Some(fault) if fault.is_temporary());
    let exit = if is_temporary && missing.contains(&Field::Provider) { Exit::TempFail } else { Exit::Usage };
    Error::new(exit, phrase!("script-missing", flags = flags.join(", "))).hint(hint_of(setup, missing))
}

fn hint_of(setup: &Setup, missing: &[Field]) -> Phrase {
    let found = setup.search_hint().join(" ");
    if missing.contains(&Field::Provider) && !found.is_empty() {
        return match setup.proposed() {
            Some(proposed) => phrase!("script-missing-provider-proposed", found = found, flags = proposed.flags()),
            None => phrase!("script-missing-provider-found", found = found),
        };
    }
    if missing.contains(&Field::Provider) {
        phrase!("script-missing-provider-hint")
    } else if missing.contains(&Field::Password) {
        phrase!("script-missing-password-hint")
    } else {
        phrase!("script-missing-hint")
    }
}

/// The exit status when a message of a proof did not go out: by what our own attempt found, else by how the program ended. A way
/// of programs that is barred is refused permission, if not only for now.
pub fn exit_of_proof(proof: &Proof) -> Exit {
    if let Some(evidence) = proof.report.as_ref().and_then(|report| report.evidence.as_ref()) {
        return exit_of(evidence);
    }
    let exit = proof.fault().map_or(Exit::Failed, |fault| fault.end.exit());
    let is_as_it_is = proof.way == ProofWay::Test || matches!(exit, Exit::TempFail | Exit::Cancelled);
    if is_as_it_is { exit } else { Exit::NoPerm }
}

/// The exit status of a failed attempt (sysexits(3)).
pub fn exit_of(evidence: &Evidence) -> Exit {
    match &evidence.fault {
        ProbeFault::Dns(DnsFault::Unavailable) => Exit::TempFail,
        ProbeFault::Dns(DnsFault::NotFound | DnsFault::NoAddress) => Exit::NoHost,
        ProbeFault::Connect(_) | ProbeFault::Proxy(_) => Exit::Unavailable,
        ProbeFault::Reply(reply) if reply.code / 100 == 4 => Exit::TempFail,
        ProbeFault::Reply(reply) => match (evidence.stage, reply.code) {
            (Stage::Greeting, _) => Exit::Unavailable,
            (Stage::Ehlo | Stage::Starttls, _) => Exit::Protocol,
            (Stage::Auth, _) | (_, 530 | 535 | 553) => Exit::NoPerm,
            (_, 550 | 554) if reply.enhanced().is_some_and(|code| code.starts_with("5.7.")) => Exit::NoPerm,
            _ => Exit::Failed,
        },
        ProbeFault::TimedOut if evidence.stage == Stage::Greeting => Exit::Unavailable,
        ProbeFault::Closed | ProbeFault::TimedOut | ProbeFault::Io(_) if evidence.stage < Stage::Auth => Exit::Unavailable,
        ProbeFault::Closed | ProbeFault::TimedOut | ProbeFault::Io(_) | ProbeFault::Arrival(ArrivalFault::NotYet) => {
            Exit::TempFail
        }
        ProbeFault::NoAuth | ProbeFault::NoCommonMechanism => Exit::NoPerm,
        // It is in the inbox.
        ProbeFault::Arrival(ArrivalFault::Late | ArrivalFault::NoVerdict) => Exit::Ok,
        ProbeFault::Arrival(_) => Exit::Failed,
        ProbeFault::Local(_) => Exit::NoInput,
        ProbeFault::Cancelled => Exit::Cancelled,
        _ => Exit::Protocol,
    }
}
