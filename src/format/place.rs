//! Where settings that a file does not have yet are put into it: the strategies that several formats share.

pub(crate) mod block;
pub(crate) mod brackets;
pub(crate) mod end;
pub(crate) mod section;

use std::ops::Range;

use super::{
    doc::{FileDoc, FileEntry},
    text::line_start,
};

/// A part of a text that becomes another; an empty part is a place to insert at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) range: Range<usize>,
    pub(crate) text: String,
}

/// What a file lacks.
pub(crate) struct Gap<'a> {
    /// The file, and what is in it.
    pub(crate) text: &'a str,
    pub(crate) there: &'a FileDoc,
    /// Our text, and what is in it.
    pub(crate) ours: &'a str,
    pub(crate) wanted: &'a FileDoc,
    /// What of ours is missing in the file.
    pub(crate) missing: &'a [&'a FileEntry],
    /// The file's line break.
    pub(crate) line_break: &'static str,
}

impl Gap<'_> {
    /// An entry as it is in our text.
    pub(crate) fn body(&self, entry: &FileEntry) -> &str {
        &self.ours[entry.body.clone()]
    }

    /// An edit that adds whole lines at a place, which is the beginning of a line or the end of the text.
    pub(crate) fn lines_at(&self, at: usize, lines: &str) -> Edit {
        let is_open = at == self.text.len() && !self.text.is_empty() && !self.text.ends_with('\n');
        let lead = if is_open { self.line_break } else { "" };
        Edit { range: at..at, text: format!("{lead}{}", with_breaks(lines, self.line_break)) }
    }

    /// What is missing, one setting a line.
    pub(crate) fn missing_lines(&self) -> String {
        self.missing.iter().map(|entry| self.body(entry)).collect::<Vec<_>>().join("\n")
    }
}

/// The text with the given line break, and one at its end.
pub(crate) fn with_breaks(text: &str, line_break: &str) -> String {
    text.lines().flat_map(|line| [line, line_break]).collect()
}

/// The blanks that the line of a place begins with.
pub(crate) fn indent(text: &str, at: usize) -> &str {
    let line = &text[line_start(text, at)..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// Lines that were indented by `old`, indented by `new`.
pub(crate) fn reindent(lines: &str, old: &str, new: &str) -> String {
    let lines = lines.lines().map(|line| format!("{new}{}", line.strip_prefix(old).unwrap_or(line).trim_end()));
    lines.collect::<Vec<_>>().join("\n")
}
