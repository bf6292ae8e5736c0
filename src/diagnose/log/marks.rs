//! Which lines are worth a look: most tell of mail that goes its way, and pass at the speed of reading.

/// Words without which a line tells of no failure, nor of the end of an attempt. ASCII case does not matter.
const MARKS: &[&str] = &[
    // How attempts end
    "status=",
    "stat=",
    "result=\"",
    "exitcode=",
    " ** ",
    " == ",
    " => ",
    " -> ",
    "delivery successful",
    "smtp: succeeded",
    "sent file",
    // What failures of every kind have
    "fail",
    "error",
    "fatal",
    "panic",
    "eror",
    "exception",
    "warning",
    "reject",
    "refused",
    "denied",
    "deferred",
    "bounced",
    "timed out",
    "timeout",
    "unable",
    "unreachable",
    "cannot",
    "can't",
    "could not",
    "couldn't",
    "not ",
    "no such",
    "no mechanism",
    "no route",
    "invalid",
    "lost connection",
    "closed",
    "reset by peer",
    "unknown user",
    "user unknown",
    "unavailable",
    "too many",
    "expired",
    "quota",
    " 4.",
    " 5.",
    " 421",
    " 45",
    " 50",
    " 53",
    " 55",
];

/// How many bytes of a word lead to it.
const LEAD: usize = 3;

/// How many bits of a byte count there: those that capital and small letters have in common.
const BITS: usize = 5;

/// How many leads there are.
const LEADS: usize = 1 << (LEAD * BITS);

/// Finds out whether a line has one of the words.
#[derive(Debug)]
pub(super) struct LogMarks {
    /// Which leads words have, a bit each.
    leads: Vec<u64>,
    /// The words by their leads.
    words: Vec<(usize, &'static [u8])>,
}

impl LogMarks {
    /// Makes the words ready.
    pub(super) fn new() -> Self {
        let of_word = |word: &&'static str| {
            let lead = word.bytes().take(LEAD).fold(0, then);
            (lead, word.as_bytes())
        };
        let mut words: Vec<_> = MARKS.iter().map(of_word).collect();
        words.sort_unstable();
        let mut leads = vec![0; LEADS / 64];
        for (lead, _) in &words {
            if let Some(bits) = leads.get_mut(lead / 64) {
                *bits |= 1 << (lead % 64);
            }
        }
        Self { leads, words }
    }

    /// Whether a line has one of the words.
    pub(super) fn are_in(&self, line: &[u8]) -> bool {
        let mut lead = 0;
        for (at, byte) in line.iter().enumerate() {
            lead = then(lead, *byte);
            let is_lead = self.leads.get(lead / 64).is_some_and(|bits| bits & (1 << (lead % 64)) != 0);
            if is_lead && self.is_at(lead, line.get((at + 1).saturating_sub(LEAD)..).unwrap_or_default()) {
                return true;
            }
        }
        false
    }

    fn is_at(&self, lead: usize, rest: &[u8]) -> bool {
        let first = self.words.partition_point(|(other, _)| *other < lead);
        let words = self.words.iter().skip(first).take_while(|(other, _)| *other == lead);
        words.into_iter().any(|(_, word)| rest.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word)))
    }
}

/// The lead with one more byte.
const fn then(lead: usize, byte: u8) -> usize {
    (lead << BITS | byte as usize & ((1 << BITS) - 1)) & (LEADS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_wherever_it_stands() {
        let marks = LogMarks::new();
        for word in MARKS {
            assert!(word.len() >= LEAD, "{word}");
            for line in [(*word).to_owned(), format!("a {word}"), word.to_uppercase(), format!("ab {word} c")] {
                assert!(marks.are_in(line.as_bytes()), "{line}");
            }
        }
        for line in
            ["", "a", "postfix/qmgr[1]: 4F1A2C0: removed", "postfix/pickup[1]: 4F1A2C0: uid=0 from=<root>", "fai", "tn"]
        {
            assert!(!marks.are_in(line.as_bytes()), "{line}");
        }
    }
}
