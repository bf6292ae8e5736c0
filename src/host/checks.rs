//! Results of checks: one file a profile in the state folder. A profile says what was decided; what a check found is kept beside
//! it, so that a check never writes a profile that somebody is changing.
//!
//! Profiles of older versions have it in their `[check]`: that counts as long as there is no file, and becomes one before such a
//! profile is written again.

use std::{
    io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::files::{
    error::FileError,
    found::{self, FoundFile},
    own, owned,
    stamp::hash,
    tree::FileTree,
};
use crate::{
    mail::{Endpoint, Profile, profile::Check, toml_read},
    plan::Places,
};

/// What is known of a profile by its tests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// The last test of the settings as they are now.
    pub last: Option<Check>,
    /// Where TLS was last established, whatever the settings were.
    pub secured: Option<Endpoint>,
}

/// The file.
#[derive(Serialize, Deserialize)]
struct CheckFile {
    /// What the profile said then, as a hash.
    settings: String,
    #[serde(flatten)]
    check: Check,
}

/// What is known of a profile.
///
/// # Errors
/// It cannot be read. Then nobody knows where TLS was established.
pub fn of(name: &str, profile: &Profile, places: &Places) -> Result<Checked, FileError> {
    let older = profile.check.as_ref().and_then(|check| check.secured.clone());
    let Some(file) = read(&path(name, places), places)? else {
        return Ok(Checked { last: profile.check.clone(), secured: older });
    };
    let secured = file.check.secured.clone().or(older);
    Ok(Checked { last: Some(file.check).filter(|_| file.settings == settings(profile)), secured })
}

/// Keeps what a test of this profile found. Where TLS was established before is still known afterwards.
///
/// # Errors
/// It cannot be written.
pub fn save(name: &str, profile: &Profile, check: Check, places: &Places) -> Result<(), FileError> {
    let before = || of(name, profile, places).ok()?.secured;
    let check = Check { secured: check.secured.clone().or_else(before), ..check };
    write(&path(name, places), &CheckFile { settings: settings(profile), check }, places)
}

/// Keeps what a profile of an older version says, before it is written without it.
pub(super) fn keep_older(name: &str, profile: &Profile, places: &Places) -> Result<(), FileError> {
    let path = path(name, places);
    match &profile.check {
        Some(check) if !FileTree::of(places).is_there(&path) => {
            write(&path, &CheckFile { settings: settings(profile), check: check.clone() }, places)
        }
        _ => Ok(()),
    }
}

/// Forgets a profile's tests.
pub(super) fn forget(name: &str, places: &Places) -> Result<(), FileError> {
    own::remove_file(&path(name, places), FileTree::of(places))
}

fn path(name: &str, places: &Places) -> PathBuf {
    places.state.join("checks").join(format!("{name}.toml"))
}

/// What was tested, as a hash: other targets are no other settings.
fn settings(profile: &Profile) -> String {
    let tested = Profile { targets: Vec::new(), secret_for: None, ..profile.clone() };
    hash(toml::to_string(&tested).unwrap_or_default().as_bytes())
}

fn read(path: &Path, places: &Places) -> Result<Option<CheckFile>, FileError> {
    let found = found::look_in(FileTree::of(places), path).map_err(FileError::read(path))?;
    found.iter().try_for_each(|found| owned::ours(path, found))?;
    let bytes = found.map(FoundFile::into_bytes);
    let damaged = |error: String| FileError::Read(path.to_owned(), io::Error::new(io::ErrorKind::InvalidData, error));
    let parse = |bytes: Vec<u8>| {
        let text = std::str::from_utf8(&bytes).map_err(|error| damaged(error.to_string()))?;
        toml_read::from_str(text).map_err(|error| damaged(error.message().to_owned()))
    };
    bytes.map(parse).transpose()
}

fn write(path: &Path, file: &CheckFile, places: &Places) -> Result<(), FileError> {
    let unsaid = |error: toml::ser::Error| {
        FileError::Write(path.to_owned(), io::Error::new(io::ErrorKind::InvalidData, error.to_string()))
    };
    own::write_file(path, toml::to_string(file).map_err(unsaid)?.as_bytes(), FileTree::of(places))
}
