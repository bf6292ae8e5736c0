//! When colours are used.

use crate::mail::word::words;

words! {
    /// When colours are used.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
    pub(super) enum Color {
        /// Unless `NO_COLOR` is set.
        #[default]
        Auto = "auto",
        Always = "always",
        Never = "never",
    }
}
