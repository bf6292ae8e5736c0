//! A change as a person sees it: the lines that we write, with the keys of a few lines around them.
//!
//! A value is shown where it is ours and is not the password. Of every other line its key is shown, and `...` for the rest.

use std::ops::Range;

use diffy::{DiffOptions, Line};

use super::{Change, Disclosure, disclosure::Ours};
use crate::mail::{Secret, reply::printable};

/// What is shown in place of a secret.
pub const MASK: &str = "••••••";

/// What a value is shown as that is not ours.
const HIDDEN: &str = "...";

/// How many lines are shown around a difference.
const CONTEXT: usize = 3;

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DiffKind {
    /// It stays.
    Same,
    /// It is new.
    Added,
    /// It goes.
    Removed,
    /// Lines are left out here.
    Gap,
}

/// One line of a diff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffLine {
    /// What became of it.
    pub kind: DiffKind,
    /// Its text without the line break: secrets hidden, tabs as four blanks, control characters as escapes. Empty for
    /// a gap.
    pub text: String,
}

impl DiffLine {
    /// The line with its mark in front, as a diff in a terminal shows it.
    pub fn marked(&self) -> String {
        let mark = match self.kind {
            DiffKind::Same => ' ',
            DiffKind::Added => '+',
            DiffKind::Removed => '-',
            DiffKind::Gap => return "  ...".to_owned(),
        };
        format!("{mark} {}", self.text)
    }
}

/// What a change does to its file, with three lines around each difference; a file that does not change has no lines.
pub fn diff(change: &Change, secret: Option<&Secret>) -> Vec<DiffLine> {
    let before = change.before.as_deref().unwrap_or_default();
    let after = change.after.as_deref().unwrap_or_default();
    if before == after {
        return Vec::new();
    }
    let Disclosure::Ours(ours) = &change.disclosure else {
        let line = |kind| DiffLine { kind, text: MASK.to_owned() };
        let removed = change.before.is_some().then(|| line(DiffKind::Removed));
        let added = change.after.is_some().then(|| line(DiffKind::Added));
        return removed.into_iter().chain(added).collect();
    };
    // Only of text anything was planned.
    let text = |bytes| std::str::from_utf8(bytes).unwrap_or_default();
    let (old, new) = (
        DiffSide { text: text(before), ours, shown: &ours.replaced, keys: &ours.keys_before, secret },
        DiffSide { text: text(after), ours, shown: &ours.written, keys: &ours.keys_after, secret },
    );
    let (old_lines, new_lines) = differing(before, after);
    let start = old_lines.start;
    let patch = DiffOptions::new().set_context_len(CONTEXT).create_patch_bytes(&before[old_lines], &after[new_lines]);
    let (mut old_at, mut new_at) = (start, start);
    let gap = || DiffLine { kind: DiffKind::Gap, text: String::new() };
    let mut lines = Vec::new();
    let mut next = 1;
    for hunk in patch.hunks() {
        let is_first = lines.is_empty();
        if hunk.old_range().start() > next || (is_first && start > 0) {
            lines.push(gap());
        }
        // Between two hunks nothing differs.
        let skipped: usize = lengths(&before[old_at..]).take(hunk.old_range().start().saturating_sub(next)).sum();
        (old_at, new_at) = (old_at + skipped, new_at + skipped);
        next = hunk.old_range().end();
        for line in hunk.lines() {
            let (kind, length) = match line {
                Line::Context(bytes) => (DiffKind::Same, bytes.len()),
                Line::Delete(bytes) => (DiffKind::Removed, bytes.len()),
                Line::Insert(bytes) => (DiffKind::Added, bytes.len()),
            };
            let text = match kind {
                DiffKind::Removed => old.changed(old_at..old_at + length),
                DiffKind::Added => new.changed(new_at..new_at + length),
                DiffKind::Same | DiffKind::Gap => new.others(new_at..new_at + length),
            };
            old_at += if kind == DiffKind::Added { 0 } else { length };
            new_at += if kind == DiffKind::Removed { 0 } else { length };
            lines.push(DiffLine { kind, text: printable(text.replace('\t', "    ").as_bytes()) });
        }
    }
    if old_at < before.len() && next > 1 {
        lines.push(gap());
    }
    lines
}

/// The lengths of a text's lines, with their ends.
fn lengths(text: &[u8]) -> impl Iterator<Item = usize> {
    text.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::len)
}

