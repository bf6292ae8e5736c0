//! Where settings that a file does not have yet are put into it.

mod block;
mod brackets;
mod define;
mod end;
mod section;

use super::{Edit, line_break, with_breaks};
use crate::{
    plan::read::{Doc, Entry, Fault, line_start},
    presets::target::Format,
};

/// The edits that put what is missing into a text.
///
/// # Errors
/// The place where it would have to go is written in a way that is not changed here.
pub(super) fn place(
    format: Format,
    text: &str,
    there: &Doc,
    ours: &str,
    wanted: &Doc,
    missing: &[&Entry],
) -> Result<Vec<Edit>, Fault> {
    let new = New { ours, wanted, missing, line_break: line_break(text) };
    let mut edits = match format {
        Format::Ini | Format::IniGrafana | Format::IniAerc | Format::GitConfig | Format::Toml => {
            section::place(text, there, &new)
        }
        Format::Yaml | Format::YamlDiscourse => block::place(text, there, &new)?,
        Format::Json => brackets::place(text, there, &new, false)?,
        Format::PhpArray => brackets::place(text, there, &new, true)?,
        Format::PhpDefine => vec![define::place(text, &new)],
        _ => vec![end::place(text, &new)],
    };
    // A last line without its line break gets one, once.
    if !text.ends_with('\n') {
        for edit in edits.iter_mut().filter(|edit| edit.range.start == text.len()).skip(1) {
            edit.text = edit.text.strip_prefix(new.line_break).unwrap_or(&edit.text).to_owned();
        }
    }
    Ok(edits)
}

/// Whether settings stand between brackets, with commas.
pub(super) const fn is_bracketed(format: Format) -> bool {
    matches!(format, Format::Json | Format::PhpArray)
}

/// What is missing, in our text.
struct New<'a> {
    ours: &'a str,
    wanted: &'a Doc,
    missing: &'a [&'a Entry],
    /// The file's line break.
    line_break: &'static str,
}

impl New<'_> {
    /// An entry as it stands in our text.
    fn body(&self, entry: &Entry) -> &str {
        &self.ours[entry.body.clone()]
    }
}

/// An edit that adds whole lines at a place, which is the beginning of a line or the end of the text.
fn lines_at(text: &str, at: usize, lines: &str, line_break: &str) -> Edit {
    let lead = if at == text.len() && !text.is_empty() && !text.ends_with('\n') { line_break } else { "" };
    Edit { range: at..at, text: format!("{lead}{}", with_breaks(lines, line_break)) }
}

/// The blanks that the line of a place begins with.
fn indent(text: &str, at: usize) -> &str {
    let line = &text[line_start(text, at)..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// Lines that were indented by `old`, indented by `new`.
fn reindent(lines: &str, old: &str, new: &str) -> String {
    let lines = lines.lines().map(|line| format!("{new}{}", line.strip_prefix(old).unwrap_or(line).trim_end()));
    lines.collect::<Vec<_>>().join("\n")
}
