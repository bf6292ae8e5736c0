//! Macros: how they are written (RFC 7208, 7.1).

/// A text with macros in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainSpec(pub(super) Vec<Piece>);

/// What a text with macros consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text, taken as it is.
    Literal(String),
    /// `%%`, `%_` and `%-`: what they stand for.
    Escape(&'static str),
    /// `%{..}`.
    Macro(MacroTerm),
}

/// `%{d2r-}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MacroTerm {
    /// What is put in, as a small letter.
    pub(super) letter: char,
    /// It was a capital: the value is escaped as in a URL.
    pub(super) is_escaped: bool,
    /// So many parts from the right; none: all.
    pub(super) keep: Option<usize>,
    /// Parts in reverse order.
    pub(super) is_reversed: bool,
    /// What parts are separated by.
    pub(super) delimiters: String,
}

/// A text in which a macro is not written as macros are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MacroFault;

/// Letters of every text, and those of explanations alone (RFC 7208, 7.2).
const LETTERS: &str = "slodiphv";
const LETTERS_OF_EXPLANATIONS: &str = "slodiphvcrt";

/// What may separate parts.
const DELIMITERS: &str = ".-+,/_=";

impl DomainSpec {
    /// Reads a name: it ends in a macro or in a valid top label (`domain-spec`).
    ///
    /// # Errors
    /// It does not.
    pub fn parse(text: &str) -> Result<Self, MacroFault> {
        let pieces = pieces(text, LETTERS, |c| c.is_ascii_graphic())?;
        let ends_well = match pieces.last() {
            None => false,
            Some(Piece::Literal(end)) => has_top_label(end),
            Some(Piece::Escape(_) | Piece::Macro(_)) => true,
        };
        if ends_well { Ok(Self(pieces)) } else { Err(MacroFault) }
    }

    /// Reads the value of a modifier that nobody knows (`macro-string`).
    pub(super) fn check_value(text: &str) -> Result<(), MacroFault> {
        pieces(text, LETTERS_OF_EXPLANATIONS, |c| c.is_ascii_graphic()).map(|_| ())
    }

    /// Reads an explanation (`explain-string`).
    pub(super) fn of_explanation(text: &str) -> Result<Self, MacroFault> {
        pieces(text, LETTERS_OF_EXPLANATIONS, |c| c.is_ascii()).map(Self)
    }

    /// The name, where it has no macro: the same for every mail.
    pub fn plain(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Piece::Literal(name)] => Some(name.trim_end_matches('.')),
            _ => None,
        }
    }
}

fn pieces(text: &str, letters: &str, is_literal: impl Fn(char) -> bool) -> Result<Vec<Piece>, MacroFault> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c != '%' {
            if !is_literal(c) {
                return Err(MacroFault);
            }
            literal.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        if !literal.is_empty() {
            pieces.push(Piece::Literal(std::mem::take(&mut literal)));
        }
        let escape = [("%%", "%"), ("%_", " "), ("%-", "%20")].into_iter().find(|(written, _)| rest.starts_with(written));
        if let Some((written, meant)) = escape {
            pieces.push(Piece::Escape(meant));
            rest = &rest[written.len()..];
        } else {
            let (inner, after) = rest.strip_prefix("%{").and_then(|rest| rest.split_once('}')).ok_or(MacroFault)?;
            pieces.push(Piece::Macro(macro_term(inner, letters)?));
            rest = after;
        }
    }
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    Ok(pieces)
}

/// What is between the braces.
fn macro_term(inner: &str, letters: &str) -> Result<MacroTerm, MacroFault> {
    let first = inner.chars().next().ok_or(MacroFault)?;
    let letter = first.to_ascii_lowercase();
    if !letters.contains(letter) {
        return Err(MacroFault);
    }
    let rest = &inner[1..];
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (digits, rest) = rest.split_at(digits);
    let keep = (!digits.is_empty()).then(|| digits.parse().unwrap_or(usize::MAX));
    let is_reversed = rest.starts_with(['r', 'R']);
    let delimiters = &rest[usize::from(is_reversed)..];
    if keep == Some(0) || !delimiters.chars().all(|c| DELIMITERS.contains(c)) {
        return Err(MacroFault);
    }
    let delimiters = if delimiters.is_empty() { "." } else { delimiters }.to_owned();
    Ok(MacroTerm { letter, is_escaped: first.is_ascii_uppercase(), keep, is_reversed, delimiters })
}

/// Whether a name ends in `.` and a top label, which is not all digits and has no hyphen at either end.
fn has_top_label(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let Some((_, label)) = name.rsplit_once('.') else { return false };
    !label.is_empty()
        && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && label.chars().any(|c| !c.is_ascii_digit())
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let good = ["a.example", "a.example.", "%{d}", "x.%{ir}.%{v}.b-1", "%{l2r+-}.c.d", "a%%b.c", "a.%_", "a.1b"];
        for text in good {
            assert!(DomainSpec::parse(text).is_ok(), "{text}");
        }
        let bad = [
            "",
            "example",
            "example.",
            "a.1",
            "a.-b",
            "a.b-",
            "%",
            "a.%{x}",
            "%{d0}.a.b",
            "%{c}",
            "a b.c",
            "%(d).a",
            "%{d}1",
        ];
        for text in bad {
            assert!(DomainSpec::parse(text).is_err(), "{text}");
        }
    }
}
