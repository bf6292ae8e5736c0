//! What is wrong with a preset file, and where.

use std::{fmt, path::Path};

/// A preset file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresetFault {
    /// The file: a path of the person's, or the built-in file's name.
    pub file: String,
    /// Line, from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong, as the parser says it.
    pub cause: String,
    /// The known key that is nearest to an unknown one.
    pub nearest: Option<String>,
}

impl fmt::Display for PresetFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.cause),
            None => write!(f, "{}: {}", self.file, self.cause),
        }
    }
}

impl std::error::Error for PresetFault {}

/// What is wrong with a file of a person's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFault {
    /// Where, and what.
    pub fault: PresetFault,
    /// The file is used all the same, without the key at fault; else it is passed over.
    pub is_used: bool,
}

/// A file that cannot be read.
pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> PresetFault {
    PresetFault { file: path.display().to_string(), line: None, cause: error.to_string(), nearest: None }
}
