//! For whom the settings are written.

use super::word::words;

words! {
    /// For whom the settings are written.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Scope {
        /// The person who runs mailsetup.
        User = "user",
        /// The whole machine; needs root, or `--root` for an image.
        System = "system",
    }
}
