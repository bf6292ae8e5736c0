//! This machine: facts about it, applying plans, undoing them, profiles and secret stores.
//!
//! It stands on floors, and each uses those below it alone:
//!
//! ```text
//! undo        a person undoes a write, or all of a profile
//! apply       a plan is applied, all of it or nothing; what was cut off is rolled back
//! journal     what each write did, and the right to write
//! tokens      access tokens of grants that stores keep
//! stores      where a secret is kept: one file a store, behind one port
//! files       one file, whole or not at all; knows no profile and no secret
//! ```
//!
//! Files are written in these alone, except for a report (`private`). Everything that is applied is recorded in the state
//! folder first, so that a kill at any moment leaves something to roll back:
//!
//! ```text
//! state/lock                  held while something is written; names the process
//! state/journal/ID.json       one write: what it did, with hashes; begun, then done (0600, never a secret)
//! state/backups/ID/N.before   contents before and after (0600, in 0700)
//! state/checks/NAME.toml      what the last test of a profile found, and where TLS was established (0600)
//! state/tokens/NAME.lock      held while a grant is renewed (0600)
//! config/grant.pending         access that was given to a set-up which is not written yet (0600)
//! state/machine.key           opens a vault whose key slot is this machine's (0600)
//! state/resume.toml           how far a set-up had got when its connection was lost (0600, never a secret)
//! FOLDER/.mailsetup-ID-…      beside a file: its new content before it gets its name, and a second name of the old one
//! ```
//!
//! Everything that takes room is done before the first file is renamed, so that a full disk changes nothing. The operations
//! are those of [`Volume`], and a test makes each of them fail.

pub mod checks;
pub mod clock;
pub mod input;
mod profile_file;
pub mod profiles;
pub mod resume;
pub mod signals;
pub mod stores;
pub mod tokens;
pub mod vault;

mod apply;
mod consumer;
mod environment;
mod error;
mod facts;
mod files;
mod guard;
mod journal;
mod places;
mod private;
mod process;
mod programs;
mod purge;
mod system_journal;
mod undo;
mod user;
mod work_tree;
mod writable;

pub use apply::{
    apply, apply_within,
    error::ApplyError,
    outcome::{Applied, AppliedFile, FileAction},
    recover::{CutOff, begin, cut_off, is_half_done, recover},
};
pub use consumer::Dispatch;
pub use error::HostError;
pub use facts::{HostFacts, facts, facts_below, installed_targets, machine, os_release, program_below, root_mail, system};
pub use files::{
    disk::Disk,
    error::{FileError, LinkFault},
    owned::unsteered,
    tree::FileTree,
    volume::{System, Volume},
};
pub use guard::guard;
pub use journal::{
    error::JournalError,
    session::{LOCK_LIMIT, WriteOptions, WriteSession},
};
pub use places::{Folders, current_folder, foreign_presets, own_presets, places};
pub use private::save_private;
pub use process::{CommandFault, attendant::attend_if_asked, end_all};
pub use programs::{CronKind, MailPrograms, ProgramSender, mail_programs, program_senders};
pub use purge::{Purged, purge};
pub use system_journal::SystemJournal;
pub use undo::{
    Undone,
    all::{undo_all, undo_all_preview},
    alongside::{Alongside, PlanAlongside},
    preview::UndoPreview,
    take_back::take_back,
    undo, undo_preview, undo_within,
};
pub use work_tree::not_ignored;
pub use writable::writable;
