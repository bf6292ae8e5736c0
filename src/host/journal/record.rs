//! The record of one write, `state/journal/ID.json`: enough to undo it, and never a secret.

use std::{
    collections::HashSet,
    ffi::OsStr,
    io,
    path::{Component, Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    host::{
        files::{
            error::FileError,
            folder::{Attributes, Folder, folder_of, name_of},
            owned::is_foreign,
            stamp::{Stamp, hash},
            tree::FileTree,
            volume::{System, Volume},
            write::{make_folders, replace},
        },
        journal::{error::JournalError, staged_record::StagedRecord},
        stores,
    },
    mail::{ProfileName, SecretPlace},
    plan::{self, Places},
};

/// The format of these files.
pub(crate) const SCHEMA: u32 = 2;

/// The first format with a checksum.
const SUMMED: u32 = 2;

/// The tag of the journal's own temporary files.
pub(super) const TAG: &str = "state";

/// What kind of write it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum WriteKind {
    /// A plan was applied.
    Apply,
    /// An earlier write was undone; an undo is never undone itself.
    Undo,
    /// All that a profile wrote was undone.
    #[serde(rename = "remove")]
    UndoAll,
}

/// How far it got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum WriteState {
    /// Some of it may be written; the next run rolls it back.
    Begun,
    /// All of it is written.
    Done,
    /// It was rolled back except for files that someone wrote to meanwhile; its copies of them are kept.
    #[serde(rename = "put-back")]
    RolledBack,
}

/// One write.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteRecord {
    pub(crate) schema: u32,
    pub(crate) id: String,
    pub(crate) kind: WriteKind,
    pub(crate) state: WriteState,
    pub(crate) profile: String,
    /// RFC 3339, UTC.
    pub(crate) when: String,
    /// The writes that this one undoes.
    #[serde(default)]
    pub(crate) of: Vec<String>,
    /// The write that this is another profile's part of: it counts once that one is done, and is undone with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) part_of: Option<String>,
    /// Older writes that are undone with this one: their records go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) covers: Vec<String>,
    /// Folders that it makes, outermost first.
    #[serde(default)]
    pub(crate) folders: Vec<PathBuf>,
    #[serde(default)]
    pub(crate) files: Vec<FileRecord>,
    #[serde(default)]
    pub(crate) runs: Vec<RunRecord>,
    /// Entries of stores that are made, changed or taken out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) entries: Vec<EntryRecord>,
    /// The only one of an older version, which did not set aside what it held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kept: Option<EntryRecord>,
    /// SHA-256 of the record without this line; older ones have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sum: Option<String>,
}

/// One file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileRecord {
    /// What it belongs to, as in the plan: a target's key, `profile` or `secret`.
    pub(crate) owner: String,
    /// As it was planned.
    pub(crate) path: PathBuf,
    /// The path that was written, links resolved.
    pub(crate) target: PathBuf,
    pub(crate) before: Option<Stamp>,
    pub(crate) after: Option<Stamp>,
}

/// One command.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RunRecord {
    pub(crate) owner: String,
    pub(crate) command: Vec<String>,
    pub(crate) creates: Option<PathBuf>,
    pub(crate) build: bool,
    /// What `creates` was before.
    pub(crate) before: Option<Stamp>,
}

/// An entry of a store.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntryRecord {
    pub(crate) place: SecretPlace,
    /// It was there before.
    pub(crate) existed: bool,
    /// The write under whose ID the store holds what it held before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) aside: Option<String>,
}

impl EntryRecord {
    /// Whether it is the profile's entry, in a store that these places may use.
    fn belongs_to(&self, profile: &str, places: &Places) -> bool {
        if stores::admitted(&self.place, places).is_err() {
            return false;
        }
        match &self.place {
            SecretPlace::Keyring { entry } => entry.split_once('/').is_some_and(|(scope, name)| {
                let is_anothers = || FileTree::of(places).is_there(&places.profile(name));
                scope == places.scope.as_str() && (name == profile || !is_anothers())
            }),
            _ => true,
        }
    }
}

