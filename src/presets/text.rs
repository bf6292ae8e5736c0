//! Bundle: `presets/text/*.ftl`, one file a language, chosen once. What a language lacks is said in English.

use std::{cell::OnceCell, fmt, path::Path};

use fluent_bundle::FluentArgs;

use super::{
    Lang, PresetFault,
    builtin::{self, Embedded},
    own_file,
    sentences::{BuiltInSentences, Bundle, bundle, say},
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
    builtin: Option<BuiltInSentences>,
    /// Unpacked when a sentence is missing for the first time.
    english: OnceCell<Option<BuiltInSentences>>,
    yes_no: OnceCell<(String, String)>,
    faults: Vec<PresetFault>,
}

impl Text {
    /// Reads the built-in sentences of a language.
    pub fn new(lang: Lang) -> Self {
        let builtin = BuiltInSentences::of(lang);
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
        self.own.as_ref().is_some_and(|own| own.has_message(id)) || self.builtin.as_ref().is_some_and(|text| text.has(id))
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

    fn english(&self) -> Option<&BuiltInSentences> {
        let is_another = self.lang != Lang::EN;
        self.english.get_or_init(|| is_another.then(|| BuiltInSentences::of(Lang::EN)).flatten()).as_ref()
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
        let own = self.own.as_ref().and_then(|own| say(own, id, &arguments)).filter(|(_, is_whole)| *is_whole);
        // A person's own file may hold what a terminal must not get.
        let own = own.map(|(said, is_whole)| (escape_lines(&said), is_whole));
        let said = own.or_else(|| self.builtin.as_ref()?.say(id, &arguments));
        said.or_else(|| self.english()?.say(id, &arguments)).map_or_else(|| id.to_owned(), |(said, _)| said)
    }
}

/// The words for yes and no of a built-in text, without parsing it.
fn yes_no_of(file: &Embedded) -> YesNoWords<'static> {
    let words = |id: &str| {
        let source = file.messages().find(|(name, _)| *name == id).map(|(_, source)| source);
        source.and_then(|source| source.strip_prefix(id)?.strip_prefix(" = ")).unwrap_or_default()
    };
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
