//! One file of a write: what it must still be, what it becomes, and the last moment before its rename.

use std::path::PathBuf;

use zeroize::{Zeroize, Zeroizing};

use super::{
    error::ApplyError,
    outcome::{AppliedFile, FileAction},
};
use crate::{
    host::{
        files::{
            accounts,
            error::FileError,
            extended::ExtendedAttributes,
            folder::{Attributes, Folder, StagedFile, folder_of, name_of},
            found::{self, FoundFile},
            location::resolve,
            stamp::Stamp,
            tree::FileTree,
            volume::Volume,
        },
        journal::record::{FileRecord, WriteRecord},
    },
    plan::{Change, Places},
};

/// One file to write.
pub(crate) struct FileStep {
    pub(crate) owner: String,
    pub(crate) path: PathBuf,
    /// What the file must still be: content and mode.
    pub(crate) before: Option<(Zeroizing<Vec<u8>>, Option<u32>)>,
    /// What it becomes; `None` removes it.
    pub(crate) after: Option<FileAfter>,
}

/// What a file becomes.
pub(crate) struct FileAfter {
    pub(crate) bytes: Vec<u8>,
    pub(crate) mode: u32,
    pub(crate) owner: FileOwner,
    /// Access list, label and attributes, where there is no file that has them.
    pub(crate) extended: ExtendedAttributes,
}

impl Drop for FileAfter {
    fn drop(&mut self) {
        // It may hold the secret.
        self.bytes.zeroize();
    }
}

/// Who owns a file afterwards.
pub(crate) enum FileOwner {
    /// As it is; ours when it is new.
    Keep,
    /// The same, with this group.
    Group(String),
    /// This user, and this group, else our own.
    User(String, Option<String>),
    /// This owner and group.
    Exact(u32, u32),
}

impl FileOwner {
    /// The owner of a plan's change.
    pub(crate) fn of(change: &Change) -> Self {
        match (&change.user, &change.group) {
            (Some(user), group) => Self::User(user.clone(), group.clone()),
            (None, Some(group)) => Self::Group(group.clone()),
            (None, None) => Self::Keep,
        }
    }

    /// User and group by number, of a file that has these now; `None` is our own.
    pub(crate) fn ids(&self, has: Option<(u32, u32)>, places: &Places) -> Result<(Option<u32>, Option<u32>), ApplyError> {
        let unknown = |name: &String| ApplyError::Group(name.clone());
        let group_id = |group: &String| accounts::group_id(places.root.as_deref(), group).ok_or_else(|| unknown(group));
        Ok(match self {
            Self::Exact(uid, gid) => (Some(*uid), Some(*gid)),
            Self::Group(group) => (has.map(|has| has.0), Some(group_id(group)?)),
            Self::User(user, group) => {
                let account = accounts::account(places.root.as_deref(), user).ok_or_else(|| unknown(user))?;
                let gid = group.as_ref().map(group_id).transpose()?;
                (Some(account.uid), Some(gid.unwrap_or_else(|| rustix::process::getegid().as_raw())))
            }
            Self::Keep => (has.map(|has| has.0), has.map(|has| has.1)),
        })
    }
}

/// A step that may be taken.
pub(super) struct ReadyStep {
    step: FileStep,
    pub(super) target: PathBuf,
    found: Option<FoundFile>,
    uid: Option<u32>,
    gid: Option<u32>,
}

impl FileStep {
    /// A plan's change as a step.
    pub(super) fn of(change: &Change) -> Self {
        let owner = FileOwner::of(change);
        Self {
            owner: change.owner.clone(),
            path: change.path.clone(),
            before: change.before.clone().map(|bytes| (Zeroizing::new(bytes), change.mode_before)),
            after: change.after.clone().map(|bytes| FileAfter {
                bytes,
                mode: change.mode,
                owner,
                extended: ExtendedAttributes::default(),
            }),
        }
    }

