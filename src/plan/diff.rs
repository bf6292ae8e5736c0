//! A change as a person sees it: lines with a little around them, secrets hidden.

use diffy::{DiffOptions, Line};

use super::{Change, quote};
use crate::{
    mail::{Secret, reply::printable},
    presets::target::Format,
};

/// What stands in a secret's place.
pub const MASK: &str = "••••••";

/// A password of fewer characters is hidden only where a password stands: it would be found everywhere.
const SHORT: usize = 4;

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DiffKind {
    /// It stays.
    Same,
    /// It is new.
    Added,
    /// It goes.
    Removed,
    /// Lines are left out here.
    Gap,
}

/// One line of a diff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffLine {
    /// What became of it.
    pub kind: DiffKind,
    /// Its text without the line break: secrets hidden, tabs as four blanks, control characters as escapes. Empty for
    /// a gap.
    pub text: String,
}

impl DiffLine {
    /// The line with its mark in front, as a diff in a terminal shows it.
    pub fn marked(&self) -> String {
        let mark = match self.kind {
            DiffKind::Same => ' ',
            DiffKind::Added => '+',
            DiffKind::Removed => '-',
            DiffKind::Gap => return "  ...".to_owned(),
        };
        format!("{mark} {}", self.text)
    }
}

/// What a change does to its file, with three lines around each difference. Passwords, ours and others', are hidden; a file
/// that does not change has no lines.
pub fn diff(change: &Change, secret: Option<&Secret>) -> Vec<DiffLine> {
    let before = change.before.as_deref().unwrap_or_default();
    let after = change.after.as_deref().unwrap_or_default();
    if before == after {
        return Vec::new();
    }
    if change.owner == "secret" {
        let line = |kind| DiffLine { kind, text: MASK.to_owned() };
        let removed = change.before.is_some().then(|| line(DiffKind::Removed));
        let added = change.after.is_some().then(|| line(DiffKind::Added));
        return removed.into_iter().chain(added).collect();
    }
    let mask = Mask::new(change, secret);
    let patch = DiffOptions::new().set_context_len(3).create_patch_bytes(before, after);
    let mut lines = Vec::new();
    let mut next = 1;
    for hunk in patch.hunks() {
        if hunk.old_range().start() > next {
            lines.push(DiffLine { kind: DiffKind::Gap, text: String::new() });
        }
        next = hunk.old_range().end();
        for line in hunk.lines() {
            let (kind, bytes) = match line {
                Line::Context(bytes) => (DiffKind::Same, *bytes),
                Line::Delete(bytes) => (DiffKind::Removed, *bytes),
                Line::Insert(bytes) => (DiffKind::Added, *bytes),
            };
            lines.push(DiffLine { kind, text: mask.hide(bytes) });
        }
    }
    if before[..].split_inclusive(|byte| *byte == b'\n').count() >= next && !before.is_empty() && next > 1 {
        lines.push(DiffLine { kind: DiffKind::Gap, text: String::new() });
    }
    lines
}

/// What is hidden in a file.
struct Mask {
    /// The password, raw and as each format writes it, longest first.
    forms: Vec<String>,
    /// The file is a table of logins.
    is_table: bool,
}

impl Mask {
    fn new(change: &Change, secret: Option<&Secret>) -> Self {
        let mut forms = Vec::new();
        if let Some(secret) = secret.map(Secret::expose).filter(|secret| secret.chars().count() >= SHORT) {
            forms.extend(Format::ALL.iter().filter_map(|format| quote(*format, secret).ok()));
            forms.push(secret.to_owned());
            forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
            forms.dedup();
        }
        let name = change.path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        Self { forms, is_table: name.contains("passw") }
    }

    fn hide(&self, line: &[u8]) -> String {
        let line = String::from_utf8_lossy(line);
        let line = line.trim_end_matches(['\n', '\r']);
        let mut text = line.to_owned();
        if let Some(start) = self.password_at(line) {
            text = format!("{}{MASK}", &line[..start]);
        }
        for form in &self.forms {
            text = text.replace(form.as_str(), MASK);
        }
        printable(text.replace('\t', "    ").as_bytes())
    }

