//! Whether the domain has a DMARC policy.

use crate::{
    dns::{
        dmarc::{DmarcPolicy, DmarcWalk, records_at},
        lookup::DnsLookup,
        report::{DmarcReport, MissingRecord, RecordState},
        shown::shown,
    },
    phrase,
    presets::Phrase,
};

type Walked = Result<DmarcWalk, String>;

/// What is said of a domain.
pub(super) fn judge(domain: &str, walk: &Walked, dns: &dyn DnsLookup) -> DmarcReport {
    let report = |state, why| DmarcReport { state, at: None, policy: None, add: None, why };
    let walk = match walk {
        Ok(walk) => walk,
        Err(name) => return report(RecordState::Unanswered, phrase!("dns-no-answer", name = name)),
    };
    if let (Some((at, _)), Some(policy)) = (walk.record(), walk.policy()) {
        let why = phrase!("dns-dmarc-fine", policy = policy.as_str(), domain = shown(at));
        let at = Some(format!("_dmarc.{at}"));
        return DmarcReport { at, policy: Some(policy.as_str()), ..report(RecordState::Fine, why) };
    }
    // One too many makes all of them void (RFC 9989, 4.7): the walk finds none.
    if records_at(domain, dns).is_ok_and(|records| records.len() > 1) {
        return report(RecordState::Add, phrase!("dns-dmarc-several", domain = shown(domain)));
    }
    let add = MissingRecord {
        name: format!("_dmarc.{domain}"),
        kind: "TXT".to_owned(),
        value: Some("v=DMARC1; p=none".to_owned()),
        replaces: None,
        beside: Vec::new(),
    };
    DmarcReport { add: Some(add), ..report(RecordState::Add, phrase!("dns-dmarc-missing")) }
}

/// The same for a domain of the provider's own, to which nothing can be added.
pub(super) fn not_ours(walk: &Walked) -> DmarcReport {
    let policy = walk.as_ref().ok().and_then(DmarcWalk::policy).map(DmarcPolicy::as_str);
    DmarcReport { state: RecordState::Fine, at: None, policy, add: None, why: phrase!("dns-not-yours") }
}

/// What to know of the record.
pub(super) fn notes(walk: &Walked, passes: bool) -> Vec<Phrase> {
    let Some((walk, (_, record))) = walk.as_ref().ok().and_then(|walk| Some((walk, walk.record()?))) else {
        return Vec::new();
    };
    let mut notes = Vec::new();
    if let (false, Some(policy @ (DmarcPolicy::Quarantine | DmarcPolicy::Reject))) = (passes, walk.policy()) {
        notes.push(phrase!("dns-dmarc-refuses", policy = policy.as_str()));
    }
    if record.is_test {
        notes.push(phrase!("dns-dmarc-test"));
    }
    if !record.former_tags.is_empty() {
        notes.push(phrase!("dns-dmarc-former", tags = record.former_tags.join(", ")));
    }
    notes
}
