//! How a page of questions is laid out: how dense it is, and where a field's answer goes.

use ratatui::text::Span;

use super::Ctx;

/// Narrower hints are left out.
pub(super) const HINT: usize = 18;
/// A list shows at least so many of its items.
pub(super) const LIST: usize = 4;

/// How much air there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Density {
    /// Lists open, every field with its help.
    Airy,
    /// Lists open, one line of help.
    Tight,
    /// Lists closed, one line of help.
    Compact,
    /// The same without help.
    Brief,
    /// The same without details about the password.
    Spare,
}

impl Density {
    /// Every density, the roomiest first.
    pub(super) const ALL: [Self; 5] = [Self::Airy, Self::Tight, Self::Compact, Self::Brief, Self::Spare];
}

/// Where a field is placed.
#[derive(Clone, Copy)]
pub(super) struct Placement {
    /// The column of its answer.
    pub(super) column: usize,
    pub(super) stacked: bool,
    pub(super) alone: bool,
    pub(super) density: Density,
    /// How many items a list may show.
    pub(super) list: usize,
}

/// The pointer to the person's position, or its blank space.
pub(super) fn pointer(ctx: Ctx<'_>, here: bool) -> Span<'static> {
    if here { Span::styled(ctx.theme.marks.point, ctx.theme.accent()) } else { Span::raw(" ") }
}

/// How many columns spans take.
pub(super) fn wide(spans: &[Span<'_>]) -> usize {
    spans.iter().map(Span::width).sum()
}
