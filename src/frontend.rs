//! Front ends: loops over the conversation's status. The full-screen wizard, prompts, plain lines, and scripts.

pub mod autosave;
pub mod lines;
pub mod prompt;
pub mod prompt_loop;
pub mod restore;
pub mod script;
pub mod sidecar;
pub mod tui;

pub use autosave::Autosave;
pub use sidecar::{MenuItem, Sidecar};
