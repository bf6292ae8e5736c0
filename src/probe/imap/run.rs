//! Runs an attempt at an IMAP server, and a look for a message.

use super::{
    super::{
        Attempt, Cancel, Goal, ProbeFault, Report, Resolve, StageReport,
        attempt::Bounds,
        record::Record,
        run::connected,
        sighting::{MessageSearch, Sighting},
    },
    session::ImapSession,
};

/// What a look found: the sighting, or in the report why there could be none.
#[derive(Debug, Clone, PartialEq)]
pub struct LookReport {
    /// The attempt at the server.
    pub report: Report,
    /// What became of the message; `None` where the attempt failed.
    pub sighting: Option<Sighting>,
}

/// Tests an IMAP server, as far as the attempt's goal says: up to the capabilities, or up to the inbox.
pub fn test(attempt: &Attempt, resolver: &dyn Resolve, cancel: &Cancel, progress: &mut dyn FnMut(&StageReport)) -> Report {
    within(attempt, Bounds::default(), resolver, cancel, progress)
}

/// The same within further bounds.
pub(in super::super) fn within(
    attempt: &Attempt,
    bounds: Bounds,
    resolver: &dyn Resolve,
    cancel: &Cancel,
    progress: &mut dyn FnMut(&StageReport),
) -> Report {
    run(attempt, bounds, resolver, cancel, progress, &mut |session| {
        if attempt.goal == Goal::Connect {
            return Ok(());
        }
        session.login()?;
        session.examine_inbox()
    })
}

/// Looks for a message in the mailboxes of the attempt's login.
pub fn look(
    attempt: &Attempt,
    look: &MessageSearch,
    resolver: &dyn Resolve,
    cancel: &Cancel,
    progress: &mut dyn FnMut(&StageReport),
) -> LookReport {
    let mut sighting = None;
    let report = run(attempt, Bounds::default(), resolver, cancel, progress, &mut |session| {
        session.login()?;
        sighting = Some(session.look(look, cancel)?);
        Ok(())
    });
    LookReport { report, sighting }
}

fn run(
    attempt: &Attempt,
    bounds: Bounds,
    resolver: &dyn Resolve,
    cancel: &Cancel,
    progress: &mut dyn FnMut(&StageReport),
    inside: &mut dyn FnMut(&mut ImapSession<'_, '_>) -> Result<(), ProbeFault>,
) -> Report {
    let mut record = Record::new(attempt, bounds, progress);
    let fault = connected(&mut record, resolver, cancel).and_then(|session| {
        let mut session = ImapSession::new(session);
        session.base.hide_secret();
        let result = session.open().and_then(|()| inside(&mut session));
        if let Err(fault) = &result {
            session.base.record.fail(fault);
        }
        session.end(result.as_ref().err());
        result
    });
    record.report(fault.err())
}
