//! Files of sections: after the section's last setting, indented as it is; a section that is not there is made at the end.

use super::{Edit, Gap, indent};
use crate::format::{
    doc::{FileEntry, Shape},
    text::{line_start, next_line},
};

pub(crate) fn place(gap: &Gap<'_>) -> Vec<Edit> {
    let (mut edits, mut sections) = (Vec::new(), Vec::new());
    let mut done: Vec<&[String]> = Vec::new();
    for path in gap.missing.iter().map(|entry| entry.group()) {
        if done.contains(&path) {
            continue;
        }
        done.push(path);
        let entries: Vec<&FileEntry> = gap.missing.iter().copied().filter(|entry| entry.group() == path).collect();
        match within(gap, path, &entries) {
            Some(edit) => edits.push(edit),
            None => sections.push(behind(gap, path, &entries)),
        }
    }
    // At the end of the file, what belongs to the last section comes before a new one.
    edits.extend(sections);
    edits
}

/// Into the section that is there; of several, the last, which wins in most readers.
fn within(gap: &Gap<'_>, path: &[String], entries: &[&FileEntry]) -> Option<Edit> {
    let (text, there) = (gap.text, gap.there);
    let group = there.groups.iter().rev().find(|group| group.path == path && group.shape == Shape::Section)?;
    let is_in = |entry: &&FileEntry| group.head.start <= entry.body.start && entry.body.start < group.end;
    let last = there.entries.iter().rfind(is_in);
    let at = match last {
        Some(last) => last.after(text),
        None => next_line(text, group.head.end.saturating_sub(1)).min(if path.is_empty() { 0 } else { text.len() }),
    };
    let own =
        last.map(|last| last.body.start).filter(|start| indent(text, *start).len() == start - line_start(text, *start));
    let lines: Vec<String> = entries
        .iter()
        .map(|entry| {
            let indent = own.map_or_else(|| indent(gap.ours, entry.body.start), |start| indent(text, start));
            format!("{indent}{}", gap.body(entry))
        })
        .collect();
    Some(gap.lines_at(at, &lines.join("\n")))
}

/// A new section at the end.
fn behind(gap: &Gap<'_>, path: &[String], entries: &[&FileEntry]) -> Edit {
    let header = gap.wanted.groups.iter().find(|group| group.path == path).map(|group| &gap.ours[group.head.clone()]);
    let mut lines = vec![String::new(), header.unwrap_or_default().trim_end().to_owned()];
    lines.extend(entries.iter().map(|entry| format!("{}{}", indent(gap.ours, entry.body.start), gap.body(entry))));
    gap.lines_at(gap.text.len(), &lines.join("\n"))
}
