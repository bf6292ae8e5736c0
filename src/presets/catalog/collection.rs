//! All files of one kind: the built-in ones, each read when it is first asked for, and a person's own, read at once.

use std::{
    borrow::Cow,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use serde::de::DeserializeOwned;

use crate::presets::{
    Cause, Distribution, DnsHost, Family, OwnFault, PresetFault, PresetSource, Provider, Receiver, Target, Words,
    builtin::Embedded,
    fault::unreadable,
    own_file,
    parse::{parse_own, read},
};
use crate::{mail::reply::escape, packed::PackedEntries};

/// What a kind of file holds.
pub(super) trait Preset: DeserializeOwned {
    /// The folder, in `presets` and in a person's configuration folder.
    const FOLDER: &'static str;

    /// Takes the key, which is the file's name, and where it was read from.
    fn set_origin(&mut self, key: String, source: PresetSource);

    /// The rank that the file gives itself.
    fn rank(&self) -> Option<u32>;
}

/// Implements [`Preset`]: the folder, the field of the key, and the rank.
macro_rules! preset {
    ($kind:ident in $folder:literal, $key:ident, $rank:expr) => {
        impl Preset for $kind {
            const FOLDER: &'static str = $folder;

            fn set_origin(&mut self, key: String, source: PresetSource) {
                self.$key = key;
                self.source = source;
            }

            fn rank(&self) -> Option<u32> {
                let rank: fn(&Self) -> Option<u32> = $rank;
                rank(self)
            }
        }
    };
}

preset!(Provider in "providers", key, |preset| preset.rank);
preset!(Target in "targets", key, |preset| preset.rank);
preset!(Cause in "causes", label, |preset| preset.rank);
preset!(Family in "families", key, |_| None);
preset!(Distribution in "distributions", key, |preset| preset.rank);
preset!(DnsHost in "dns_hosts", key, |_| None);
preset!(Receiver in "receivers", key, |_| None);
preset!(Words in "words", key, |_| None);

/// All files of one kind, in the order in which a list shows them.
#[derive(Debug)]
pub(super) struct Collection<T> {
    entries: Vec<Entry<T>>,
}

/// A file of a collection.
#[derive(Debug)]
pub(super) struct Entry<T> {
    pub(super) key: Cow<'static, str>,
    /// Its place in the list.
    rank: u32,
    /// The built-in file; none for one of a person's own.
    pub(super) embedded: Option<&'static Embedded>,
    /// The person's own file.
    pub(super) own: Option<PathBuf>,
    /// The built-in file that it replaces.
    replaced: Option<&'static Embedded>,
    /// What it says; `Err` for a built-in file that cannot be read.
    read: OnceLock<Result<T, PresetFault>>,
}

impl<T: Preset> Collection<T> {
    /// The built-in files alone.
    pub(super) fn builtin(embedded: &'static [Embedded]) -> Self {
        Self { entries: embedded.iter().map(Entry::built_in).collect() }
    }

    /// The built-in files, with a person's own from these folders over and among them: a file without a rank keeps the place
    /// of the built-in file that it replaces, or comes last. What cannot be used is passed over, and its fault is added.
    pub(super) fn with_own(embedded: &'static [Embedded], folders: &[&Path], faults: &mut Vec<OwnFault>) -> Self {
        let mut collection = Self::builtin(embedded);
        for file in folders.iter().flat_map(|folder| own_files(&folder.join(T::FOLDER))) {
            match file {
                Ok((key, path)) => collection.take_own(key, path, faults),
                Err(fault) => faults.push(OwnFault { fault, is_used: false }),
            }
        }
        collection
    }

    fn take_own(&mut self, key: String, path: PathBuf, faults: &mut Vec<OwnFault>) {
        let text = match own_file::read(&path) {
            Ok(text) => text,
            Err(fault) => return faults.push(OwnFault { fault, is_used: false }),
        };
        let source = PresetSource { file: path.display().to_string(), text };
        let (preset, wrong) = parse_own::<T>(&source);
        let is_used = preset.is_some();
        faults.extend(wrong.into_iter().map(|fault| OwnFault { fault, is_used }));
        let Some(mut preset) = preset else { return };
        preset.set_origin(key.clone(), source);
        let replaced = self.entries.iter().position(|entry| entry.key == key).map(|at| self.entries.remove(at));
        let rank = preset.rank().or(replaced.as_ref().map(|entry| entry.rank)).unwrap_or(u32::MAX);
        let replaced = replaced.and_then(|entry| entry.embedded.or(entry.replaced));
        let read = OnceLock::from(Ok(preset));
        self.insert(Entry { key: key.into(), rank, embedded: None, own: Some(path), replaced, read });
    }

    /// Passes over the person's own file at this path: what it replaced is there again. `false` where it is not one of these.
    pub(super) fn pass_over(&mut self, file: &str) -> bool {
        let is_it = |entry: &Entry<T>| entry.own.as_ref().is_some_and(|own| own.display().to_string() == file);
        let Some(at) = self.entries.iter().position(is_it) else { return false };
        if let Some(replaced) = self.entries.remove(at).replaced {
            self.insert(Entry::built_in(replaced));
        }
        true
    }

    /// Puts an entry in its place.
    fn insert(&mut self, entry: Entry<T>) {
        let at = self.entries.partition_point(|other| (other.rank, &other.key) < (entry.rank, &entry.key));
        self.entries.insert(at, entry);
    }

    /// Puts one more in front.
    pub(super) fn put_first(&mut self, key: String, preset: T) {
        let read = OnceLock::from(Ok(preset));
        self.entries.insert(0, Entry { key: key.into(), rank: 0, embedded: None, own: None, replaced: None, read });
    }

    /// Changes what a file says, where `change` does.
    pub(super) fn change(&mut self, key: &str, change: impl FnOnce(&mut T)) {
        let Some(entry) = self.entries.iter_mut().find(|entry| entry.key == key) else { return };
        entry.get();
        if let Some(Ok(preset)) = entry.read.get_mut() {
            change(preset);
        }
    }

    pub(super) fn entries(&self) -> &[Entry<T>] {
        &self.entries
    }

    /// Everything that can be read, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().filter_map(Entry::get)
    }

    /// What a person's own files say, in order, and what was put in.
    pub(super) fn own(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().filter_map(Entry::own)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.key.as_ref())
    }

    pub(super) fn get(&self, key: &str) -> Option<&T> {
        self.entry(key)?.get()
    }

    pub(super) fn entry(&self, key: &str) -> Option<&Entry<T>> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The keys of the files that were read.
    #[cfg(test)]
    pub(super) fn read_keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(|entry| entry.read.get().is_some()).map(|entry| entry.key.as_ref())
    }

    /// Built-in files that could not be read, of those that were asked for.
    pub(super) fn faults(&self) -> impl Iterator<Item = &PresetFault> {
        self.entries.iter().filter_map(|entry| entry.read.get()?.as_ref().err())
    }
}

