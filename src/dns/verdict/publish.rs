//! Where a record is entered, what it replaces there, and how long it takes until everybody has it.

use crate::{
    dns::{
        dmarc::DmarcRecord,
        lookup::{DnsKind, DnsLookup, DnsRecord},
        report::{DomainReport, MissingRecord, RecordState},
        spf::SpfRecord,
        zone::DnsZone,
    },
    mail::{endpoint::is_private_address, reply::escape},
    phrase,
    presets::Phrase,
};

/// Adds to each record what is at its name now, and how long to wait for it.
pub(super) fn complete(report: &mut DomainReport, dns: &dyn DnsLookup) {
    let negative = report.zone.as_ref().map(|zone| zone.negative);
    let mut wait: Option<u32> = None;
    for record in to_add(report) {
        if record.kind == "TXT" && record.value.is_some() {
            look_at(record, dns);
        }
        let seconds = match &record.replaces {
            Some(_) => dns.keeps(&record.name, DnsKind::Txt),
            None => negative,
        };
        wait = wait.max(seconds);
    }
    report.wait = wait;
}

/// The same iterator as the report's own, to change them.
fn to_add(report: &mut DomainReport) -> impl Iterator<Item = &mut MissingRecord> {
    let dkim = report.dkim.iter_mut().filter_map(|dkim| dkim.add.as_mut());
    report.spf.add.iter_mut().chain(dkim).chain(&mut report.dmarc.add)
}

/// Sorts the texts at a record's name: what it replaces, and what stays.
fn look_at(record: &mut MissingRecord, dns: &dyn DnsLookup) {
    let is_spf = record.value.as_deref().is_some_and(|value| SpfRecord::is_meant(value.as_bytes()));
    for found in dns.records(&record.name, DnsKind::Txt).unwrap_or_default() {
        let DnsRecord::Text(text) = found else { continue };
        let is_same_kind = if is_spf { SpfRecord::is_meant(&text) } else { DmarcRecord::parse(&text).is_some() };
        let text = escape(&String::from_utf8_lossy(&text));
        if is_same_kind {
            record.replaces = Some(text);
        } else {
            record.beside.push(text);
        }
    }
}

/// Where the answers are those of a private network, nothing is proposed: the world may have it all.
pub(super) fn doubt(report: &mut DomainReport) {
    let Some(zone) = report.zone.as_ref().filter(|zone| zone.is_private) else { return };
    let why = || phrase!("dns-split-unknown", zone = zone.apex);
    for dkim in report.dkim.iter_mut().filter(|dkim| dkim.state == RecordState::Add) {
        (dkim.state, dkim.add, dkim.why) = (RecordState::Unknown, None, why());
    }
    if report.spf.state == RecordState::Add {
        (report.spf.state, report.spf.add, report.spf.why) = (RecordState::Unknown, None, why());
    }
    if report.dmarc.state == RecordState::Add {
        (report.dmarc.state, report.dmarc.add, report.dmarc.why) = (RecordState::Unknown, None, why());
    }
}

/// What shows that this network is answered otherwise than the world.
pub(super) fn split_horizon(zone: Option<&DnsZone>, mail_hosts: &[String], dns: &dyn DnsLookup) -> Option<Phrase> {
    if let Some(zone) = zone.filter(|zone| zone.is_private) {
        return Some(phrase!("dns-split-zone", zone = zone.apex));
    }
    let addresses = |host: &String| {
        let records = [DnsKind::A, DnsKind::Aaaa].map(|kind| dns.records(host, kind).unwrap_or_default());
        records.into_iter().flatten().filter_map(|record| if let DnsRecord::Address(ip) = record { Some(ip) } else { None })
    };
    mail_hosts.iter().take(MOST_HOSTS).find_map(|host| {
        let address = addresses(host).find(is_private_address)?;
        Some(phrase!("dns-split-mx", host = escape(host), address = address))
    })
}

/// Most MX hosts whose addresses are looked at.
pub(super) const MOST_HOSTS: usize = 2;
