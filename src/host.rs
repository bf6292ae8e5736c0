//! This machine: facts about it, applying plans, taking them back, profiles and secret stores.
//!
//! Files are written in [`apply`] and [`secrets`] alone, but for a report (`private`). Everything that is applied is recorded in the state folder
//! first, so that a kill at any moment leaves something to take back:
//!
//! ```text
//! state/lock                  held while something is written; names the process
//! state/journal/ID.json       one write: what it did, with hashes; begun, then done (0600, never a secret)
//! state/backups/ID/N.before   contents before and after (0600, in 0700)
//! state/machine.key           what opens a vault that is locked by this machine (0600)
//! state/resume.toml           what a set-up had come to when its line was dropped (0600, never a secret)
//! FOLDER/.mailsetup-ID-…      beside a file: its new content before it gets its name, and a second name of the old one
//! ```
//!
//! Everything that takes room is done before the first file is renamed, so that a full disk changes nothing. The operations
//! are those of [`Volume`], and a test makes each of them fail.

pub mod apply;
pub mod clock;
pub mod input;
pub mod profiles;
pub mod resume;
pub mod secrets;
pub mod signals;

mod command;
mod consumer;
mod disk;
mod error;
mod facts;
mod guard;
mod places;
mod private;
mod prune;
mod take_back;
mod undo;
mod user;
mod writable;

pub use apply::{Action, Applied, AppliedFile, ApplyError, Options, System, Volume, apply, recover};
pub use command::{CommandFault, end_all};
pub use consumer::Dispatch;
pub use disk::Disk;
pub use error::HostError;
pub use facts::{Facts, facts, installed_targets, machine, root_mail, system};
pub use guard::guard;
pub use places::{Folders, places};
pub use private::save_private;
pub use take_back::take_back;
pub use undo::{Undone, undo};
pub use writable::writable;
