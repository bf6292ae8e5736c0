//! A kind of preset of which there is one file.

use std::{path::Path, sync::OnceLock};

use serde::de::DeserializeOwned;

use crate::presets::{
    OwnFault, PresetFault, PresetSource,
    builtin::Embedded,
    own_file,
    parse::{parse_own, read},
};

/// What is wrong with the words of a preset.
type OwnFileCheck<'a, T> = &'a dyn Fn(&T, &PresetSource) -> Vec<PresetFault>;

/// A single file: a person's own one, or the built-in one, read when it is first asked for.
#[derive(Debug)]
pub(super) struct Single<T>(OnceLock<(T, Option<PresetFault>)>);

impl<T> Default for Single<T> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<T: DeserializeOwned + Default> Single<T> {
    /// Takes a person's own file, where there is one, unless `check` finds a fault in it. Its faults are added.
    pub(super) fn take(&self, own: &Path, check: OwnFileCheck<'_, T>, faults: &mut Vec<OwnFault>) {
        if own.symlink_metadata().is_err() {
            return;
        }
        let text = match own_file::read(own) {
            Ok(text) => text,
            Err(fault) => return faults.push(OwnFault { fault, is_used: false }),
        };
        let source = PresetSource { file: own.display().to_string(), text };
        let (preset, mut wrong) = parse_own::<T>(&source);
        let slips = preset.as_ref().map(|preset| check(preset, &source)).unwrap_or_default();
        let preset = preset.filter(|_| slips.is_empty());
        wrong.extend(slips);
        let is_used = preset.is_some();
        faults.extend(wrong.into_iter().map(|fault| OwnFault { fault, is_used }));
        if let Some(preset) = preset {
            let _ = self.0.set((preset, None));
        }
    }

    pub(super) fn get(&self, name: &str, built_in: &Embedded) -> &T {
        let read = || match read(name, built_in.table()) {
            Ok(facts) => (facts, None),
            Err(fault) => (T::default(), Some(fault)),
        };
        &self.0.get_or_init(read).0
    }

    pub(super) fn fault(&self) -> Option<&PresetFault> {
        self.0.get().and_then(|(_, fault)| fault.as_ref())
    }
}
