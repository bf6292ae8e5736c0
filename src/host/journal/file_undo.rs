//! What a file becomes when a write is undone. Pure but for reading the copies of records.

use std::path::{Path, PathBuf};

use zeroize::Zeroize;

use crate::{
    host::{
        files::{
            error::FileError,
            extended::ExtendedAttributes,
            found::{self, FoundFile},
            location::resolve,
            stamp::Stamp,
            tree::FileTree,
        },
        journal::{error::JournalError, merge::merge, record::WriteRecord},
    },
    mail::{Profile, ProfileFault},
    plan::Places,
};

/// A file as it was before or after a write.
#[derive(Clone)]
pub(crate) struct FileState {
    bytes: Vec<u8>,
    pub(crate) mode: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) extended: ExtendedAttributes,
}

impl Drop for FileState {
    fn drop(&mut self) {
        // It may hold the secret.
        self.bytes.zeroize();
    }
}

impl FileState {
    /// The content that a record keeps.
    pub(crate) fn of(record: &WriteRecord, stamp: Option<&Stamp>, places: &Places) -> Result<Option<Self>, JournalError> {
        stamp.map(|stamp| Ok(Self::with(stamp, record.content(places, stamp)?))).transpose()
    }

    /// This content, with the mode and owner of a record.
    pub(crate) fn with(stamp: &Stamp, bytes: Vec<u8>) -> Self {
        Self { bytes, mode: stamp.mode, uid: stamp.uid, gid: stamp.gid, extended: stamp.extended.clone() }
    }

    /// What an undo makes of a file.
    pub(crate) fn new(bytes: Vec<u8>, mode: u32, (uid, gid): (u32, u32), extended: ExtendedAttributes) -> Self {
        Self { bytes, mode, uid, gid, extended }
    }

    /// The content alone: the caller wipes it.
    pub(crate) fn into_bytes(mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// Its content.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What a record says of it.
    pub(crate) fn stamp(&self, copy: String) -> Stamp {
        Stamp { extended: self.extended.clone(), ..Stamp::of(&self.bytes, self.mode, self.uid, self.gid, copy) }
    }

    fn with_bytes(mut self, bytes: Vec<u8>) -> Self {
        self.bytes.zeroize();
        self.bytes = bytes;
        self
    }

    fn found(found: &FoundFile) -> Self {
        Self::new(found.bytes.clone(), found.mode, (found.uid, found.gid), found.extended.clone())
    }
}

/// A file, with some writes to it undone.
pub(crate) struct FileUndo {
    pub(crate) owner: String,
    pub(crate) path: PathBuf,
    now: Option<FileState>,
    becomes: Option<FileState>,
    /// It holds a person's edits too.
    pub(crate) is_merged: bool,
    /// It was there before, and a person has removed it since.
    pub(crate) is_gone: bool,
}

impl FileUndo {
    /// The file as it is now.
    pub(crate) fn new(owner: &str, path: &Path, places: &Places) -> Result<Self, FileError> {
        let target = resolve(path, FileTree::of(places))?;
        let found = found::look_in(FileTree::of(places), &target).map_err(FileError::read(path))?;
        Ok(Self::from_state(owner, path, found.as_ref().map(FileState::found)))
    }

    /// The file as it was at some time.
    pub(crate) fn from_state(owner: &str, path: &Path, now: Option<FileState>) -> Self {
        let becomes = now.clone();
        Self { owner: owner.to_owned(), path: path.to_owned(), now, becomes, is_merged: false, is_gone: false }
    }

    /// What the file becomes.
    pub(crate) const fn becomes(&self) -> Option<&FileState> {
        self.becomes.as_ref()
    }

    /// Undoes a write that led from `before` to `wrote`; `None` when the same lines were edited since.
    pub(crate) fn undo(mut self, wrote: Option<&FileState>, before: Option<&FileState>) -> Option<Self> {
        self.becomes = match (self.becomes.take(), wrote, before) {
            (None, None, before) => before.cloned(),
            (None, Some(_), before) => {
                self.is_gone |= before.is_some();
                None
            }
            (Some(now), None, Some(before)) if now.bytes == before.bytes => Some(now),
            (Some(_), None, _) => return None,
            (Some(now), Some(wrote), before) => {
                let is_ours = now.bytes == wrote.bytes || self.is_same_profile(&now.bytes, &wrote.bytes);
                if is_ours {
                    before.map(|before| now.toward(wrote, before, before.bytes.clone()))
                } else {
                    let bytes = merge(&wrote.bytes, &now.bytes, before.map_or(&[], |before| &before.bytes))?;
                    self.is_merged |= before.is_none_or(|before| before.bytes != bytes) && !bytes.is_empty();
                    match before {
                        Some(before) => Some(now.toward(wrote, before, bytes)),
                        None if bytes.is_empty() => None,
                        None => Some(now.with_bytes(bytes)),
                    }
                }
            }
        };
        Some(self)
    }

