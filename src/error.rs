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
    /// The word for scripts.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::Data => "bad_data",
            Self::NoInput => "not_found",
            Self::NoHost => "host_unknown",
            Self::Unavailable => "unavailable",
            Self::Software => "internal",
            Self::CantCreate => "cannot_write",
            Self::Io => "io",
            Self::TempFail => "try_again",
            Self::Protocol => "protocol",
            Self::NoPerm => "denied",
            Self::Config => "bad_configuration",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether the same may go well later.
    pub const fn is_temporary(self) -> bool {
        matches!(self, Self::TempFail)
    }

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

    /// The stable word for scripts: of its own kind where there is one, else of its exit status.
    pub fn code(&self) -> &'static str {
        match self.phrase.id {
            "script-missing" | "usage-missing" => "missing_answers",
            "script-needs-yes" => "needs_consent",
            "cli-bad-answer" | "usage-bad-value" | "cli-switch" | "usage-no-value" | "cli-contradiction" => "bad_answer",
            "usage-unknown-flag" | "cli-answers-unknown" | "cli-variable-unknown" => "unknown_option",
            "usage-unknown-command" => "unknown_command",
            "host-no-profile" => "no_profile",
            "host-newer-schema" => "newer_schema",
            "host-bad-profile" | "host-bad-field" => "bad_profile",
            _ => self.exit.word(),
        }
    }

    /// The options, keys of an answers file and fields of a profile that it is about, as keys.
    pub fn fields(&self) -> Vec<String> {
        let named = |(name, _): &&(&str, String)| matches!(*name, "flag" | "flags" | "name" | "names" | "key" | "field");
        let words = self.phrase.args.iter().filter(named).flat_map(|(_, value)| value.split([',', ' ']));
        let key = |word: &str| {
            let word = word.strip_prefix("MAILSETUP_").or_else(|| word.strip_prefix("--")).unwrap_or(word);
            word.to_lowercase().replace('-', "_")
        };
        let is_key = |word: &String| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(&byte))
        };
        words.filter(|word| *word != "or").map(key).filter(is_key).collect()
    }

    /// The error with a hint.
    #[must_use]
    pub fn hint(mut self, hint: Phrase) -> Self {
        self.hint = Some(hint);
        self
    }
}
