//! A kind of preset of which there is one file.

use std::{path::Path, sync::OnceLock};

use serde::de::DeserializeOwned;

use crate::presets::{PresetFault, PresetSource, fault::unreadable, parse};

/// What is wrong with the words of a preset.
type OwnFileCheck<T> = fn(&T, &PresetSource) -> Vec<PresetFault>;

/// A single file: a person's own one, or the built-in one, read when it is first asked for.
#[derive(Debug)]
pub(super) struct Single<T>(OnceLock<(T, Option<PresetFault>)>);

impl<T> Default for Single<T> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<T: DeserializeOwned + Default> Single<T> {
    /// Takes a person's own file, where there is one, unless `check` finds a fault in it.
    pub(super) fn take(&self, own: &Path, check: OwnFileCheck<T>) -> Result<(), PresetFault> {
        if own.is_file() {
            let text = std::fs::read_to_string(own).map_err(|error| unreadable(own, &error))?;
            let source = PresetSource { file: own.display().to_string(), text: text.into() };
            let preset: T = parse(&source.file, &source.text)?;
            if let Some(fault) = check(&preset, &source).into_iter().next() {
                return Err(fault);
            }
            let _ = self.0.set((preset, None));
        }
        Ok(())
    }

    pub(super) fn get(&self, name: &str, source: &str) -> &T {
        let read = || match parse(name, source) {
            Ok(facts) => (facts, None),
            Err(fault) => (T::default(), Some(fault)),
        };
        &self.0.get_or_init(read).0
    }

    pub(super) fn fault(&self) -> Option<&PresetFault> {
        self.0.get().and_then(|(_, fault)| fault.as_ref())
    }
}
