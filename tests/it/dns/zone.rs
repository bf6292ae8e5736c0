//! Zones in memory.

use std::collections::BTreeMap;

use mailsetup::dns::{DnsKind, DnsLookup, DnsRecord, LookupFault};

/// What a name has, in order.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    /// A record of a kind.
    Record(DnsKind, DnsRecord),
    /// Questions of a kind are not answered.
    TimesOut(DnsKind),
    /// Nothing beyond what is in front of it is answered.
    AllTimeOut,
}

/// Names, each with what it has. Names are compared without case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Zone(BTreeMap<String, Vec<Entry>>);

impl Zone {
    /// Adds a name, with nothing at first.
    pub(crate) fn name(&mut self, name: &str) -> &mut Vec<Entry> {
        self.0.entry(name.trim_end_matches('.').to_ascii_lowercase()).or_default()
    }
}

impl DnsLookup for Zone {
    fn records(&self, name: &str, kind: DnsKind) -> Result<Vec<DnsRecord>, LookupFault> {
        let mut at = name.to_ascii_lowercase();
        // An alias of an alias of an alias ... is a loop.
        for _ in 0..8 {
            let Some(entries) = self.0.get(&at) else { return Err(LookupFault::NoSuchName) };
            let mut found = Vec::new();
            let mut alias = None;
            for entry in entries {
                match entry {
                    Entry::Record(of, record) if *of == kind => found.push(record.clone()),
                    Entry::Record(DnsKind::Cname, DnsRecord::Name(target)) => alias = Some(target),
                    Entry::TimesOut(of) if *of == kind => return Err(LookupFault::Temporary),
                    Entry::AllTimeOut if found.is_empty() => return Err(LookupFault::Temporary),
                    Entry::Record(..) | Entry::TimesOut(_) | Entry::AllTimeOut => {}
                }
            }
            match alias {
                Some(target) if found.is_empty() => at = target.trim_end_matches('.').to_ascii_lowercase(),
                _ => return Ok(found),
            }
        }
        Err(LookupFault::Temporary)
    }
}

/// A zone of texts, hosts and addresses: `NAME TXT text`, `NAME MX host`, `NAME CNAME name`, `NAME A address`, `NAME fails`.
pub(crate) fn zone(lines: &str) -> Zone {
    let mut zone = Zone::default();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (name, rest) = line.split_once(' ').unwrap();
        let (kind, value) = rest.split_once(' ').unwrap_or((rest, ""));
        let value = value.to_owned();
        zone.name(name).push(match kind {
            "TXT" => Entry::Record(DnsKind::Txt, DnsRecord::Text(value.into_bytes())),
            "MX" => Entry::Record(DnsKind::Mx, DnsRecord::Mx(10, value.trim_end_matches('.').to_owned())),
            "CNAME" => Entry::Record(DnsKind::Cname, DnsRecord::Name(value)),
            "A" => Entry::Record(DnsKind::A, DnsRecord::Address(value.parse().unwrap())),
            "AAAA" => Entry::Record(DnsKind::Aaaa, DnsRecord::Address(value.parse().unwrap())),
            _ => Entry::AllTimeOut,
        });
    }
    zone
}
