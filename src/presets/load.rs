//! Loading: a person's own files over the built-in ones; unknown keys refused with file, line and the nearest known key.

use std::{path::Path, sync::OnceLock};

use serde::de::DeserializeOwned;

use super::{
    Cause, EgressFacts, Family, Gateways, Lang, Languages, Marks, PresetFault, Provider, Target, Text, Words, builtin,
    domains::{Domains, Exchangers},
    fault::unreadable,
    shelf::Shelf,
};
use crate::mail::word::nearest;

/// The files that are no folder.
const EGRESS: &str = "egress.toml";
const GATEWAYS: &str = "gateways.toml";

/// Everything that mailsetup knows: a built-in file is read when it is first asked for.
#[derive(Debug)]
pub struct Catalog {
    providers: Shelf<Provider>,
    targets: Shelf<Target>,
    causes: Shelf<Cause>,
    families: Shelf<Family>,
    words: Shelf<Words>,
    egress: Single<EgressFacts>,
    gateways: Single<Gateways>,
    domains: OnceLock<Domains>,
    exchangers: OnceLock<Exchangers>,
    languages: Languages,
}

impl Default for Catalog {
    fn default() -> Self {
        Self::builtin()
    }
}

impl Catalog {
    /// The built-in files alone.
    pub fn builtin() -> Self {
        Self {
            providers: Shelf::builtin(builtin::PROVIDERS),
            targets: Shelf::builtin(builtin::TARGETS),
            causes: Shelf::builtin(builtin::CAUSES),
            families: Shelf::builtin(builtin::FAMILIES),
            words: Shelf::builtin(builtin::WORDS),
            egress: Single::default(),
            gateways: Single::default(),
            domains: OnceLock::new(),
            exchangers: OnceLock::new(),
            languages: Languages::default(),
        }
    }

    /// The built-in files, with a person's own from `folder` (which has `providers`, `targets`, `causes`, `families`, `words`,
    /// `egress.toml` and `gateways.toml`) over them.
    ///
    /// # Errors
    /// The first file that cannot be used.
    pub fn with_overrides(folder: &Path) -> Result<Self, PresetFault> {
        let catalog = Self {
            providers: Shelf::with_own(builtin::PROVIDERS, folder)?,
            targets: Shelf::with_own(builtin::TARGETS, folder)?,
            causes: Shelf::with_own(builtin::CAUSES, folder)?,
            families: Shelf::with_own(builtin::FAMILIES, folder)?,
            words: Shelf::with_own(builtin::WORDS, folder)?,
            ..Self::builtin()
        };
        catalog.egress.take(&folder.join(EGRESS))?;
        catalog.gateways.take(&folder.join(GATEWAYS))?;
        Ok(catalog)
    }

    /// The same with one more provider in front of the others.
    #[must_use]
    pub fn with_provider(mut self, provider: Provider) -> Self {
        self.providers.put_first(provider.key.clone(), provider);
        self.domains = OnceLock::new();
        self.exchangers = OnceLock::new();
        self
    }

    /// The same with these languages.
    #[must_use]
    pub fn with_languages(self, languages: Languages) -> Self {
        Self { languages, ..self }
    }

    /// The languages that there are.
    pub fn languages(&self) -> &Languages {
        &self.languages
    }

    /// The sentences of a language.
    pub fn text(&self, lang: Lang) -> Text {
        self.languages.text(lang)
    }

