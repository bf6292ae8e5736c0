//! What readers find: settings with their way and their place, and the groups that they stand in.

use std::{collections::BTreeMap, ops::Range};

use serde::Serialize;

use super::text::next_line;

/// One setting, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileEntry {
    /// The way to it, sections and key, as the consumer compares them; one step in a flat file.
    pub(crate) path: Vec<String>,
    /// The value, as the consumer takes it; `None` for what is no single value: a list, a reference, an expression.
    pub(crate) value: Option<String>,
    /// How the consumer gets the value that the file only points to: `file`, `command`. In expressions it is one step more.
    pub(crate) from: Option<&'static str>,
    /// Bytes from the key to the end of the value; of a value with `continued` lines, to the end of the first.
    pub(crate) body: Range<usize>,
    /// Further whole lines that belong to the value.
    pub(crate) continued: Vec<Range<usize>>,
}

impl FileEntry {
    /// An entry of a flat file.
    pub(crate) fn flat(key: &str, value: String, body: Range<usize>) -> Self {
        Self { path: vec![key.to_owned()], value: Some(value), from: None, body, continued: Vec::new() }
    }

    /// Where it ends, with the lines that belong to it.
    pub(crate) fn end(&self) -> usize {
        self.continued.last().map_or(self.body.end, |line| line.end)
    }

    /// Where the line after it begins.
    pub(crate) fn after(&self, text: &str) -> usize {
        if self.continued.is_empty() { next_line(text, self.body.end) } else { self.end() }
    }

    /// The way to the group that it stands in.
    pub(crate) fn group(&self) -> &[String] {
        &self.path[..self.path.len() - 1]
    }
}

/// A group that entries stand in: a section, a mapping, an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// The way to it; empty for the file itself.
    pub(crate) path: Vec<String>,
    /// What opens it: the header's line, the key, the bracket with what stands before it on its line.
    pub(crate) head: Range<usize>,
    /// Where it ends: the next header, the closing bracket.
    pub(crate) end: usize,
    /// How entries stand in it.
    pub(crate) shape: Shape,
}

/// How entries stand in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Lines behind a header.
    Section,
    /// Lines that are indented by this many columns (YAML's block style).
    Block(usize),
    /// Between brackets, with commas.
    Brackets,
    /// In a way that nothing is added to here.
    Closed,
}

/// A file's settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FileDoc {
    /// The settings, in order.
    pub(crate) entries: Vec<FileEntry>,
    /// The groups, in order.
    pub(crate) groups: Vec<Group>,
}

impl FileDoc {
    /// A file that has no groups.
    pub(crate) const fn flat(entries: Vec<FileEntry>) -> Self {
        Self { entries, groups: Vec::new() }
    }

    /// Whether something stands on this way.
    pub(crate) fn has(&self, path: &[String]) -> bool {
        self.entries.iter().any(|entry| entry.path == path)
    }

    /// Ends the section before, and opens one.
    pub(crate) fn open_section(&mut self, path: Vec<String>, head: Range<usize>) {
        let end = self.groups.last().map_or(0, |group| group.end);
        if let Some(last) = self.groups.last_mut() {
            last.end = head.start;
        }
        self.groups.push(Group { path, head, end, shape: Shape::Section });
    }

    /// The settings by their way, as a target's expressions name them: `file.section.key`.
    pub(crate) fn tree(self) -> Tree {
        let mut root = BTreeMap::new();
        for FileEntry { mut path, value, from, .. } in self.entries {
            let Some(value) = value else { continue };
            path.extend(from.map(str::to_owned));
            put(&mut root, path.into_iter(), value);
        }
        root
    }
}

/// Settings by the first step of their way.
pub(crate) type Tree = BTreeMap<String, Node>;

/// A value, or values by name.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Node {
    Text(String),
    Group(Tree),
}

fn put(group: &mut Tree, mut path: std::vec::IntoIter<String>, value: String) {
    let Some(step) = path.next() else { return };
    if path.as_slice().is_empty() {
        group.insert(step, Node::Text(value));
        return;
    }
    let inner = group.entry(step).or_insert_with(|| Node::Group(BTreeMap::new()));
    if let Node::Text(_) = inner {
        *inner = Node::Group(BTreeMap::new());
    }
    if let Node::Group(inner) = inner {
        put(inner, path, value);
    }
}
