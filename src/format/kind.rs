//! The kinds of file that are taken for one another by mistake, by their names and by what they begin with.

use super::text::lines;

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// YAML.
    Yaml,
    /// TOML.
    Toml,
    /// JSON.
    Json,
    /// XML or HTML.
    Xml,
    /// Sections in brackets.
    Ini,
    /// Java's .properties.
    Properties,
    /// PHP.
    Php,
    /// Python.
    Python,
    /// Ruby.
    Ruby,
    /// JavaScript.
    JavaScript,
    /// A shell script.
    Shell,
}

/// What ends the name of a copy or of a sample.
const TAILS: [&str; 8] = ["dist", "example", "sample", "bak", "old", "orig", "local", "template"];

impl FileKind {
    /// What people call it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yaml => "YAML",
            Self::Toml => "TOML",
            Self::Json => "JSON",
            Self::Xml => "XML",
            Self::Ini => "INI",
            Self::Properties => ".properties",
            Self::Php => "PHP",
            Self::Python => "Python",
            Self::Ruby => "Ruby",
            Self::JavaScript => "JavaScript",
            Self::Shell => "shell",
        }
    }

    /// What a file is by its name.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        let (stem, ending) = name.to_ascii_lowercase().rsplit_once('.').map(|(a, b)| (a.to_owned(), b.to_owned()))?;
        Some(match ending.as_str() {
            "yml" | "yaml" => Self::Yaml,
            "toml" => Self::Toml,
            "json" | "json5" | "jsonc" => Self::Json,
            "xml" | "html" | "htm" => Self::Xml,
            "ini" => Self::Ini,
            "properties" => Self::Properties,
            "php" => Self::Php,
            "py" => Self::Python,
            "rb" => Self::Ruby,
            "js" | "mjs" | "cjs" | "ts" => Self::JavaScript,
            "sh" | "bash" => Self::Shell,
            tail if TAILS.contains(&tail) => return Self::of_name(&stem),
            _ => return None,
        })
    }

    /// What a file is by its text, where its first lines or a line that no other kind has show it.
    pub(crate) fn of_text(text: &str) -> Option<Self> {
        let text = text.trim_start_matches('\u{feff}');
        if let Some(program) = text.strip_prefix("#!").and_then(|rest| rest.lines().next()) {
            let known = [("python", Self::Python), ("php", Self::Php), ("ruby", Self::Ruby), ("sh", Self::Shell)];
            return known.into_iter().find(|(name, _)| program.contains(name)).map(|(_, kind)| kind);
        }
        let is_used = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with(['#', ';']);
        let first = text.lines().find(is_used)?.trim();
        match first {
            _ if first.starts_with("<?php") || first.starts_with("<?=") => Some(Self::Php),
            _ if first.starts_with('<') => Some(Self::Xml),
            _ if first.starts_with('{') || first == "[" || first.starts_with("[{") => Some(Self::Json),
            _ if first == "---" || first.starts_with("%YAML") || first.starts_with("- ") => Some(Self::Yaml),
            _ if first.starts_with('[') && first.trim_end_matches([']', ' ']).len() < first.len() => Some(Self::Ini),
            _ => (is_mapping(first) && is_nested(text)).then_some(Self::Yaml),
        }
    }
}

/// Whether a line is a key with a colon, and perhaps a value.
fn is_mapping(line: &str) -> bool {
    let is_key = |key: &str| !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
    line.split_once(':').is_some_and(|(key, value)| is_key(key) && (value.is_empty() || value.starts_with(' ')))
}

/// Whether a key alone on its line, with a colon, has keys or a list below it, further in: so YAML nests, and nothing else.
fn is_nested(text: &str) -> bool {
    let used = lines(text).map(|(_, bare, _)| &text[bare]).filter(|line| !line.trim_start().is_empty());
    let mut used = used.filter(|line| !line.trim_start().starts_with('#')).peekable();
    std::iter::from_fn(|| Some([used.next()?, *used.peek()?])).any(|pair| {
        let is_key = |key: &str| !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
        let parent = pair[0].trim_end().strip_suffix(':').filter(|key| is_key(key.trim_start()));
        let Some(parent) = parent else { return false };
        let is_block = ["try", "else", "finally", "default"].contains(&parent.trim());
        let indent = |line: &str| line.len() - line.trim_start().len();
        let below = pair[1].trim_start();
        let is_member = below.starts_with("- ")
            || below.split_once(':').is_some_and(|(key, value)| {
                is_key(key.trim_matches(['"', '\''])) && (value.is_empty() || value.starts_with(' '))
            });
        !is_block && indent(pair[1]) > indent(pair[0]) && is_member
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (name, kind) in [
            ("docker-compose.yml", Some(FileKind::Yaml)),
            ("application.YAML.dist", Some(FileKind::Yaml)),
            (".env", None),
            (".env.example", None),
            (".env.local", None),
            ("wp-config.php", Some(FileKind::Php)),
            ("Makefile", None),
        ] {
            assert_eq!(FileKind::of_name(name), kind, "{name}");
        }
    }

    #[test]
    fn texts() {
        for (text, kind) in [
            ("# c\nspring:\n  mail:\n    host: x\n", Some(FileKind::Yaml)),
            ("version: '3'\nservices:\n  web:\n    image: x\n", Some(FileKind::Yaml)),
            ("list:\n  - a\n", Some(FileKind::Yaml)),
            ("\u{feff}<?php\n", Some(FileKind::Php)),
            ("<config>\n", Some(FileKind::Xml)),
            ("{\n  \"a\": 1\n}\n", Some(FileKind::Json)),
            ("[mailer]\nA = 1\n", Some(FileKind::Ini)),
            ("#!/bin/sh\nA=1\n", Some(FileKind::Shell)),
            ("#!/usr/bin/env python3\nA = 1\n", Some(FileKind::Python)),
            ("A=1\n", None),
            ("spring.mail.host: x\n", None),
            ("x 'y'\nservers: <<EOS\nmain:\n  host: a\nEOS\n", None),
            ("try:\n    x: int = 1\nexcept E:\n    pass\n", None),
            ("", None),
        ] {
            assert_eq!(FileKind::of_text(text), kind, "{text}");
        }
    }
}
