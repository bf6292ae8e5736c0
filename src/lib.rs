//! mailsetup gets a server's outgoing mail working, and proves that it works.

pub mod demo;
pub mod diagnose;
pub mod error;
pub mod host;
pub mod mail;
pub mod plan;
pub mod presets;
pub mod probe;
pub mod setup;
