//! Which addresses may leave this machine as senders, and which stand in place of which.

use super::{
    Address,
    address::AddressFault,
    value::ValueFault,
    word::{word_serde, words},
};
use crate::{phrase, phrase::Phrase};

words! {
    /// Which addresses may leave a machine as senders, in the envelope and in From.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
    #[cfg_attr(test, derive(schemars::JsonSchema))]
    #[cfg_attr(test, schemars(rename_all = "lowercase", description = "Which addresses may leave the machine as senders."))]
    pub enum Senders {
        /// The profile's address alone: whatever address a program uses, this one stands in its place.
        One = "one",
        /// Those of the address's domain; the address stands in place of others.
        Domain = "domain",
        /// Whatever a program uses.
        #[default]
        Any = "any",
    }
}

word_serde!(Senders);

impl Senders {
    /// Whether programs' own addresses leave as they are.
    pub const fn is_any(&self) -> bool {
        matches!(self, Self::Any)
    }
}

/// An address, and the one that leaves in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderPair {
    /// What a program uses.
    pub from: Address,
    /// What leaves.
    pub to: Address,
}

/// Why a list of senders cannot be read; the line counts from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderMapFault {
    /// The line.
    pub line: usize,
    /// What is wrong there.
    pub kind: SenderMapFaultKind,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SenderMapFaultKind {
    /// It is not two addresses.
    NotTwo,
    /// An address is none.
    Address(AddressFault),
    /// The first address was there before, with another one.
    Twice(Address),
}

impl ValueFault for SenderMapFault {
    fn phrase(&self) -> Phrase {
        match &self.kind {
            SenderMapFaultKind::NotTwo => phrase!("invalid-sender-map-two", line = self.line),
            SenderMapFaultKind::Address(fault) => fault.phrase().with("line", self.line),
            SenderMapFaultKind::Twice(address) => {
                phrase!("invalid-sender-map-twice", line = self.line, address = super::value::shown(&address.to_string()))
            }
        }
    }
}

/// Reads a list of senders: lines `FROM TO`; what follows `#` at the beginning of a word is a comment.
///
/// # Errors
/// The first line that is wrong.
pub fn sender_map(text: &str) -> Result<Vec<SenderPair>, SenderMapFault> {
    let mut pairs: Vec<SenderPair> = Vec::new();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let fault = |kind| SenderMapFault { line: index + 1, kind };
        let words: Vec<&str> = line.split_whitespace().take_while(|word| !word.starts_with('#')).collect();
        let (from, to) = match words[..] {
            [] => continue,
            [from, to] => (from, to),
            _ => return Err(fault(SenderMapFaultKind::NotTwo)),
        };
        let address = |typed: &str| typed.parse().map_err(|why| fault(SenderMapFaultKind::Address(why)));
        let pair = SenderPair { from: address(from)?, to: address(to)? };
        let is_same = |other: &&SenderPair| other.from.to_string().eq_ignore_ascii_case(&pair.from.to_string());
        match pairs.iter().find(is_same) {
            Some(known) if known.to == pair.to => {}
            Some(_) => return Err(fault(SenderMapFaultKind::Twice(pair.from))),
            None => pairs.push(pair),
        }
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_comments_and_blank_lines() {
        let text = "# ours\r\n\r\nwww-data@web1  shop@example.com # the shop\r\n\tgit@web1 dev@example.com\nGIT@web1 dev@example.com";
        let pairs: Vec<_> = sender_map(text).unwrap().iter().map(|pair| format!("{} {}", pair.from, pair.to)).collect();
        assert_eq!(pairs, ["www-data@web1 shop@example.com", "git@web1 dev@example.com"]);
        assert_eq!(sender_map(""), Ok(Vec::new()));
    }

    #[test]
    fn what_is_wrong_has_its_line() {
        for (text, line, id) in [
            ("\na@b.test", 2, "invalid-sender-map-two"),
            ("a@b.test c@d.test e@f.test", 1, "invalid-sender-map-two"),
            ("# x\nroot c@d.test", 2, "invalid-address-no-at"),
            ("a@b.test c@d.test\na@b.test e@f.test", 2, "invalid-sender-map-twice"),
        ] {
            let fault = sender_map(text).unwrap_err();
            assert_eq!((fault.line, fault.phrase().id), (line, id), "{text}");
        }
    }
}
