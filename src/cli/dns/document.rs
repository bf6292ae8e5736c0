//! The document of `dns --json`.

use serde_json::{Value, json};

use crate::{
    dns::{DkimReport, DnsZone, DomainReport, MissingRecord},
    presets::{DnsHost, Provider, Text, provider::EnvelopeDomain},
};

/// What was found; `host` is where the zone's records are edited.
pub(super) fn of(text: &Text, provider: Option<&Provider>, host: Option<&DnsHost>, report: &DomainReport) -> Value {
    let (spf, dmarc) = (&report.spf, &report.dmarc);
    let add = |record: &MissingRecord| add(report.zone.as_ref(), record);
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
            "add": spf.add.as_ref().map(&add),
            "why": text.say(&spf.why),
        },
        "dkim": report.dkim.iter().map(|one| dkim(text, one, &add)).collect::<Vec<_>>(),
        "dmarc": {
            "state": dmarc.state.as_str(),
            "policy": dmarc.policy,
            "at": dmarc.at,
            "add": dmarc.add.as_ref().map(&add),
            "why": text.say(&dmarc.why),
        },
        "mx": report.mx,
        "zone": report.zone.as_ref().map(|zone| json!({
            "name": zone.apex,
            "name_servers": zone.name_servers,
            "host": host.map(|host| &host.key),
            "page": host.map(|host| &host.url),
        })),
        "wait": report.wait,
        "notes": report.notes.iter().map(|note| text.say(note)).collect::<Vec<_>>(),
    })
}

fn dkim(text: &Text, dkim: &DkimReport, add: &dyn Fn(&MissingRecord) -> Value) -> Value {
    json!({
        "selector": dkim.selector,
        "state": dkim.state.as_str(),
        "bits": dkim.bits,
        "target": dkim.target,
        "add": dkim.add.as_ref().map(add),
        "why": text.say(&dkim.why),
    })
}

fn add(zone: Option<&DnsZone>, record: &MissingRecord) -> Value {
    let relative = zone.map(|zone| zone.relative(&record.name));
    json!({"name": record.name, "relative": relative, "type": record.kind, "value": record.value,
           "replaces": record.replaces})
}
