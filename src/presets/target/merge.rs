//! How our text gets into a file that exists.

use serde::Deserialize;

/// How a target's text is merged into a file that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MergeKind {
    /// A block between two marker comments; all else is left alone.
    Block,
    /// Key by key: the value of a key that exists is replaced in place, others are added where the format wants them.
    Keys,
    /// A file of our own, with a line on top that says so.
    Whole,
    /// A file of our own that holds the text and nothing else, such as a password that a consumer reads whole.
    Exact,
    /// Another target's file, which is only read.
    Read,
}
