//! A three-way merge by lines, in which edits may touch each other but not overlap.
//!
//! Our lines are first looked for as they are, so that lines that moved are found; diffy finds the edits. Its own merge, like
//! git's, reports a conflict when a person adds lines right after our block at the end of a file, and that is where people
//! add lines.

use std::ops::Range;

use diffy::{DiffOptions, Line};

/// An edit of the base: these lines become those.
#[derive(Debug, Clone, PartialEq, Eq)]
struct LineEdit<'a> {
    lines: Range<usize>,
    new: Vec<&'a [u8]>,
}

/// `now` with the edits that lead from `base` to `back`; `None` when both edit the same lines.
pub(super) fn merge(base: &[u8], now: &[u8], back: &[u8]) -> Option<Vec<u8>> {
    let (base, now, back) = (lines(base), lines(now), lines(back));
    let ours = edits(&base, &back);
    if let Some(merged) = found(&base, &now, &ours) {
        return Some(merged);
    }
    let theirs = edits(&base, &now);
    if ours.iter().any(|our| theirs.iter().any(|their| our != their && overlaps(&our.lines, &their.lines))) {
        return None;
    }
    let merged = edited(&base, theirs.into_iter().chain(ours.iter().cloned()).collect());
    // Among many equal lines an edit can look like a move, and our lines would stay.
    let stays = |edit: &LineEdit| {
        let old = &base[edit.lines.clone()];
        places(&lines(&merged), old).len() > places(&back, old).len()
    };
    let stays = ours.iter().filter(|edit| !edit.lines.is_empty()).any(stays);
    if stays { None } else { Some(merged) }
}

/// `now` with our lines replaced where they are, wherever they were moved to; `None` unless each run of them is there once.
fn found(base: &[&[u8]], now: &[&[u8]], ours: &[LineEdit]) -> Option<Vec<u8>> {
    let at = |edit: &LineEdit| {
        slides(base, edit).into_iter().find_map(|range| {
            let old = &base[range];
            match places(now, old)[..] {
                [start] if places(base, old).len() == 1 => Some(start..start + old.len()),
                _ => None,
            }
        })
    };
    let moved = ours.iter().map(|edit| Some(LineEdit { lines: at(edit)?, new: edit.new.clone() }));
    let moved = moved.collect::<Option<Vec<LineEdit>>>()?;
    let mut ranges: Vec<_> = moved.iter().map(|edit| edit.lines.clone()).collect();
    ranges.sort_by_key(|range| range.start);
    let is_apart = ranges.windows(2).all(|pair| pair[0].end <= pair[1].start);
    is_apart.then(|| edited(now, moved))
}

/// The same deletion, wherever equal lines at its ends let it begin: a blank line before a block or the one after it.
fn slides(base: &[&[u8]], edit: &LineEdit) -> Vec<Range<usize>> {
    let mut slides = vec![edit.lines.clone()];
    if !edit.new.is_empty() || edit.lines.is_empty() {
        return slides;
    }
    let Range { mut start, mut end } = edit.lines.clone();
    while start > 0 && base[start - 1] == base[end - 1] {
        (start, end) = (start - 1, end - 1);
        slides.push(start..end);
    }
    Range { start, end } = edit.lines.clone();
    while end < base.len() && base[start] == base[end] {
        (start, end) = (start + 1, end + 1);
        slides.push(start..end);
    }
    slides
}

