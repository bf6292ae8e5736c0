//! Merging: one strategy a file. What belongs to a person stays, byte for byte.

pub(super) mod block;
pub(super) mod keys;
pub(super) mod whole;

/// The line break that a text uses.
fn line_break(text: &str) -> &'static str {
    let all = text.matches('\n').count();
    let windows = text.matches("\r\n").count();
    if windows * 2 > all { "\r\n" } else { "\n" }
}

/// The text with the given line break, and one at its end.
fn with_breaks(text: &str, line_break: &str) -> String {
    text.lines().flat_map(|line| [line, line_break]).collect()
}