impl WriteRecord {
    /// Reads a record's file, and believes nothing of it that was damaged or could lead elsewhere.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn read(stem: &OsStr, bytes: &[u8], places: &Places) -> Result<Self, String> {
        let mut record: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if record.schema > SCHEMA || record.schema == 0 {
            return Err(format!("schema {}", record.schema));
        }
        let is_whole = || record.text().is_ok_and(|text| text == bytes);
        if (record.schema >= SUMMED && !is_whole()) || (record.schema < SUMMED && record.sum.is_some()) {
            return Err("SHA-256".to_owned());
        }
        if places.root.is_none() {
            // Older versions kept a path with `..` as it was typed; today's plans name the file without.
            for path in record.files.iter_mut().flat_map(|file| [&mut file.path, &mut file.target]) {
                *path = plan::without_dots(path);
            }
        }
        match record.misleading(stem, FileTree::of(places)).or_else(|| record.foreign(places)) {
            Some(field) => Err(field.to_owned()),
            None => Ok(record),
        }
    }

    /// The field by which it would change what is another profile's, or this machine's where an image says so.
    pub(crate) fn foreign(&self, places: &Places) -> Option<&'static str> {
        let is_own_file = |file: &FileRecord| {
            let name = file.path.file_name().and_then(OsStr::to_str).unwrap_or_default();
            let rest = name.strip_prefix(&self.profile).unwrap_or_default();
            match file.owner.as_str() {
                "profile" => rest == ".toml",
                "secret" => matches!(rest, ".secret" | ".for" | ".cred" | ".cred-for"),
                _ => true,
            }
        };
        if !self.files.iter().all(is_own_file) {
            return Some("owner");
        }
        (!self.entries().all(|entry| entry.belongs_to(&self.profile, places))).then_some("entries")
    }

    /// The text of its file: every byte of it counts.
    fn text(&self) -> serde_json::Result<Vec<u8>> {
        let mut text = serde_json::to_vec_pretty(&Self { sum: None, ..self.clone() })?;
        let line = format!(",\n  \"sum\": \"{}\"\n}}", hash(&text));
        // The sum is the last field: it stands where the others end.
        text.truncate(text.strip_suffix(b"\n}").map_or(text.len(), <[u8]>::len));
        text.extend_from_slice(line.as_bytes());
        Ok(text)
    }

    /// The field that would lead to a file that no write of these places has touched.
    fn misleading(&self, stem: &OsStr, tree: FileTree<'_>) -> Option<&'static str> {
        let is_inside = |path: &Path| {
            let is_plain = path.components().all(|part| matches!(part, Component::RootDir | Component::Normal(_)));
            path.is_absolute()
                && is_plain
                && path.file_name().is_some()
                && tree.root().is_none_or(|root| path.starts_with(root))
        };
        let mut ids = self
            .of
            .iter()
            .chain(&self.covers)
            .chain(&self.part_of)
            .chain(self.entries().filter_map(|entry| entry.aside.as_ref()));
        let stamps = self.files.iter().flat_map(|file| [&file.before, &file.after]);
        let mut copies = stamps.chain(self.runs.iter().map(|run| &run.before)).flatten();
        let mut modes = copies.clone().map(|stamp| stamp.mode);
        let own = self.files.iter().filter(|file| file.owner == "profile");
        let mut profiles = own.flat_map(|file| [&file.before, &file.after]).flatten();
        let mut paths = self.files.iter().flat_map(|file| [&file.path, &file.target]).chain(&self.folders);
        let faults = [
            ("id", !is_name(&self.id) || OsStr::new(&self.id) != stem),
            ("profile", self.profile.parse::<ProfileName>().is_err()),
            ("of", !ids.all(|id| is_name(id))),
            ("copy", !copies.all(|stamp| is_name(&stamp.copy))),
            ("mode", modes.any(|mode| mode > 0o777)),
            ("uid", profiles.any(|stamp| is_foreign(stamp.uid))),
            ("target", !paths.all(|path| is_inside(path))),
            ("creates", !self.runs.iter().filter_map(|run| run.creates.as_deref()).all(is_inside)),
        ];
        faults.into_iter().find(|(_, is_wrong)| *is_wrong).map(|(field, _)| field)
    }

    /// Entries of stores, also of a record of an older version.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &EntryRecord> {
        self.kept.iter().chain(&self.entries)
    }

    /// Removes what was set aside of entries; says which of them stays.
    pub(crate) fn drop_asides(&self, places: &Places) -> Option<String> {
        let stays = |entry: &&EntryRecord| {
            let forget = |aside: &String| stores::forget_aside(&self.profile, &entry.place, aside, places);
            entry.aside.as_ref().is_some_and(|aside| forget(aside).is_err())
        };
        let staying: Vec<&EntryRecord> = self.entries().filter(stays).collect();
        staying.first().map(|entry| stores::entry_name(self.profile.as_str(), &entry.place))
    }

    /// Whether copies of a secret's file are gone: its secret went into another store since.
    pub(crate) fn is_forgotten(&self, places: &Places, file: &FileRecord) -> bool {
        let mut stamps = [&file.before, &file.after].into_iter().flatten();
        file.owner == "secret" && stamps.any(|stamp| !FileTree::of(places).is_there(&self.copy(places, stamp)))
    }

    fn path(&self, places: &Places) -> PathBuf {
        folder(places).join(format!("{}.json", self.id))
    }

    /// The folder of its copies.
    pub(crate) fn copies(&self, places: &Places) -> PathBuf {
        backups(places).join(&self.id)
    }

    /// The path of a copy.
    pub(crate) fn copy(&self, places: &Places, stamp: &Stamp) -> PathBuf {
        self.copies(places).join(&stamp.copy)
    }

    /// The content of a copy, if its hash is still the one of the record.
    pub(crate) fn content(&self, places: &Places, stamp: &Stamp) -> Result<Vec<u8>, JournalError> {
        let path = self.copy(places, stamp);
        let unread = FileError::read(&path);
        let copies = self.copies(places);
        let folder = if FileTree::of(places).is_folder(&copies) {
            Some(Folder::ours(&System, &copies, FileTree::of(places))?)
        } else {
            None
        };
        match folder.map(|folder| folder.look(name_of(&path))).transpose().map_err(unread)?.flatten() {
            Some(found) if stamp.has_content(&found) => Ok(found.into_bytes()),
            Some(_) => Err(JournalError::Record(path, "SHA-256".into())),
            None => Err(FileError::Read(path, io::ErrorKind::NotFound.into()).into()),
        }
    }

    /// Keeps a copy, 0600 in 0700.
    pub(crate) fn keep_copy(&self, places: &Places, volume: &dyn Volume, name: &str, bytes: &[u8]) -> Result<(), FileError> {
        let tree = FileTree::of(places);
        let copies = self.copies(places);
        make_folders(volume, &copies, 0o700, tree)?;
        replace(&Folder::ours(volume, &copies, tree)?, &copies.join(name), bytes, &Attributes::ours(TAG))
    }

    /// Writes the record.
    pub(crate) fn save(&self, places: &Places, volume: &dyn Volume) -> Result<(), FileError> {
        self.stage(places, volume)?.save()
    }

    /// Writes the record under a temporary name: to be saved when nothing else can fail any more.
    pub(crate) fn stage<'a>(&self, places: &Places, volume: &'a dyn Volume) -> Result<StagedRecord<'a>, FileError> {
        let path = self.path(places);
        let json = self.text().map_err(|error| FileError::Write(path.clone(), error.into()))?;
        make_folders(volume, &folder(places), 0o700, FileTree::of(places))?;
        let folder = Folder::ours(volume, &folder(places), FileTree::of(places))?;
        StagedRecord::new(folder, path, &json, TAG)
    }

    /// Removes the record, and then the copies.
    pub(crate) fn discard(&self, places: &Places, volume: &dyn Volume) -> Result<(), FileError> {
        let path = self.path(places);
        Folder::ours(volume, &folder(places), FileTree::of(places))?.remove(name_of(&path))?;
        self.drop_copies(places, volume);
        Ok(())
    }

    /// Removes the copies that the record no longer names.
    pub(crate) fn drop_unused(&self, places: &Places, volume: &dyn Volume) -> Result<(), FileError> {
        let stamps = self.files.iter().flat_map(|file| [&file.before, &file.after]);
        let stamps = stamps.chain(self.runs.iter().map(|run| &run.before)).flatten();
        let used: HashSet<&[u8]> = stamps.map(|stamp| stamp.copy.as_bytes()).collect();
        let copies = self.copies(places);
        if !FileTree::of(places).is_folder(&copies) {
            return Ok(());
        }
        Folder::ours(volume, &copies, FileTree::of(places))?.sweep_where(|name| !used.contains(name))
    }

    /// Removes the copies, which nothing needs any more; if that fails, the next run does it.
    pub(crate) fn drop_copies(&self, places: &Places, volume: &dyn Volume) {
        let _ = drop_folder(&self.copies(places), places, volume);
    }

    /// Removes the temporary files and the spares of a write.
    pub(crate) fn sweep(&self, places: &Places, volume: &dyn Volume) -> Result<(), FileError> {
        let tree = FileTree::of(places);
        let mut seen: Vec<&Path> = Vec::new();
        for folder in self.files.iter().map(|file| folder_of(&file.target)).filter(|folder| tree.is_folder(folder)) {
            if !seen.contains(&folder) {
                seen.push(folder);
                Folder::resolved(volume, folder, tree)?.sweep(&self.id)?;
            }
        }
        Ok(())
    }
}

/// Removes a folder of copies with the files in it.
pub(super) fn drop_folder(copies: &Path, places: &Places, volume: &dyn Volume) -> Result<(), FileError> {
    let tree = FileTree::of(places);
    if tree.is_folder(copies) {
        Folder::ours(volume, copies, tree)?.sweep_where(|_| true)?;
        Folder::ours(volume, folder_of(copies), tree)?.unmake(name_of(copies));
    }
    Ok(())
}

/// Whether a text is one plain name, as of a file in a folder of ours.
fn is_name(text: &str) -> bool {
    let mut parts = Path::new(text).components();
    matches!((parts.next(), parts.next()), (Some(Component::Normal(part)), None) if part == text) && !text.contains('\0')
}

/// The folder of all records.
pub(super) fn folder(places: &Places) -> PathBuf {
    places.state.join("journal")
}

/// The folder of the copies of all writes.
pub(super) fn backups(places: &Places) -> PathBuf {
    places.state.join("backups")
}
