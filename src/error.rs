//! The top-level error: what happened, what to do next, and the exit status that scripts see.
//!
//! It has no `Display`: the edge says its phrases in the person's language.

use crate::presets::Phrase;

/// Exit status, as sysexits has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exit {
    /// Done.
    Ok = 0,
    /// The live test failed for a reason without a better code.
    Failed = 1,
    /// Usage, or an answer is missing.
    Usage = 64,
    /// Bad input data.
    Data = 65,
    /// No such profile or file.
    NoInput = 66,
    /// The host is unknown.
    NoHost = 68,
    /// Cannot connect; or a service that is needed does not answer.
    Unavailable = 69,
    /// Our fault.
    Software = 70,
    /// Cannot write.
    CantCreate = 73,
    /// Input or output error.
    Io = 74,
    /// Temporary: try again later.
    TempFail = 75,
    /// TLS or protocol.
    Protocol = 76,
    /// Login or permission refused.
    NoPerm = 77,
    /// Bad configuration.
    Config = 78,
    /// Cancelled.
    Cancelled = 130,
}

impl Exit {
    /// The number that the process ends with.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

/// What ends a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The exit status.
    pub exit: Exit,
    /// What happened, naming the operation and the object.
    pub phrase: Phrase,
    /// What to do next.
    pub hint: Option<Phrase>,
}

impl Error {
    /// An error without a hint.
    pub const fn new(exit: Exit, phrase: Phrase) -> Self {
        Self { exit, phrase, hint: None }
    }

    /// The error with a hint.
    #[must_use]
    pub fn hint(mut self, hint: Phrase) -> Self {
        self.hint = Some(hint);
        self
    }
}
