//! A block between two marker comments.

use super::{line_break, with_breaks};
use crate::plan::read::{Fault, FaultKind, lines};

/// What stands around our block.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::plan) struct Around<'a> {
    /// Up to the opening mark; all of the text when there is no block.
    pub(in crate::plan) before: &'a str,
    /// From behind the closing mark.
    pub(in crate::plan) after: &'a str,
    /// Whether the block is there.
    pub(in crate::plan) found: bool,
}

/// What opens a block and what closes it, between the comment sign and the profile's name.
pub(in crate::plan) const BEGIN: &str = "BEGIN mailsetup: ";
pub(in crate::plan) const END: &str = "END mailsetup: ";

/// The opening and the closing mark of a profile's block.
fn marks(comment: &str, profile: &str) -> (String, String) {
    (format!("{comment} {BEGIN}{profile}"), format!("{comment} {END}{profile}"))
}

/// Finds a profile's block.
///
/// # Errors
/// A mark without its counterpart, or a second block.
pub(in crate::plan) fn around<'a>(text: &'a str, comment: &str, profile: &str) -> Result<Around<'a>, Fault> {
    let (begin, end) = marks(comment, profile);
    let mut opened = None;
    let mut block = None;
    for (line, bare, whole) in lines(text) {
        let content = text[bare].trim_ascii();
        let fault = |kind| Err(Fault { line, kind });
        if content == begin {
            if block.is_some() {
                return fault(FaultKind::BlockTwice);
            }
            if opened.is_some() {
                return fault(FaultKind::BlockOpen);
            }
            opened = Some((line, whole.start));
        } else if content == end {
            let Some((_, start)) = opened.take() else { return fault(FaultKind::BlockClose) };
            block = Some(start..whole.end);
        }
    }
    if let Some((line, _)) = opened {
        return Err(Fault { line, kind: FaultKind::BlockOpen });
    }
    Ok(match block {
        Some(block) => Around { before: &text[..block.start], after: &text[block.end..], found: true },
        None => Around { before: text, after: "", found: false },
    })
}

/// The text with our block in its place, or at the end.
pub(in crate::plan) fn merge(around: &Around<'_>, comment: &str, profile: &str, body: &str) -> String {
    let (begin, end) = marks(comment, profile);
    let line_break = line_break(if around.before.is_empty() { around.after } else { around.before });
    let mut text = around.before.to_owned();
    if !around.found && !text.is_empty() {
        if !text.ends_with('\n') {
            text.push_str(line_break);
        }
        text.push_str(line_break);
    }
    text.push_str(&with_breaks(&format!("{begin}\n{}\n{end}", body.trim_end()), line_break));
    text.push_str(around.after);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(text: &str, body: &str) -> String {
        merge(&around(text, "#", "default").unwrap(), "#", "default", body)
    }

    #[test]
    fn into_nothing_at_the_end_and_in_place() {
        assert_eq!(put("", "a\n"), "# BEGIN mailsetup: default\na\n# END mailsetup: default\n");
        let first = put("x\r\ny", "a\nb");
        assert_eq!(first, "x\r\ny\r\n\r\n# BEGIN mailsetup: default\r\na\r\nb\r\n# END mailsetup: default\r\n");
        let edited = format!("{first}z");
        assert_eq!(put(&edited, "a\nb"), edited);
        assert_eq!(put(&edited, "c"), edited.replace("a\r\nb", "c"));
    }

    #[test]
    fn profiles_have_their_own() {
        let one = put("", "a");
        let two = merge(&around(&one, "#", "other").unwrap(), "#", "other", "b");
        assert!(two.starts_with(&one) && two.contains("# BEGIN mailsetup: other\nb\n"));
    }

    #[test]
    fn damaged() {
        let fault = |text: &str| around(text, "#", "default").unwrap_err();
        let (begin, end) = marks("#", "default");
        assert_eq!(fault(&format!("x\n{begin}\ny\n")), Fault { line: 2, kind: FaultKind::BlockOpen });
        assert_eq!(fault(&format!("{begin}\n{begin}\n{end}\n")), Fault { line: 2, kind: FaultKind::BlockOpen });
        assert_eq!(fault(&format!("x\n{end}\n")), Fault { line: 2, kind: FaultKind::BlockClose });
        assert_eq!(fault(&format!("{begin}\n{end}\n{begin}\n{end}\n")), Fault { line: 3, kind: FaultKind::BlockTwice });
    }
}
