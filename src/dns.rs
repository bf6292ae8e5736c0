//! The sender's domain: what its records say of mail that takes a given way, and which are missing.
//!
//! Pure: every answer of DNS comes through [`DnsLookup`], which is a resolver, or a zone in memory.

mod lookup;
pub mod spf;

pub use lookup::{DnsKind, DnsLookup, DnsRecord, LookupFault, is_queryable};
