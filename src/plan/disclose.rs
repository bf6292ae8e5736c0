//! What of a target's file may be shown.
//!
//! Where the password is in our text is found by rendering the template once more with another one.

use super::{
    context::TemplateContext,
    diff::differing,
    disclosure::{Disclosure, Hidden, Ours},
    merge::Merged,
    render::render,
};
use crate::{format::FileFormat, mail::Secret, presets::target::TargetFile};

/// What of a target's file may be shown; `ours` is its template's text, and `merged` what became of it and the file.
pub(super) fn disclose(
    file: &TargetFile,
    context: &TemplateContext,
    ours: &str,
    before: &str,
    merged: &Merged,
) -> Disclosure {
    let Some(secrets) = hidden(file, context, ours) else { return Disclosure::Nothing };
    // A file that is the password alone.
    if secrets.iter().any(|hidden| hidden.text.expose() == ours.trim()) {
        return Disclosure::Nothing;
    }
    Disclosure::Ours(Ours { secrets, ..shown(file.format.rules(), before, merged) })
}

/// What is ours, and the keys of the lines beside it. What a line was before may be anything: an expression, a command, a
/// second setting.
pub(super) fn shown(format: &dyn FileFormat, before: &str, merged: &Merged) -> Ours {
    let (_, new) = differing(before.as_bytes(), merged.text.as_bytes());
    let keys_after = merged.doc.as_ref().map(|doc| format.keys(&merged.text, doc, &new));
    Ours {
        keys_before: merged.keys_before.clone(),
        keys_after: keys_after.unwrap_or_default(),
        written: merged.written.clone(),
        ..Ours::default()
    }
}

/// The password as our text has it; `None` when that cannot be told from the rest of the line.
fn hidden(file: &TargetFile, context: &TemplateContext, ours: &str) -> Option<Vec<Hidden>> {
    let Some(password) = &context.password else { return Some(Vec::new()) };
    let mut marked = context.clone();
    marked.password = Some(mark(password)?);
    let other = rendered(file, &marked)?;
    if ours.lines().count() != other.lines().count() {
        return None;
    }
    let differ = ours.lines().zip(other.lines()).filter(|(ours, other)| ours != other);
    Some(differ.map(|(ours, other)| difference(ours, other)).collect())
}

/// Another password: it shares no character with this one, and no format writes it in another way.
fn mark(password: &Secret) -> Option<Secret> {
    let letter = ('G'..='Z').find(|letter| !password.expose().contains(*letter))?;
    Some(Secret::new(letter.to_string().repeat(12)))
}

/// Where a line differs from another.
fn difference(line: &str, other: &str) -> Hidden {
    let start: usize = line.chars().zip(other.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (rest, other) = (&line[start..], &other[start..]);
    let end: usize =
        rest.chars().rev().zip(other.chars().rev()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    Hidden { lead: line[..start].to_owned(), text: Secret::new(rest[..rest.len() - end].to_owned()) }
}

fn rendered(file: &TargetFile, context: &TemplateContext) -> Option<String> {
    render(file.template.as_str(), Some(file.format.rules()), context).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_lines_differ() {
        for (line, other, lead, hidden) in [
            ("PASS='it'\\''s'", "PASS=GGGG", "PASS=", "'it'\\''s'"),
            ("  \"p\": \"x\",", "  \"p\": \"GGGG\",", "  \"p\": \"", "x"),
            ("u:a", "u:GGGG", "u:", "a"),
            ("é", "G", "", "é"),
        ] {
            let found = difference(line, other);
            assert_eq!((found.lead.as_str(), found.text.expose()), (lead, hidden), "{line}");
        }
    }

    #[test]
    fn another_password_has_no_character_of_it() {
        assert_eq!(mark(&Secret::new("Geheim".into())).unwrap().expose(), "HHHHHHHHHHHH");
        assert_eq!(mark(&Secret::new(('A'..='Z').collect())), None);
    }
}
