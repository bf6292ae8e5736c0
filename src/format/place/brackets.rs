//! Between brackets, with commas: right after the opening one, so that no existing member needs another comma.

use super::{Edit, Gap, indent, reindent};
use crate::format::{
    doc::{FileDoc, Group, Shape},
    text::{Fault, FaultKind, next_line},
};

/// `trails`: a comma may follow the last member.
pub(crate) fn place(gap: &Gap<'_>, trails: bool) -> Result<Vec<Edit>, Fault> {
    let (text, there) = (gap.text, gap.there);
    let mut spots: Vec<(&Group, Vec<&[String]>)> = Vec::new();
    for entry in gap.missing {
        let group =
            there.groups.iter().filter(|group| entry.group().starts_with(&group.path)).max_by_key(|it| it.path.len());
        let fault = |at| Fault::within(text, at, FaultKind::Unfamiliar);
        let group = group.filter(|group| group.shape == Shape::Brackets);
        let group = group.ok_or_else(|| fault(there.groups.first().map_or(0, |group| group.head.start)))?;
        // A `null` in an object's place is above the entry as well.
        if there.entries.iter().any(|it| entry.path.len() > it.path.len() && entry.path.starts_with(&it.path)) {
            return Err(fault(group.head.start));
        }
        let top = &entry.path[..=group.path.len()];
        match spots.iter_mut().find(|(known, _)| known.head == group.head) {
            Some((_, tops)) if tops.contains(&top) => {}
            Some((_, tops)) => tops.push(top),
            None => spots.push((group, vec![top])),
        }
    }
    Ok(spots.iter().flat_map(|(group, tops)| insert(gap, group, tops, trails)).collect())
}

fn insert(gap: &Gap<'_>, group: &Group, tops: &[&[String]], trails: bool) -> Vec<Edit> {
    let text = gap.text;
    let first = first_member(gap.there, group);
    let outer = indent(text, group.head.start);
    let Some(first) = first else {
        // A step deeper than the bracket's line, as deep as ours are.
        let step = gap.wanted.entries.first().map_or("", |entry| indent(gap.ours, entry.body.start));
        let step = if step.is_empty() { "  " } else { &step[..step.len() / gap.wanted.entries[0].path.len().max(1)] };
        let inner = format!("{outer}{step}");
        let members: Vec<String> = tops.iter().map(|top| format!("{inner}{}", member(gap, top, &inner))).collect();
        let last = if trails { "," } else { "" };
        let lines = format!("\n{}{last}\n{outer}", members.join(",\n"));
        let kept = text[group.head.end..group.end].trim_end();
        let edit = |range, text: &str| Edit { range, text: text.replace('\n', gap.line_break) };
        if trails || kept.trim().is_empty() {
            return vec![edit(group.head.end..group.end, &lines)];
        }
        // A comment of the person's stays.
        let end = group.head.end + kept.len();
        return vec![edit(group.head.end..group.head.end, &lines), edit(end..group.end, &format!("\n{outer}"))];
    };
    let line = next_line(text, group.head.end);
    if first < line {
        let members = tops.iter().flat_map(|top| [member(gap, top, outer), ", ".to_owned()]).collect::<String>();
        return vec![Edit { range: first..first, text: members.replace('\n', gap.line_break) }];
    }
    let inner = indent(text, first);
    let line_of = |top: &&[String]| [inner.to_owned(), member(gap, top, inner), ",\n".to_owned()];
    let members = tops.iter().flat_map(line_of).collect::<String>();
    vec![Edit { range: line..line, text: members.replace('\n', gap.line_break) }]
}

/// Where the first member of a group begins.
fn first_member(there: &FileDoc, group: &Group) -> Option<usize> {
    let starts = there.entries.iter().map(|entry| (&entry.path, entry.body.start));
    let starts = starts.chain(there.groups.iter().map(|inner| (&inner.path, inner.head.start)));
    let is_in = |(path, start): &(&Vec<String>, usize)| {
        path.len() > group.path.len() && path.starts_with(&group.path) && group.head.end <= *start && *start < group.end
    };
    starts.filter(is_in).map(|(_, start)| start).min()
}

/// A member as it is in our text, its further lines indented for its new place.
fn member(gap: &Gap<'_>, top: &[String], inner: &str) -> String {
    let group = gap.wanted.groups.iter().find(|group| group.path == top);
    let range = group.map(|group| group.head.start..group.end + 1);
    let range = range.or_else(|| gap.wanted.entries.iter().find(|entry| entry.path == top).map(|entry| entry.body.clone()));
    let Some(range) = range else { return String::new() };
    let old = indent(gap.ours, range.start);
    let text = &gap.ours[range];
    match text.split_once('\n') {
        Some((first, rest)) => format!("{}\n{}", first.trim_end(), reindent(rest, old, inner)),
        None => text.to_owned(),
    }
}
