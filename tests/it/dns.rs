//! The sender's domain.

#[cfg(feature = "discover")]
mod command;
mod dmarc;
#[cfg(feature = "discover")]
mod formats;
mod spf;
mod verdict;
#[cfg(feature = "discover")]
mod wait;
mod zone;
#[cfg(feature = "discover")]
mod zones;