/// Where two texts differ, in whole lines with those around them, in each.
pub(super) fn differing(before: &[u8], after: &[u8]) -> (Range<usize>, Range<usize>) {
    let same =
        common(before.chunks(CHUNK).zip(after.chunks(CHUNK)), |(a, b)| a.iter().zip(b).take_while(|(a, b)| a == b).count());
    let start = (0..=CONTEXT).fold(same, |at, turn| {
        let at = if turn == 0 { at } else { at.saturating_sub(1) };
        before[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1)
    });
    let (old, new) = (&before[same..], &after[same..]);
    let tail = common(old.rchunks(CHUNK).zip(new.rchunks(CHUNK)), |(a, b)| {
        a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count()
    });
    // The line that the common end begins in differs, or may.
    let rest = &before[before.len() - tail..];
    let shown: usize = lengths(rest).take(CONTEXT + 1).sum();
    let left = rest.len() - shown;
    (start..before.len() - left, start..after.len() - left)
}

/// How many bytes are compared at once.
const CHUNK: usize = 4096;

/// How many bytes two texts have in common: of whole pieces, and of the first that differ.
fn common<'a>(
    pieces: impl Iterator<Item = (&'a [u8], &'a [u8])> + Clone,
    within: impl Fn((&'a [u8], &'a [u8])) -> usize,
) -> usize {
    let same: usize = pieces.clone().take_while(|(a, b)| a == b).map(|(a, _)| a.len()).sum();
    let mut rest = pieces.skip_while(|(a, b)| a == b);
    same + rest.next().map_or(0, within)
}

/// One of the two texts.
struct DiffSide<'a> {
    text: &'a str,
    ours: &'a Ours,
    /// What may be shown of it.
    shown: &'a [Range<usize>],
    /// Where its keys are, in the lines that are shown.
    keys: &'a [Range<usize>],
    secret: Option<&'a Secret>,
}

impl DiffSide<'_> {
    /// A line without its end.
    fn bare(&self, line: Range<usize>) -> Range<usize> {
        let length = self.text.get(line.clone()).unwrap_or_default().trim_end_matches(['\n', '\r']).len();
        line.start..line.start + length
    }

    /// A line that was added or taken out: what is ours of it, and of the rest no value.
    fn changed(&self, line: Range<usize>) -> String {
        let line = self.bare(line);
        let first = self.shown.partition_point(|shown| shown.end <= line.start);
        let parts = self.shown[first..].iter().take_while(|shown| shown.start < line.end);
        let parts: Vec<_> = parts.map(|shown| shown.start.max(line.start)..shown.end.min(line.end)).collect();
        if parts.is_empty() {
            return self.others(line);
        }
        let mut text = String::new();
        let mut at = line.start;
        for part in parts {
            text.push_str(&beside(&self.text[at..part.start]));
            text.push_str(&self.ours.masked(&self.text[part.clone()], self.secret, MASK));
            at = part.end;
        }
        text + &beside(&self.text[at..line.end])
    }

    /// A line that is not ours: its key.
    fn others(&self, line: Range<usize>) -> String {
        let line = self.bare(line);
        let text = self.text.get(line.clone()).unwrap_or(HIDDEN);
        let first = self.keys.partition_point(|key| key.start < line.start);
        let key = self.keys.get(first).filter(|key| key.end <= line.end);
        let Some(key) = key else { return if text.trim().is_empty() { text } else { HIDDEN }.to_owned() };
        let rest = if self.text[key.end..line.end].trim().is_empty() { "" } else { " ..." };
        format!("{}{}{rest}", beside(&self.text[line.start..key.start]), &self.text[key.clone()])
    }
}

