//! The views: each makes a document of plain data, for a width. Nothing here changes anything.

pub(super) mod advice;
pub(super) mod chrome;
pub(super) mod domain;
pub(super) mod done;
pub(super) mod form;
mod layout;
mod list;
pub(super) mod over;
pub(super) mod review;
pub(super) mod stages;

use ratatui::text::Span;

use super::theme::Theme;
use crate::presets::Text;

/// What every view needs.
#[derive(Clone, Copy)]
pub(super) struct Ctx<'a> {
    pub(super) text: &'a Text,
    pub(super) theme: Theme,
    /// Columns.
    pub(super) width: usize,
    /// Lines that fit without scrolling.
    pub(super) height: usize,
    /// Which frame of the spinner.
    pub(super) tick: usize,
}

impl Ctx<'_> {
    /// The same for another width.
    pub(super) const fn wide(self, width: usize) -> Self {
        Self { width, ..self }
    }

    pub(super) fn say(&self, id: &str) -> String {
        self.text.get(id)
    }
}

/// Blanks.
fn gap(columns: usize) -> Span<'static> {
    Span::raw(" ".repeat(columns))
}
