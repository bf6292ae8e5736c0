//! What is wrong with a preset file, and where.

use std::{error::Error, fmt, io, path::Path, sync::Arc};

use crate::mail::toml_read::TomlError;

/// A preset file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresetFault {
    /// The file: a path of the person's, or the built-in file's name.
    pub file: String,
    /// Line, from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub cause: PresetCause,
    /// The known key that is nearest to an unknown one.
    pub nearest: Option<String>,
}

/// Why a preset file cannot be used.
#[derive(Debug, Clone)]
pub enum PresetCause {
    /// What a check of ours says.
    Said(String),
    /// The file cannot be read.
    Io(Arc<io::Error>),
    /// It is no TOML, or has a key or a value that is none of a preset's.
    Toml(Arc<TomlError>),
}

/// The words alone: where it is, the fault says.
impl fmt::Display for PresetCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Said(cause) => f.write_str(cause),
            Self::Io(error) => error.fmt(f),
            Self::Toml(error) => f.write_str(error.message()),
        }
    }
}

impl PartialEq for PresetCause {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for PresetCause {}

impl<T: Into<String>> From<T> for PresetCause {
    fn from(said: T) -> Self {
        Self::Said(said.into())
    }
}

impl fmt::Display for PresetFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.cause),
            None => write!(f, "{}: {}", self.file, self.cause),
        }
    }
}

impl Error for PresetFault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.cause {
            PresetCause::Said(_) => None,
            PresetCause::Io(error) => Some(&**error),
            PresetCause::Toml(error) => Some(&**error),
        }
    }
}

/// What is wrong with a file of a person's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFault {
    /// Where, and what.
    pub fault: PresetFault,
    /// The file is used all the same, without the key at fault; else it is passed over.
    pub is_used: bool,
}

/// A file that cannot be read.
pub(super) fn unreadable(path: &Path, error: io::Error) -> PresetFault {
    let cause = PresetCause::Io(Arc::new(error));
    PresetFault { file: path.display().to_string(), line: None, cause, nearest: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_keeps_the_error_that_it_came_from() {
        let gone = unreadable(Path::new("/x.toml"), io::ErrorKind::NotFound.into());
        let kind = gone.source().and_then(|error| error.downcast_ref::<io::Error>()).map(io::Error::kind);
        assert_eq!((kind, gone.to_string().as_str()), (Some(io::ErrorKind::NotFound), "/x.toml: entity not found"));
        let wrong = crate::presets::parse::<crate::presets::Cause>("x.toml", "\nlabel = \n").err().unwrap();
        assert!(wrong.source().is_some_and(<dyn Error>::is::<TomlError>), "{wrong:?}");
        assert_eq!(wrong.line, Some(2));
    }
}
