//! Merging: one strategy a file. What belongs to a person stays, byte for byte.
//!
//! No strategy needs to know how it is taken back: a record keeps what a file was and what it became, and the lines that
//! were written are taken out of what the file is by then (`host::undo`), by line. So that this works when a person has
//! edited around them, what is added is on separate lines wherever the file has lines, and the lines beside it are not
//! touched: a member of an object goes right after the opening bracket, with its own comma, rather than after the last
//! member, which would need one; a YAML key goes right below its parent's. Only an edit of the very lines that were written
//! is a conflict, and then nothing is taken back.

pub(super) mod block;
pub(super) mod keys;
pub(super) mod whole;

use std::ops::Range;

use super::diff::differing;
use crate::format::{FileFormat, doc::FileDoc, place::Edit};

/// A file with ours in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Merged {
    pub(super) text: String,
    /// What was read of the text, where it was.
    pub(super) doc: Option<FileDoc>,
    /// Where keys were in the lines that changed.
    pub(super) keys_before: Vec<Range<usize>>,
    /// What of the text is ours.
    pub(super) written: Vec<Range<usize>>,
    /// The keys that were there and must not stay.
    pub(super) removed: Vec<String>,
}

impl Merged {
    /// Ours between two texts.
    pub(super) fn of(mut text: String, ours: &str, after: &str) -> Self {
        let start = text.len();
        text.push_str(ours);
        let written = start..text.len();
        text.push_str(after);
        Self { text, doc: None, keys_before: Vec::new(), written: vec![written], removed: Vec::new() }
    }

    /// The same, with the keys of the text before: what was read of it is needed no more, and its memory serves to read the other.
    pub(super) fn after(self, format: &dyn FileFormat, text: &str, there: Option<FileDoc>) -> Self {
        let Some(there) = there else { return self };
        let (old, _) = differing(text.as_bytes(), self.text.as_bytes());
        Self { keys_before: format.keys(text, &there, &old), ..self }
    }
}

/// The text with edits that do not overlap, and where they are in it; what is inserted at one place keeps its order.
fn splice(text: &str, mut edits: Vec<Edit>) -> (String, Vec<Range<usize>>) {
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut spliced = String::with_capacity(text.len());
    let mut written = Vec::new();
    let mut at = 0;
    for Edit { range, text: new } in edits {
        spliced.push_str(&text[at.min(range.start)..range.start]);
        written.push(spliced.len()..spliced.len() + new.len());
        spliced.push_str(&new);
        at = at.max(range.end);
    }
    spliced.push_str(&text[at..]);
    written.retain(|range| !range.is_empty());
    (spliced, written)
}

/// The line break that a text uses.
fn line_break(text: &str) -> &'static str {
    let (mut windows, mut others) = (0_usize, 0_usize);
    for (at, _) in text.match_indices('\n') {
        if text[..at].ends_with('\r') { windows += 1 } else { others += 1 }
    }
    if windows > others { "\r\n" } else { "\n" }
}
