//! WordPress's wp-config.php: constants count only before the settings are loaded, so above the line that says to stop, or
//! that loads them.

use super::{Edit, New, lines_at};
use crate::plan::read::line_start;

pub(super) fn place(text: &str, new: &New) -> Edit {
    let mark = ["/* That's all", "/** Absolute path", "wp-settings.php", "?>"].iter().find_map(|mark| text.find(mark));
    let at = mark.map_or(text.len(), |at| line_start(text, at));
    let lines: Vec<&str> = new.missing.iter().map(|entry| new.body(entry)).collect();
    lines_at(text, at, &lines.join("\n"), new.line_break)
}
