//! What the program has to know about a kind of file.

use std::{collections::BTreeMap, ops::Range};

use super::{
    doc::{FileDoc, FileEntry, Tree},
    keys,
    kind::FileKind,
    place::{Edit, Gap, end},
    text::{Fault, Unfit},
};

/// The rules by which a consumer reads a file, and so by which values are written into it.
///
/// Each implementation holds these promises, for any text whatever:
///
/// - [`read`](Self::read) finds what the consumer would find, with its place. What the consumer would not take, or what
///   means more than one value, is a fault or an entry without a value; never a guess.
/// - Of a value that [`quote`](Self::quote) returns, `read` finds the value again, byte for byte. A value for which the
///   format has no way is refused.
/// - [`place`](Self::place) and [`block_at`](Self::block_at) only name places: a person's bytes stay as they are.
/// - All of it is linear in the length of the text.
///
/// Where a consumer's rule is odd, a comment names its manual or source file.
pub(crate) trait FileFormat: Sync {
    /// The word by which presets name it.
    fn word(&self) -> &'static str;

    /// What begins a comment line; a format without comments has none to begin.
    fn comment(&self) -> &'static str {
        "#"
    }

    /// The settings of a file, in order, and the groups that they are in.
    ///
    /// # Errors
    /// The consumer would not take the file, or it is written in a way that is not changed here.
    fn read(&self, text: &str) -> Result<FileDoc, Fault>;

    /// The settings of a text that differs from another one, of which `doc` was read, in some lines alone: what [`read`](Self::read)
    /// finds, but a format may know what of the other's stays.
    ///
    /// # Errors
    /// As of `read`.
    fn reread(&self, text: &str, _before: &str, doc: FileDoc, _changed: &ChangedLines) -> Result<FileDoc, Fault> {
        // It is needed no more, and its memory serves to read the other.
        drop(doc);
        self.read(text)
    }

    /// What the consumer knows after reading the file, for a target's expressions. Of a key that is there twice the last
    /// counts: what is written here has them all alike.
    fn tree(&self, doc: FileDoc) -> Tree {
        doc.tree()
    }

    /// Where keys are in some lines, in order: what a diff shows of those that are not ours. A place that may hold a value is
    /// none.
    fn keys(&self, text: &str, doc: &FileDoc, lines: &Range<usize>) -> Vec<Range<usize>> {
        keys::of(text, doc, lines)
    }

    /// The value as it has to be written. It has no control characters but tabs.
    ///
    /// # Errors
    /// Why the format cannot carry it.
    fn quote(&self, value: &str) -> Result<String, Unfit>;

    /// Whether the value that is there is ours already, so that a person's own way of writing it stays.
    fn is_same(&self, there: EntryText<'_>, ours: EntryText<'_>) -> bool {
        there.entry.value == ours.entry.value && there.entry.from == ours.entry.from
    }

    /// The edits that put settings into a file that lacks them.
    ///
    /// # Errors
    /// The place where one would have to go is written in a way that is not changed here.
    fn place(&self, gap: &Gap<'_>) -> Result<Vec<Edit>, Fault> {
        Ok(vec![end::place(gap)])
    }

    /// The kinds of file that it is, beside those without a name; `None` where no other kind is taken for it by mistake.
    fn kinds(&self) -> Option<&'static [FileKind]> {
        None
    }

    /// Whether the setting at the end of a way is between brackets, with commas.
    fn is_bracketed(&self, _path: &[String]) -> bool {
        false
    }

    /// The steps of the way to a setting, as a target's `remove` and `keep` name it.
    fn steps(&self, key: &str) -> Vec<String> {
        key.split('.').map(str::to_owned).collect()
    }

    /// Makes the merged text whole: what the consumer needs beyond the settings themselves.
    fn finish(&self, _merged: &mut String) {}

    /// Where our block goes in `before`, the text above it; at the end, unless something there would win over it.
    /// `is_there`: the block is in the file already, right after this text.
    ///
    /// # Errors
    /// The consumer would not get to it.
    fn block_at(&self, before: &str, _comment: &str, _is_there: bool) -> Result<usize, Fault> {
        Ok(before.len())
    }

    /// What is around our block and matters to its template, as `rest`.
    fn surroundings(&self, _before: &str, _after: &str) -> BTreeMap<&'static str, bool> {
        BTreeMap::new()
    }
}

/// The whole lines in which a text differs from what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChangedLines {
    /// Those of the text before.
    pub(crate) old: Range<usize>,
    /// Those of the text as it is.
    pub(crate) new: Range<usize>,
}

/// A setting as it is in a file.
#[derive(Clone, Copy)]
pub(crate) struct EntryText<'a> {
    /// What was read.
    pub(crate) entry: &'a FileEntry,
    /// From the key to the end of the value.
    pub(crate) body: &'a str,
}

/// For formats in which quotes tell words from numbers and switches: spacing is a person's own, the kind of value is not.
pub(crate) fn is_same_kind(there: EntryText<'_>, ours: EntryText<'_>) -> bool {
    // What only the consumer understands is the same when it is the same text.
    let is_known = there.entry.value.is_some() || there.body == ours.body;
    let is_quoted = |written: EntryText<'_>| written.body.ends_with(['"', '\'']);
    is_known && there.entry.value == ours.entry.value && is_quoted(there) == is_quoted(ours)
}
