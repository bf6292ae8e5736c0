//! mailsetup gets a server's outgoing mail working, and proves that it works.

pub mod mail;
pub mod plan;
pub mod presets;
pub mod probe;