impl<T> Entry<T> {
    fn built_in(file: &'static Embedded) -> Self {
        let key = file.key.into();
        Self { key, rank: file.rank, embedded: Some(file), own: None, replaced: None, read: OnceLock::new() }
    }
}

impl<T: Preset> Entry<T> {
    /// What is in no built-in file: what a person's own says, or what was put in.
    pub(super) fn own(&self) -> Option<&T> {
        if self.embedded.is_some() { None } else { self.get() }
    }

    pub(super) fn get(&self) -> Option<&T> {
        let read = self.read.get_or_init(|| {
            let file = format!("{}/{}.toml", T::FOLDER, self.key);
            let mut preset: T = read(&file, self.embedded.map_or(PackedEntries::of(""), Embedded::table))?;
            preset.set_origin(self.key.to_string(), PresetSource { file, text: String::new() });
            Ok(preset)
        });
        read.as_ref().ok()
    }
}

/// A person's own files of one kind, by key, in order; a fault for what cannot be one.
fn own_files(folder: &Path) -> Vec<Result<(String, PathBuf), PresetFault>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => return vec![Err(unreadable(folder, error))],
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    paths.sort_by(|a, b| a.as_ref().ok().cmp(&b.as_ref().ok()));
    let file = |path: std::io::Result<PathBuf>| {
        let path = match path {
            Ok(path) => path,
            Err(error) => return Some(Err(unreadable(folder, error))),
        };
        if path.extension().is_none_or(|ending| ending != "toml") {
            return None;
        }
        let key = path.file_stem().and_then(|stem| stem.to_str()).filter(|stem| escape(stem) == *stem).map(str::to_owned);
        let cause = "the name of a preset's file has to be plain text".into();
        let fault = || PresetFault { file: path.display().to_string(), line: None, cause, nearest: None };
        Some(key.ok_or_else(fault).map(|key| (key, path.clone())))
    };
    paths.into_iter().filter_map(file).collect()
}
