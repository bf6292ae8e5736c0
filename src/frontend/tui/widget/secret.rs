//! A line editor for secrets, never displayed and wiped on drop; `tui_input` would keep plain copies.

use zeroize::Zeroizing;

use crate::mail::Secret;

/// Longest secret, in bytes: the buffer is reserved once, since growing would leave copies.
const ROOM: usize = 8192;

/// A secret being typed.
pub(in super::super) struct SecretLine {
    text: Zeroizing<String>,
    /// Characters before the cursor.
    cursor: usize,
}

impl SecretLine {
    pub(in super::super) fn new() -> Self {
        Self { text: Zeroizing::new(String::with_capacity(ROOM)), cursor: 0 }
    }

    pub(in super::super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// How many characters it has.
    pub(in super::super) fn len(&self) -> usize {
        self.text.chars().count()
    }

    pub(in super::super) const fn cursor(&self) -> usize {
        self.cursor
    }

    fn byte(&self, character: usize) -> usize {
        self.text.char_indices().nth(character).map_or(self.text.len(), |(at, _)| at)
    }

    pub(in super::super) fn insert(&mut self, character: char) {
        if self.text.len() + character.len_utf8() <= ROOM {
            let at = self.byte(self.cursor);
            self.text.insert(at, character);
            self.cursor += 1;
        }
    }

    pub(in super::super) fn backspace(&mut self) {
        if self.cursor > 0 {
            self.cursor -= 1;
            self.delete();
        }
    }

    pub(in super::super) fn delete(&mut self) {
        let at = self.byte(self.cursor);
        if at < self.text.len() {
            self.text.remove(at);
        }
    }

    pub(in super::super) fn clear(&mut self) {
        *self = Self::new();
    }

    pub(in super::super) fn step(&mut self, by: isize) {
        self.cursor = self.cursor.saturating_add_signed(by).min(self.len());
    }

    /// Takes the secret out.
    pub(in super::super) fn take(&mut self) -> Secret {
        let secret = Secret::new(String::clone(&self.text));
        self.clear();
        secret
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editing() {
        let mut line = SecretLine::new();
        for character in "pässw".chars() {
            line.insert(character);
        }
        line.step(-3);
        line.backspace();
        line.insert('a');
        line.delete();
        assert_eq!((line.len(), line.cursor()), (4, 2));
        assert_eq!(line.take().expose(), "pasw");
        assert!(line.is_empty());
    }
}