/// Where `part` is in `whole`; an empty part is nowhere.
fn places(whole: &[&[u8]], part: &[&[u8]]) -> Vec<usize> {
    if part.is_empty() {
        return Vec::new();
    }
    whole.windows(part.len()).enumerate().filter(|(_, lines)| *lines == part).map(|(at, _)| at).collect()
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

/// `lines` with edits that do not overlap.
fn edited(lines: &[&[u8]], mut edits: Vec<LineEdit>) -> Vec<u8> {
    edits.sort_by_key(|edit| (edit.lines.start, edit.lines.end));
    edits.dedup();
    let mut merged = Vec::new();
    let mut next = 0;
    for edit in edits {
        lines[next..edit.lines.start].iter().for_each(|line| push(&mut merged, line));
        edit.new.iter().for_each(|line| push(&mut merged, line));
        next = edit.lines.end;
    }
    lines[next..].iter().for_each(|line| push(&mut merged, line));
    merged
}

/// A last line without its line break gets one when something follows it.
fn push(merged: &mut Vec<u8>, line: &[u8]) {
    if merged.last().is_some_and(|byte| *byte != b'\n') {
        merged.push(b'\n');
    }
    merged.extend_from_slice(line);
}

fn overlaps(a: &Range<usize>, b: &Range<usize>) -> bool {
    match (a.is_empty(), b.is_empty()) {
        (true, true) => a.start == b.start,
        (true, false) => b.start < a.start && a.start < b.end,
        (false, true) => a.start < b.start && b.start < a.end,
        (false, false) => a.start < b.end && b.start < a.end,
    }
}

fn edits<'a>(base: &[&'a [u8]], new: &[&'a [u8]]) -> Vec<LineEdit<'a>> {
    let mut options = DiffOptions::new();
    // With all lines as context the patch is one hunk, in which every line has its place.
    options.set_context_len(base.len() + new.len() + 1);
    let (old_text, new_text) = (base.concat(), new.concat());
    let mut edits: Vec<LineEdit> = Vec::new();
    let (mut at, mut at_new) = (0, 0);
    for line in options.create_patch_bytes(&old_text, &new_text).hunks().iter().flat_map(|hunk| hunk.lines().to_vec()) {
        if matches!(line, Line::Context(_)) {
            (at, at_new) = (at + 1, at_new + 1);
            continue;
        }
        if edits.last().is_none_or(|edit| edit.lines.end != at) {
            edits.push(LineEdit { lines: at..at, new: Vec::new() });
        }
        let Some(edit) = edits.last_mut() else { continue };
        if matches!(line, Line::Insert(_)) {
            edit.new.extend(new.get(at_new));
            at_new += 1;
        } else {
            at += 1;
            edit.lines.end = at;
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn merged(base: &str, now: &str, back: &str) -> Option<String> {
        merge(base.as_bytes(), now.as_bytes(), back.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn edits_around_our_lines_stay() {
        let base = "a\n# BEGIN\nx\n# END\n";
        assert_eq!(merged(base, "0\na\n# BEGIN\nx\n# END\nafter\n", "a\n").as_deref(), Some("0\na\nafter\n"));
        assert_eq!(merged(base, "a\nbefore\n# BEGIN\nx\n# END\n", "a\n").as_deref(), Some("a\nbefore\n"));
        assert_eq!(merged(base, "b\n# BEGIN\nx\n# END\n", "a\n").as_deref(), Some("b\n"));
        assert_eq!(merged("# x\n", "# x\nmine\n", "").as_deref(), Some("mine\n"));
        assert_eq!(merged(base, "# BEGIN\nx\n# END\na\n", "a\n").as_deref(), Some("a\n"));
        let blank = "a\n\n# BEGIN\n# END\n\nb\n";
        assert_eq!(merged(blank, "a\n\n# BEGIN\n# END\nc\n\nb\n", "a\n\nb\n").as_deref(), Some("a\nc\n\nb\n"));
        assert_eq!(merged("x = 2\n", "x = 2\ny = 1\n", "x = 1\n").as_deref(), Some("x = 1\ny = 1\n"));
    }

    #[test]
    fn edits_of_our_lines_are_a_conflict() {
        let base = "a\n# BEGIN\nx\n# END\n";
        assert_eq!(merged(base, "a\n# BEGIN\ny\n# END\n", "a\n"), None);
        assert_eq!(merged(base, "a\n# BEGIN\nx\ny\n# END\n", "a\n"), None);
        assert_eq!(merged("new\n", "newer\n", "old\n"), None);
        assert_eq!(merged(base, "a\n", "a\n").as_deref(), Some("a\n"));
    }

    #[test]
    fn a_last_line_without_a_line_break() {
        let base = "a\n# BEGIN\n# END\n";
        assert_eq!(merged(base, base, "a").as_deref(), Some("a"));
        assert_eq!(merged(base, "a\n# BEGIN\n# END\nb\n", "a").as_deref(), Some("a\nb\n"));
    }

    proptest! {
        #[test]
        fn no_edit_since_gives_back_what_was(base in "([ab]?\n?){0,8}", back in "([abc]?\n?){0,8}") {
            prop_assert_eq!(merged(&base, &base, &back), Some(back.clone()));
            prop_assert_eq!(merged(&base, &back, &base), Some(back));
        }

        #[test]
        fn what_is_around_a_block_is_kept(
            (head, tail) in ("([ab]?\n){0,5}", "([ab]?\n){0,5}"),
            (first, last) in ("([abc]?\n){0,5}", "([abc]?\n){0,5}"),
        ) {
            let block = "# BEGIN\nx\n# END\n";
            let base = format!("{head}{block}{tail}");
            let now = format!("{first}{block}{last}");
            prop_assert_eq!(merged(&base, &now, &format!("{head}{tail}")), Some(format!("{first}{last}")));
        }
    }
}
