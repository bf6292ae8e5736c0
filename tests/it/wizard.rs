//! The real program in a real terminal, as a person uses it: the wizard, prompts, and plain lines.

mod breaks;
pub(crate) mod drive;
mod foreign;
mod home;
mod leave;
mod lists;
mod paste;
mod resume;
mod reuse;
mod runs;
mod secrets;
mod stops;
mod wander;
mod without_login;