/// What is shown of a text beside a key, or beside what is ours: nothing that could be a value.
fn beside(text: &str) -> String {
    let is_blank = [' ', '\t'];
    if text.trim_matches([' ', '\t', ',', ';']).is_empty() || text.trim() == "export" {
        return text.to_owned();
    }
    let blank = |is_there| if is_there { " " } else { "" };
    format!("{}{HIDDEN}{}", blank(text.starts_with(is_blank)), blank(text.ends_with(is_blank)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Format;

    fn change(before: Option<&str>, after: &str, disclosure: Disclosure) -> Change {
        Change {
            owner: "x".into(),
            path: "/x".into(),
            before: before.map(Into::into),
            after: Some(after.into()),
            mode_before: None,
            mode: 0o600,
            user: None,
            group: None,
            disclosure,
        }
    }

    /// What is shown when ours are put into a file of this format.
    fn shown(format: &str, before: &str, ours: &str) -> Vec<String> {
        let format = Format::named(format).unwrap();
        let there = format.rules().read(before).unwrap();
        let merged = crate::plan::merge::keys::merge(format.rules(), before, Some(there), ours, &[], &[]).unwrap();
        let disclosure = Disclosure::Ours(crate::plan::disclose::shown(format.rules(), before, &merged));
        let secret = Secret::new("it's $5".into());
        diff(&change(Some(before), &merged.text, disclosure), Some(&secret)).iter().map(DiffLine::marked).collect()
    }

    #[test]
    fn our_values_and_the_keys_beside_them() {
        let before = "a\nb\nC=1\n\n# u:geheim\nexport DB_PW = geheim # x\nexport HOST=old # geheim\nURL=smtp://u:geheim@h\nP=\"x\ngeheim\"\nx\n";
        let expected = [
            "  ...",
            "  ",
            "  ...",
            "  export DB_PW ...",
            "- export HOST ...",
            "+ export HOST='it'\\''s' ...",
            "  URL ...",
            "  P ...",
            "  ...",
            "  ...",
        ];
        assert_eq!(shown("dotenv", before, "HOST='it'\\''s'\n"), expected);
        assert_eq!(shown("dotenv", "A=1\n", "B=it's $5\n"), ["  A ...", "+ B=••••••"]);
    }

    #[test]
    fn a_line_that_others_share_shows_our_part() {
        let before = "{\"smtp\": {\"host\":\"old\", \"pw\": \"geheim\"}}\n";
        let expected = ["- ... \"smtp\" ...".to_owned(), "+ ... \"port\": 465, \"host\": \"h\" ...".to_owned()];
        let found = shown("json", before, "{\n  \"smtp\": {\n    \"host\": \"h\",\n    \"port\": 465\n  }\n}\n");
        assert_eq!(found.iter().map(|line| line.replace("......", "...")).collect::<Vec<_>>().len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            let signs = |text: &str| text.replace([' ', '.'], "");
            assert_eq!(signs(found), signs(expected));
            assert!(!found.contains("geheim"));
        }
    }

    #[test]
    fn the_secret_file_is_one_masked_line() {
        let mut change = change(None, "a\nb", Disclosure::Nothing);
        assert_eq!(diff(&change, None), [DiffLine { kind: DiffKind::Added, text: MASK.into() }]);
        change.before = Some(b"c".to_vec());
        let line = |kind| DiffLine { kind, text: MASK.into() };
        assert_eq!(diff(&change, None), [line(DiffKind::Removed), line(DiffKind::Added)]);
        change.before.clone_from(&change.after);
        assert_eq!(diff(&change, None), []);
    }

    #[test]
    fn a_file_of_ours_is_shown() {
        let (before, after) = ("a = 1\nb = 2\n", "a = 1\nb = 3\t\x1b[1m\n");
        let all = Disclosure::all(Some(before.as_bytes()), after.as_bytes());
        let found = diff(&change(Some(before), after, all), None);
        let found: Vec<_> = found.iter().map(DiffLine::marked).collect();
        assert_eq!(found, ["  ...", "- b = 2", "+ b = 3    \\u{1b}[1m"]);
    }

    #[test]
    fn three_lines_around() {
        let lines: Vec<_> = (0..40).map(|number| format!("k{number} = 1\n")).collect();
        let before = lines.concat().replace("k20 = 1", "HOST = old").replace("k32 = 1", "PORT = old");
        let found = shown("main-cf", &before, "HOST = new\nPORT = 1\n");
        let expected: [&str; 18] = [
            "  ...",
            "  k17 ...",
            "  k18 ...",
            "  k19 ...",
            "- HOST ...",
            "+ HOST = new",
            "  k21 ...",
            "  k22 ...",
            "  k23 ...",
            "  ...",
            "  k29 ...",
            "  k30 ...",
            "  k31 ...",
            "- PORT ...",
            "+ PORT = 1",
            "  k33 ...",
            "  k34 ...",
            "  k35 ...",
        ];
        assert_eq!(found[..18], expected);
        assert_eq!(found[18..], ["  ..."]);
    }
}
