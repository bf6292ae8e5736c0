//! Merging: one strategy a file. What belongs to a person stays, byte for byte.
//!
//! No strategy needs to know how it is taken back: a record keeps what a file was and what it became, and the lines that
//! were written are taken out of what the file is by then (`host::undo`), by line. So that this works when a person has
//! edited around them, what is added stands on lines of its own wherever the file has lines, and the lines beside it are not
//! touched: a member of an object goes right behind the opening bracket, with its own comma, rather than behind the last
//! member, which would need one; a YAML key goes right below its parent's. Only an edit of the very lines that were written
//! is a conflict, and then nothing is taken back.

pub(super) mod block;
pub(super) mod keys;
pub(super) mod whole;

use crate::format::place::Edit;

/// The text with edits that do not overlap; what is inserted at one place keeps its order.
fn splice(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut spliced = String::with_capacity(text.len());
    let mut at = 0;
    for Edit { range, text: new } in edits {
        spliced.push_str(&text[at.min(range.start)..range.start]);
        spliced.push_str(&new);
        at = at.max(range.end);
    }
    spliced.push_str(&text[at..]);
    spliced
}

/// The line break that a text uses.
fn line_break(text: &str) -> &'static str {
    let all = text.matches('\n').count();
    let windows = text.matches("\r\n").count();
    if windows * 2 > all { "\r\n" } else { "\n" }
}
