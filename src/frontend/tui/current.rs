//! The page as it is now, made once per change of state: what the keys depend on, and what is drawn.

use super::{keymap::Now, widget::Doc};

/// Documents of the body: one, or two side by side.
pub(super) struct Body {
    pub(super) main: Doc,
    pub(super) side: Option<Doc>,
}

impl From<Doc> for Body {
    fn from(main: Doc) -> Self {
        Self { main, side: None }
    }
}

/// The current page.
pub(super) struct CurrentPage {
    /// Columns and lines of the body that it was made for.
    pub(super) size: (usize, usize),
    /// What the keys depend on.
    pub(super) now: Now,
    /// What the foot depends on: the same for every field of a page, since a foot that changes costs many bytes.
    pub(super) foot: Now,
    pub(super) body: Body,
}
