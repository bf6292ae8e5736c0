//! Bundle: `presets/text/*.ftl`, one file a language, chosen once. What a language lacks is said in English.

use std::{cell::OnceCell, fmt, path::Path};

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use unic_langid::LanguageIdentifier;

use super::{
    Lang, PresetFault,
    builtin::{self, Embedded},
    own_file,
    text_check::slips,
};
use crate::{
    mail::{
        reply::escape_lines,
        yes_no::{YesNoFault, YesNoWords},
    },
    phrase::Phrase,
};

/// The sentences of one language; what it lacks is said in English.
pub struct Text {
    lang: Lang,
    /// The person's own file, which goes before the built-in one.
    own: Option<Bundle>,
    builtin: Option<Bundle>,
    /// Read when a sentence is missing for the first time.
    english: OnceCell<Option<Bundle>>,
    yes_no: OnceCell<(String, String)>,
    faults: Vec<PresetFault>,
}

type Bundle = FluentBundle<FluentResource>;

impl Text {
    /// Reads the built-in sentences of a language.
    pub fn new(lang: Lang) -> Self {
        let builtin = built_in(lang);
        Self { lang, own: None, builtin, english: OnceCell::new(), yes_no: OnceCell::new(), faults: Vec::new() }
    }

    /// The same, with those of a person's own file over them. What cannot be understood there is passed over.
    pub(super) fn with_own(lang: Lang, file: &Path) -> Self {
        let mut text = Self::new(lang);
        match own_file::read(file) {
            Ok(source) => {
                let name = file.display().to_string();
                let fault = |at: usize, cause: String| PresetFault {
                    file: name.clone(),
                    line: Some(source.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1),
                    cause: cause.into(),
                    nearest: None,
                };
                if let Some(at) = too_deep(&source) {
                    text.faults.push(fault(at, "nested too deeply".to_owned()));
                } else {
                    let (sentences, faults) = bundle(lang, &source, fault);
                    text.own = Some(sentences);
                    text.faults = faults;
                    text.faults.extend(slips(&name, &source));
                }
            }
            Err(fault) => text.faults.push(fault),
        }
        text
    }

    /// Which language this is.
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// What cannot be understood in the person's own file.
    pub fn faults(&self) -> &[PresetFault] {
        &self.faults
    }

    /// Whether the language itself has a message.
    pub fn has(&self, id: &str) -> bool {
        self.own.iter().chain(&self.builtin).any(|sentences| sentences.has_message(id))
    }

    /// The sentence for a phrase.
    pub fn say(&self, phrase: &Phrase) -> String {
        if phrase.inner.is_none() {
            return self.format(phrase.id, &phrase.args);
        }
        let mut args = phrase.args.clone();
        args.extend(phrase.inner.iter().map(|inner| (inner.0, self.say(&inner.1))));
        self.format(phrase.id, &args)
    }

    /// The sentence of a message that takes no arguments, by name. A message that does not exist is shown by its name.
    pub fn get(&self, id: &str) -> String {
        self.format(id, &[])
    }

    /// What says yes and no in this language.
    pub fn yes_no(&self) -> YesNoWords<'_> {
        let (yes, no) = self.yes_no.get_or_init(|| (self.get("yes-words"), self.get("no-words")));
        YesNoWords { yes, no }
    }

    /// Whether a variable or an answers file says yes: it may have been written in another language than the one spoken now.
    ///
    /// # Errors
    /// It says neither yes nor no in any built-in language.
    pub fn yes_or_no(&self, typed: &str) -> Result<bool, YesNoFault> {
        let in_another = || builtin::TEXTS.iter().find_map(|file| yes_no_of(file).parse(typed).ok());
        self.yes_no().parse(typed).or_else(|fault| in_another().ok_or(fault))
    }

    fn english(&self) -> Option<&Bundle> {
        self.english.get_or_init(|| if self.lang == Lang::EN { None } else { built_in(Lang::EN) }).as_ref()
    }

    fn format(&self, id: &str, args: &[(&'static str, String)]) -> String {
        let mut arguments = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            // Numbers are passed as numbers so that plural forms work.
            match value.parse::<u32>() {
                Ok(number) if number.to_string() == *value => arguments.set(*name, number),
                _ => arguments.set(*name, value.as_str()),
            }
        }
        let own = self.own.as_ref().and_then(|own| sentence(own, id, &arguments)).filter(|(_, is_whole)| *is_whole);
        // A person's own file may hold what a terminal must not get.
        let own = own.map(|(said, is_whole)| (escape_lines(&said), is_whole));
        let said = own.or_else(|| sentence(self.builtin.as_ref()?, id, &arguments));
        said.or_else(|| sentence(self.english()?, id, &arguments)).map_or_else(|| id.to_owned(), |(said, _)| said)
    }
}

/// The words for yes and no of a built-in text, without parsing it.
fn yes_no_of(file: &'static Embedded) -> YesNoWords<'static> {
    let words = |id| file.list(id).first().copied().unwrap_or_default();
    YesNoWords { yes: words("yes-words"), no: words("no-words") }
}

/// Where the placeables of a message are nested deeper than any sentence needs: the Fluent parser recurses, and the stack would
/// overflow.
fn too_deep(source: &str) -> Option<usize> {
    const DEEPEST: usize = 16;
    let mut depth = 0_usize;
    let mut begins = true;
    for (at, byte) in source.bytes().enumerate() {
        depth = match byte {
            // A new message, term or comment.
            b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'#' if begins => 0,
            b'{' => depth + 1,
            b'}' => depth.saturating_sub(1),
            _ => depth,
        };
        if depth > DEEPEST {
            return Some(at);
        }
        begins = byte == b'\n';
    }
    None
}

/// A message's text, and whether every argument in it is known.
fn sentence(sentences: &Bundle, id: &str, arguments: &FluentArgs<'_>) -> Option<(String, bool)> {
    let pattern = sentences.get_message(id)?.value()?;
    let mut errors = Vec::new();
    let said = sentences.format_pattern(pattern, Some(arguments), &mut errors).into_owned();
    Some((said, errors.is_empty()))
}

/// The built-in sentences of a language.
fn built_in(lang: Lang) -> Option<Bundle> {
    let file = builtin::TEXTS.iter().find(|file| file.key == lang.as_str())?;
    // The built-in files are checked by a test; what does parse of a damaged one is still of use.
    Some(bundle(lang, file.text, |_, _| ()).0)
}

/// The sentences of a file, and a fault for each that cannot be understood, made from its place and cause.
fn bundle<Fault>(lang: Lang, source: &str, fault: impl Fn(usize, String) -> Fault) -> (Bundle, Vec<Fault>) {
    let (resource, faults) = match FluentResource::try_new(source.to_owned()) {
        Ok(resource) => (resource, Vec::new()),
        Err((resource, faults)) => (resource, faults),
    };
    let id: LanguageIdentifier = lang.as_str().parse().unwrap_or_default();
    let mut sentences = FluentBundle::new(vec![id]);
    // Terminals show the isolation marks as boxes.
    sentences.set_use_isolating(false);
    let _ = sentences.add_resource(resource);
    (sentences, faults.iter().map(|error| fault(error.pos.start, error.to_string())).collect())
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({})", self.lang)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_for_yes_and_no_are_those_of_the_text() {
        for file in builtin::TEXTS {
            let text = Text::new(Lang::of_tag(file.key).unwrap());
            assert_eq!(yes_no_of(file), text.yes_no(), "{}", file.key);
            assert!(!text.yes_no().yes.is_empty() && !text.yes_no().no.is_empty());
        }
    }
}
