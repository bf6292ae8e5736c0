//! Front ends: loops over the conversation's status. The full-screen wizard, plain prompts, plain lines, and scripts.

pub mod companion;
pub mod keeper;
pub mod lines;
pub mod prompt;
pub mod restore;
pub mod script;
pub mod talk;
pub mod tui;

pub use companion::{Companion, Item};
pub use keeper::Keeper;
