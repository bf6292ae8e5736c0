//! A file that is one value: its text without the blanks at its ends, as Go's `strings.TrimSpace` takes them off.

use super::Entry;

pub(super) fn entries(text: &str) -> Vec<Entry> {
    vec![Entry::flat("text", text.trim().to_owned(), 0..text.len())]
}