    /// Every provider, in the order in which a list shows them.
    pub fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.providers.iter()
    }

    /// The key of every provider, without reading their files.
    pub fn provider_keys(&self) -> impl Iterator<Item = &str> {
        self.providers.keys()
    }

    /// Every target, in the order in which a list shows them.
    pub fn targets(&self) -> impl Iterator<Item = &Target> {
        self.targets.iter()
    }

    /// The key of every target, without reading their files.
    pub fn target_keys(&self) -> impl Iterator<Item = &str> {
        self.targets.keys()
    }

    /// Every cause.
    pub fn causes(&self) -> impl Iterator<Item = &Cause> {
        self.causes.iter()
    }

    /// The faults that clients report in words of their own, in the order in which they count.
    pub fn faults_in_words(&self) -> &'static [&'static str] {
        builtin::FAULTS.list("order")
    }

    /// What clients say, with the fault that each word reports.
    pub fn words(&self) -> impl Iterator<Item = (&str, &str)> {
        self.words.entries().iter().flat_map(|entry| {
            let built_in = entry.embedded.into_iter().flat_map(|file| file.lists);
            let built_in = built_in.flat_map(|(fault, words)| words.iter().map(move |word| (*fault, *word)));
            let own = entry.own().into_iter().flat_map(|own| &own.words);
            built_in.chain(own.flat_map(|(fault, words)| words.iter().map(move |word| (fault.as_str(), word.as_str()))))
        })
    }

    /// What a diagnosis knows providers and families by. A person's own provider adds to what is known of the built-in one.
    pub fn marks(&self) -> impl Iterator<Item = Marks<'_>> {
        let own = self.providers.entries().iter().filter_map(|entry| entry.own()).map(Marks::of_provider);
        let families = self.families.entries().iter().filter_map(|entry| match entry.embedded {
            Some(file) => Some(Marks::of_built_in_family(file)),
            None => entry.own().map(Marks::of_family),
        });
        builtin::PROVIDERS.iter().map(Marks::of_built_in_provider).chain(own).chain(families)
    }

    /// What is known of networks that block mail.
    pub fn egress(&self) -> &EgressFacts {
        self.egress.get(EGRESS, builtin::EGRESS)
    }

    /// Filters that take mail in front of its hoster.
    pub fn gateways(&self) -> &Gateways {
        self.gateways.get(GATEWAYS, builtin::GATEWAYS)
    }

    /// Built-in files that could not be read, of those that were asked for; a test holds this to be none.
    pub fn faults(&self) -> Vec<&PresetFault> {
        let folders = self.providers.faults().chain(self.targets.faults()).chain(self.causes.faults());
        let folders = folders.chain(self.families.faults()).chain(self.words.faults());
        folders.chain(self.egress.fault()).chain(self.gateways.fault()).collect()
    }

    /// A provider by key.
    pub fn provider(&self, key: &str) -> Option<&Provider> {
        self.providers.get(key)
    }

    /// The provider whose own e-mail domain this is, in the form that DNS takes; case does not matter.
    pub fn provider_of_domain(&self, domain: &str) -> Option<&Provider> {
        let key = self.domains.get_or_init(|| Domains::of(&self.providers)).owner(domain)?;
        self.provider(key)
    }

    /// The provider whose MX host this is, by the longest suffix.
    pub fn provider_of_mx(&self, host: &str) -> Option<&Provider> {
        let key = self.exchangers.get_or_init(|| Exchangers::of(&self.providers)).owner(host)?;
        self.provider(key)
    }

    /// The person's own file that a provider comes from; `None` for a built-in one.
    pub fn own_file(&self, key: &str) -> Option<&Path> {
        self.providers.entry(key)?.own.as_deref()
    }

    /// The targets that are a person's own.
    pub fn own_targets(&self) -> impl Iterator<Item = &Target> {
        self.targets.own()
    }

    /// A target by key.
    pub fn target(&self, key: &str) -> Option<&Target> {
        self.targets.get(key)
    }
}

/// A file that stands alone: a person's own one, or the built-in one, read when it is first asked for.
#[derive(Debug)]
struct Single<T>(OnceLock<(T, Option<PresetFault>)>);

impl<T> Default for Single<T> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<T: DeserializeOwned + Default> Single<T> {
    /// Takes a person's own file, where there is one.
    fn take(&self, own: &Path) -> Result<(), PresetFault> {
        if own.is_file() {
            let source = std::fs::read_to_string(own).map_err(|error| unreadable(own, &error))?;
            let _ = self.0.set((parse(&own.display().to_string(), &source)?, None));
        }
        Ok(())
    }

    fn get(&self, name: &str, source: &str) -> &T {
        let read = || match parse(name, source) {
            Ok(facts) => (facts, None),
            Err(fault) => (T::default(), Some(fault)),
        };
        &self.0.get_or_init(read).0
    }

    fn fault(&self) -> Option<&PresetFault> {
        self.0.get().and_then(|(_, fault)| fault.as_ref())
    }
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

/// The known word that is nearest to the unknown one, from serde's ``unknown field `x`, expected one of `a`, `b` ``, or
/// `variant` for a word in a value.
fn nearest_key(message: &str) -> Option<String> {
    let rest = message.strip_prefix("unknown field `").or_else(|| message.strip_prefix("unknown variant `"))?;
    let (unknown, known) = rest.split_once('`')?;
    let known = known.split('`').skip(1).step_by(2);
    nearest(unknown, known).map(str::to_owned)
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

    #[test]
    fn an_unknown_word_names_file_line_and_the_nearest() {
        let source = "name = 'X'\n\n[[file]]\nid = 'x'\nmode = '0600'\nmerge = 'keys'\nformat = 'yalm'\ntemplate = ''\n";
        let fault = parse::<Target>("x.toml", source).unwrap_err();
        assert_eq!((fault.line, fault.nearest.as_deref()), (Some(7), Some("yaml")));
    }
}
