//! A file of our own.

use super::Merged;
use crate::format::place::with_breaks;

/// What the first line of a file of ours begins with, after the comment sign.
const HEADER: &str = " Written by mailsetup";

/// The file; `None` when another one of this name is there.
pub(in crate::plan) fn merge(existing: Option<&str>, comment: &str, profile: &str, body: &str) -> Option<Merged> {
    let ours = with_breaks(&format!("{} a change made here is lost.\n{body}", begin(comment, profile)), "\n");
    match existing {
        Some(there) if !there.is_empty() && there != ours && !there.starts_with(&format!("{comment}{HEADER}")) => None,
        _ => Some(Merged::of(String::new(), &ours, "")),
    }
}

/// Whether a file was written for this profile.
pub(in crate::plan) fn is_of(profile: &str, text: &str, comment: &str) -> bool {
    text.starts_with(&begin(comment, profile))
}

fn begin(comment: &str, profile: &str) -> String {
    format!("{comment}{HEADER} (profile {profile});")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_alone() {
        let ours = merge(None, "#", "default", "a = 1\n").unwrap().text;
        assert_eq!(ours, "# Written by mailsetup (profile default); a change made here is lost.\na = 1\n");
        assert!(is_of("default", &ours, "#") && !is_of("defaul", &ours, "#") && !is_of("default", "a = 1\n", "#"));
        assert!(merge(Some(&ours), "#", "default", "a = 2\n").unwrap().text.ends_with("a = 2\n"));
        assert_eq!(merge(Some("a = 1\n"), "#", "default", "a = 1\n"), None);
    }
}