    /// Checks that the file is still what it must be.
    pub(super) fn ready(self, places: &Places) -> Result<ReadyStep, ApplyError> {
        let target = resolve(&self.path, FileTree::of(places))?;
        let found = found::look_in(FileTree::of(places), &target).map_err(FileError::read(&target))?;
        let is_same = match (&found, &self.before) {
            (None, None) => true,
            (Some(found), Some((bytes, mode))) => found.bytes == **bytes && mode.is_none_or(|mode| mode == found.mode),
            _ => false,
        };
        if !is_same {
            return Err(ApplyError::Changed(self.path));
        }
        let has = found.as_ref().map(|found| (found.uid, found.gid));
        let owner = self.after.as_ref().map_or(&FileOwner::Keep, |after| &after.owner);
        let (uid, gid) = owner.ids(has, places)?;
        Ok(ReadyStep { step: self, target, found, uid, gid })
    }
}

impl ReadyStep {
    /// What the record says of it.
    pub(super) fn record(&self, index: usize) -> FileRecord {
        let uid = self.uid.unwrap_or_else(|| rustix::process::geteuid().as_raw());
        let gid = self.gid.unwrap_or_else(|| rustix::process::getegid().as_raw());
        let after = self.step.after.as_ref();
        FileRecord {
            owner: self.step.owner.clone(),
            path: self.step.path.clone(),
            target: self.target.clone(),
            before: self.found.as_ref().map(|found| Stamp::of_found(found, format!("{index}.before"))),
            after: after.map(|after| Stamp {
                extended: self.found.as_ref().map_or(&after.extended, |found| &found.extended).clone(),
                ..Stamp::of(&after.bytes, after.mode, uid, gid, format!("{index}.after"))
            }),
        }
    }

    /// The content before.
    pub(super) fn bytes_before(&self) -> Option<&[u8]> {
        self.found.as_ref().map(|found| found.bytes.as_slice())
    }

    /// The content after.
    pub(super) fn bytes_after(&self) -> Option<&[u8]> {
        self.step.after.as_ref().map(|after| after.bytes.as_slice())
    }

    /// Whether there is a file afterwards.
    pub(super) const fn writes(&self) -> bool {
        self.step.after.is_some()
    }

    /// Whether there is a file afterwards that group or others may use.
    pub(super) fn is_for_others(&self) -> bool {
        self.step.after.as_ref().is_some_and(|after| after.mode & 0o077 != 0)
    }

    /// Writes all of the new content beside the file, and gives the old file a second name: the rest takes no room.
    pub(super) fn stage<'a>(
        &'a self,
        tag: &str,
        places: &Places,
        volume: &'a dyn Volume,
    ) -> Result<StagedStep<'a>, FileError> {
        let folder = Folder::resolved(volume, folder_of(&self.target), FileTree::of(places))?;
        let staged = match &self.step.after {
            Some(after) => {
                let extended = Some(self.found.as_ref().map_or(&after.extended, |found| &found.extended));
                let attributes = Attributes { mode: after.mode, uid: self.uid, gid: self.gid, extended, tag };
                Some(folder.stage(&self.target, &after.bytes, &attributes)?)
            }
            None => None,
        };
        if self.found.is_some() {
            // Without a second name the copy has to do.
            folder.spare(name_of(&self.target), tag);
        }
        Ok(StagedStep { ready: self, folder, staged })
    }

    /// What was done.
    pub(super) fn outcome(&self, file: &FileRecord, record: &WriteRecord, places: &Places) -> AppliedFile {
        let action = match (&self.found, &self.step.after) {
            (_, None) => FileAction::Removed,
            (None, Some(_)) => FileAction::Created,
            (Some(_), Some(_)) => FileAction::Changed,
        };
        let backup = file.before.as_ref().map(|stamp| record.copy(places, stamp));
        AppliedFile { path: self.step.path.clone(), action, backup }
    }
}

/// A step that only needs its rename.
pub(super) struct StagedStep<'a> {
    ready: &'a ReadyStep,
    folder: Folder<'a>,
    pub(super) staged: Option<StagedFile>,
}

impl StagedStep<'_> {
    /// Renames the new file over the old one, or removes that.
    pub(super) fn take(&self) -> Result<(), ApplyError> {
        let (target, name) = (&self.ready.target, name_of(&self.ready.target));
        // Checked once more: another's edit can only be lost in the moment before the rename.
        if self.folder.look(name).map_err(FileError::read(target))? != self.ready.found {
            return Err(ApplyError::Changed(self.ready.step.path.clone()));
        }
        match &self.staged {
            Some(staged) => self.folder.put(staged, name)?,
            None => self.folder.remove(name)?,
        }
        Ok(())
    }
}
