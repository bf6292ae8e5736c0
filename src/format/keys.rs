//! Where the keys of a file are, found in what was read of it.

use std::ops::Range;

use super::doc::{FileDoc, Group, Shape};

/// The keys of a document's settings that begin in some lines, and what opens its groups there.
pub(super) fn of(text: &str, doc: &FileDoc, lines: &Range<usize>) -> Vec<Range<usize>> {
    let entries = doc.entries.iter().filter(|entry| lines.contains(&entry.body.start));
    let entries = entries.filter_map(|entry| within(text, entry.body.clone(), entry.path.last()?));
    let groups = doc.groups.iter().filter(|group| lines.contains(&group.head.start));
    let mut found: Vec<_> = entries.chain(groups.filter_map(|group| head(text, group))).collect();
    found.sort_by_key(|key| key.start);
    found
}

/// From the beginning of a setting to the end of its key. The key is what it begins with, perhaps in quotes, or what is before
/// the first equals sign: anything further on may be its value.
fn within(text: &str, body: Range<usize>, key: &str) -> Option<Range<usize>> {
    let setting = &text[body.clone()];
    let before = setting.split('=').next().unwrap_or_default();
    let found = |length: usize| Some(body.start..body.start + length);
    if starts_with(setting, key) {
        return found(key.len());
    }
    for quote in ['\'', '"'] {
        let quoted = format!("{quote}{key}{quote}");
        if let Some(at) = before.find(&quoted).filter(|_| !key.is_empty()) {
            return found(at + quoted.len());
        }
    }
    // `smtp.host`, `account NAME`.
    let is_lead = |letter: char| letter.is_ascii_alphanumeric() || "_-. ".contains(letter);
    let lead = before.len() - before.trim_start_matches(is_lead).len();
    let at = before.find(key).filter(|at| !key.is_empty() && at + key.len() <= lead)?;
    found(at + key.len())
}

/// The name of a group as far as it is a name: what follows may be a value, as in git's `[url "https://user:token@host"]`.
fn head(text: &str, group: &Group) -> Option<Range<usize>> {
    let last = group.path.last()?;
    let head = &text[group.head.clone()];
    if group.shape == Shape::Section || head.starts_with('[') {
        let name = head.trim_start_matches('[');
        let open = head.len() - name.len();
        let whole = group.path.join(".");
        let length = [whole.as_str(), group.path.first()?].into_iter().find(|step| starts_with(name, step))?.len();
        let closing = name[length..].len() - name[length..].trim_start_matches(']').len();
        return Some(group.head.start..group.head.start + open + length + closing);
    }
    let start = group.head.start + head.len() - head.trim_start_matches([' ', '\t']).len();
    within(text, start..group.head.end.max(start), last)
}

/// Whether a text begins with a key, whose case is not always the same.
fn starts_with(text: &str, key: &str) -> bool {
    !key.is_empty() && text.get(..key.len()).is_some_and(|start| start.eq_ignore_ascii_case(key))
}
