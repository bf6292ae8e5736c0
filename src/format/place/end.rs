//! Files without groups: at the end.

use super::{Edit, Gap};

pub(crate) fn place(gap: &Gap<'_>) -> Edit {
    gap.lines_at(gap.text.len(), &gap.missing_lines())
}
