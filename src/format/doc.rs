//! What readers find: settings with their way and their place, and the groups that they are in.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::Arc,
};

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
    pub(crate) fn flat(key: impl Into<String>, value: String, body: Range<usize>) -> Self {
        Self { path: vec![key.into()], value: Some(value), from: None, body, continued: Vec::new() }
    }

    /// Where it ends, with the lines that belong to it.
    pub(crate) fn end(&self) -> usize {
        self.continued.last().map_or(self.body.end, |line| line.end)
    }

    /// Where the line after it begins.
    pub(crate) fn after(&self, text: &str) -> usize {
        if self.continued.is_empty() { next_line(text, self.body.end) } else { self.end() }
    }

    /// The way to the group that it is in.
    pub(crate) fn group(&self) -> &[String] {
        &self.path[..self.path.len() - 1]
    }
}

/// A place that gives settings another value in a way that is not changed here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rival {
    /// The way to them; empty for all.
    pub(crate) path: Vec<String>,
    /// Where it is.
    pub(crate) at: usize,
    /// It counts wherever it is, not only behind ours.
    pub(crate) always: bool,
}

/// A group of entries: a section, a mapping, an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// The way to it; empty for the file itself.
    pub(crate) path: Vec<String>,
    /// What opens it: the header's line, the key, the bracket with what is before it on its line.
    pub(crate) head: Range<usize>,
    /// Where it ends: the next header, the closing bracket.
    pub(crate) end: usize,
    /// How entries are written in it.
    pub(crate) shape: Shape,
}

/// How entries are written in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Lines after a header.
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
    /// What else gives settings a value, in order.
    pub(crate) rivals: Vec<Rival>,
    /// What statements begin with, in order, in a format whose settings are put together from several.
    pub(crate) heads: Vec<Range<usize>>,
}

impl FileDoc {
    /// A file that has no groups.
    pub(crate) const fn flat(entries: Vec<FileEntry>) -> Self {
        Self { entries, groups: Vec::new(), rivals: Vec::new(), heads: Vec::new() }
    }

    /// Ends the section before, and opens one.
    pub(crate) fn open_section(&mut self, path: Vec<String>, head: Range<usize>) {
        let end = self.groups.last().map_or(0, |group| group.end);
        if let Some(last) = self.groups.last_mut() {
            last.end = head.start;
        }
        self.groups.push(Group { path, head, end, shape: Shape::Section });
    }

    /// The way to a key of the section that is open.
    pub(crate) fn path_to(&self, key: String) -> Vec<String> {
        let section = self.groups.last().map_or(&[][..], |group| &group.path);
        section.iter().cloned().chain([key]).collect()
    }

    /// The settings by their way, as a target's expressions name them: `file.section.key`.
    pub(crate) fn tree(self) -> Tree {
        let all = 0..self.entries.len();
        Tree::among(&Arc::new(self.entries), all)
    }
}

/// Settings by the first step of their way. A file may be large, and few of its settings are asked for: they are looked up one
/// by one.
#[derive(Clone, Default)]
pub(crate) struct Tree {
    own: BTreeMap<String, TreeNode>,
    /// A file's settings, and which of them are here, in order: they go before `own`, and the last counts.
    entries: Arc<Vec<FileEntry>>,
    range: Range<usize>,
    /// What counts where this has nothing.
    assumed: Option<Arc<Tree>>,
}

/// A value, or values by name.
#[derive(Clone)]
pub(crate) enum TreeNode {
    Text(String),
    Group(Arc<Tree>),
}

impl Tree {
    /// Some of a file's settings.
    pub(crate) fn among(entries: &Arc<Vec<FileEntry>>, range: Range<usize>) -> Self {
        Self { entries: Arc::clone(entries), range, ..Self::default() }
    }

    /// The same over what steps lead to otherwise, and over what is assumed of all others.
    pub(crate) fn over(self, own: BTreeMap<String, TreeNode>, assumed: Arc<Self>) -> Self {
        Self { own, assumed: Some(assumed), ..self }
    }

    fn entries(&self) -> &[FileEntry] {
        &self.entries[self.range.clone()]
    }

    /// What a step leads to.
    pub(crate) fn get(&self, step: &str) -> Option<TreeNode> {
        let mut found = Self::default();
        for entry in self.entries().iter().filter(|entry| entry.path.first().is_some_and(|first| first == step)) {
            found.put_entry(entry);
        }
        let found = found.own.remove(step).or_else(|| self.own.get(step).cloned());
        found.or_else(|| self.assumed.as_ref()?.get(step))
    }

    /// Where steps lead to, in order.
    pub(crate) fn steps(&self) -> BTreeSet<&str> {
        let assumed = self.assumed.iter().flat_map(|assumed| assumed.steps());
        let entries = self.entries().iter().filter(|entry| entry.value.is_some()).filter_map(|entry| entry.path.first());
        self.own.keys().chain(entries).map(String::as_str).chain(assumed).collect()
    }

    /// What steps lead to, without what is assumed.
    pub(crate) fn known(&self) -> BTreeMap<String, TreeNode> {
        let mut known = Self { own: self.own.clone(), ..Self::default() };
        for entry in self.entries() {
            known.put_entry(entry);
        }
        known.own
    }

    pub(crate) fn is_empty(&self) -> bool {
        let is_nothing = self.own.is_empty() && self.entries().iter().all(|entry| entry.value.is_none());
        is_nothing && self.assumed.as_ref().is_none_or(|assumed| assumed.is_empty())
    }

    /// Puts what a step leads to in place of what it led to.
    pub(crate) fn insert(&mut self, step: String, node: TreeNode) {
        self.own.insert(step, node);
    }

    /// Puts a setting that has a value at the end of its way.
    fn put_entry(&mut self, entry: &FileEntry) {
        if let Some(value) = &entry.value {
            let path = entry.path.iter().cloned().chain(entry.from.map(str::to_owned)).collect();
            self.put(path, value.clone());
        }
    }

    /// Puts a value at the end of a way.
    fn put(&mut self, path: Vec<String>, value: String) {
        let mut group = self;
        let mut steps = path.into_iter().peekable();
        while let Some(step) = steps.next() {
            if steps.peek().is_none() {
                group.insert(step, TreeNode::Text(value));
                return;
            }
            let inner = group.own.entry(step).or_insert_with(|| TreeNode::Group(Arc::default()));
            if let TreeNode::Text(_) = inner {
                *inner = TreeNode::Group(Arc::default());
            }
            let TreeNode::Group(inner) = inner else { return };
            group = Arc::make_mut(inner);
        }
    }
}
