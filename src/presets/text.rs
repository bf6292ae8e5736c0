//! Sentences: `presets/text/*.ftl`, one file a language, chosen once.

use std::borrow::Cow;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use unic_langid::LanguageIdentifier;

use super::builtin::TEXTS;
use crate::phrase::Phrase;

/// A language that every sentence exists in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
}

impl Lang {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::En, Self::Fr];

    /// The word that `--lang` takes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
        }
    }

    /// The language of a locale name such as `fr_FR.UTF-8`; `None` for one that is not spoken here.
    pub fn of_locale(locale: &str) -> Option<Self> {
        let language = locale.split(['_', '-', '.', '@']).next()?;
        Self::ALL.into_iter().find(|lang| lang.as_str().eq_ignore_ascii_case(language))
    }

    fn source(self) -> &'static str {
        TEXTS.iter().find(|file| file.key == self.as_str()).map_or("", |file| file.text)
    }
}

/// The sentences of one language.
pub struct Text {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
}

impl Text {
    /// Reads the sentences of a language.
    pub fn new(lang: Lang) -> Self {
        // The built-in files are checked by a test; what does parse of a damaged one is still of use.
        let resource = match FluentResource::try_new(lang.source().to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        let id: LanguageIdentifier = lang.as_str().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new(vec![id]);
        // Terminals show the isolation marks as boxes.
        bundle.set_use_isolating(false);
        let _ = bundle.add_resource(resource);
        Self { lang, bundle }
    }

    /// Which language this is.
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// Whether a message exists.
    pub fn has(&self, id: &str) -> bool {
        self.bundle.has_message(id)
    }

    /// The sentence for a phrase.
    pub fn say(&self, phrase: &Phrase) -> String {
        if phrase.inner.is_empty() {
            return self.format(phrase.id, &phrase.args).into_owned();
        }
        let mut args = phrase.args.clone();
        args.extend(phrase.inner.iter().map(|(name, inner)| (*name, self.say(inner))));
        self.format(phrase.id, &args).into_owned()
    }

    /// The sentence of a message that takes no arguments, by name. A message that does not exist is shown by its name.
    pub fn get(&self, id: &str) -> String {
        self.format(id, &[]).into_owned()
    }

    fn format<'a>(&'a self, id: &'a str, args: &[(&'static str, String)]) -> Cow<'a, str> {
        let Some(pattern) = self.bundle.get_message(id).and_then(|message| message.value()) else {
            return Cow::Borrowed(id);
        };
        let mut arguments = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            // Numbers are passed as numbers so that plural forms work.
            match value.parse::<u32>() {
                Ok(number) if number.to_string() == *value => arguments.set(*name, number),
                _ => arguments.set(*name, value.as_str()),
            }
        }
        let mut errors = Vec::new();
        Cow::Owned(self.bundle.format_pattern(pattern, Some(&arguments), &mut errors).into_owned())
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Text({})", self.lang.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales() {
        assert_eq!(Lang::of_locale("fr_FR.UTF-8"), Some(Lang::Fr));
        assert_eq!(Lang::of_locale("en"), Some(Lang::En));
        assert_eq!(Lang::of_locale("C.UTF-8"), None);
    }
}
