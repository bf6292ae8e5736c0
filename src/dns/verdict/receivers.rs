//! What large receivers want and the domain lacks.

use crate::{
    dns::report::{DomainReport, RecordState},
    phrase,
    presets::{
        Catalog, Phrase,
        receiver::{ReceiverRule, SenderDuty},
    },
};

/// Receivers that want the same of the same senders.
struct ReceiverDemand<'a> {
    rule: &'a ReceiverRule,
    names: Vec<&'a str>,
    lacks: Vec<&'static str>,
}

/// A sentence for each thing that is wanted of some senders, with the receivers that want it.
pub(super) fn notes(catalog: &Catalog, report: &DomainReport) -> Vec<Phrase> {
    let mut demands: Vec<ReceiverDemand<'_>> = Vec::new();
    for receiver in catalog.receivers() {
        for rule in &receiver.rules {
            let lacks: Vec<&str> = rule.wants.iter().filter_map(|duty| lacking(*duty, report)).collect();
            if lacks.is_empty() {
                continue;
            }
            match demands.iter_mut().find(|known| known.rule.per_day == rule.per_day && known.lacks == lacks) {
                Some(known) => known.names.push(&receiver.name),
                None => demands.push(ReceiverDemand { rule, names: vec![&receiver.name], lacks }),
            }
        }
    }
    demands.iter().map(ReceiverDemand::phrase).collect()
}

impl ReceiverDemand<'_> {
    fn phrase(&self) -> Phrase {
        let (names, lacks) = (self.names.join(", "), self.lacks.join(", "));
        match self.rule.per_day {
            None => phrase!("dns-receivers-every", receivers = names, lacks = lacks),
            Some(count) => phrase!("dns-receivers-bulk", receivers = names, lacks = lacks, count = count),
        }
    }
}

/// What a domain surely lacks of what is wanted.
fn lacking(duty: SenderDuty, report: &DomainReport) -> Option<&'static str> {
    let spf = report.spf.state == RecordState::Add;
    let dkim = !report.dkim.is_empty() && report.dkim.iter().all(|dkim| dkim.state == RecordState::Add);
    match duty {
        SenderDuty::SpfOrDkim => (spf && dkim).then_some("SPF/DKIM"),
        SenderDuty::Spf => spf.then_some("SPF"),
        SenderDuty::Dkim => dkim.then_some("DKIM"),
        SenderDuty::Dmarc => (report.dmarc.state == RecordState::Add).then_some("DMARC"),
        // What cannot be seen in DNS.
        SenderDuty::Alignment | SenderDuty::Ptr | SenderDuty::Tls | SenderDuty::Unsubscribe => None,
    }
}
