//! Words to look for in a text, all in one pass, and what each is for.

use std::{
    borrow::Cow,
    collections::{HashMap, hash_map::Entry},
};

use super::clean::fold;

/// What a needle that was found says of the whole text.
#[derive(Debug, Clone, Copy)]
pub(super) enum Use<'a> {
    /// A provider's mark.
    Mark(&'a str),
    /// A fault's word, with the fault's place in [`Matcher::faults`].
    Fault(usize),
}

/// A word to look for.
#[derive(Debug)]
pub(super) struct Needle<'a> {
    /// The word, folded.
    pub(super) text: Cow<'a, str>,
    /// What it says beside being in a pattern.
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
    places: HashMap<Cow<'a, str>, usize>,
}

impl<'a> Needles<'a> {
    /// Adds a word and returns its place; the same word is there once.
    pub(super) fn add(&mut self, words: &'a str) -> usize {
        match self.places.entry(folded(words)) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                let place = self.list.len();
                self.list.push(Needle { text: new.key().clone(), uses: Vec::new() });
                *new.insert(place)
            }
        }
    }

    /// Adds a word that says something of the whole text.
    pub(super) fn add_use(&mut self, words: &'a str, used: Use<'a>) {
        let place = self.add(words);
        if let Some(needle) = self.list.get_mut(place) {
            needle.uses.push(used);
        }
    }
}

/// A word as it stands in a folded text. A blank that the word itself has at its ends asks for a word's limit.
fn folded(words: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte == b' ' || byte.is_ascii_graphic() && !byte.is_ascii_uppercase() && byte != b'`';
    if words.bytes().all(is_plain) && !words.contains("  ") {
        return Cow::Borrowed(words);
    }
    let folded = fold(words);
    let folded = if words.starts_with(' ') { folded.as_str() } else { folded.trim_start() };
    let folded = if words.ends_with(' ') { folded } else { folded.trim_end() };
    Cow::Owned(folded.to_owned())
}

/// How many bytes of a needle lead to it.
const LEAD: usize = 4;

/// How many groups the needles are in; a power of two.
const GROUPS: usize = 1 << 12;

/// Finds needles in a text: by the group of the four bytes at each place, then by bisection. It is made in a hundredth of the time
/// that an automaton takes, and most texts are shorter than the needles together.
#[derive(Debug)]
pub(super) struct NeedleFinder {
    /// Where each group begins in `ordered`; the last one ends where this does.
    groups: Vec<usize>,
    /// Needles by group, then in the order of their bytes.
    ordered: Vec<Ordered>,
    /// Needles that are shorter than four bytes.
    short: Vec<usize>,
}

/// A needle in its order.
#[derive(Debug)]
struct Ordered {
    /// Its place.
    place: usize,
    /// The longest of the needles that it begins with, by its place in the order.
    shorter: Option<usize>,
}

