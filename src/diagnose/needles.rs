//! Words to look for in a text, all in one pass, and what each is for.

use super::clean::fold;

/// What a needle that was found is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Use<'a> {
    /// A pattern's word.
    Word,
    /// A provider's mark.
    Mark(&'a str),
    /// A fault's word, with the fault's place in [`Matcher::faults`].
    Fault(usize),
}

/// A word to look for.
#[derive(Debug)]
pub(super) struct Needle<'a> {
    /// The word, folded.
    pub(super) text: String,
    /// What it is for.
    pub(super) uses: Vec<Use<'a>>,
}

/// Which needles a text has.
#[derive(Debug)]
pub(super) struct Found(Vec<u64>);

impl Found {
    /// None of so many needles.
    pub(super) fn none_of(needles: usize) -> Self {
        Self(vec![0; needles.div_ceil(64)])
    }

    /// Whether the text has this needle.
    pub(super) fn has(&self, needle: usize) -> bool {
        self.0.get(needle / 64).is_some_and(|word| word & (1 << (needle % 64)) != 0)
    }

    /// Takes a needle that was found.
    pub(super) fn set(&mut self, needle: usize) {
        if let Some(word) = self.0.get_mut(needle / 64) {
            *word |= 1 << (needle % 64);
        }
    }
}

/// Every word to look for.
#[derive(Debug, Default)]
pub(super) struct Needles<'a> {
    /// The words, by place.
    pub(super) list: Vec<Needle<'a>>,
    places: std::collections::HashMap<String, usize>,
}

impl<'a> Needles<'a> {
    /// Adds a word and returns its place; the same word is there once.
    pub(super) fn add(&mut self, words: &str, used: Use<'a>) -> usize {
        let folded = fold(words);
        // A blank that the word itself has at its ends asks for a word's limit.
        let folded = if words.starts_with(' ') { folded.as_str() } else { folded.trim_start() };
        let folded = if words.ends_with(' ') { folded } else { folded.trim_end() };
        let place = *self.places.entry(folded.to_owned()).or_insert(self.list.len());
        if place == self.list.len() {
            self.list.push(Needle { text: folded.to_owned(), uses: Vec::new() });
        }
        if let Some(needle) = self.list.get_mut(place) {
            needle.uses.push(used);
        }
        place
    }
}
