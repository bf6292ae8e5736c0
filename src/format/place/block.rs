//! YAML in block style: right below the parent's line, indented as its other keys are; on the top level at the end.

use super::{Edit, Gap, indent, reindent};
use crate::format::{
    doc::{FileDoc, FileEntry, Shape},
    text::{Fault, FaultKind, line_start, next_line},
};

pub(crate) fn place(gap: &Gap<'_>) -> Result<Vec<Edit>, Fault> {
    let mut edits = Vec::new();
    let mut done: Vec<&[String]> = Vec::new();
    for entry in gap.missing {
        let spot = spot(gap.text, gap.there, entry)?;
        let top = &entry.path[..=spot.depth];
        if done.contains(&top) {
            continue;
        }
        done.push(top);
        let lines = subtree(gap, top, entry);
        let lines = reindent(lines, indent(gap.ours, start(gap, top, entry)), &" ".repeat(spot.column));
        edits.push(gap.lines_at(spot.at, &lines));
    }
    Ok(edits)
}

/// Where a key goes: how many steps of its way are there, at which byte, in which column.
struct Spot {
    depth: usize,
    at: usize,
    column: usize,
}

fn spot(text: &str, there: &FileDoc, entry: &FileEntry) -> Result<Spot, Fault> {
    // A parent that is there without anything in it.
    let is_empty_parent = |it: &&FileEntry| it.path.len() < entry.path.len() && entry.path.starts_with(&it.path);
    if let Some(parent) = there.entries.iter().find(is_empty_parent) {
        let column = parent.body.start - line_start(text, parent.body.start) + 2;
        return Ok(Spot { depth: parent.path.len(), at: next_line(text, parent.body.end), column });
    }
    let group =
        there.groups.iter().filter(|group| entry.group().starts_with(&group.path)).max_by_key(|group| group.path.len());
    let Some(group) = group else { return Ok(Spot { depth: 0, at: text.len(), column: 0 }) };
    let depth = group.path.len();
    match group.shape {
        Shape::Block(column) if depth == 0 => Ok(Spot { depth, at: text.len(), column }),
        Shape::Block(column) => Ok(Spot { depth, at: group.head.end, column }),
        _ => Err(Fault::within(text, group.head.start, FaultKind::Unfamiliar)),
    }
}

/// Where a key, or the group of that name, begins in our text.
fn start(gap: &Gap<'_>, top: &[String], entry: &FileEntry) -> usize {
    let group = gap.wanted.groups.iter().find(|group| group.path == top);
    group.map_or(entry.body.start, |group| group.head.start)
}

/// A key's line in our text, or the group's with all that is in it.
fn subtree<'a>(gap: &Gap<'a>, top: &[String], entry: &FileEntry) -> &'a str {
    let last = gap.wanted.entries.iter().rfind(|it| it.path.starts_with(top)).unwrap_or(entry);
    &gap.ours[line_start(gap.ours, start(gap, top, entry))..next_line(gap.ours, last.body.end)]
}
