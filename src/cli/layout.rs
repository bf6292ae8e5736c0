//! Text for people in lines of at most eighty columns.

use crate::{
    frontend::tui::{is_link, width, wrap},
    mail::reply::escape,
    render::Block,
};

/// Widest line; a longer link or path stays whole.
pub(super) const COLUMNS: usize = 80;

/// A heading with its rows below it, safe for a terminal.
pub(super) fn block(block: &Block) -> Vec<String> {
    let left = left(block.rows.iter().map(|(label, _)| label)) + 2;
    let mut lines = hanging(&escape(&block.title), COLUMNS);
    for (label, texts) in &block.rows {
        let texts: Vec<String> = texts.iter().map(|text| escape(text)).collect();
        lines.extend(row(&format!("  {label}"), &texts, left));
    }
    lines
}

/// A label and its lines in two columns; long text continues below itself.
pub(super) fn row<Line: AsRef<str>>(label: &str, lines: &[Line], left: usize) -> Vec<String> {
    let gap = " ".repeat(left.saturating_sub(width(label)).max(1));
    let (first, below) = (format!("{label}{gap}"), " ".repeat(left));
    let lines = lines.iter().flat_map(|line| hanging(line.as_ref(), COLUMNS.saturating_sub(left)));
    lines.enumerate().map(|(at, line)| format!("{}{line}", if at == 0 { &first } else { &below })).collect()
}

/// How wide the left column of rows is.
pub(super) fn left<'a>(labels: impl IntoIterator<Item = &'a String>) -> usize {
    labels.into_iter().map(|label| width(label)).max().unwrap_or(0) + 2
}

/// A wrapped line; further lines are aligned with its text, after its indent and its number or mark.
pub(super) fn hanging(line: &str, columns: usize) -> Vec<String> {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let (head, body) = line.split_at(indent);
    let mark = body.split_once(' ').map_or("", |(word, _)| word);
    let is_mark = mark == "!" || mark.ends_with('.') && mark.starts_with(|c: char| c.is_ascii_digit());
    let (mark, body) = if is_mark { body.split_at(mark.len() + 1) } else { ("", body) };
    let below = " ".repeat(indent + mark.len());
    // A broken link or path cannot be copied.
    let whole = |word: &str| is_link(word) || word.starts_with('/');
    let lines = wrap(body, columns.saturating_sub(below.len()), whole).into_iter().enumerate();
    lines.map(|(at, line)| if at == 0 { format!("{head}{mark}{line}") } else { format!("{below}{line}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_go_on_below_their_text() {
        assert_eq!(hanging("  1. one two three", 14), ["  1. one two", "     three"]);
        assert_eq!(hanging("! one two", 6), ["! one", "  two"]);
        assert_eq!(row("TLS", &["1.2", "1.3"], 6), ["TLS   1.2", "      1.3"]);
        assert_eq!(row("Longer", &["x"], 4), ["Longer x"]);
        assert_eq!(left(&["ab".to_owned(), "é".to_owned()]), 4);
    }
}
