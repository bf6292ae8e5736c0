//! Exit statuses and the top-level error: what happened, to what, and what to do next.

use crate::presets::Phrase;

/// How the program ends (sysexits, as sendmail and msmtp).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Ok = 0,
    /// The ladder failed at login or later for a reason with no better code.
    Failed = 1,
    /// Usage, or an answer missing.
    Usage = 64,
    /// Bad input data.
    Data = 65,
    /// No such profile or file.
    NoInput = 66,
    /// Host unknown.
    NoHost = 68,
    /// Cannot connect.
    Unavailable = 69,
    /// Our fault.
    Software = 70,
    /// Cannot write.
    CantCreate = 73,
    /// I/O error.
    Io = 74,
    /// Temporary, try again later.
    TempFail = 75,
    /// TLS or protocol.
    Protocol = 76,
    /// Login or permission refused.
    NoPerm = 77,
    /// Bad configuration.
    Config = 78,
    /// Cancelled by the person.
    Cancelled = 130,
}

/// An error that ends the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The exit status.
    pub exit: Exit,
    /// What happened, to what.
    pub phrase: Phrase,
    /// What to do next.
    pub hint: Option<Phrase>,
}

impl Error {
    /// An error without a hint.
    pub const fn new(exit: Exit, phrase: Phrase) -> Self {
        Self { exit, phrase, hint: None }
    }

    /// The same with what to do next.
    #[must_use]
    pub fn hint(mut self, hint: Phrase) -> Self {
        self.hint = Some(hint);
        self
    }
}
