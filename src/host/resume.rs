//! The resume file: how far a set-up had got when its connection was lost. 0600, and never a secret.
//!
//! It is updated after each answer, so that even a kill loses little. One set-up at a time has it: the folder is locked while
//! that runs, and another one neither offers nor touches it.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use rustix::fs::FlockOperation;
use serde::{Deserialize, Serialize};

use super::files::{error::FileError, found, own, tree::FileTree};
use crate::{mail::toml_read, plan::Places};

/// The format of the file.
const SCHEMA: u32 = 1;

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResumeFile {
    schema: u32,
    /// When the last answer was given, RFC 3339, UTC.
    pub when: String,
    /// The answers.
    #[serde(default, rename = "answer")]
    pub answers: Vec<KeptAnswer>,
}

/// An answer in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptAnswer {
    /// The field, by its answers-file key.
    pub key: String,
    /// The answer.
    pub value: String,
    /// Where it came from, in a word.
    pub source: String,
}

impl ResumeFile {
    /// What to keep.
    pub const fn new(when: String, answers: Vec<KeptAnswer>) -> Self {
        Self { schema: SCHEMA, when, answers }
    }
}

/// The resume file of one set-up.
#[derive(Debug)]
pub struct Resume {
    folder: PathBuf,
    lock: Option<File>,
    /// It is no longer kept.
    is_over: bool,
}

impl Resume {
    /// The resume file of these places. Nothing is made or written.
    pub fn new(places: &Places) -> Self {
        let mut resume = Self { folder: places.state.clone(), lock: None, is_over: false };
        resume.lock = lock(&resume.folder);
        resume
    }

    /// What an earlier set-up has left; nothing if another one has it, or if it cannot be understood.
    pub fn found(&self) -> Option<ResumeFile> {
        self.lock.as_ref()?;
        let found = found::look(&self.path()).ok()??;
        let kept: ResumeFile = toml_read::from_str(std::str::from_utf8(&found.bytes).ok()?).ok()?;
        (kept.schema == SCHEMA).then_some(kept)
    }

    /// Keeps this in place of what was kept.
    ///
    /// # Errors
    /// It cannot be written. That another set-up has it is no error.
    pub fn keep(&mut self, kept: &ResumeFile) -> Result<(), FileError> {
        if self.is_over {
            return Ok(());
        }
        let path = self.path();
        let text = toml::to_string(kept).map_err(|error| {
            FileError::Write(path.clone(), std::io::Error::new(std::io::ErrorKind::InvalidData, error.to_string()))
        })?;
        if self.lock.is_none() {
            own::make_folder(&self.folder)?;
            self.lock = lock(&self.folder);
        }
        if self.lock.is_none() {
            return Ok(());
        }
        own::write_state(&path, text.as_bytes())
    }

    /// Removes the file for good: all is written, or the person left.
    pub fn forget(&mut self) {
        if self.lock.is_some() && !self.is_over {
            // If it stays, it is offered once more, which does no harm.
            let _ = own::remove_file(&self.path(), FileTree::HERE);
        }
        self.is_over = true;
    }

    fn path(&self) -> PathBuf {
        self.folder.join("resume.toml")
    }
}

/// The right to the file of a folder; `None` where there is no folder, or another process has it.
fn lock(folder: &Path) -> Option<File> {
    let file = File::open(folder).ok()?;
    rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok().then_some(file)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::plan::Scope;

    fn places(folder: &Path) -> Places {
        let own = folder.to_owned();
        Places {
            scope: Scope::User,
            root: None,
            home: own.clone(),
            config: own.clone(),
            state: own.join("a/state"),
            cwd: own,
            keys: crate::mail::Keys::default(),
        }
    }

    fn kept(value: &str) -> ResumeFile {
        let answer = KeptAnswer { key: "name".into(), value: value.into(), source: "asked".into() };
        ResumeFile::new("2026-11-05T10:11:12Z".into(), vec![answer])
    }

    #[test]
    fn it_is_kept_found_and_forgotten_and_belongs_to_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let places = places(folder.path());
        let mut first = Resume::new(&places);
        assert_eq!(first.found(), None);
        first.forget();
        assert!(!places.state.exists());
        let mut first = Resume::new(&places);
        for value in ["a", "\u{1b}[31m\"'''\\ é"] {
            first.keep(&kept(value)).unwrap();
        }
        let path = places.state.join("resume.toml");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o7777, 0o600);
        let mut second = Resume::new(&places);
        assert_eq!(second.found(), None, "the first is still at it");
        second.keep(&kept("second")).unwrap();
        second.forget();
        drop(first);
        let third = Resume::new(&places);
        assert_eq!(third.found(), Some(kept("\u{1b}[31m\"'''\\ é")));
        drop(third);
        for broken in ["", "schema = 2\nwhen = ''\n", "schema = 1\nwhen = ''\nsecret = 'x'\n", "\0"] {
            std::fs::write(&path, broken).unwrap();
            assert_eq!(Resume::new(&places).found(), None, "{broken}");
        }
        let mut last = Resume::new(&places);
        last.keep(&kept("x")).unwrap();
        last.forget();
        last.keep(&kept("too late")).unwrap();
        assert!(!path.exists());
    }
}
