//! The languages that there are: those of the built-in text files and a person's own.

use std::path::{Path, PathBuf};

use super::{Lang, Text};

/// The folder of a person's own texts, in the configuration folder.
const FOLDER: &str = "text";

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
        let file = self
            .own
            .as_ref()
            .map(|folder| folder.join(format!("{lang}.ftl")))
            .filter(|file| file.symlink_metadata().is_ok());
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
