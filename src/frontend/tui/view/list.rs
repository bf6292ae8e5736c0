//! An open list of choices; a window of it if it is long.

use ratatui::{
    style::Style,
    text::{Line, Span},
};

use super::{
    super::{
        draft::Pick,
        widget::{
            Doc,
            wrap::{fit, width},
        },
    },
    Ctx, gap,
    layout::{HINT, LIST, Placement, pointer, wide},
};
use crate::setup::Choice;

/// Columns around the label of an item.
const SIGNS: usize = 6;

/// An open list.
pub(super) struct List<'a> {
    pub(super) pick: &'a Pick,
    pub(super) choices: &'a [Choice],
    pub(super) filter: bool,
    pub(super) focused: bool,
    pub(super) place: Placement,
    pub(super) room: usize,
}

impl List<'_> {
    pub(super) fn doc(&self, ctx: Ctx<'_>, lead: Vec<Span<'static>>) -> Doc {
        let mut doc = Doc::default();
        let indent = self.place.column;
        let mut lead = Some(lead);
        if self.filter {
            let mut spans = lead.take().unwrap_or_default();
            let start = wide(&spans);
            if self.pick.filter.is_empty() {
                spans.push(Span::styled(ctx.say("tui-filter"), ctx.theme.dim()));
            } else {
                spans.push(Span::raw(self.pick.filter.clone()));
            }
            if self.focused {
                doc.cursor = Some((start + width(&self.pick.filter), doc.lines.len()));
            }
            doc.push(Line::from(spans));
        }
        let shown = self.pick.shown(self.choices);
        if shown.is_empty() {
            if let Some(lead) = lead.take() {
                doc.push(Line::from(lead));
            }
            doc.text(&ctx.say("tui-filter-none"), ctx.theme.dim(), indent, ctx.width);
            return doc;
        }
        let here = shown.iter().position(|choice| Some(&choice.value) == self.pick.here.as_ref()).unwrap_or(0);
        let count = self.place.list.min(shown.len());
        let top = here.saturating_sub(count / 2).min(shown.len() - count);
        // Half of the room is for hints, if they fit.
        let half = self.room / 2;
        let most = if self.room.saturating_sub(half + SIGNS) < HINT { self.room } else { half };
        let column = shown.iter().map(|choice| width(&choice.label)).max().unwrap_or(0).min(most) + 3;
        for (index, choice) in shown.iter().enumerate().skip(top).take(count) {
            let mut spans = lead.take().unwrap_or_else(|| vec![gap(indent)]);
            let more_above = index == top && top > 0;
            let more_below = index == top + count - 1 && index + 1 < shown.len();
            spans.extend(self.item(ctx, choice, index == here, column));
            let used = wide(&spans);
            if more_above || more_below {
                let sign = if more_above { ctx.theme.marks.more_above } else { ctx.theme.marks.more_below };
                spans.push(gap(ctx.width.saturating_sub(used + 1)));
                spans.push(Span::styled(sign, ctx.theme.accent()));
            }
            if index == here && self.focused {
                // Screen readers follow the cursor.
                if !self.filter {
                    doc.cursor = Some((indent, doc.lines.len()));
                }
                doc.keep = Some(doc.lines.len()..doc.lines.len() + 1);
            }
            doc.push(Line::from(spans));
        }
        doc
    }

    fn item(&self, ctx: Ctx<'_>, choice: &Choice, here: bool, column: usize) -> Vec<Span<'static>> {
        let marks = ctx.theme.marks;
        let pointed = here && self.focused;
        let mut spans = vec![pointer(ctx, pointed), gap(1)];
        let taken = match &self.pick.ticked {
            Some(ticked) => ticked.contains(&choice.value),
            None => self.pick.taken.as_ref() == Some(&choice.value),
        };
        let sign = match (&self.pick.ticked, taken) {
            (Some(_), true) => Some(marks.checked),
            (Some(_), false) => Some(marks.unchecked),
            (None, _) if self.place.alone => None,
            (None, true) => Some(marks.on),
            (None, false) => Some(marks.off),
        };
        if let Some(sign) = sign {
            spans.push(Span::styled(sign, if taken { ctx.theme.accent() } else { ctx.theme.dim() }));
            spans.push(gap(1));
        }
        let used = wide(&spans);
        let barred = choice.barred.is_some();
        let label = fit(&choice.label, self.room.saturating_sub(used).min(column.saturating_sub(3).max(LIST)));
        spans.push(Span::styled(label.clone(), if barred { ctx.theme.dim() } else { Style::new() }));
        let hint = choice.remark();
        let room = self.room.saturating_sub(used + column + 1);
        if room >= HINT && !hint.is_empty() {
            spans.push(gap(column.saturating_sub(width(&label))));
            spans.push(Span::styled(fit(hint, room), ctx.theme.dim()));
        }
        spans
    }
}
