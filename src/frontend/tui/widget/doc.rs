//! A document: lines that scroll, a part that must stay in sight, and the cursor.

use std::ops::Range;

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
};

use super::{
    super::theme::Theme,
    wrap::{is_link, width, wrap},
};

/// Lines, some of which must stay in sight.
#[derive(Debug, Default, Clone)]
pub(in super::super) struct Doc {
    pub(in super::super) lines: Vec<Line<'static>>,
    /// The cursor: column and line.
    pub(in super::super) cursor: Option<(usize, usize)>,
    /// The lines that must stay in sight; the last ones win.
    pub(in super::super) keep: Option<Range<usize>>,
}

impl Doc {
    pub(in super::super) fn blank(&mut self) {
        if self.lines.last().is_some_and(|line| line.width() > 0) {
            self.lines.push(Line::default());
        }
    }

    pub(in super::super) fn push(&mut self, line: impl Into<Line<'static>>) {
        self.lines.push(line.into());
    }

    /// Text in lines of `columns`, each after `indent` blanks. A link that does not fit there begins at the left edge.
    pub(in super::super) fn text(&mut self, text: &str, style: Style, indent: usize, columns: usize) {
        self.item(&[], text, style, indent, columns);
    }

    /// Text after a marker: `marker` is in the first line, the others are aligned with the text.
    pub(in super::super) fn item(
        &mut self,
        marker: &[Span<'static>],
        text: &str,
        style: Style,
        indent: usize,
        columns: usize,
    ) {
        let taken: usize = marker.iter().map(Span::width).sum::<usize>();
        let room = columns.saturating_sub(indent + taken).max(8);
        for (index, line) in wrap(text, room, is_link).into_iter().enumerate() {
            if width(&line) > room && is_link(&line) {
                self.link(&line, marker, index == 0, style, (indent, columns));
                continue;
            }
            let mut spans = vec![Span::raw(" ".repeat(indent))];
            if index == 0 {
                spans.extend_from_slice(marker);
            } else {
                spans.push(Span::raw(" ".repeat(taken)));
            }
            spans.push(Span::styled(line, style));
            self.lines.push(Line::from(spans));
        }
    }

    /// A link that does not fit beside its marker: at the left edge, broken only at the screen's edge.
    fn link(&mut self, link: &str, marker: &[Span<'static>], first: bool, style: Style, (indent, columns): (usize, usize)) {
        if first && !marker.is_empty() {
            let mut spans = vec![Span::raw(" ".repeat(indent))];
            spans.extend_from_slice(marker);
            self.lines.push(Line::from(spans));
        }
        for part in wrap(link, columns, |_| false) {
            self.lines.push(Line::from(Span::styled(part, style)));
        }
    }

    /// `left` at the left edge and `right` at the right one, on one line of `columns`.
    pub(in super::super) fn sides(&mut self, mut left: Vec<Span<'static>>, right: Vec<Span<'static>>, columns: usize) {
        let used: usize = left.iter().chain(&right).map(Span::width).sum();
        left.push(Span::raw(" ".repeat(columns.saturating_sub(used).max(1))));
        left.extend(right);
        self.lines.push(Line::from(left));
    }

    pub(in super::super) fn extend(&mut self, other: Self) {
        let base = self.lines.len();
        self.lines.extend(other.lines);
        self.cursor = other.cursor.map(|(x, y)| (x, y + base)).or(self.cursor);
        self.keep = other.keep.map(|keep| keep.start + base..keep.end + base).or_else(|| self.keep.take());
    }

    /// The first line shown in `height` lines after scrolling by `scroll`.
    pub(in super::super) fn top(&self, height: usize, scroll: isize) -> usize {
        let last = self.lines.len().saturating_sub(height);
        let home = match &self.keep {
            Some(keep) if keep.end > height => keep.end.saturating_sub(height),
            _ => 0,
        };
        home.saturating_add_signed(scroll).min(last)
    }

    /// Draws what fits and returns the cursor's position on the screen. Marks beside it show that there is more above or below.
    pub(in super::super) fn draw(&self, area: Rect, buffer: &mut Buffer, scroll: isize, theme: Theme) -> Option<Position> {
        let height = usize::from(area.height);
        let top = self.top(height, scroll);
        for (line, y) in self.lines.iter().skip(top).take(height).zip(area.y..) {
            buffer.set_line(area.x, y, line, area.width);
        }
        // The marks are in the margin, not over the text.
        let edge = area.right();
        if edge < buffer.area.right() && area.height > 0 {
            if top > 0 {
                buffer.set_string(edge, area.y, theme.marks.more_above, theme.accent());
            }
            if top + height < self.lines.len() {
                buffer.set_string(edge, area.bottom() - 1, theme.marks.more_below, theme.accent());
            }
        }
        let (x, y) = self.cursor?;
        let row = u16::try_from(y.checked_sub(top)?).ok().filter(|row| *row < area.height)?;
        let column = u16::try_from(x).ok()?.min(area.width.saturating_sub(1));
        Some(Position::new(area.x + column, area.y + row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_stay_in_sight_does() {
        let mut doc = Doc::default();
        for number in 0..20 {
            doc.push(number.to_string());
        }
        assert_eq!(doc.top(5, 0), 0);
        assert_eq!(doc.top(5, 99), 15);
        doc.keep = Some(9..11);
        assert_eq!((doc.top(5, 0), doc.top(5, -3), doc.top(30, 0)), (6, 3, 0));
    }

    #[test]
    fn a_link_is_whole_as_long_as_the_screen_is_wide_enough() {
        let lines = |columns| {
            let mut doc = Doc::default();
            doc.item(&[Span::raw("2  ")], "Open https://a.example/path now", Style::new(), 2, columns);
            doc.lines.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(lines(30), ["  2  Open", "     https://a.example/path", "     now"]);
        assert_eq!(lines(24), ["  2  Open", "https://a.example/path", "     now"]);
        assert_eq!(lines(14)[1..3], ["https://a.exam", "ple/path"]);
    }
}
