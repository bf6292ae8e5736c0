//! The journal: what each write did, so that a person can undo it and the next run can roll back what was cut off.

pub(crate) mod archive;
pub(crate) mod error;
pub(crate) mod file_undo;
mod merge;
pub(crate) mod prune;
pub(crate) mod record;
pub(crate) mod session;
mod staged_record;
