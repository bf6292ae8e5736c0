//! Loading: a person's own files over the built-in ones; unknown keys refused with file, line and the nearest known key.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use serde::de::DeserializeOwned;

use super::{Cause, EgressFacts, Provider, Target, builtin};

/// The folders of a person's own files.
const KINDS: [&str; 3] = ["providers", "targets", "causes"];
/// The one file that is no folder.
const EGRESS: &str = "egress.toml";

/// A preset file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresetFault {
    /// The file: a path of the person's, or the built-in file's name.
    pub file: String,
    /// Line, from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong, as the parser says it.
    pub cause: String,
    /// The known key that is nearest to an unknown one.
    pub nearest: Option<String>,
}

impl fmt::Display for PresetFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.cause),
            None => write!(f, "{}: {}", self.file, self.cause),
        }
    }
}

impl std::error::Error for PresetFault {}

/// Everything that mailsetup knows: each kind is read when it is first asked for.
#[derive(Debug, Default)]
pub struct Catalog {
    overrides: Option<PathBuf>,
    /// A provider in front of the files' own.
    first: Option<Provider>,
    providers: OnceLock<Vec<Provider>>,
    targets: OnceLock<Vec<Target>>,
    causes: OnceLock<Vec<Cause>>,
    egress: OnceLock<EgressFacts>,
    faults: OnceLock<Vec<PresetFault>>,
}

impl Catalog {
    /// The built-in files alone.
    pub fn builtin() -> Self {
        Self::default()
    }

    /// The built-in files, with a person's own from `folder` (which has `providers`, `targets`, `causes` and `egress.toml`)
    /// over them.
    ///
    /// # Errors
    /// The first file that cannot be used.
    pub fn with_overrides(folder: &Path) -> Result<Self, PresetFault> {
        let catalog = Self {
            overrides: KINDS.iter().any(|kind| folder.join(kind).is_dir()).then(|| folder.to_owned()),
            ..Self::default()
        };
        if catalog.overrides.is_some() {
            let providers =
                catalog.read("providers", builtin::PROVIDERS, |provider: &mut Provider, key| provider.key = key)?;
            let targets = catalog.read("targets", builtin::TARGETS, |target: &mut Target, key| target.key = key)?;
            let causes = catalog.read("causes", builtin::CAUSES, |cause: &mut Cause, key| cause.label = key)?;
            let _ = catalog.providers.set(providers);
            let _ = catalog.targets.set(targets);
            let _ = catalog.causes.set(causes);
        }
        let own = folder.join(EGRESS);
        if own.is_file() {
            let source = std::fs::read_to_string(&own).map_err(|error| unreadable(&own, &error))?;
            let _ = catalog.egress.set(parse(&own.display().to_string(), &source)?);
        }
        Ok(catalog)
    }

    /// The same with one more provider in front of the others.
    #[must_use]
    pub fn with_provider(mut self, provider: Provider) -> Self {
        if let Some(read) = self.providers.get_mut() {
            read.insert(0, provider.clone());
        }
        self.first = Some(provider);
        self
    }

    /// Every provider, in the order in which a list shows them.
    pub fn providers(&self) -> &[Provider] {
        self.providers.get_or_init(|| {
            let mut providers =
                self.read_builtin("providers", builtin::PROVIDERS, |provider: &mut Provider, key| provider.key = key);
            providers.splice(..0, self.first.clone());
            providers
        })
    }

    /// Every target, in the order in which a list shows them.
    pub fn targets(&self) -> &[Target] {
        self.targets
            .get_or_init(|| self.read_builtin("targets", builtin::TARGETS, |target: &mut Target, key| target.key = key))
    }

    /// Every cause.
    pub fn causes(&self) -> &[Cause] {
        self.causes.get_or_init(|| self.read_builtin("causes", builtin::CAUSES, |cause: &mut Cause, key| cause.label = key))
    }

    /// What is known of networks that block mail.
    pub fn egress(&self) -> &EgressFacts {
        self.egress.get_or_init(|| {
            parse(EGRESS, builtin::EGRESS).unwrap_or_else(|fault| {
                let _ = self.faults.set(vec![fault]);
                EgressFacts::default()
            })
        })
    }

    /// Built-in files that could not be read; a test holds this to be none.
    pub fn faults(&self) -> &[PresetFault] {
        self.faults.get().map_or(&[], Vec::as_slice)
    }

