//! What a file becomes when a write is taken back.

use std::path::{Path, PathBuf};

use zeroize::{Zeroize, Zeroizing};

use super::merge::merge;
use crate::{
    host::{
        apply::{
            Access, After, ApplyError, Step,
            journal::{Journal, Stamp},
            settle,
        },
        disk::{self, Found},
        profiles,
    },
    plan::Places,
    presets::Phrase,
};

/// A file as it was before or after a write.
#[derive(Clone)]
pub(in crate::host) struct Side {
    bytes: Vec<u8>,
    mode: u32,
    uid: u32,
    gid: u32,
}

impl Drop for Side {
    fn drop(&mut self) {
        // It may hold the secret.
        self.bytes.zeroize();
    }
}

impl Side {
    /// The content that a record keeps.
    pub(in crate::host) fn of(
        journal: &Journal,
        stamp: Option<&Stamp>,
        places: &Places,
    ) -> Result<Option<Self>, ApplyError> {
        let side = |stamp: &Stamp| {
            let bytes = journal.content(places, stamp)?;
            Ok(Self { bytes, mode: stamp.mode, uid: stamp.uid, gid: stamp.gid })
        };
        stamp.map(side).transpose()
    }

    /// The content alone; it is wiped by whoever has it then.
    fn into_bytes(mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// Its content.
    pub(in crate::host) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What a record says of it.
    pub(in crate::host) fn stamp(&self, copy: String) -> Stamp {
        Stamp::of(&self.bytes, self.mode, self.uid, self.gid, copy)
    }

    fn found(found: &Found) -> Self {
        Self { bytes: found.bytes.clone(), mode: found.mode, uid: found.uid, gid: found.gid }
    }
}

/// A file on its way back.
pub(in crate::host) struct Reversal {
    owner: String,
    pub(super) path: PathBuf,
    now: Option<Side>,
    becomes: Option<Side>,
    /// It holds a person's edits too.
    pub(super) is_merged: bool,
    /// It was there before, and a person has taken it away since.
    pub(super) is_gone: bool,
}

impl Reversal {
    /// The file as it is now.
    pub(in crate::host) fn new(owner: &str, path: &Path, places: &Places) -> Result<Self, ApplyError> {
        let target = settle(path, places.root.as_deref())?;
        let found = disk::look(&target).map_err(|error| ApplyError::Read(path.to_owned(), error))?;
        Ok(Self::from_side(owner, path, found.as_ref().map(Side::found)))
    }

    /// The file as it was at some time.
    pub(in crate::host) fn from_side(owner: &str, path: &Path, now: Option<Side>) -> Self {
        let becomes = now.clone();
        Self { owner: owner.to_owned(), path: path.to_owned(), now, becomes, is_merged: false, is_gone: false }
    }

    /// What the file becomes.
    pub(in crate::host) const fn becomes(&self) -> Option<&Side> {
        self.becomes.as_ref()
    }

    /// Takes back a write that led from `before` to `wrote`; `None` when the same lines were edited since.
    pub(in crate::host) fn take_back(mut self, wrote: Option<&Side>, before: Option<&Side>) -> Option<Self> {
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
                        None => Some(Side { bytes, ..now }),
                    }
                }
            }
        };
        Some(self)
    }

    /// Whether it loses all that it holds.
    pub(in crate::host) fn is_emptied(&self) -> bool {
        let is_empty = |side: &Option<Side>| side.as_ref().is_some_and(|side| side.bytes.is_empty());
        is_empty(&self.becomes) && !is_empty(&self.now)
    }

    /// What is wrong with the profile that it is now, if it is one.
    pub(super) fn damage(&self) -> Option<Phrase> {
        let now = self.now.as_ref().filter(|_| self.owner == "profile")?;
        let text = String::from_utf8_lossy(&now.bytes);
        profiles::parse(&self.path, &text).err().map(|error| error.phrase())
    }

    /// The file becomes what it was before.
    pub(super) fn into_side(mut self, before: Option<Side>) -> Self {
        self.becomes = before;
        self
    }

    /// The file is taken away.
    pub(in crate::host) fn into_nothing(mut self) -> Self {
        self.becomes = None;
        self
    }

    /// The file gets this content, in place.
    pub(in crate::host) fn into_content(mut self, bytes: Vec<u8>) -> Self {
        self.becomes = self.becomes.map(|now| Side { bytes, ..now });
        self
    }

    /// The step that does it; `None` when there is nothing to do.
    pub(super) fn into_step(self) -> Option<Step> {
        let is_same = |a: &Side, b: &Side| (&a.bytes, a.mode, a.uid, a.gid) == (&b.bytes, b.mode, b.uid, b.gid);
        match (&self.now, &self.becomes) {
            (None, None) => return None,
            (Some(now), Some(becomes)) if is_same(now, becomes) => return None,
            _ => {}
        }
        let after = |side: Side| {
            let (mode, access) = (side.mode, Access::Exact(side.uid, side.gid));
            After { bytes: side.into_bytes(), mode, access }
        };
        Some(Step {
            owner: self.owner,
            path: self.path,
            before: self.now.map(|now| (Zeroizing::new(now.bytes.clone()), Some(now.mode))),
            after: self.becomes.map(after),
        })
    }

    /// A profile that only a later test has written to is still as we wrote it.
    fn is_same_profile(&self, now: &[u8], wrote: &[u8]) -> bool {
        let settings = |bytes: &[u8]| {
            let mut profile = profiles::parse(&self.path, std::str::from_utf8(bytes).ok()?).ok()?;
            profile.check = None;
            Some(profile)
        };
        self.owner == "profile" && settings(now).is_some_and(|profile| Some(profile) == settings(wrote))
    }
}

impl Side {
    /// Mode and owner go back as the content does, each where it is still what was written.
    fn toward(&self, wrote: &Self, before: &Self, bytes: Vec<u8>) -> Self {
        let pick = |now: u32, wrote: u32, before: u32| if now == wrote { before } else { now };
        Self {
            bytes,
            mode: pick(self.mode, wrote.mode, before.mode),
            uid: pick(self.uid, wrote.uid, before.uid),
            gid: pick(self.gid, wrote.gid, before.gid),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(text: &str) -> Side {
        Side { bytes: text.into(), mode: 0o600, uid: 1, gid: 1 }
    }

    fn back(now: Option<&str>, wrote: Option<&str>, before: Option<&str>) -> Option<(Option<String>, bool, bool)> {
        let reversal = Reversal::from_side("t", Path::new("/x"), now.map(side));
        let back = reversal.take_back(wrote.map(side).as_ref(), before.map(side).as_ref())?;
        let text = back.becomes.map(|side| String::from_utf8(side.into_bytes()).unwrap());
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
        let side = |mode: u32, text: &str| Side { bytes: text.into(), mode, uid: 1, gid: 1 };
        let (wrote, before, now) = (side(0o600, "b\n"), side(0o644, "a\n"), side(0o640, "b\n"));
        assert_eq!(now.toward(&wrote, &before, Vec::new()).mode, 0o640);
        assert_eq!(wrote.toward(&wrote, &before, Vec::new()).mode, 0o644);
    }
}
