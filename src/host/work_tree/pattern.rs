//! The patterns of `.gitignore`, as gitignore(5) has them (git 2.47), where git itself does not say: those of the work tree and
//! of `.git/info/exclude`. A person's own `core.excludesFile` is not read.

use std::{
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use crate::host::files::found::{self, FoundFile};

/// A pattern with more stars is not understood: trying it could take for ever.
const MOST_STARS: usize = 8;

/// Whether the patterns ignore a file, or a folder that leads to it.
pub(super) fn is_ignored(top: &Path, inside: &Path) -> bool {
    let mut parts: Vec<&Path> = inside.ancestors().filter(|part| !part.as_os_str().is_empty()).collect();
    parts.reverse();
    // Below a folder that is ignored nothing can be taken back in.
    parts.iter().any(|part| decides(top, part, *part != inside) == Some(true))
}

/// What the last pattern that fits says of a path: the deeper file wins over the higher, and all over `info/exclude`.
fn decides(top: &Path, path: &Path, is_folder: bool) -> Option<bool> {
    let folders = path.ancestors().skip(1);
    let of_folder = |folder: &Path| {
        let below = path.strip_prefix(folder).ok()?;
        last(&lines(&top.join(folder).join(".gitignore")), bytes(below), is_folder)
    };
    let exclude: PathBuf = top.join(".git/info/exclude");
    folders.into_iter().find_map(of_folder).or_else(|| last(&lines(&exclude), bytes(path), is_folder))
}

/// The lines of a file that is not there, or is no file, are none.
fn lines(path: &Path) -> Vec<Vec<u8>> {
    let text = found::look(path).ok().flatten().map(FoundFile::into_bytes).unwrap_or_default();
    text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line).to_vec()).collect()
}

/// A path as git writes it.
fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

fn last(lines: &[Vec<u8>], path: &[u8], is_folder: bool) -> Option<bool> {
    lines.iter().rev().find_map(|line| says(line, path, is_folder))
}

/// What a line says of a path: ignored, not ignored, or nothing.
fn says(line: &[u8], path: &[u8], is_folder: bool) -> Option<bool> {
    if line.is_empty() || line.starts_with(b"#") {
        return None;
    }
    let (is_ignored, pattern) = line.strip_prefix(b"!").map_or((true, line), |pattern| (false, pattern));
    let pattern = without_spaces(pattern);
    let (for_folders, pattern) = pattern.strip_suffix(b"/").map_or((false, pattern), |pattern| (true, pattern));
    let stars = pattern.split(|byte| *byte == b'*').skip(1).count();
    if pattern.is_empty() || stars > MOST_STARS || (for_folders && !is_folder) {
        return None;
    }
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    let fits = if pattern.contains(&b'/') {
        fits(pattern.strip_prefix(b"/").unwrap_or(pattern), path)
    } else {
        fits(pattern, name)
    };
    fits.then_some(is_ignored)
}

/// Spaces at the end do not count, unless a backslash is before them.
fn without_spaces(mut pattern: &[u8]) -> &[u8] {
    while let Some(shorter) = pattern.strip_suffix(b" ").filter(|shorter| !shorter.ends_with(b"\\")) {
        pattern = shorter;
    }
    pattern
}

/// Whether a pattern fits a whole path: `*` and `?` stop at slashes, `**` does not.
fn fits(pattern: &[u8], path: &[u8]) -> bool {
    let Some((first, rest)) = pattern.split_first() else { return path.is_empty() };
    match first {
        b'*' if rest.starts_with(b"*/") => {
            let slashes = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at + 1);
            std::iter::once(0).chain(slashes).any(|at| fits(&rest[2..], &path[at..]))
        }
        b'*' if rest == b"*" => true,
        b'*' => {
            let end = path.iter().position(|byte| *byte == b'/').unwrap_or(path.len());
            (0..=end).any(|at| fits(rest, &path[at..]))
        }
        b'[' => match (set(rest), path.split_first()) {
            (Some((set, rest)), Some((byte, path))) => *byte != b'/' && is_in(set, *byte) && fits(rest, path),
            _ => false,
        },
        _ => {
            let Some((byte, path)) = path.split_first() else { return false };
            let (wanted, rest) = match (first, rest.split_first()) {
                (b'\\', Some((escaped, rest))) => (Some(escaped), rest),
                (b'?', _) => (None, rest),
                _ => (Some(first), rest),
            };
            wanted.map_or(*byte != b'/', |wanted| wanted == byte) && fits(rest, path)
        }
    }
}

/// What is in the brackets, and what comes after them.
fn set(pattern: &[u8]) -> Option<(&[u8], &[u8])> {
    let begin = usize::from(pattern.starts_with(b"!") || pattern.starts_with(b"^")) + 1;
    let end = pattern.iter().skip(begin).position(|byte| *byte == b']')? + begin;
    Some((&pattern[..end], &pattern[end + 1..]))
}

fn is_in(set: &[u8], byte: u8) -> bool {
    let (is_not, set) = match set.split_first() {
        Some((b'!' | b'^', set)) => (true, set),
        _ => (false, set),
    };
    let mut set = set;
    let mut found = false;
    while let Some((first, rest)) = set.split_first() {
        set = if let [b'-', last, rest @ ..] = rest {
            found |= (*first..=*last).contains(&byte);
            rest
        } else {
            found |= *first == byte;
            rest
        };
    }
    found != is_not
}

/// The line of the top folder's `.gitignore` that ignores a file.
pub(super) fn line_of(inside: &Path) -> String {
    let mut line = String::from("/");
    for letter in inside.to_string_lossy().chars() {
        if matches!(letter, '*' | '?' | '[' | '\\') {
            line.push('\\');
        }
        line.push(letter);
    }
    let end = line.trim_end_matches(' ').len();
    let spaces = line.split_off(end).replace(' ', "\\ ");
    line + &spaces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_say_what_gitignore_5_says() {
        for (line, path, is_folder, said) in [
            (".env", "app/.env", false, Some(true)),
            (".env ", ".env", false, Some(true)),
            ("/.env", "app/.env", false, None),
            ("/app/.env", "app/.env", false, Some(true)),
            ("app/*.env", "app/x.env", false, Some(true)),
            ("app/*", "app/x/.env", false, None),
            ("**/.env", "a/b/.env", false, Some(true)),
            ("a/**/.env", "a/.env", false, Some(true)),
            ("a/**", "a/b/c", false, Some(true)),
            ("app/", "app", true, Some(true)),
            ("app/", "app", false, None),
            ("!.env", ".env", false, Some(false)),
            ("# .env", ".env", false, None),
            ("\\#x", "#x", false, Some(true)),
            (".en?", ".env", false, Some(true)),
            (".en[a-z]", ".env", false, Some(true)),
            (".en[!a-z]", ".env", false, None),
            (".en[v", ".env", false, None),
            ("*", "any", false, Some(true)),
            ("*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false, None),
        ] {
            assert_eq!(says(line.as_bytes(), path.as_bytes(), is_folder), said, "{line} {path}");
        }
    }

    #[test]
    fn the_line_to_add_ignores_that_very_file() {
        for path in [".env", "app/.env", "a*b[c]?/x\\y", "#x", "!x", "end  "] {
            let line = line_of(Path::new(path));
            assert_eq!(says(line.as_bytes(), path.as_bytes(), false), Some(true), "{line}");
        }
        assert_eq!(says(line_of(Path::new("a*")).as_bytes(), b"ab", false), None);
    }
}
