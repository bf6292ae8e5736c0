//! Files without groups: at the end.

use super::{Edit, New, lines_at};

pub(super) fn place(text: &str, new: &New) -> Edit {
    let lines: Vec<&str> = new.missing.iter().map(|entry| new.body(entry)).collect();
    lines_at(text, text.len(), &lines.join("\n"), new.line_break)
}
