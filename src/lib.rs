//! mailsetup gets a server's outgoing mail working, and proves that it works.

pub mod cli;
pub mod demo;
pub mod diagnose;
pub mod error;
pub mod frontend;
pub mod host;
pub mod mail;
pub mod plan;
pub mod presets;
pub mod probe;
pub mod render;
pub mod runner;
pub mod setup;