    /// Where a password begins on a line by the line's own look, whoever it belongs to.
    fn password_at(&self, line: &str) -> Option<usize> {
        let content = line.trim_start_matches([' ', '\t']);
        let indent = line.len() - content.len();
        if content.starts_with('#') {
            return None;
        }
        let content_after_export = content.strip_prefix("export ").unwrap_or(content);
        let offset = indent + content.len() - content_after_export.len();
        let key_end = content_after_export.find(['=', ' ', '\t', ':'])?;
        let key = content_after_export[..key_end].to_ascii_lowercase();
        let value = &content_after_export[key_end..];
        let separator = value.len() - value.trim_start_matches(['=', ' ', '\t', ':']).len();
        let is_secret = ["password", "passwd", "secret", "token"].iter().any(|word| key.contains(word))
            || key.ends_with("pass")
            || key.ends_with("_key");
        // These name a command or a file, not the password.
        let is_pointer = ["eval", "command", "file", "maps", "options", "mechanism"].iter().any(|word| key.contains(word));
        if is_secret && !is_pointer && value.len() > separator {
            return Some(offset + key_end + separator);
        }
        if self.is_table {
            let value_start = content.find([' ', '\t'])?;
            let colon = content[value_start..].find(':').map(|at| value_start + at + 1);
            return Some(indent + colon.unwrap_or(value_start + 1));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(path: &str, before: &str, after: &str) -> Vec<String> {
        let change = Change {
            owner: "x".into(),
            path: path.into(),
            before: Some(before.into()),
            after: Some(after.into()),
            mode_before: None,
            mode: 0o600,
            group: None,
        };
        let secret = Secret::new("it's $5".into());
        diff(&change, Some(&secret))
            .into_iter()
            .map(|line| {
                let sign = match line.kind {
                    DiffKind::Same => " ",
                    DiffKind::Added => "+",
                    DiffKind::Removed => "-",
                    DiffKind::Gap => "@",
                };
                format!("{sign}{}", line.text)
            })
            .collect()
    }

    #[test]
    fn passwords_are_hidden_ours_and_others() {
        let before = "a\nb\nc\nd\nexport DB_PASSWORD = geheim # x\nSMTP_PASSWORD=old\r\nURL=smtp://it's $5@h\nx\n";
        let after = before.replace("=old", "='it'\\''s $5'");
        let expected = [
            "@",
            " c",
            " d",
            " export DB_PASSWORD = ••••••",
            "-SMTP_PASSWORD=••••••",
            "+SMTP_PASSWORD=••••••",
            " URL=smtp://••••••@h",
            " x",
        ];
        assert_eq!(shown(".env", before, &after), expected);
        assert_eq!(shown("rc", "password x\n", "passwordeval y\n"), ["-password ••••••", "+passwordeval y"]);
        assert_eq!(shown("sasl_passwd", "[h]:1 u:p:q\n", "[h]:1\tu:it's $5\n"), ["-[h]:1 u:••••••", "+[h]:1    u:••••••"]);
        assert_eq!(
            shown("main.cf", "", "smtp_sasl_password_maps = x\n\x1b[1m"),
            ["+smtp_sasl_password_maps = x", "+\\u{1b}[1m"]
        );
    }

    #[test]
    fn the_secret_file_is_one_masked_line() {
        let mut change = Change {
            owner: "secret".into(),
            path: "/c/default.secret".into(),
            before: None,
            after: Some(b"a\nb".to_vec()),
            mode_before: None,
            mode: 0o600,
            group: None,
        };
        assert_eq!(diff(&change, None), [DiffLine { kind: DiffKind::Added, text: MASK.into() }]);
        change.before.clone_from(&change.after);
        assert_eq!(diff(&change, None), []);
    }
}
