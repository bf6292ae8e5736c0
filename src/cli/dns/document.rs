//! The document of `dns --json`.

use serde_json::{Value, json};

use crate::{
    dns::{DkimReport, DomainReport, MissingRecord},
    presets::{Provider, Text, provider::EnvelopeDomain},
};

/// What was found.
pub(super) fn of(text: &Text, provider: Option<&Provider>, report: &DomainReport) -> Value {
    let (spf, dmarc) = (&report.spf, &report.dmarc);
    json!({
        "domain": report.domain,
        "provider": provider.map(|provider| &provider.key),
        "envelope": report.envelope.map(EnvelopeDomain::as_str),
        "passes": report.passes,
        "spf": {
            "state": spf.state.as_str(),
            "record": spf.record,
            "lookups": spf.lookups,
            "at": spf.at,
            "add": spf.add.as_ref().map(add),
            "why": text.say(&spf.why),
        },
        "dkim": report.dkim.iter().map(|one| dkim(text, one)).collect::<Vec<_>>(),
        "dmarc": {
            "state": dmarc.state.as_str(),
            "policy": dmarc.policy,
            "at": dmarc.at,
            "add": dmarc.add.as_ref().map(add),
            "why": text.say(&dmarc.why),
        },
        "mx": report.mx,
        "notes": report.notes.iter().map(|note| text.say(note)).collect::<Vec<_>>(),
    })
}

fn dkim(text: &Text, dkim: &DkimReport) -> Value {
    json!({
        "selector": dkim.selector,
        "state": dkim.state.as_str(),
        "bits": dkim.bits,
        "target": dkim.target,
        "add": dkim.add.as_ref().map(add),
        "why": text.say(&dkim.why),
    })
}

fn add(record: &MissingRecord) -> Value {
    json!({"name": record.name, "type": record.kind, "value": record.value})
}
