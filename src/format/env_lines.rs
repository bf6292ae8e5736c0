//! What several readers of environment files have in common.

use super::{
    doc::{FileDoc, FileEntry},
    file_format::FileFormat,
    kind::FileKind,
    text::{Fault, Unfit, escaped, is_plain, next_line},
};

/// An environment file by the rules of one reader.
pub(crate) struct EnvFile {
    pub(super) word: &'static str,
    pub(super) entries: fn(&str) -> Result<Vec<FileEntry>, Fault>,
    pub(super) quote: fn(&str) -> Result<String, Unfit>,
}

impl FileFormat for EnvFile {
    fn word(&self) -> &'static str {
        self.word
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        (self.entries)(text).map(FileDoc::flat)
    }

    fn kinds(&self) -> Option<&'static [FileKind]> {
        Some(&[FileKind::Shell])
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        (self.quote)(value)
    }
}

/// The key of the line `KEY=`, perhaps with `export` before it; where it begins, and where what follows the sign does.
fn assignment(text: &str, at: usize) -> Option<(&str, usize, usize)> {
    let line = &text[at..next_line(text, at)];
    let content = line.trim_start();
    let start = at + line.len() - content.len();
    let equals = content.find('=').filter(|_| !content.starts_with('#'))?;
    let key = content[..equals].trim_end();
    let bare = key.strip_prefix("export ").map_or(key, str::trim_start);
    Some((bare, start + key.len() - bare.len(), start + equals + 1))
}

/// Every assignment of a file. `value` is given what follows the equals sign, without leading blanks, and where the
/// key and that side of the sign begin; it returns the value, and how many bytes it takes.
pub(super) fn assignments<'a>(
    text: &'a str,
    mut value: impl FnMut(&'a str, usize, usize) -> Result<(String, usize), Fault>,
) -> Result<Vec<FileEntry>, Fault> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let assignment = assignment(text, at);
        at = next_line(text, at);
        let Some((bare, start, from)) = assignment else { continue };
        let raw = text[from..].trim_start_matches([' ', '\t']);
        let (value, length) = value(raw, start, from)?;
        let end = text.len() - raw.len() + length;
        found.push(FileEntry::flat(bare, value, start..end));
        at = next_line(text, end);
    }
    Ok(found)
}

/// For dotenvy and Compose: single quotes keep all but their own kind and a backslash at the end; in double quotes both take
/// the same three escapes.
pub(super) fn single_or_double(value: &str) -> String {
    if is_plain(value) || value.is_empty() {
        return value.to_owned();
    }
    if !value.contains('\'') && !value.ends_with('\\') {
        return format!("'{value}'");
    }
    format!("\"{}\"", escaped(value, "\"\\$"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_quotes_first() {
        assert_eq!(single_or_double("a\\$`\"#"), "'a\\$`\"#'");
        assert_eq!(single_or_double("it's \"$x`\\"), "\"it's \\\"\\$x`\\\\\"");
    }
}
