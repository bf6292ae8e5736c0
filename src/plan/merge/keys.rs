//! Key by key: a key that is there gets our value in its place, wherever it is; others are added where the format wants
//! them ([`FileFormat::place`]); what must not stay is taken out.

use std::collections::{BTreeMap, BTreeSet};

use super::{Merged, differing, line_break, splice};
use crate::format::{
    Fault, FaultKind, FileFormat,
    doc::{FileDoc, FileEntry, Group, Rival, Shape},
    file_format::{ChangedLines, EntryText},
    place::{Edit, Gap},
    text::{line_start, next_line},
};

/// A way to a setting.
type KeyPath = [String];

/// The text with our keys in it, and without those that are `gone`; of those that are `kept`, what is there stays. `there` is
/// what was read of the text; blank text has none. A key that is there twice gets our value at each place: readers differ in
/// which one counts. One that we write several times is a list, which ours replaces.
///
/// # Errors
/// Where the text is written in a way that is not changed here.
pub(in crate::plan) fn merge(
    format: &dyn FileFormat,
    text: &str,
    there: Option<FileDoc>,
    ours: &str,
    gone: &[Vec<String>],
    kept: &[Vec<String>],
) -> Result<Merged, Fault> {
    let Some(there) = there else {
        // Blanks without a line end would be part of our first line.
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        return Ok(Merged::of([text, end].concat(), ours, ""));
    };
    let wanted = format.read(ours)?;
    let gone: BTreeSet<&KeyPath> = gone.iter().map(Vec::as_slice).collect();
    let (mut merged, written) = splice(text, edits(format, text, &there, (ours, &wanted), &gone, kept)?);
    format.finish(&mut merged);
    let is_gone = |entry: &&FileEntry| gone.contains(entry.path.as_slice());
    let removed: BTreeSet<String> = there.entries.iter().filter(is_gone).map(|entry| entry.path.join(".")).collect();
    let removed = removed.into_iter().collect();
    let rivals = there.rivals.clone();
    let (old, new) = differing(text.as_bytes(), merged.as_bytes());
    let keys_before = format.keys(text, &there, &old);
    let merged = Merged { text: merged, doc: None, keys_before, written, removed };
    let doc = format.reread(&merged.text, text, there, &ChangedLines { old, new });
    let doc = doc.map_err(|_| Fault::within(text, near(format, text, &wanted), FaultKind::Unfamiliar))?;
    if let Some(rival) = outdone(&doc, &wanted, &gone) {
        let before = rivals.iter().find(|before| before.path == rival.path);
        let (text, at) = before.map_or((merged.text.as_str(), rival.at), |before| (text, before.at));
        return Err(Fault::within(text, at, FaultKind::Rival));
    }
    Ok(Merged { doc: Some(doc), ..merged })
}

/// What has to change in a text.
fn edits(
    format: &dyn FileFormat,
    text: &str,
    there: &FileDoc,
    (ours, wanted): (&str, &FileDoc),
    gone: &BTreeSet<&KeyPath>,
    kept: &[Vec<String>],
) -> Result<Vec<Edit>, Fault> {
    // Of a large file, few settings matter.
    let concerned: BTreeSet<&KeyPath> =
        wanted.entries.iter().flat_map(|new| above(&new.path).chain([new.path.as_slice()])).chain(gone.clone()).collect();
    let names: BTreeSet<&str> = concerned.iter().filter_map(|path| path.last()).map(String::as_str).collect();
    let is_concerned = |entry: &&FileEntry| {
        entry.path.last().is_some_and(|name| names.contains(name.as_str())) && concerned.contains(entry.path.as_slice())
    };
    let found: Vec<&FileEntry> = there.entries.iter().filter(is_concerned).collect();
    let settings = settings(wanted, &found);
    check(text, there, &found, wanted)?;
    let mut edits = Vec::new();
    for entry in found {
        let setting = settings.get(entry.path.as_slice());
        if gone.contains(entry.path.as_slice()) || setting.is_some_and(OurKey::is_other_list) {
            edits.push(removal(format, text, entry));
        } else if let Some(OurKey { ours: new, .. }) = setting
            && let [new] = new.as_slice()
            && !kept.contains(&new.path)
            && !is_same(format, (text, entry), (ours, new))
        {
            edits.push(Edit { range: entry.body.clone(), text: ours[new.body.clone()].to_owned() });
            edits.extend(entry.continued.iter().map(|line| Edit { range: line.clone(), text: String::new() }));
        }
    }
    edits.extend(emptied(text, there, wanted, gone));
    let is_missing = |new: &&FileEntry| settings.get(new.path.as_slice()).is_some_and(OurKey::is_missing);
    let missing: Vec<&FileEntry> = wanted.entries.iter().filter(is_missing).collect();
    if !missing.is_empty() {
        edits.extend(place(format, text, there, ours, wanted, &missing)?);
    }
    Ok(edits)
}

