//! The file of a profile as it is: also one that cannot be read, or is no text.

use std::path::PathBuf;

use super::{
    HostError,
    files::{error::FileError, found, owned, tree::FileTree},
};
use crate::{
    mail::{Profile, ProfileFault, ProfileSecret},
    phrase,
    presets::Phrase,
};

/// The file of a profile.
pub(super) struct ProfileFile {
    pub(super) path: PathBuf,
    bytes: Result<Vec<u8>, FileError>,
}

impl ProfileFile {
    /// The file at a path; `None` when there is none.
    ///
    /// # Errors
    /// Another user made it or can change it.
    pub(super) fn look(path: PathBuf, tree: FileTree<'_>) -> Result<Option<Self>, FileError> {
        let bytes = match found::look_in(tree, &path) {
            Ok(None) => return Ok(None),
            Ok(Some(found)) => {
                owned::ours(&path, &found)?;
                Ok(found.into_bytes())
            }
            Err(error) => Err(FileError::Read(path.clone(), error)),
        };
        Ok(Some(Self { path, bytes }))
    }

    /// The profile.
    ///
    /// # Errors
    /// It cannot be read, a newer mailsetup wrote it, or a field of it is wrong.
    pub(super) fn profile(self) -> Result<Profile, HostError> {
        Profile::parse(self.bytes?).map_err(|fault| refused(self.path, fault))
    }

    /// The part that finds the secret.
    ///
    /// # Errors
    /// The same, for the fields of this part.
    pub(super) fn secret(self) -> Result<ProfileSecret, HostError> {
        ProfileSecret::parse(self.bytes?).map_err(|fault| refused(self.path, fault))
    }

    /// What is wrong with it, if anything.
    pub(super) fn damage(&self) -> Option<Phrase> {
        match &self.bytes {
            Ok(bytes) => Profile::parse(bytes).err().map(|fault| fault.phrase(&self.path.to_string_lossy())),
            Err(error) => Some(error.phrase()),
        }
    }

    /// Whether it says that the profile was removed, whatever else is wrong with it.
    pub(super) fn is_removed(&self) -> bool {
        let Ok(bytes) = &self.bytes else { return false };
        match Profile::parse(bytes) {
            Ok(profile) => !profile.enabled,
            Err(ProfileFault::Newer(_)) => false,
            Err(_) => top_lines(bytes)
                .into_iter()
                .find_map(enabled_value)
                .is_some_and(|value| value.trim_ascii_start().starts_with(b"false")),
        }
    }

    /// Its content with `enabled = false`: one word is changed where it can be found, so that comments stay. In a profile that
    /// is damaged nothing else is touched, nor could it be; one that cannot be read stays as it is.
    ///
    /// # Errors
    /// A newer mailsetup wrote it.
    pub(super) fn disabled(&self) -> Result<Option<Vec<u8>>, HostError> {
        let Ok(bytes) = &self.bytes else { return Ok(None) };
        let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        let top = top_lines(bytes).len();
        let line = lines.iter_mut().take(top).find(|line| enabled_value(line).is_some());
        match (Profile::parse(bytes), line) {
            (Err(fault @ ProfileFault::Newer(_)), _) => Err(refused(self.path.clone(), fault)),
            (Ok(mut profile), line) => {
                profile.enabled = false;
                if let Some(line) = line {
                    *line = String::from_utf8_lossy(line).replacen("true", "false", 1).into_bytes();
                }
                let edited = lines.concat();
                let is_good = Profile::parse(&edited).is_ok_and(|edited| edited == profile);
                Ok(Some(if is_good { edited } else { render(&profile)?.into_bytes() }))
            }
            (Err(_), Some(line)) => {
                *line = b"enabled = false\n".to_vec();
                Ok(Some(lines.concat()))
            }
            (Err(_), None) => Ok(Some([b"enabled = false\n", bytes.as_slice()].concat())),
        }
    }
}

/// The lines before the first table.
fn top_lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').take_while(|line| !line.trim_ascii_start().starts_with(b"[")).collect()
}

/// A line's value, where its key is `enabled`.
fn enabled_value(line: &[u8]) -> Option<&[u8]> {
    let at = line.iter().position(|byte| *byte == b'=')?;
    line.get(..at).filter(|key| key.trim_ascii() == b"enabled").and_then(|_| line.get(at + 1..))
}

/// A profile as its file's text.
///
/// # Errors
/// A path in it that is not UTF-8.
pub fn render(profile: &Profile) -> Result<String, HostError> {
    let fault = ProfileFault::Text { line: None, why: phrase!("profile-path-not-text") };
    toml::to_string(profile).map_err(|_| HostError::BadProfile("profile".into(), Box::new(fault)))
}

fn refused(path: PathBuf, fault: ProfileFault) -> HostError {
    match fault {
        ProfileFault::Newer(schema) => HostError::NewerSchema(path, schema),
        fault => HostError::BadProfile(path, Box::new(fault)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "# mine\nschema = 1\nenabled = true # for now\n\n[sender]\naddress = 'a@example.com'\n\n[smtp]\n\
        host = 'mail.example.com'\nport = 465\nsecurity = 'tls'\nauth = 'none'\nehlo = 'w.example.com'\n";

    fn disabled(bytes: impl AsRef<[u8]>) -> Vec<u8> {
        ProfileFile { path: "x".into(), bytes: Ok(bytes.as_ref().to_vec()) }.disabled().unwrap().unwrap()
    }

    #[test]
    fn disabling_changes_one_word() {
        assert_eq!(disabled(SOURCE), SOURCE.replace("enabled = true", "enabled = false").as_bytes());
        let inline = SOURCE.replace("enabled = true", "'enabled'=true");
        assert!(!Profile::parse(disabled(inline)).unwrap().enabled);
        let damaged = SOURCE.replace("# mine", "enabled_since = 1").replace("'none'", "'bogus'");
        let after = damaged.replace("enabled = true # for now", "enabled = false");
        assert_eq!(disabled(&damaged), after.as_bytes());
        let bytes = |text: &str| [text.as_bytes(), b"[x]\nname = '\xe9'\n"].concat();
        assert_eq!(disabled(bytes(&damaged)), bytes(&after));
        let is_removed = |bytes: Vec<u8>| ProfileFile { path: "x".into(), bytes: Ok(bytes) }.is_removed();
        assert!(is_removed(bytes(&after)) && !is_removed(bytes(&damaged)));
        let elsewhere = damaged.replace("enabled = true # for now\n", "") + "[imap]\nenabled = false\n";
        assert!(!is_removed(elsewhere.clone().into_bytes()) && is_removed(disabled(elsewhere)));
    }
}
