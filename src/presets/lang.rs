//! Languages: a tag each, and the list of those that there are.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use super::{builtin::TEXTS, text::Text};

/// The folder of a person's own texts, in the configuration folder.
const FOLDER: &str = "text";

/// The longest tag, such as `fil-Latn-419`.
const LONGEST: usize = 12;

/// A language by its tag (BCP 47): a language, then a script and a region where they matter, such as `de`, `pt-BR`, `zh-Hant`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lang([u8; LONGEST]);

impl Lang {
    /// English, which stands in for what another language lacks.
    pub const EN: Self = Self(*b"en\0\0\0\0\0\0\0\0\0\0");

    /// The language of a tag in its usual case; `None` for what is no such tag.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let mut parts = tag.split('-').peekable();
        let language = parts.next()?;
        if !matches!(language.len(), 2 | 3) || !language.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return None;
        }
        parts.next_if(|part| is_script(part));
        parts.next_if(|part| is_region(part));
        let mut bytes = [0; LONGEST];
        bytes.get_mut(..tag.len())?.copy_from_slice(tag.as_bytes());
        parts.next().is_none().then_some(Self(bytes))
    }

    /// The tag: what `--lang` takes, the name of the language's text file, and the key of its words in a preset.
    pub fn as_str(&self) -> &str {
        let length = self.0.iter().position(|byte| *byte == 0).unwrap_or(LONGEST);
        std::str::from_utf8(self.0.get(..length).unwrap_or_default()).unwrap_or_default()
    }

    /// The built-in languages, English first.
    pub fn builtin() -> impl Iterator<Item = Self> {
        TEXTS.iter().filter_map(|(tag, _)| Self::of_tag(tag))
    }
}

/// Whether this is a script as ISO 15924 writes it, such as `Hant`.
fn is_script(part: &str) -> bool {
    part.len() == 4
        && part
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at == 0 { byte.is_ascii_uppercase() } else { byte.is_ascii_lowercase() })
}

/// Whether this is a region: two capitals (ISO 3166-1) or three digits (UN M.49).
fn is_region(part: &str) -> bool {
    match part.len() {
        2 => part.bytes().all(|byte| byte.is_ascii_uppercase()),
        3 => part.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}

impl Default for Lang {
    fn default() -> Self {
        Self::EN
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lang({self})")
    }
}

/// The languages that there are: the built-in ones, then those that a person added.
#[derive(Debug, Clone)]
pub struct Languages {
    all: Vec<Lang>,
    /// The folder of the person's own texts, where there is one.
    own: Option<PathBuf>,
}

impl Default for Languages {
    fn default() -> Self {
        Self { all: Lang::builtin().collect(), own: None }
    }
}

impl Languages {
    /// The built-in languages with the person's own: each `text/TAG.ftl` below `config`. A folder that cannot be read has none.
    pub fn with_own(config: &Path) -> Self {
        let mut languages = Self::default();
        let folder = config.join(FOLDER);
        let Ok(entries) = std::fs::read_dir(&folder) else { return languages };
        let mut own: Vec<Lang> = entries.flatten().filter_map(|entry| lang_of_file(&entry.path())).collect();
        own.retain(|lang| !languages.all.contains(lang));
        own.sort_unstable();
        languages.all.extend(own);
        languages.own = Some(folder);
        languages
    }

    /// Every language, in the order in which they are listed.
    pub fn iter(&self) -> impl Iterator<Item = Lang> {
        self.all.iter().copied()
    }

    /// The language of a locale name such as `fr_FR.UTF-8`: with its region where there is such a language, else without.
    pub fn of_locale(&self, locale: &str) -> Option<Lang> {
        let mut parts = locale.split(['.', '@']).next()?.split(['_', '-']);
        let language = parts.next()?.to_ascii_lowercase();
        let regional = parts.next().map(|region| format!("{language}-{region}"));
        let find = |tag: &str| self.iter().find(|lang| lang.as_str().eq_ignore_ascii_case(tag));
        regional.and_then(|tag| find(&tag)).or_else(|| find(&language))
    }

    /// The sentences of a language.
    pub fn text(&self, lang: Lang) -> Text {
        let file = self.own.as_ref().map(|folder| folder.join(format!("{lang}.ftl"))).filter(|file| file.is_file());
        file.map_or_else(|| Text::new(lang), |file| Text::with_own(lang, &file))
    }
}

/// The language of a text file, by its name.
fn lang_of_file(path: &Path) -> Option<Lang> {
    let is_text = path.extension().is_some_and(|ending| ending == "ftl") && path.is_file();
    Lang::of_tag(path.file_stem()?.to_str()?).filter(|_| is_text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        for tag in ["en", "fr", "ast", "pt-BR", "zh-Hant", "zh-Hant-TW", "es-419", "fil-Latn-419"] {
            assert_eq!(Lang::of_tag(tag).unwrap().to_string(), tag);
        }
        for wrong in ["", "e", "EN", "pt_BR", "pt-br", "sumary", "zh-TW-Hant", "en-", "en-US-x", "de-1901", "../en"] {
            assert_eq!(Lang::of_tag(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn locales() {
        let languages =
            Languages { all: ["en", "fr", "pt", "pt-BR"].iter().filter_map(|tag| Lang::of_tag(tag)).collect(), own: None };
        let of = |locale| languages.of_locale(locale).map(|lang| lang.to_string());
        assert_eq!(of("fr_FR.UTF-8").as_deref(), Some("fr"));
        assert_eq!(of("FR@euro").as_deref(), Some("fr"));
        assert_eq!(of("pt_BR.UTF-8").as_deref(), Some("pt-BR"));
        assert_eq!(of("pt_PT").as_deref(), Some("pt"));
        assert_eq!(of("en").as_deref(), Some("en"));
        assert_eq!(of("C.UTF-8"), None);
        assert_eq!(of(""), None);
    }
}