/// Where a text has what keeps ours from being added: a table that is written in another way elsewhere, a second document. The
/// consumer would not take it any more.
fn near(format: &dyn FileFormat, text: &str, wanted: &FileDoc) -> usize {
    let there = format.read(text).unwrap_or_default();
    let is_missing = |new: &&FileEntry| there.entries.iter().all(|entry| entry.path != new.path);
    let first = |new: &FileEntry| there.entries.iter().find(|entry| entry.path.first() == new.path.first());
    wanted.entries.iter().filter(is_missing).find_map(first).map_or(0, |entry| entry.body.start)
}

/// What gives one of our settings another value that counts, or has one that must not stay.
fn outdone<'a>(doc: &'a FileDoc, wanted: &FileDoc, gone: &BTreeSet<&KeyPath>) -> Option<&'a Rival> {
    let behind = |path: &KeyPath| doc.entries.iter().rfind(|entry| entry.path == path).map_or(0, |entry| entry.body.start);
    let counts = |rival: &&Rival| {
        let is_ours = |entry: &&FileEntry| entry.path.starts_with(&rival.path);
        let ours = wanted.entries.iter().filter(is_ours).map(|entry| behind(&entry.path)).max();
        ours.is_some_and(|ours| rival.always || ours < rival.at) || gone.contains(rival.path.as_slice())
    };
    doc.rivals.iter().find(counts)
}

/// A setting of ours: what we write, and what the file has.
#[derive(Default)]
struct OurKey<'a> {
    ours: Vec<&'a FileEntry>,
    there: Vec<&'a FileEntry>,
}

impl OurKey<'_> {
    fn is_list(&self) -> bool {
        self.ours.len() > 1
    }

    /// The file has another list than we write.
    fn is_other_list(&self) -> bool {
        self.is_list() && self.ours.iter().map(|entry| &entry.value).ne(self.there.iter().map(|entry| &entry.value))
    }

    fn is_missing(&self) -> bool {
        if self.is_list() { self.is_other_list() } else { self.there.is_empty() }
    }
}

/// Our settings by their way.
fn settings<'a>(wanted: &'a FileDoc, found: &[&'a FileEntry]) -> BTreeMap<&'a KeyPath, OurKey<'a>> {
    let mut settings: BTreeMap<&KeyPath, OurKey<'_>> = BTreeMap::new();
    for entry in &wanted.entries {
        settings.entry(&entry.path).or_default().ours.push(entry);
    }
    for entry in found {
        if let Some(setting) = settings.get_mut(entry.path.as_slice()) {
            setting.there.push(entry);
        }
    }
    settings
}

/// The ways to what a setting is within.
fn above(path: &KeyPath) -> impl Iterator<Item = &KeyPath> {
    (1..path.len()).map(|depth| &path[..depth])
}

/// A list or a mapping where a setting is wanted, or a value where a group is.
fn check(text: &str, there: &FileDoc, found: &[&FileEntry], wanted: &FileDoc) -> Result<(), Fault> {
    let ours: BTreeSet<&KeyPath> = wanted.entries.iter().map(|new| new.path.as_slice()).collect();
    let mut groups: BTreeMap<&KeyPath, usize> = BTreeMap::new();
    for group in there.groups.iter().filter(|group| group.shape != Shape::Section && ours.contains(group.path.as_slice())) {
        groups.entry(&group.path).or_insert(group.head.start);
    }
    for new in &wanted.entries {
        let is_above = |entry: &&&FileEntry| {
            entry.value.as_deref() != Some("") && above(&new.path).any(|path| path == entry.path.as_slice())
        };
        let value = || found.iter().find(is_above).map(|entry| entry.body.start);
        if let Some(at) = groups.get(new.path.as_slice()).copied().or_else(value) {
            return Err(Fault::within(text, at, FaultKind::Unfamiliar));
        }
    }
    Ok(())
}

