//! A language: a tag.

use std::fmt;

use super::builtin::TEXTS;

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
        let others = TEXTS.iter().filter_map(|file| Self::of_tag(file.key)).filter(|lang| *lang != Self::EN);
        std::iter::once(Self::EN).chain(others)
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
}
