//! The sources as the tests of the house read them: every file below `src` without its unit tests, and its tokens.

use std::{
    fs,
    path::{Path, PathBuf},
};

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below a folder of the crate, by path from there.
fn rust_files(folder: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    let folder = root().join(folder);
    let mut found = Vec::new();
    walk(&folder, &mut found);
    found.sort();
    let read =
        |path: PathBuf| (path.strip_prefix(&folder).unwrap().display().to_string(), fs::read_to_string(&path).unwrap());
    found.into_iter().map(read).collect()
}

/// Every file of the integration tests, by path below `tests/it`.
pub(super) fn tests() -> Vec<(String, String)> {
    rust_files("tests/it").into_iter().filter(|(name, _)| name != "house.rs").collect()
}

/// Every Rust file below `src`, by path from there, with its text up to its unit tests.
pub(super) fn sources() -> Vec<(String, String)> {
    rust_files("src")
        .into_iter()
        .map(|(name, text)| (name, text.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned()))
        .filter(|(name, _)| !name.contains("/tests/") && !name.ends_with("/tests.rs"))
        .collect()
}

/// The tokens of Rust source: words, `::` and single signs. Comments are left out; a literal is one `"`.
pub(super) fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").unwrap() + 2
        } else if let Some(length) = literal(rest) {
            tokens.push("\"");
            length
        } else if is_word(first) {
            let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            tokens.push(&rest[..length]);
            length
        } else {
            let length = if rest.starts_with("::") { 2 } else { first.len_utf8() };
            if !first.is_whitespace() {
                tokens.push(&rest[..length]);
            }
            length
        };
        rest = &rest[length..];
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of the string or character literal that `text` begins with. A lifetime is none.
fn literal(text: &str) -> Option<usize> {
    let body = text.trim_start_matches(['b', 'r']);
    let prefix = text.len() - body.len();
    if prefix > 2 {
        return None;
    }
    if text[..prefix].contains('r') {
        let hashes = body.len() - body.trim_start_matches('#').len();
        let inner = body[hashes..].strip_prefix('"')?;
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(prefix + hashes + 1 + inner.find(&end)? + end.len());
    }
    let quote = body.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut inner = body.char_indices().skip(1);
    while let Some((at, c)) = inner.next() {
        match c {
            '\\' => _ = inner.next(),
            // A character is one sign (or an escape): anything longer is a lifetime.
            _ if quote == '\'' && at == 1 && !body[1 + c.len_utf8()..].starts_with('\'') => return None,
            _ if c == quote => return Some(prefix + at + 1),
            _ => {}
        }
    }
    None
}