/// Whether what is there is our value already.
fn is_same(format: &dyn FileFormat, there: (&str, &FileEntry), ours: (&str, &FileEntry)) -> bool {
    format.is_same(
        EntryText { entry: there.1, body: &there.0[there.1.body.clone()] },
        EntryText { entry: ours.1, body: &ours.0[ours.1.body.clone()] },
    )
}

/// The edits that put what is missing into a text.
fn place(
    format: &dyn FileFormat,
    text: &str,
    there: &FileDoc,
    ours: &str,
    wanted: &FileDoc,
    missing: &[&FileEntry],
) -> Result<Vec<Edit>, Fault> {
    let gap = Gap { text, there, ours, wanted, missing, line_break: line_break(text) };
    let mut edits = format.place(&gap)?;
    // A last line without its line break gets one, once.
    if !text.ends_with('\n') {
        for edit in edits.iter_mut().filter(|edit| edit.range.start == text.len()).skip(1) {
            edit.text = edit.text.strip_prefix(gap.line_break).unwrap_or(&edit.text).to_owned();
        }
    }
    Ok(edits)
}

/// The headers of sections of which nothing stays.
fn emptied(text: &str, there: &FileDoc, wanted: &FileDoc, gone: &BTreeSet<&KeyPath>) -> Vec<Edit> {
    // How many settings are in each section that loses all it has.
    let mut emptied: BTreeMap<&KeyPath, usize> = BTreeMap::new();
    let losing: BTreeSet<&KeyPath> = gone.iter().filter_map(|path| path.split_last()).map(|(_, group)| group).collect();
    for group in losing.into_iter().filter(|group| wanted.entries.iter().all(|entry| entry.group() != *group)) {
        let found: Vec<_> = there.entries.iter().filter(|entry| entry.group() == group).collect();
        if !found.is_empty() && found.iter().all(|entry| gone.contains(entry.path.as_slice())) {
            emptied.insert(group, found.len());
        }
    }
    let is_section = |group: &&Group| group.shape == Shape::Section && !group.path.is_empty() && group.head.end <= group.end;
    let is_emptied = |group: &&Group| {
        emptied.get(group.path.as_slice()).is_some_and(|settings| {
            let lines = text.get(group.head.end..group.end).unwrap_or_default().lines();
            lines.filter(|line| !line.trim().is_empty()).count() == *settings
        })
    };
    let groups = there.groups.iter().filter(is_section).filter(is_emptied);
    let line = |group: &Group| line_start(text, group.head.start)..next_line(text, group.head.end.saturating_sub(1));
    groups.map(|group| Edit { range: line(group), text: String::new() }).collect()
}

/// A setting goes with its line where it has that line to itself, else alone; between brackets its comma goes with it.
fn removal(format: &dyn FileFormat, text: &str, entry: &FileEntry) -> Edit {
    let mut range = entry.body.start..entry.end();
    if format.is_bracketed(&entry.path) {
        let behind = &text[range.end..];
        let comma = behind.len() - behind.trim_start().len();
        if behind[comma..].starts_with(',') {
            range.end += comma + 1;
        } else if let Some(comma) = text[..range.start].trim_end().strip_suffix(',') {
            range.start = comma.len();
            return Edit { range, text: String::new() };
        }
    }
    let start = line_start(text, range.start);
    let end = entry.after(text).max(next_line(text, range.end.saturating_sub(1)));
    let behind = text[range.end.min(end)..end].trim();
    let is_alone = text[start..range.start].trim().is_empty()
        && (behind.is_empty() || behind.starts_with(['#', ';']) || behind.starts_with("//"));
    Edit { range: if is_alone { start..end } else { range }, text: String::new() }
}

#[cfg(test)]
mod tests;
