//! A large file of which some lines changed is not read again as a whole.
//!
//! The parser's state is the same at every key at the beginning of a line of the outermost mapping (YAML 1.2.2, 8.2.2): nothing is open
//! but that mapping. So it begins anew at such a key above the change, whose line is as it was, and stops at such a key below it, which
//! was one before as well; what follows is the same text in the same state. Only anchors reach further: lines that define one are
//! not passed over so.

use super::walk;
use crate::format::{
    doc::{FileDoc, Shape},
    file_format::ChangedLines,
    text::next_line,
};

/// What is read of a text, by what was read of the text before; `None` where all of it has to be read.
pub(super) fn reread(
    text: &str,
    before: &str,
    mut doc: FileDoc,
    ChangedLines { old, new }: &ChangedLines,
) -> Option<FileDoc> {
    let keys = outermost(before, &doc)?;
    let above = keys.partition_point(|key| *key < old.start);
    let first = *keys[..above].iter().rfind(|key| next_line(before, **key) <= old.start)?;
    // Below the change, a place is as far from the end as it was.
    let was = |at: usize| before.len().checked_sub(text.len() - at);
    let is_end = |at: usize| {
        first + at >= new.end && was(first + at).is_some_and(|at| at >= old.end && keys.binary_search(&at).is_ok())
    };
    let (part, length) = walk::until(&text[first..], is_end).ok()?;
    let last = was(first + length)?;
    let is_same_mapping = part.groups.first().is_some_and(|group| group.shape == Shape::Block(0));
    if !is_same_mapping || before[first..last].contains('&') {
        return None;
    }

    let below = |at: usize| text.len() - (before.len() - at);
    let (from, to) = places(&doc.entries, first, last, |entry| entry.body.start);
    doc.entries[to..].iter_mut().for_each(|entry| entry.body = below(entry.body.start)..below(entry.body.end));
    let entries = part.entries.into_iter().map(|mut entry| {
        entry.body = first + entry.body.start..first + entry.body.end;
        entry
    });
    doc.entries.splice(from..to, entries);

    // The first is the file's own.
    let (from, to) = places(&doc.groups[1..], first, last, |group| group.head.start);
    let (from, to) = (from + 1, to + 1);
    // What the whole text ends, it ends still.
    doc.groups[..from].iter_mut().filter(|group| group.end == before.len()).for_each(|group| group.end = text.len());
    for group in &mut doc.groups[to..] {
        group.head = below(group.head.start)..below(group.head.end);
        group.end = below(group.end);
    }
    let groups = part.groups.into_iter().skip(1).map(|mut group| {
        group.head = first + group.head.start..first + group.head.end;
        group.end += first;
        group
    });
    doc.groups.splice(from..to, groups);

    let (from, to) = places(&doc.rivals, first, last, |rival| rival.at);
    doc.rivals[to..].iter_mut().for_each(|rival| rival.at = below(rival.at));
    let rivals = part.rivals.into_iter().map(|mut rival| {
        rival.at += first;
        rival
    });
    doc.rivals.splice(from..to, rivals);
    Some(doc)
}

/// The keys at the beginning of a line of the outermost mapping, in order; `None` where it is not written so.
fn outermost(text: &str, doc: &FileDoc) -> Option<Vec<usize>> {
    doc.groups.first().filter(|group| group.path.is_empty() && group.shape == Shape::Block(0))?;
    let scalars = doc.entries.iter().filter(|entry| entry.path.len() == 1).map(|entry| entry.body.start);
    let is_mapping = |shape| matches!(shape, Shape::Block(_));
    let mappings =
        doc.groups.iter().filter(|group| group.path.len() == 1 && is_mapping(group.shape)).map(|group| group.head.start);
    let is_at_line = |at: &usize| *at == 0 || text.as_bytes()[at - 1] == b'\n';
    let mut keys: Vec<usize> = scalars.filter(is_at_line).chain(mappings).collect();
    keys.sort_unstable();
    Some(keys)
}

/// Which of some places, which are in order by their lines, are between two lines.
fn places<T>(all: &[T], first: usize, last: usize, place: impl Fn(&T) -> usize) -> (usize, usize) {
    (all.partition_point(|one| place(one) < first), all.partition_point(|one| place(one) < last))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLES: [&str; 9] = [
        "a: 1\nb: 2\nc: 3\n",
        "# c\n---\na: 1\n# d\nb:\n  c: x\n  d: {e: f, g: [h]}\n\nlist:\n- k: v\n- w\nz: end",
        "t: |\n  b: no\n\n  c\nu: >-\n  x\n   y\nv: w\n",
        "a: \"x\n  b: y\"\nc: 'd\n\n  e'\nf: g\n  h\ni: j\n",
        "a: &x 1\nb: *x\nc:\n  d: *x\ne: f\n",
        "b: &x\n  k: v\nc: {<<: *x}\nd: 1\n",
        "a: [1,\n  2]\nb: {c: d,\n  e: f}\ng: h\n",
        "\"q\": é\r\n? x\r\n: y\r\nlist:\r\n  - a: {b: c}\r\n    d: e\r\nn: !secret s\r\n",
        "%TAG !e! tag:e,2000:\n---\na: !e!x 1\nb: 2\nc: !e!y 3\n",
    ];

    /// What a line may become.
    const LINES: [&str; 9] =
        ["", "new: 'l'\n", "  in: 1\n", "---\n", "b: 'other'\n", "x: [\n", "x: \"\n", "- i\n", "y: |\n"];

    #[test]
    fn as_if_all_were_read() {
        let mut parts = 0;
        for before in SAMPLES {
            let doc = walk::doc(before).unwrap();
            let mut at = 0;
            for line in before.split_inclusive('\n') {
                for (length, other) in LINES.into_iter().flat_map(|other| [(line.len(), other), (0, other)]) {
                    let text = [&before[..at], other, &before[at + length..]].concat();
                    let changed = ChangedLines { old: at..at + length, new: at..at + other.len() };
                    let Some(reread) = reread(&text, before, doc.clone(), &changed) else { continue };
                    assert_eq!(Ok(reread), walk::doc(&text), "{text}");
                    parts += 1;
                }
                at += line.len();
            }
        }
        assert!(parts > 100, "{parts}");
    }

    #[test]
    fn lines_that_define_an_anchor_are_read_with_all_others() {
        let before = "a: 1\nb: &x 1\nc: *x\nd: 2\n";
        let text = before.replace("b: &x 1\n", "");
        let changed = ChangedLines { old: 5..13, new: 5..5 };
        assert_eq!(reread(&text, before, walk::doc(before).unwrap(), &changed), None);
    }
}