impl NeedleFinder {
    /// Makes needles ready to be found.
    pub(super) fn new(needles: &[Needle<'_>]) -> Self {
        let mut short = Vec::new();
        let mut long: Vec<(usize, &[u8], usize)> = Vec::with_capacity(needles.len());
        // Where each group begins: first how many are in the one before it, then their sums.
        let mut groups = vec![0; GROUPS + 1];
        for (place, needle) in needles.iter().enumerate() {
            let text = needle.text.as_bytes();
            match text.first_chunk() {
                Some(lead) => {
                    let group = group(*lead);
                    long.push((group, text, place));
                    groups.get_mut(group + 1).into_iter().for_each(|size| *size += 1);
                }
                None => short.push(place),
            }
        }
        let mut sum = 0;
        for start in &mut groups {
            sum += *start;
            *start = sum;
        }
        // By group in one pass, as a counting sort does; within a group there are few.
        let mut by_group: Vec<(&[u8], usize)> = vec![(&[], 0); long.len()];
        let mut next = groups.clone();
        for (group, text, place) in long {
            if let Some(at) = next.get_mut(group) {
                by_group.get_mut(*at).into_iter().for_each(|slot| *slot = (text, place));
                *at += 1;
            }
        }
        for limits in groups.windows(2) {
            if let [start, end] = *limits
                && end - start > 1
                && let Some(members) = by_group.get_mut(start..end)
            {
                members.sort_unstable();
            }
        }
        let mut ordered: Vec<Ordered> = Vec::with_capacity(by_group.len());
        let text_of = |at: usize| by_group.get(at).map_or(&[][..], |(text, _)| text);
        for (at, (text, place)) in by_group.iter().enumerate() {
            let begins = |other: &usize| text.starts_with(text_of(*other));
            let before = std::iter::successors(at.checked_sub(1), |at| ordered.get(*at)?.shorter);
            let shorter = before.into_iter().find(begins);
            ordered.push(Ordered { place: *place, shorter });
        }
        Self { groups, ordered, short }
    }

    /// Calls `hit` with the place of each needle in the text, once for each time that it is there.
    pub(super) fn find(&self, needles: &[Needle<'_>], text: &str, mut hit: impl FnMut(usize)) {
        let text_of = |place: usize| needles.get(place).map_or(&[][..], |needle| needle.text.as_bytes());
        let is_short = |place: &&usize| needles.get(**place).is_some_and(|needle| text.contains(&*needle.text));
        self.short.iter().filter(is_short).for_each(|place| hit(*place));
        let mut rest = text.as_bytes();
        while let Some(lead) = rest.first_chunk() {
            let group = group(*lead);
            if let Some(&[start, end]) = self.groups.get(group..group + 2)
                && let Some(members) = self.ordered.get(start..end)
            {
                let after = members.partition_point(|member| text_of(member.place) <= rest);
                let last = after.checked_sub(1).map(|last| start + last);
                let begun = std::iter::successors(last, |at| self.ordered.get(*at)?.shorter);
                let begun = begun.filter_map(|at| self.ordered.get(at)).map(|member| member.place);
                begun.filter(|place| rest.starts_with(text_of(*place))).for_each(&mut hit);
            }
            rest = &rest[1..];
        }
    }
}

/// The group of needles that begin with these bytes (Fibonacci hashing: Knuth, The Art of Computer Programming 3, 6.4).
const fn group(lead: [u8; LEAD]) -> usize {
    (u32::from_le_bytes(lead).wrapping_mul(0x9e37_79b1) >> (32 - GROUPS.ilog2())) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(words: &[String], text: &str) -> Vec<String> {
        let mut needles = Needles::default();
        for word in words {
            needles.add(word);
        }
        let mut found = Vec::new();
        NeedleFinder::new(&needles.list).find(&needles.list, text, |place| found.push(needles.list[place].text.to_string()));
        found.sort();
        found.dedup();
        found
    }

    #[test]
    fn words_that_begin_alike_and_lie_in_each_other_are_all_found() {
        let words =
            ["auth", "auth failed", "auth fail", "authx", "h fa", "ed", "failed ", "auth failed: no", ""].map(str::to_owned);
        let expected = ["", "auth", "auth fail", "auth failed", "ed", "failed ", "h fa"];
        assert_eq!(found(&words, "535 auth failed today"), expected);
    }

    #[test]
    fn a_word_is_folded_as_texts_are() {
        for (words, expected) in [
            ("Déjà vu", "deja vu"),
            (" tls", " tls"),
            ("tls ", "tls "),
            ("a  b", "a b"),
            ("it`s", "it's"),
            ("no\tblank\u{a0}", "no blank"),
            ("", ""),
        ] {
            assert_eq!(folded(words), expected, "{words:?}");
        }
    }

    proptest! {
        #[test]
        fn it_finds_what_is_there(words in prop::collection::vec("[ab ]{0,9}", 0..40), text in "[abc ]{0,60}") {
            let mut there: Vec<String> = words.iter().map(|word| folded(word).into_owned()).filter(|word| text.contains(word)).collect();
            there.sort();
            there.dedup();
            prop_assert_eq!(found(&words, &text), there);
        }
    }
}