    /// A provider by key.
    pub fn provider(&self, key: &str) -> Option<&Provider> {
        // As long as nothing is chosen, which is when the wizard draws its first page, no file need be read.
        if key.is_empty() { None } else { self.find_provider(|provider| provider.key == key) }
    }

    /// The provider whose own e-mail domain this is.
    pub fn provider_of_domain(&self, domain: &str) -> Option<&Provider> {
        self.find_provider(|provider| provider.owns(domain))
    }

    fn find_provider(&self, wanted: impl Fn(&Provider) -> bool) -> Option<&Provider> {
        let first = self.first.as_ref().filter(|provider| wanted(provider));
        first.or_else(|| self.providers().iter().find(|provider| wanted(provider)))
    }

    /// A target by key.
    pub fn target(&self, key: &str) -> Option<&Target> {
        self.targets().iter().find(|target| target.key == key)
    }

    fn read_builtin<T: DeserializeOwned>(
        &self,
        folder: &str,
        embedded: builtin::Embedded,
        name: fn(&mut T, String),
    ) -> Vec<T> {
        self.read(folder, embedded, name).unwrap_or_else(|fault| {
            let _ = self.faults.set(vec![fault]);
            Vec::new()
        })
    }

    fn read<T: DeserializeOwned>(
        &self,
        folder: &str,
        embedded: builtin::Embedded,
        name: fn(&mut T, String),
    ) -> Result<Vec<T>, PresetFault> {
        let mut all = Vec::with_capacity(embedded.len());
        let mut own = self.own_files(folder)?;
        for (key, source) in embedded {
            let mut preset = match own.iter().position(|(own_key, _, _)| own_key == key) {
                Some(index) => {
                    let (_, path, source) = own.remove(index);
                    parse(&path.display().to_string(), &source)?
                }
                None => parse(&format!("{folder}/{key}.toml"), source)?,
            };
            name(&mut preset, (*key).to_owned());
            all.push(preset);
        }
        for (key, path, source) in own {
            let mut preset = parse(&path.display().to_string(), &source)?;
            name(&mut preset, key);
            all.push(preset);
        }
        Ok(all)
    }

    /// A person's own files of one kind, by key: key, path and content.
    fn own_files(&self, folder: &str) -> Result<Vec<(String, PathBuf, String)>, PresetFault> {
        let Some(folder) = self.overrides.as_ref().map(|overrides| overrides.join(folder)).filter(|folder| folder.is_dir())
        else {
            return Ok(Vec::new());
        };
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))? {
            let path = entry.map_err(|error| unreadable(&folder, &error))?.path();
            if path.extension().is_some_and(|ending| ending == "toml")
                && let Some(key) = path.file_stem().and_then(|stem| stem.to_str())
            {
                let source = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
                files.push((key.to_owned(), path.clone(), source));
            }
        }
        files.sort();
        Ok(files)
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> PresetFault {
    PresetFault { file: path.display().to_string(), line: None, cause: error.to_string(), nearest: None }
}

/// Parses a TOML file; a fault says where and names the nearest known key.
///
/// # Errors
/// What is wrong, with the line.
pub fn parse<T: DeserializeOwned>(file: &str, source: &str) -> Result<T, PresetFault> {
    toml::from_str(source).map_err(|error| {
        let line = error.span().map(|span| source[..span.start.min(source.len())].matches('\n').count() + 1);
        PresetFault { file: file.to_owned(), line, cause: error.message().to_owned(), nearest: nearest_key(error.message()) }
    })
}

/// The known key that is nearest to the unknown one, from serde's ``unknown field `x`, expected one of `a`, `b` ``.
fn nearest_key(message: &str) -> Option<String> {
    let rest = message.strip_prefix("unknown field `")?;
    let (unknown, known) = rest.split_once('`')?;
    let known = known.split('`').skip(1).step_by(2);
    nearest(unknown, known).map(str::to_owned)
}

/// The word that is nearest to `typed`, when it is near enough to be a slip.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|word| (strsim::osa_distance(typed, word), word))
        .filter(|(distance, word)| *distance <= 2.max(word.len() / 3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_names_file_line_and_the_nearest() {
        let source = "name = 'X'\ncategory = 'relay'\nchecked = '2026-11'\n\n[en]\nsumary = 'x'\n[fr]\nsummary = 'x'\n";
        let fault = parse::<Provider>("x.toml", source).unwrap_err();
        assert_eq!((fault.line, fault.nearest.as_deref()), (Some(6), Some("summary")));
    }
}
