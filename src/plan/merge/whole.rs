//! A file of our own.

use super::Merged;
use crate::format::place::with_breaks;

/// What the first line of a file of ours begins with, after the comment sign.
const HEADER: &str = " Written by mailsetup";

/// The file; `None` when another one of this name is there.
pub(in crate::plan) fn merge(existing: Option<&str>, comment: &str, profile: &str, body: &str) -> Option<Merged> {
    let ours = with_breaks(&format!("{comment}{HEADER} (profile {profile}); a change made here is lost.\n{body}"), "\n");
    match existing {
        Some(there) if !there.is_empty() && there != ours && !there.starts_with(&format!("{comment}{HEADER}")) => None,
        _ => Some(Merged::of(String::new(), &ours, "")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_alone() {
        let ours = merge(None, "#", "default", "a = 1\n").unwrap().text;
        assert_eq!(ours, "# Written by mailsetup (profile default); a change made here is lost.\na = 1\n");
        assert!(merge(Some(&ours), "#", "default", "a = 2\n").unwrap().text.ends_with("a = 2\n"));
        assert_eq!(merge(Some("a = 1\n"), "#", "default", "a = 1\n"), None);
    }
}
