//! Yes and no, in English and in the person's language.

use super::value::{ValueFault, shown};
use crate::{phrase, phrase::Phrase};

/// What says yes, whatever the language.
const YES: [&str; 4] = ["yes", "y", "true", "1"];

/// What says no, whatever the language.
const NO: [&str; 4] = ["no", "n", "false", "0"];

/// The words for yes and no of a language, each list separated by blanks. English ones always count as well.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct YesNoWords<'a> {
    /// What says yes.
    pub yes: &'a str,
    /// What says no.
    pub no: &'a str,
}

/// A text that is neither yes nor no, as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YesNoFault(pub String);

impl ValueFault for YesNoFault {
    fn phrase(&self) -> Phrase {
        phrase!("invalid-confirm", typed = shown(&self.0))
    }
}

impl YesNoWords<'_> {
    /// Whether the answer is yes. Case does not matter.
    ///
    /// # Errors
    /// It is neither yes nor no.
    pub fn parse(self, typed: &str) -> Result<bool, YesNoFault> {
        let word = typed.trim().to_lowercase();
        let is =
            |words: [&str; 4], own: &str| words.contains(&word.as_str()) || own.split_whitespace().any(|own| own == word);
        if is(YES, self.yes) {
            Ok(true)
        } else if is(NO, self.no) {
            Ok(false)
        } else {
            Err(YesNoFault(typed.trim().to_owned()))
        }
    }
}

/// The word that files and JSON use.
pub const fn word(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_always_counts_and_the_language_beside_it() {
        assert_eq!(YesNoWords::default().parse(" Yes "), Ok(true));
        let french = YesNoWords { yes: "oui o", no: "non n" };
        assert_eq!(french.parse("0"), Ok(false));
        assert_eq!(french.parse("Oui"), Ok(true));
        assert_eq!(YesNoWords::default().parse("oui"), Err(YesNoFault("oui".into())));
    }
}
