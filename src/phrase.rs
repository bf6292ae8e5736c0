//! A sentence that is not yet in a language: the ground that every room stands on.

use std::fmt;

/// A sentence that is not yet in a language: the message's name and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// The message's name in the text files.
    pub id: &'static str,
    /// Its arguments, in any order.
    pub args: Vec<(&'static str, String)>,
    /// An argument that is a sentence itself, said in the same language.
    pub inner: Option<Box<(&'static str, Self)>>,
}

impl Phrase {
    /// A sentence without arguments.
    pub const fn new(id: &'static str) -> Self {
        Self { id, args: Vec::new(), inner: None }
    }

    /// The sentence with one more argument. The caller escapes foreign text.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "callers pass both owned and borrowed values")]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// The sentence with another sentence as an argument, of which it has one at most.
    #[must_use]
    pub fn with_phrase(mut self, name: &'static str, phrase: Self) -> Self {
        self.inner = Some(Box::new((name, phrase)));
        self
    }
}

impl fmt::Display for Phrase {
    /// The message's name and its arguments, as a chain of causes shows them. People are told the sentence itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)?;
        self.args.iter().try_for_each(|(name, value)| write!(f, ", {name}: {value}"))?;
        self.inner.iter().try_for_each(|inner| write!(f, ", {}: ({})", inner.0, inner.1))
    }
}

/// Makes a [`Phrase`]: `phrase!("id")` or `phrase!("id", name = value, ...)`. A test finds these calls and checks that every
/// language has the message.
#[macro_export]
macro_rules! phrase {
    ($id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::phrase::Phrase::new($id)$(.with(stringify!($name), &$value))*
    };
}
