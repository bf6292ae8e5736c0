//! What of a change may be shown: what we wrote, but for the password. All else is a person's own, whatever it looks like.

use std::ops::Range;

use crate::mail::Secret;

/// A password of fewer characters is hidden only where it was written: it would be found everywhere.
const SHORT: usize = 4;

/// What of a change may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disclosure {
    /// Nothing: the file is the password.
    Nothing,
    /// What we wrote.
    Ours(Ours),
}

/// What we wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ours {
    /// Where keys are in the lines that a diff shows of the text before, in order.
    pub(super) keys_before: Vec<Range<usize>>,
    /// The same of the text afterwards.
    pub(super) keys_after: Vec<Range<usize>>,
    /// What is ours in the text afterwards.
    pub(super) written: Vec<Range<usize>>,
    /// What is ours in the text before: of a file that nobody else writes.
    pub(super) replaced: Vec<Range<usize>>,
    /// The password as it was written.
    pub(super) secrets: Vec<Hidden>,
}

/// The password where it was written, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hidden {
    /// What is before it on its line.
    pub(super) lead: String,
    pub(super) text: Secret,
}

impl Disclosure {
    /// Whether the password is in what we write, in whatever form the file wants it.
    pub(super) fn hides(&self) -> bool {
        matches!(self, Self::Ours(ours) if !ours.secrets.is_empty())
    }

    /// All of a text, and of what it was before; of what is not UTF-8 nothing.
    pub fn all(before: Option<&[u8]>, after: &[u8]) -> Self {
        let whole = |text: &[u8]| std::iter::once(0..text.len()).collect::<Vec<_>>();
        let replaced = before.filter(|before| std::str::from_utf8(before).is_ok()).map(whole).unwrap_or_default();
        Self::Ours(Ours { written: whole(after), replaced, ..Ours::default() })
    }
}

impl Ours {
    /// A part of ours with `mask` in place of the password.
    pub(super) fn masked(&self, part: &str, secret: Option<&Secret>, mask: &str) -> String {
        let mut text = part.to_owned();
        for Hidden { lead, text: hidden } in &self.secrets {
            let (lead, hidden) = (lead.trim_start(), hidden.expose());
            text = text.replace(&format!("{lead}{hidden}"), &format!("{lead}{mask}"));
            if hidden.chars().count() >= SHORT {
                text = text.replace(hidden, mask);
            }
        }
        match secret.map(Secret::expose).filter(|secret| secret.chars().count() >= SHORT) {
            Some(secret) => text.replace(secret, mask),
            None => text,
        }
    }
}
