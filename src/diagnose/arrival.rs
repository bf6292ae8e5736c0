//! What is wrong with the arrival of a message that a server accepted.

use std::time::Duration;

use crate::{
    arrival::{Arrival, ArrivalOutcome},
    probe::{ArrivalFault, MailFolder, Sighting},
};

/// What takes longer is worth a word.
const LATE: Duration = Duration::from_secs(60);

/// The worst that is wrong with it; `None` where all is well. A receiver that says nothing of a message from its own customer
/// (`is_own`) is as usual.
pub fn arrival_fault(sighting: &Sighting, is_own: bool) -> Option<ArrivalFault> {
    let (folder, header, after) = match sighting {
        Sighting::Bounced { report, .. } => return Some(ArrivalFault::Bounced(report.clone())),
        Sighting::Unseen { .. } => return Some(ArrivalFault::NotYet),
        Sighting::Seen { folder, header, after, .. } => (*folder, header, *after),
    };
    let outcome = Arrival::read(header).map_or(ArrivalOutcome::Unsaid, |arrival| arrival.outcome());
    match (folder, outcome) {
        (MailFolder::Junk, _) | (_, ArrivalOutcome::Junk) => Some(ArrivalFault::Junk),
        (_, ArrivalOutcome::Failing) => Some(ArrivalFault::Unaligned),
        (MailFolder::All | MailFolder::Other | MailFolder::Trash | MailFolder::Own, _) => Some(ArrivalFault::Elsewhere),
        _ if after > LATE => Some(ArrivalFault::Late),
        (_, ArrivalOutcome::Unsaid) if !is_own => Some(ArrivalFault::NoVerdict),
        _ => None,
    }
}
