//! All files of one kind: the built-in ones, each read when it is first asked for, and a person's own, read at once.

use std::{
    borrow::Cow,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use serde::de::DeserializeOwned;

use crate::presets::{
    Cause, Family, PresetFault, PresetSource, Provider, Target, Words, builtin::Embedded, fault::unreadable, parse,
};

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
    /// What it says; `Err` for a built-in file that cannot be read.
    read: OnceLock<Result<T, PresetFault>>,
}

impl<T: Preset> Collection<T> {
    /// The built-in files alone.
    pub(super) fn builtin(embedded: &'static [Embedded]) -> Self {
        let entry = |file: &'static Embedded| Entry {
            key: file.key.into(),
            rank: file.rank,
            embedded: Some(file),
            own: None,
            read: OnceLock::new(),
        };
        Self { entries: embedded.iter().map(entry).collect() }
    }

    /// The built-in files, with a person's own from `folder` over and among them: a file without a rank keeps the place
    /// of the built-in file that it replaces, or comes last.
    ///
    /// # Errors
    /// The first file of the person's that cannot be used.
    pub(super) fn with_own(embedded: &'static [Embedded], folder: &Path) -> Result<Self, PresetFault> {
        let mut collection = Self::builtin(embedded);
        for (key, path) in own_files(&folder.join(T::FOLDER))? {
            let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
            let source = PresetSource { file: path.display().to_string(), text: text.into() };
            let mut preset: T = parse(&source.file, &source.text)?;
            preset.set_origin(key.clone(), source);
            let replaced =
                collection.entries.iter().position(|entry| entry.key == key).map(|at| collection.entries.remove(at));
            let rank = preset.rank().or(replaced.map(|entry| entry.rank)).unwrap_or(u32::MAX);
            let at = collection.entries.partition_point(|entry| (entry.rank, &*entry.key) < (rank, &key));
            let read = OnceLock::from(Ok(preset));
            collection.entries.insert(at, Entry { key: key.into(), rank, embedded: None, own: Some(path), read });
        }
        Ok(collection)
    }

    /// Puts one more in front.
    pub(super) fn put_first(&mut self, key: String, preset: T) {
        self.entries
            .insert(0, Entry { key: key.into(), rank: 0, embedded: None, own: None, read: OnceLock::from(Ok(preset)) });
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

    /// Built-in files that could not be read, of those that were asked for.
    pub(super) fn faults(&self) -> impl Iterator<Item = &PresetFault> {
        self.entries.iter().filter_map(|entry| entry.read.get()?.as_ref().err())
    }
}

impl<T: Preset> Entry<T> {
    /// What is in no built-in file: what a person's own says, or what was put in.
    pub(super) fn own(&self) -> Option<&T> {
        if self.embedded.is_some() { None } else { self.get() }
    }

    pub(super) fn get(&self) -> Option<&T> {
        let read = self.read.get_or_init(|| {
            let text = self.embedded.map_or("", |file| file.text);
            let source = PresetSource { file: format!("{}/{}.toml", T::FOLDER, self.key), text: text.into() };
            let mut preset: T = parse(&source.file, text)?;
            preset.set_origin(self.key.to_string(), source);
            Ok(preset)
        });
        read.as_ref().ok()
    }
}

/// A person's own files of one kind, by key, in order.
fn own_files(folder: &Path) -> Result<Vec<(String, PathBuf)>, PresetFault> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
        let path = entry.map_err(|error| unreadable(folder, &error))?.path();
        if path.extension().is_some_and(|ending| ending == "toml")
            && let Some(key) = path.file_stem().and_then(|stem| stem.to_str())
        {
            files.push((key.to_owned(), path.clone()));
        }
    }
    files.sort();
    Ok(files)
}