    /// Whether it loses all that it holds.
    pub(crate) fn is_emptied(&self) -> bool {
        let is_empty = |state: &Option<FileState>| state.as_ref().is_some_and(|state| state.bytes.is_empty());
        is_empty(&self.becomes) && !is_empty(&self.now)
    }

    /// What is wrong with the profile that the file is, if it is one. One that a newer mailsetup wrote is not damaged.
    pub(crate) fn damage(&self) -> Option<ProfileFault> {
        let now = self.now.as_ref().filter(|_| self.owner == "profile")?;
        let fault = Profile::parse(&now.bytes).err()?;
        (!matches!(fault, ProfileFault::Newer(_))).then_some(fault)
    }

    /// The file becomes what it was, whatever it is now.
    pub(crate) fn into_state(mut self, before: Option<FileState>) -> Self {
        self.becomes = before;
        self
    }

    /// The file is removed.
    pub(crate) fn into_nothing(mut self) -> Self {
        self.becomes = None;
        self
    }

    /// The file gets this content, in place.
    pub(crate) fn into_content(mut self, bytes: Vec<u8>) -> Self {
        self.becomes = self.becomes.map(|now| now.with_bytes(bytes));
        self
    }

    /// The file as it is now and as it becomes; `None` when nothing changes.
    pub(crate) fn into_change(self) -> Option<(Option<FileState>, Option<FileState>)> {
        let is_same = |a: &FileState, b: &FileState| (&a.bytes, a.mode, a.uid, a.gid) == (&b.bytes, b.mode, b.uid, b.gid);
        match (&self.now, &self.becomes) {
            (None, None) => None,
            (Some(now), Some(becomes)) if is_same(now, becomes) => None,
            _ => Some((self.now, self.becomes)),
        }
    }

    /// A profile to which only a later test has written is still as we wrote it.
    fn is_same_profile(&self, now: &[u8], wrote: &[u8]) -> bool {
        let settings = |bytes: &[u8]| {
            let mut profile = Profile::parse(bytes).ok()?;
            profile.check = None;
            Some(profile)
        };
        self.owner == "profile" && settings(now).is_some_and(|profile| Some(profile) == settings(wrote))
    }
}

impl FileState {
    /// Mode and owner are undone like the content, each where it is still what was written.
    fn toward(&self, wrote: &Self, before: &Self, bytes: Vec<u8>) -> Self {
        let pick = |now: u32, wrote: u32, before: u32| if now == wrote { before } else { now };
        Self {
            bytes,
            mode: pick(self.mode, wrote.mode, before.mode),
            uid: pick(self.uid, wrote.uid, before.uid),
            gid: pick(self.gid, wrote.gid, before.gid),
            extended: self.extended.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(text: &str) -> FileState {
        FileState { bytes: text.into(), mode: 0o600, uid: 1, gid: 1, extended: ExtendedAttributes::default() }
    }

    fn back(now: Option<&str>, wrote: Option<&str>, before: Option<&str>) -> Option<(Option<String>, bool, bool)> {
        let file = FileUndo::from_state("t", Path::new("/x"), now.map(state));
        let back = file.undo(wrote.map(state).as_ref(), before.map(state).as_ref())?;
        let text = back.becomes.map(|state| String::from_utf8(state.into_bytes()).unwrap());
        Some((text, back.is_merged, back.is_gone))
    }

    #[test]
    fn every_way_back() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(back(Some("b\n"), Some("b\n"), Some("a\n")), Some((some("a\n"), false, false)));
        assert_eq!(back(Some("b\n"), Some("b\n"), None), Some((None, false, false)));
        assert_eq!(back(Some("b\nc\n"), Some("b\n"), None), Some((some("c\n"), true, false)));
        assert_eq!(back(Some("c\n"), Some("b\n"), None), None);
        assert_eq!(back(None, Some("b\n"), Some("a\n")), Some((None, false, true)));
        assert_eq!(back(None, Some("b\n"), None), Some((None, false, false)));
        assert_eq!(back(None, None, Some("a\n")), Some((some("a\n"), false, false)));
        assert_eq!(back(Some("a\n"), None, Some("a\n")), Some((some("a\n"), false, false)));
        assert_eq!(back(Some("x\n"), None, Some("a\n")), None);
    }

    #[test]
    fn a_mode_that_a_person_changed_stays() {
        let state = |mode: u32, text: &str| FileState {
            bytes: text.into(),
            mode,
            uid: 1,
            gid: 1,
            extended: ExtendedAttributes::default(),
        };
        let (wrote, before, now) = (state(0o600, "b\n"), state(0o644, "a\n"), state(0o640, "b\n"));
        assert_eq!(now.toward(&wrote, &before, Vec::new()).mode, 0o640);
        assert_eq!(wrote.toward(&wrote, &before, Vec::new()).mode, 0o644);
    }
}
