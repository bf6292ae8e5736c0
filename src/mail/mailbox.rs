//! `Name <address>`, a sender's name and address in one value (RFC 5322, 3.4; RFC 6532 for letters beyond ASCII).
//!
//! Programs that take it encode such letters themselves (RFC 2047): Python's and Ruby's mail libraries, nodemailer, Go's
//! net/mail and git send-email. An encoded word inside quotes would be shown as it is (RFC 2047, 5).

use std::borrow::Cow;

/// The name and the address as one value.
pub fn join(name: &str, address: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == ' ';
    if !name.is_empty() && name.trim() == name && name.chars().all(is_plain) {
        return format!("{name} <{address}>");
    }
    let mut quoted = String::with_capacity(name.len() + address.len() + 8);
    quoted.push('"');
    for letter in name.chars() {
        if matches!(letter, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(letter);
    }
    format!("{quoted}\" <{address}>")
}

/// The name, empty where there is none, and the address of one value; a value in another form is an address.
pub fn split(value: &str) -> (Cow<'_, str>, &str) {
    let value = value.trim();
    let alone = (Cow::Borrowed(""), value);
    let Some((name, address)) = value.strip_suffix('>').and_then(|value| value.rsplit_once('<')) else { return alone };
    let (name, address) = (name.trim(), address.trim());
    match name.strip_prefix('"') {
        None if name.contains(['"', '<', '>', ',']) => alone,
        None => (Cow::Borrowed(name), address),
        Some(quoted) => unquoted(quoted).map_or(alone, |name| (Cow::Owned(name), address)),
    }
}

/// What stands in quotes, from after the first to the last, which ends it.
fn unquoted(quoted: &str) -> Option<String> {
    let mut name = String::with_capacity(quoted.len());
    let mut letters = quoted.chars();
    loop {
        match letters.next()? {
            '"' => return letters.as_str().is_empty().then_some(name),
            '\\' => name.push(letters.next()?),
            letter => name.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_comes_back_as_it_was() {
        for (name, value) in [
            ("Ops", "Ops <a@b.test>"),
            ("Jane Doe", "Jane Doe <a@b.test>"),
            ("Doe, Jane", "\"Doe, Jane\" <a@b.test>"),
            ("the \"shop\" \\ co", "\"the \\\"shop\\\" \\\\ co\" <a@b.test>"),
            ("Jörg <x>", "\"Jörg <x>\" <a@b.test>"),
            (" edge ", "\" edge \" <a@b.test>"),
        ] {
            assert_eq!(join(name, "a@b.test"), value);
            assert_eq!(split(value), (Cow::Borrowed(name), "a@b.test"), "{value}");
        }
    }

    #[test]
    fn what_has_another_form_is_an_address() {
        for value in ["a@b.test", "\"open <a@b.test>", "\"a\" b <a@b.test>", "a <b@c.test>, d <e@f.test>", ""] {
            assert_eq!(split(value), (Cow::Borrowed(""), value));
        }
        assert_eq!(split("<a@b.test>"), (Cow::Borrowed(""), "a@b.test"));
    }
}
