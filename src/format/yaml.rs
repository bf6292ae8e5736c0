//! YAML 1.2 by its events: settings are the scalars that are reached through mappings alone. What is in lists is a person's
//! own; only one document is understood.
//!
//! In single quotes nothing has a meaning but the single quote itself, which is doubled (YAML 1.2.2, 7.3.2), and nothing in
//! them is taken for a number or a switch.

mod reread;
pub(super) mod walk;

use super::{
    doc::FileDoc,
    file_format::{ChangedLines, EntryText, FileFormat, is_same_kind},
    kind::FileKind,
    place::{Edit, Gap, block},
    text::{Fault, Unfit},
};

/// YAML; what is written is in block style.
pub(crate) struct Yaml {
    word: &'static str,
    read: fn(&str) -> Result<FileDoc, Fault>,
    /// `None`: the whole text is to be read.
    reread: fn(&str, &str, FileDoc, &ChangedLines) -> Option<FileDoc>,
    quote: fn(&str) -> Result<String, Unfit>,
}

impl Yaml {
    /// As every reader takes it.
    pub(crate) const PLAIN: Self =
        Self { word: "yaml", read: walk::doc, reread: reread::reread, quote: |value| Ok(quote(value)) };

    /// Its values are handed on as variables by Discourse's launcher.
    pub(crate) const DISCOURSE: Self =
        Self { word: "yaml-discourse", read: walk::doc, reread: reread::reread, quote: quote_for_discourse };

    /// A consumer that goes its own way with what is read and written.
    pub(super) const fn of(
        word: &'static str,
        read: fn(&str) -> Result<FileDoc, Fault>,
        quote: fn(&str) -> Result<String, Unfit>,
    ) -> Self {
        Self { word, read, reread: |_, _, _, _| None, quote }
    }
}

impl FileFormat for Yaml {
    fn word(&self) -> &'static str {
        self.word
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        (self.read)(text)
    }

    fn reread(&self, text: &str, before: &str, doc: FileDoc, changed: &ChangedLines) -> Result<FileDoc, Fault> {
        (self.reread)(text, before, doc, changed).map_or_else(|| self.read(text), Ok)
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        (self.quote)(value)
    }

    fn is_same(&self, there: EntryText<'_>, ours: EntryText<'_>) -> bool {
        is_same_kind(there, ours)
    }

    fn place(&self, gap: &Gap<'_>) -> Result<Vec<Edit>, Fault> {
        block::place(gap)
    }

    fn kinds(&self) -> Option<&'static [FileKind]> {
        Some(&[FileKind::Yaml])
    }
}

/// A value in single quotes.
pub(super) fn quote(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// Discourse's app.yml: what is below `env` goes through the launcher's `read`, which eats backslashes and blanks at the ends and
/// fills in `{{config}}`, then in single quotes through an ERB template, and comes out of it as a number or a switch where it
/// looks like one (`launcher`, `copy-env` in `web.template.yml`, `GlobalSetting`).
fn quote_for_discourse(value: &str) -> Result<String, Unfit> {
    if let Some(found) = ["'", "\\", "<%", "{{config}}"].into_iter().find(|found| value.contains(found)) {
        return Err(Unfit::Characters(found.into()));
    }
    if value.trim() != value {
        return Err(Unfit::EdgeBlank);
    }
    let digits = value.strip_prefix('-').unwrap_or(value);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && (value == "-0" || (digits.starts_with('0') && digits != "0")) {
        return Err(Unfit::Characters("0".into()));
    }
    if value == "false" { Err(Unfit::Characters(value.into())) } else { Ok(quote(value)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_quotes() {
        assert_eq!(quote("it's \\ \"#1\": {x}"), "'it''s \\ \"#1\": {x}'");
        assert_eq!(quote("no"), "'no'");
    }

    #[test]
    fn what_discourse_would_change() {
        assert_eq!(quote_for_discourse("a #\"$x").as_deref(), Ok("'a #\"$x'"));
        for value in ["it's", "a\\b", "<%x", "007", "false", "{{config}}"] {
            assert!(matches!(quote_for_discourse(value), Err(Unfit::Characters(_))), "{value}");
        }
        assert_eq!(quote_for_discourse(" a"), Err(Unfit::EdgeBlank));
        for value in ["0", "42", "-7", "a0", "0x1f", "<"] {
            assert!(quote_for_discourse(value).is_ok(), "{value}");
        }
    }
}
