//! What is said of a text that tells of no failure: all went well, or it is something else, which is named.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{Diagnosis, Doctor, Facts, log::is_exims, read};
use crate::{mail::reply::escape, phrase, presets::Phrase};

/// A text that holds no cause.
#[derive(Debug, PartialEq, Eq)]
enum TextKind<'a> {
    /// The server asks for a part of the login (LOGIN, draft-murchison-sasl-login): what it asks for.
    Challenge(String),
    /// A list of waiting messages that does not say why they wait; a message in it.
    Queue(&'a str),
}

impl Doctor<'_> {
    /// What is said of a log that tells of no failure.
    pub fn no_failure(&self) -> Diagnosis {
        self.fine(self.unknown(&Facts::default()))
    }

    /// Nothing but success in the text.
    pub(super) fn fine(&self, unknown: Diagnosis) -> Diagnosis {
        let say = |phrase: Phrase| self.text.say(&phrase);
        let (title, meaning) = (say(phrase!("diagnosis-fine-title")), say(phrase!("diagnosis-fine-meaning")));
        Diagnosis { title, meaning, steps: vec![say(phrase!("diagnosis-fine-step"))], ..unknown }
    }

    /// What a text is of which the cause is not known, where that can be told.
    pub(super) fn named(&self, text: &[u8], unknown: Diagnosis) -> Diagnosis {
        let say = |phrase: Phrase| self.text.say(&phrase);
        let text = read::plain(text);
        let (title, meaning, step) = match kind(&text) {
            None => return unknown,
            Some(TextKind::Challenge(asked)) => (
                phrase!("diagnosis-challenge-title", asked = asked),
                phrase!("diagnosis-challenge-meaning"),
                phrase!("diagnosis-challenge-step"),
            ),
            Some(TextKind::Queue(message)) => (
                phrase!("diagnosis-queue-title"),
                phrase!("diagnosis-queue-meaning"),
                phrase!("diagnosis-queue-step", command = format!("exim4 -Mvl {message} | mailsetup explain")),
            ),
        };
        Diagnosis { title: say(title), meaning: say(meaning), steps: vec![say(step)], ..unknown }
    }
}

fn kind(text: &str) -> Option<TextKind<'_>> {
    let text = text.trim();
    if let Some(asked) = text.strip_prefix("334 ") {
        let asked = String::from_utf8(STANDARD.decode(asked).ok()?).ok()?;
        return Some(TextKind::Challenge(escape(asked.trim_end_matches([':', ' ', '\0']))));
    }
    text.lines().find_map(waiting_in_exim).map(TextKind::Queue)
}

/// The message's name in a line of `exim -bp`: how long it waits, its size, its name and its sender (Exim's specification, 5.2).
fn waiting_in_exim(line: &str) -> Option<&str> {
    let mut words = line.split_ascii_whitespace();
    let is_number = |word: &str, units: &[char]| {
        let number = word.trim_end_matches(units);
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    let is_age = words.next().is_some_and(|age| age.ends_with(['m', 'h', 'd']) && is_number(age, &['m', 'h', 'd']));
    let is_size = words.next().is_some_and(|size| is_number(size, &['K', 'M']));
    let name = words.next().filter(|name| is_exims(name))?;
    (is_age && is_size && words.next().is_some_and(|sender| sender.starts_with('<'))).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_hold_no_cause() {
        assert_eq!(kind("334 VXNlcm5hbWU6\r\n"), Some(TextKind::Challenge("Username".to_owned())));
        assert_eq!(kind("334 UGFzc3dvcmQ6"), Some(TextKind::Challenge("Password".to_owned())));
        let exim = " 4h  1.2K 1rXyZa-0001Ab-Cd <root@web1.example.org>\n          a@example.org\n";
        assert_eq!(kind(exim), Some(TextKind::Queue("1rXyZa-0001Ab-Cd")));
        assert_eq!(
            kind("25m   551 1rXyZa-00000001AbC-1xYz <> *** frozen ***"),
            Some(TextKind::Queue("1rXyZa-00000001AbC-1xYz"))
        );
        for none in ["", "334", "334 -", "4h 1.2K x <a@b>", "2026-11-30 05:11:43 1rXyZa-0001Ab-Cd <= a@b"] {
            assert_eq!(kind(none), None, "{none}");
        }
    }
}
