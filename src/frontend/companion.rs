//! Somebody who stands beside the conversation: the demo, which knows its server's password and can break things.

use crate::setup::Field;

/// What a companion adds to the screens.
pub trait Companion {
    /// A line beside a question, such as the password that the demo's server takes.
    fn hint(&self, field: Field) -> Option<String>;

    /// What its menu offers; empty for no menu.
    fn menu(&self) -> Vec<Item>;

    /// Takes the item at `index` of the menu.
    fn pick(&mut self, index: usize);

    /// Messages that arrived, as lines that are safe for a terminal.
    fn arrived(&self) -> Vec<String>;
}

/// An item of a companion's menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The key that picks it, one letter or digit.
    pub key: char,
    /// What it does.
    pub label: String,
    /// Whether it is in force now.
    pub active: bool,
}
