//! The sender's domain.

#[cfg(feature = "discover")]
mod command;
mod dmarc;
mod spf;
mod verdict;
mod zone;
