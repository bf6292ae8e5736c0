//! The sentences of a language as Fluent has them; a built-in one is parsed when it is first said.

use std::cell::{OnceCell, RefCell};

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use unic_langid::LanguageIdentifier;

use super::{
    Lang,
    builtin::{self, Embedded},
};

pub(super) type Bundle = FluentBundle<FluentResource>;

/// The built-in sentences of a language.
pub(super) struct BuiltInSentences {
    file: &'static Embedded,
    /// Their sources by their names, in the order of the names; unpacked when one is first asked for.
    sources: OnceCell<Vec<(&'static str, &'static str)>>,
    /// Those that were said.
    parsed: RefCell<Bundle>,
}

impl BuiltInSentences {
    /// Those of a language, where it is built in.
    pub(super) fn of(lang: Lang) -> Option<Self> {
        let file = builtin::TEXTS.iter().find(|file| file.key == lang.as_str())?;
        Some(Self { file, sources: OnceCell::new(), parsed: RefCell::new(empty(lang)) })
    }

    /// Whether there is a sentence of this name.
    pub(super) fn has(&self, id: &str) -> bool {
        self.source(id).is_some()
    }

    /// The text of a sentence, and whether every argument in it is known.
    pub(super) fn say(&self, id: &str, arguments: &FluentArgs<'_>) -> Option<(String, bool)> {
        if !self.parsed.borrow().has_message(id) {
            // The built-in files are checked by a test; what does parse of a damaged one is still of use.
            add(&mut self.parsed.borrow_mut(), self.source(id)?, |_, _| ());
        }
        say(&self.parsed.borrow(), id, arguments)
    }

    fn sources(&self) -> &[(&'static str, &'static str)] {
        self.sources.get_or_init(|| self.file.messages().collect())
    }

    fn source(&self, id: &str) -> Option<&'static str> {
        let at = self.sources().binary_search_by(|(name, _)| (*name).cmp(id)).ok()?;
        self.sources().get(at).map(|(_, source)| *source)
    }
}

/// The text of a sentence, and whether every argument in it is known.
pub(super) fn say(sentences: &Bundle, id: &str, arguments: &FluentArgs<'_>) -> Option<(String, bool)> {
    let pattern = sentences.get_message(id)?.value()?;
    let mut errors = Vec::new();
    let said = sentences.format_pattern(pattern, Some(arguments), &mut errors).into_owned();
    Some((said, errors.is_empty()))
}

/// The sentences of a file, and a fault for each that cannot be understood, made from its place and cause.
pub(super) fn bundle<Fault>(lang: Lang, source: &str, fault: impl Fn(usize, String) -> Fault) -> (Bundle, Vec<Fault>) {
    let mut sentences = empty(lang);
    let faults = add(&mut sentences, source, fault);
    (sentences, faults)
}

fn empty(lang: Lang) -> Bundle {
    let id: LanguageIdentifier = lang.as_str().parse().unwrap_or_default();
    let mut sentences = FluentBundle::new(vec![id]);
    // Terminals show the isolation marks as boxes.
    sentences.set_use_isolating(false);
    sentences
}

fn add<Fault>(sentences: &mut Bundle, source: &str, fault: impl Fn(usize, String) -> Fault) -> Vec<Fault> {
    let (resource, faults) = match FluentResource::try_new(source.to_owned()) {
        Ok(resource) => (resource, Vec::new()),
        Err((resource, faults)) => (resource, faults),
    };
    let _ = sentences.add_resource(resource);
    faults.iter().map(|error| fault(error.pos.start, error.to_string())).collect()
}

#[cfg(test)]
mod tests {
    use fluent_bundle::{
        FluentError,
        resolver::{ResolverError, errors::ReferenceKind},
    };

    use super::*;

    #[test]
    fn each_built_in_sentence_is_whole_by_itself() {
        for lang in Lang::builtin() {
            let sentences = BuiltInSentences::of(lang).unwrap();
            assert!(sentences.sources().is_sorted_by(|(one, _), (other, _)| one < other));
            for (name, source) in sentences.sources() {
                let (alone, faults) = bundle(lang, source, |_, cause| cause);
                assert!(faults.is_empty(), "{lang} {name}: {faults:?}");
                let mut errors = Vec::new();
                let pattern = alone.get_message(name).and_then(|message| message.value()).unwrap();
                let said = alone.format_pattern(pattern, None, &mut errors);
                let is_argument = |error: &FluentError| {
                    matches!(error, FluentError::ResolverError(ResolverError::Reference(ReferenceKind::Variable { .. })))
                };
                assert!(!said.is_empty() && errors.iter().all(is_argument), "{lang} {name}: {errors:?}");
            }
        }
    }
}
