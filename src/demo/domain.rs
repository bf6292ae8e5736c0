//! The records of the demo's domain: they lack the provider's include, so that advice can be seen.

use super::sandbox::USER;
use crate::dns::{DnsKind, DnsLookup, DnsRecord, LookupFault};

/// The demo's DNS; nobody is asked.
#[derive(Debug, Clone, Copy)]
pub struct DemoDns;

/// The records, each with its name: the key is that of RFC 8463, A.2.
const RECORDS: [(&str, &str); 4] = [
    ("mailsetup.example", "v=spf1 ip4:192.0.2.10 ~all"),
    ("spf.mailsetup.example", "v=spf1 ip4:198.51.100.0/24 -all"),
    ("demo._domainkey.mailsetup.example", "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
    ("_dmarc.mailsetup.example", "v=DMARC1; p=none"),
];

impl DemoDns {
    /// The domain that they are of.
    pub fn domain() -> &'static str {
        USER.rsplit_once('@').map_or(USER, |(_, domain)| domain)
    }
}

impl DnsLookup for DemoDns {
    fn records(&self, name: &str, kind: DnsKind) -> Result<Vec<DnsRecord>, LookupFault> {
        let is_apex = name == Self::domain();
        let found: Vec<DnsRecord> = match kind {
            DnsKind::Txt => {
                let texts = RECORDS.iter().filter(|(at, _)| *at == name);
                texts.map(|(_, text)| DnsRecord::Text(text.as_bytes().to_vec())).collect()
            }
            DnsKind::Mx if is_apex => vec![DnsRecord::Mx(10, format!("mx.{name}"))],
            DnsKind::Soa if is_apex => vec![DnsRecord::Soa(900)],
            _ => Vec::new(),
        };
        if found.is_empty() && !RECORDS.iter().any(|(at, _)| *at == name) { Err(LookupFault::NoSuchName) } else { Ok(found) }
    }
}
