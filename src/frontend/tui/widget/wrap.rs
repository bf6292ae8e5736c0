//! Text in columns: wrapped at blanks, truncated with an ellipsis, measured as a terminal shows it.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A longer word is truncated rather than left out.
const WORD: usize = 14;

/// How many columns a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// A text truncated to `columns` with an ellipsis.
pub(in super::super) fn fit(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut cut = take(text, columns.saturating_sub(1));
    // Between words, if one ends nearby.
    if !text[cut.len()..].starts_with(' ')
        && let Some(end) = cut.rfind(' ').filter(|end| width(&cut[*end..]) <= WORD)
    {
        cut = &cut[..end];
    }
    let mut cut = cut.trim_end_matches([' ', ',', ';']).to_owned();
    if columns > 0 {
        cut.push('…');
    }
    cut
}

/// The longest beginning of a text that takes at most `columns`.
pub(in super::super) fn take(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (at, character) in text.char_indices() {
        used += character.width().unwrap_or(0);
        if used > columns {
            return &text[..at];
        }
    }
    text
}

/// A text in lines of at most `columns`, broken at blanks. Longer words stay whole if `whole` says so (a broken link cannot be
/// copied), else they are broken at the end of the line.
pub(crate) fn wrap(text: &str, columns: usize, whole: impl Fn(&str) -> bool) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            let gap = usize::from(!line.is_empty());
            if width(&line) + gap + width(word) > columns && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            let mut rest = word;
            while line.is_empty() && width(rest) > columns && !whole(rest) {
                let head = take(rest, columns);
                if head.is_empty() {
                    break;
                }
                lines.push(head.to_owned());
                rest = &rest[head.len()..];
            }
            line.push_str(rest);
        }
        lines.push(line);
    }
    lines
}

/// Whether a word is a link.
pub(crate) fn is_link(word: &str) -> bool {
    word.starts_with("https://") || word.starts_with("http://")
}

/// The first sentence of a help text, truncated to a line.
pub(in super::super) fn first_sentence(text: &str, columns: usize) -> String {
    let end = text.find(". ").map_or(text.len(), |at| at + 1);
    fit(&text[..end], columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_wrap_and_links_stay_whole() {
        assert_eq!(wrap("one two three", 7, |_| false), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 4, |_| false), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("see https://a.example/b now", 8, is_link), ["see", "https://a.example/b", "now"]);
        assert_eq!(wrap("a\nb", 8, |_| false), ["a", "b"]);
        assert_eq!(wrap("日本語", 2, |_| false), ["日", "本", "語"]);
    }

    #[test]
    fn cutting_counts_columns() {
        assert_eq!(fit("日本語", 5), "日本…");
        assert_eq!(fit("abc", 3), "abc");
        assert_eq!(fit("abcd", 3), "ab…");
        assert_eq!(fit("one, two three", 12), "one, two…");
        assert_eq!(first_sentence("One. Two.", 20), "One.");
    }
}
