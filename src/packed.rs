//! What is embedded compressed, unpacked when it is first asked for: `build.rs` says how it is made.

mod gunzip;
mod value;

use std::{cmp::Ordering, sync::OnceLock};

use miniz_oxide::inflate::decompress_slice_iter_to_slice;

pub(crate) use gunzip::{GZIP_MARK, Gunzip};
pub(crate) use value::{PackedEntries, PackedItems, PackedValue};

/// A compressed text.
#[derive(Debug)]
pub(crate) struct Packed {
    /// Its size in bytes when it is unpacked, as a little-endian `u32`, then the text (DEFLATE, RFC 1951).
    bytes: &'static [u8],
    text: OnceLock<String>,
}

impl Packed {
    /// A text as `build.rs` wrote it.
    pub(crate) const fn new(bytes: &'static [u8]) -> Self {
        Self { bytes, text: OnceLock::new() }
    }

    /// The text.
    pub(crate) fn text(&'static self) -> &'static str {
        // What the build wrote is whole: tests read all of it.
        self.text.get_or_init(|| unpack(self.bytes).unwrap_or_default())
    }

    /// Of a text whose lines are in the order of their bytes: what follows `key` and a tab on its line; nothing where the line is
    /// the key alone.
    pub(crate) fn line_of(&'static self, key: &str) -> Option<&'static str> {
        let mut rest = self.text();
        while !rest.is_empty() {
            // The line that the middle falls into.
            let middle =
                rest.as_bytes().get(..rest.len() / 2)?.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let (before, from) = rest.split_at_checked(middle)?;
            let (line, after) = from.split_once('\n').unwrap_or((from, ""));
            let (name, value) = line.split_once('\t').unwrap_or((line, ""));
            rest = match name.cmp(key) {
                Ordering::Equal => return Some(value),
                Ordering::Less => after,
                Ordering::Greater => before,
            };
        }
        None
    }
}

fn unpack(bytes: &[u8]) -> Option<String> {
    let (size, body) = bytes.split_first_chunk()?;
    let mut text = vec![0; usize::try_from(u32::from_le_bytes(*size)).ok()?];
    decompress_slice_iter_to_slice(&mut text, std::iter::once(body), false, true).ok()?;
    String::from_utf8(text).ok()
}
