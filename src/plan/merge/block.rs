//! A block between two marker comments.

use super::{Merged, line_break};
use crate::format::{
    Fault, FaultKind, FileFormat,
    place::with_breaks,
    text::{BEGIN, END, lines},
};

/// What is around our block.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::plan) struct Around<'a> {
    /// Up to the opening mark; all of the text when there is no block.
    pub(in crate::plan) before: &'a str,
    /// From after the closing mark.
    pub(in crate::plan) after: &'a str,
    /// Whether the block is there.
    pub(in crate::plan) found: bool,
}

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

/// Where our block goes, in what is before it: at the end, or above what would win over it.
///
/// # Errors
/// The consumer would not get to it.
pub(in crate::plan) fn spot(format: &dyn FileFormat, around: &Around<'_>, comment: &str) -> Result<usize, Fault> {
    let text = around.before;
    let at = format.block_at(text, comment, around.found)?;
    Ok(if at < text.len() { outside(text, at, comment) } else { at })
}

/// A place that is in the block of another profile, moved above it.
fn outside(text: &str, at: usize, comment: &str) -> usize {
    let (begin, end) = marks(comment, "");
    let last = |mark: &str| lines(&text[..at]).filter(|(_, bare, _)| text[bare.clone()].trim().starts_with(mark)).last();
    match (last(&begin), last(&end)) {
        (Some((_, opened, _)), Some((_, closed, _))) if closed.start > opened.start => at,
        (Some((_, opened, _)), _) => opened.start,
        (None, _) => at,
    }
}

/// The text with our block in its place, or at `spot`.
pub(in crate::plan) fn merge(around: &Around<'_>, spot: usize, comment: &str, profile: &str, body: &str) -> Merged {
    let (begin, end) = marks(comment, profile);
    let line_break = line_break(&[around.before, around.after].concat());
    let (above, below) = around.before.split_at(spot);
    let mut start = above.to_owned();
    if !around.found && !start.is_empty() && below.is_empty() {
        if !start.ends_with('\n') {
            start.push_str(line_break);
        }
        start.push_str(line_break);
    }
    let block = with_breaks(&format!("{begin}\n{}\n{end}", body.trim_ascii_end()), line_break);
    let gap = if below.is_empty() { "" } else { line_break };
    Merged::of(start, &block, &[gap, below, around.after].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Format;

    fn put_as(format: &str, text: &str, profile: &str, body: &str) -> String {
        let around = around(text, "#", profile).unwrap();
        merge(&around, spot(Format::named(format).unwrap().rules(), &around, "#").unwrap(), "#", profile, body).text
    }

    fn put(text: &str, body: &str) -> String {
        put_as("msmtprc", text, "default", body)
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
        let two = put_as("msmtprc", &one, "other", "b");
        assert!(two.starts_with(&one) && two.contains("# BEGIN mailsetup: other\nb\n"));
    }

    #[test]
    fn above_what_would_win() {
        let text = "# c\n\n  set x\nset y\n";
        let one = put_as("monit", text, "default", "a");
        assert_eq!(one, "# c\n\n# BEGIN mailsetup: default\na\n# END mailsetup: default\n\n  set x\nset y\n");
        assert_eq!(put_as("monit", &one, "default", "a"), one);
        let two = put_as("monit", &one, "other", "b");
        assert!(
            two.starts_with("# c\n\n# BEGIN mailsetup: other\nb\n# END mailsetup: other\n\n# BEGIN mailsetup: default\n")
        );
        assert_eq!(put_as("exim-passwd", "# c\n", "default", "*:u:p"), put("# c\n", "*:u:p"));
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
