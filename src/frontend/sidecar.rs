//! What runs beside the conversation: the demo, which knows its server's password and can break things.

use crate::setup::Field;

/// What a sidecar adds to the screens.
pub trait Sidecar {
    /// A line beside a question, such as the password of the demo's server.
    fn hint(&self, field: Field) -> Option<String>;

    /// The items of its menu; empty for no menu.
    fn menu(&self) -> Vec<MenuItem>;

    /// Picks the item at `index` of the menu.
    fn pick(&mut self, index: usize);

    /// Messages that have arrived, as lines that are safe for a terminal.
    fn arrived(&self) -> Vec<String>;
}

/// An item of a sidecar's menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuItem {
    /// Its key, one letter or digit.
    pub key: char,
    /// What it does.
    pub label: String,
    /// Whether it is active now.
    pub active: bool,
}
