//! A target that was chosen, and where.

use std::{fmt, path::PathBuf};

use crate::mail::profile::Written;

/// A target that was chosen, as `--target NAME[=PATH]` says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetChoice {
    /// The target's key.
    pub key: String,
    /// A path for its first file, in place of the usual one.
    pub path: Option<PathBuf>,
    /// The password itself goes into the file, though the consumer could fetch it: for a store that the consumer cannot
    /// ask, such as a variable that is set elsewhere.
    pub inline_secret: bool,
}

impl TargetChoice {
    /// A target at its usual place.
    pub fn new(key: impl Into<String>) -> Self {
        Self { key: key.into(), ..Self::default() }
    }

    /// Reads `NAME` or `NAME=PATH`.
    pub fn parse(typed: &str) -> Self {
        match typed.split_once('=') {
            Some((key, path)) if !path.is_empty() => Self { path: Some(path.into()), ..Self::new(key) },
            Some((key, _)) => Self::new(key),
            None => Self::new(typed),
        }
    }
}

/// `NAME` or `NAME=PATH`.
impl fmt::Display for TargetChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)?;
        self.path.as_ref().map_or(Ok(()), |path| write!(f, "={}", path.display()))
    }
}

impl From<&Written> for TargetChoice {
    fn from(written: &Written) -> Self {
        Self { key: written.name.clone(), path: written.path.clone(), inline_secret: written.inline_secret }
    }
}
