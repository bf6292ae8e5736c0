//! The sender's domain: what its records say of mail that takes a given way, and which are missing.
//!
//! Pure: every answer of DNS comes through [`DnsLookup`], which is a resolver, or a zone in memory.

mod cache;
mod dkim;
mod dmarc;
mod lookup;
mod report;
mod shown;
pub mod spf;
mod verdict;
mod zone;

pub use cache::RememberedLookup;
pub use dkim::{DkimKey, KeyFault};
pub use dmarc::{DmarcPolicy, DmarcRecord, DmarcWalk};
pub use lookup::{DnsKind, DnsLookup, DnsQuestion, DnsRecord, LookupFault, is_queryable};
pub use report::{DkimReport, DmarcReport, DomainReport, MissingRecord, RecordState, SpfReport};
pub use shown::shown;
pub use verdict::{DomainQuestion, judge};
pub use zone::DnsZone;
