//! How sure a diagnosis is.

use serde::Serialize;

use super::matcher::Hit;

/// How sure a diagnosis is, by its word in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// The class of a code or the like suggests the cause.
    Guess,
    /// The evidence names it, and another one nearly as well, or in words that are used for more than one.
    Likely,
    /// The evidence names it.
    Sure,
}

/// What a match is worth that is more than a code or one short word.
const SPECIFIC: i32 = 32;

/// How far the best cause is ahead of the next when there is no doubt.
const AHEAD: i32 = 4;

impl Certainty {
    /// Of a live test: what it saw is known in full.
    pub(super) fn of_evidence(hits: &[Hit]) -> Self {
        if hits.first().is_none_or(|best| best.guess) { Self::Guess } else { Self::Sure }
    }

    /// Of a pasted text, from all that it matches, the best first.
    pub(super) fn of_text(hits: &[Hit]) -> Self {
        match hits {
            [] => Self::Guess,
            [best, ..] if best.guess => Self::Guess,
            [best, rest @ ..] => {
                let rival = rest.iter().find(|hit| !hit.guess).is_some_and(|hit| best.score - hit.score < AHEAD);
                if rival || best.score < SPECIFIC { Self::Likely } else { Self::Sure }
            }
        }
    }

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Guess => "guess",
            Self::Likely => "likely",
            Self::Sure => "sure",
        }
    }
}
